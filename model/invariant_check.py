"""Runs that hold every invariant after every quarter, and say which event broke one.

A quarter is checked at its end. Where something does not hold, the run is made again, bit for bit, to the
quarter before, and its events are then done one by one: the first that leaves the breach behind is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.economy.invariants import Breach, InvariantError, breaches, broken_accounts
from model.scenarios.scenario import date_of

if TYPE_CHECKING:
    from model.regional_model import RegionalModel

ACCOUNTS = "all events"


def hold(model: RegionalModel, quarter: int) -> None:
    """Check the state after a quarter. Raises InvariantError."""
    found = next(_all_breaches(model), None)
    if found is None:
        return
    event, first = _event_of(model, quarter, found)
    when = f"after {event} of {_date(model, quarter)}"
    raise InvariantError(f"{first} ({when}, seed {model.seed}, scenario {model.experiment.name})")


def _all_breaches(model: RegionalModel) -> Any:
    yield from breaches(model.state)
    if not model.parameters.closed_economy:  # it has accounts of its own, held by its tests
        exempt = {name for one in model.extended.extensions for name in one.exempt}
        yield from broken_accounts(model.state, exempt)


def _event_of(model: RegionalModel, quarter: int, found: Breach) -> tuple[str, Breach]:
    again = model.again()
    again.engine.run(again.quarter, quarter - again.quarter)
    for name, call in again.engine.iter_events(quarter):
        call(quarter)
        first = next(breaches(again.state), None)
        if first is not None:
            return f"event {name}", first
    return ACCOUNTS, found


def _date(model: RegionalModel, quarter: int) -> str:
    if quarter < 0:
        return f"quarter {quarter} of the burn-in"
    return date_of(quarter, model.parameters.start_year)
