"""Published figures that no row of the validation judges, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.measures.published_targets import PublishedTarget, targets
from experiments.validation.rows import Row

_LEVEL = "a level in EFLOPS of another precision and scope; growth is judged (B1b, B2d, X12)"
_SHIPMENTS = "servers are not counted: the model has compute, not machines"
_TABLE = "a count in the table of centres, which the data reproduce"
_PARAMETER = "a parameter is set to it: "
_NETWORK = "the network's latencies are built from it"
_POWER = "electricity of the commercial cloud and of other data centres is not modelled"
_COST = "capital cost is stated per unit of compute (centre_cost), not per building"

NOT_JUDGED = {
    "B1a": _LEVEL,
    "B2a": _LEVEL,
    "B2b": _LEVEL,
    "B2c": _LEVEL,
    "B3": _LEVEL,
    "B7": _SHIPMENTS,
    "B7c": _SHIPMENTS,
    "B11": _TABLE,
    "B13": "in the model the cloud serves all demand at its price, so no demand is left unserved",
    "C25": "patents of two cities together are not modelled",
    "C29": "centres open over twenty years: no lag can be read from the gap",
    "D4": "high-speed rail is not modelled",
    "F1": "migration answers to income, with ties to home (home_reach), not to distance between all cities",
    "F2": _PARAMETER + "people_elasticity",
    "G1": _POWER,
    "G1g": _POWER,
    "G1s": _POWER,
    "G2": _PARAMETER + "electricity_west",
    "G3": _PARAMETER + "electricity_east",
    "G6": _PARAMETER + "power_usage_effectiveness",
    "G7": _NETWORK,
    "G7b": _NETWORK,
    "G8": _NETWORK,
    "G8b": _NETWORK,
    "G11": "the backbone's other traffic is not modelled",
    "G16": _COST,
    "G16b": _COST,
    "H1": "performance of computers on single tasks is not modelled",
    "E15b": "the base year imposes GDP by city, hence its Gini; the slope of its largest is judged (E15)",
}


def judged(rows: Sequence[Row]) -> list[PublishedTarget]:
    """Return the targets that rows judge: those of their id whose quantity, or all of it, they name."""
    return [one for one in targets() if any(_judges(row, one) for row in rows)]


def _judges(row: Row, one: PublishedTarget) -> bool:
    several = sum(other.id == one.id for other in targets()) > 1
    return row.id == one.id and (not several or one.quantity in row.quantity)


def left_out(rows: Sequence[Row]) -> list[tuple[PublishedTarget, str]]:
    """Return each target that no row judges, with the reason. Raises KeyError where none is given."""
    known = judged(rows)
    return [(one, NOT_JUDGED[one.id]) for one in targets() if one not in known]
