"""Parameters that a page offers as sliders: those that act in the quarters alone, not on the first tables."""

from __future__ import annotations

from typing import TypedDict

from model.engine.engine import Engine
from model.engine.events import switches
from model.parameters import Parameters, parameter_rows

OFFERED = (
    "compute_weight",
    "substitution",
    "conversion_probability",
    "digital_trade",
    "adoption_base_cost",
    "adoption_peer_effect",
    "knowledge_spillover",
    "talent_mobility",
    "people_mobility",
    "compute_pull",
    "voucher_effort",
    "surplus_share",
    "centre_local_share",
    "interoperability_friction",
)


class Slider(TypedDict):
    """A parameter, its value in the run and the range of its slider."""

    name: str
    value: float
    low: float
    high: float
    meaning: str
    unit: str


def sliders(parameters: Parameters, engine: Engine) -> list[Slider]:
    """Return the offered parameters, and those of extensions, that a quarter of the run reads.

    Switches are left out, since they decide which events and columns there are, and parameters that vary.
    """
    own = [one.name for one in type(parameters).own]
    columns = [column for table in engine.state.schema.tables.values() for column in table]
    fixed = {name for event in engine.quarter for name in switches(event.when)} | set(engine.varying)
    fixed |= {name for column in columns for name in switches(column.when)}
    rows = parameter_rows(type(parameters), [name for name in (*OFFERED, *own) if name not in fixed])
    return [
        {
            "name": row["name"],
            "value": engine.parameters[row["name"]],
            "low": float(row["low"]),
            "high": _end(engine.parameters[row["name"]], float(row["low"]), float(row["high"])),
            "meaning": row["meaning"],
            "unit": row["unit"],
        }
        for row in rows
    ]


def _end(value: float, low: float, high: float) -> float:
    """Return the end of a slider: four times the value, for the range of a parameter may be much wider."""
    return min(high, max(4 * value, low + (high - low) / 10))
