"""The candidate plans of a city: what is built, when, how large; or vouchers for its firms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agents.city_government import voucher_rate, voucher_relief
from agents.compute_provider import KINDS
from model.engine.engine import Call
from model.regional_model import RegionalModel

NOTHING = "nothing"
LATER = 8  # quarters that a plan waits
SMALL = 0.5  # of the budget
VOUCHER_EVENT = "budget"  # the event in which cities set the rate of their vouchers


@dataclass(frozen=True)
class Plan:
    """A plan. kind: of the centre, empty if none is built; part: of the budget; wait: quarters.

    vouchers: The city offers the budget as vouchers, in equal parts in all quarters.
    """

    name: str
    kind: str = ""
    part: float = 1.0
    wait: int = 0
    vouchers: bool = False


PLANS = (
    Plan(NOTHING),
    *(Plan(kind, kind) for kind in KINDS),
    Plan("small", "intelligent", SMALL),
    Plan("later", "intelligent", 1.0, LATER),
    Plan("vouchers", vouchers=True),
)
"""The candidate plans of a city; the first is to do nothing."""


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


def carry_out(
    model: RegionalModel,
    plan: Plan,
    city: int,
    share: float,
    until: int,
    fork: Callable[[], RegionalModel] | None = None,
) -> RegionalModel:
    """Return a copy of the run in which the plan is carried out, at the end of a year.

    share: The budget over the country's GDP of a year. fork: Gives the copy; None: ``model.fork``.
    """
    copy = (fork or model.fork)()
    if plan.vouchers:
        quarters = 4 * (until - model.parameters.start_year + 1) - model.quarter
        pay_vouchers(copy, city, plan.part * share * national_gdp(model) / quarters)
    if plan.kind:
        for _ in range(plan.wait):
            copy.step()
        copy.open_centre(city, plan.kind, size_for(copy, plan.kind, plan.part * share))
    copy.run_until(until)
    return copy


def pay_vouchers(model: RegionalModel, city: int, pot: float) -> None:
    """Let a city add a sum to the pot of its vouchers from the next quarter on, money/quarter."""
    row = int(np.flatnonzero(model.cities["city_id"].to_numpy() == city)[0])

    def wrap(call: Call) -> Call:
        def with_pot(step: int) -> None:
            call(step)
            here, known = model.state["cities"], model.engine.parameters
            means, base, scope = (
                float(here[name][row]) for name in ("attention", "voucher_base", "voucher_scope")
            )
            means *= float(here["budget"][row])
            effort = known["voucher_effort"] + pot / max(means, 1e-12)
            rate = voucher_rate(means, 1.0, base, scope, effort, known["voucher_ceiling"])
            here["voucher_rate"][row], here["voucher_relief"][row] = rate, voucher_relief(rate, scope)

        return with_pot

    model.engine.wrap_event(VOUCHER_EVENT, wrap)
