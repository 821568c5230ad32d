"""The candidate plans of a city: what is built, when, how large; and a national rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.compute_provider import KINDS
from model.regional_model import RegionalModel

NOTHING = "nothing"
LATER = 8  # quarters that a plan waits
SMALL = 0.5  # of the budget
VOUCHERS = {"voucher_effort": 2.0}  # a factor of the value in the world


@dataclass(frozen=True)
class Plan:
    """A plan. kind: of the centre, empty if none is built; part: of the budget; wait: quarters.

    changes: National parameters from the decision on.
    """

    name: str
    words: str
    kind: str = ""
    part: float = 1.0
    wait: int = 0
    changes: Mapping[str, float] = field(default_factory=dict)


def candidate_plans(budget: float) -> tuple[Plan, ...]:
    """Return the plans for a budget, 100 m CNY; the first is to do nothing."""

    def words(kind: str, part: float, when: str) -> str:
        return f"builds a centre of {kind} compute for {0.1 * part * budget:g} bn CNY, {when}"

    usual = "intelligent"
    return (
        Plan(NOTHING, "builds nothing"),
        *(Plan(kind, words(kind, 1.0, "at once"), kind) for kind in KINDS),
        Plan("small", words(usual, SMALL, "at once"), usual, SMALL),
        Plan("later", words(usual, 1.0, "two years later"), usual, 1.0, LATER),
        Plan("vouchers", "builds nothing; all cities spend twice as much on vouchers", changes=VOUCHERS),
    )


def national_gdp(model: RegionalModel, name: str = "gdp") -> float:
    """Return the country's GDP of the last four quarters, in money of the model, or ``real_gdp``."""
    return float(sum(values.sum() for values in model.history[name][-4:]))


def size_for(model: RegionalModel, kind: str, share: float) -> float:
    """Return the size of a centre, relative to a standard one, that costs a share of the country's GDP.

    At the cost of capacity now, ``centre_cost`` × cost level.
    """
    row, kinds = KINDS.index(kind), model.state["kinds"]
    standard = (
        float(kinds["standard_capacity"][row] * kinds["cost_level"][row]) * model.parameters.centre_cost
    )
    return share * national_gdp(model) / standard


def carry_out(model: RegionalModel, plan: Plan, city: int, share: float, until: int) -> RegionalModel:
    """Return a copy of the run in which the plan is carried out, at the end of a year.

    share: The budget over the country's GDP of a year.
    """
    changes = dict(plan.changes)
    if "voucher_effort" in changes:
        changes["voucher_effort"] = min(changes["voucher_effort"] * model.parameters.voucher_effort, 1.0)
    copy = model.fork(**changes)
    if plan.kind:
        for _ in range(plan.wait):
            copy.step()
        copy.open_centre(city, plan.kind, size_for(copy, plan.kind, plan.part * share))
    copy.run_until(until)
    return copy
