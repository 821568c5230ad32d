"""Check all invariants after a quarter and name the event that broke one.

If an invariant is broken, the run is repeated, bit for bit, to the quarter before; its events then run one by
one, and the first that leaves the breach is named.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from model.economy.invariants import (
    IDENTITIES,
    OF_ACCOUNT,
    TOLERANCE,
    Breach,
    InvariantError,
    breaches,
    broken_accounts,
    not_finite,
)
from model.engine.rule_source import RuleError
from model.running_model import RunningModel
from model.scenarios.scenario import date_of

ACCOUNTS = "all events"


def check_invariants(run: RunningModel, quarter: int) -> None:
    """Check the state after a quarter. Raises InvariantError."""
    found = next(_all_breaches(run), None)
    if found is None:
        return
    event, first = _event_of(run, quarter, found)
    when = f"after {event} of {_date(run, quarter)}"
    said = f"{first} ({when}, seed {run.seed}, scenario {run.experiment.name})"
    account = first.where.removeprefix(OF_ACCOUNT)
    if run.extended.extensions and account in IDENTITIES:
        said += f"; an extension that breaks it on purpose says exempt={account!r}"
    raise InvariantError(said)


def check_finite(run: RunningModel, quarter: int) -> None:
    """Check that every number is finite, in a run with user-defined code. Raises RuleError.

    Each result of a user-defined rule is finite, but the model's rules may overflow with it.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = [values.sum() for table in run.state.tables.values() for values in table.columns.values()]
    if np.isfinite(sums).all() or not (found := not_finite(run.state)):
        return
    names = ", ".join(one.name for one in run.extended.extensions)
    more = f", as {len(found) - 1} more columns do" if len(found) > 1 else ""
    raise RuleError(
        f"after {_date(run, quarter)} {found[0]} holds an infinite or undefined number{more}: "
        f"a value that extension {names} gives is too large for the rules that read it; "
        "check_invariants=True names the event"
    )


def _all_breaches(run: RunningModel) -> Iterator[Breach]:
    yield from breaches(run.state)
    if not run.parameters.closed_economy:  # it has other accounts, which its tests check
        exempt = {name for one in run.extended.extensions for name in one.exempt}
        yield from broken_accounts(run.state, exempt)
    for account in run.extended.accounts:
        by = run.extended.missed(account, run.state)
        if not by <= TOLERANCE:
            allowed = f"{account.stock} must equal {account.equals}, but for rounding of {TOLERANCE:g}"
            yield Breach(f"{OF_ACCOUNT}{account.name}", None, by, allowed)


def _event_of(run: RunningModel, quarter: int, found: Breach) -> tuple[str, Breach]:
    copy = run.fresh_copy()
    copy.engine.run(copy.quarter, quarter - copy.quarter)
    for name, call in copy.engine.iter_events(quarter):
        call(quarter)
        first = next(breaches(copy.state), None)
        if first is not None:
            return f"event {name}", first
    return ACCOUNTS, found


def _date(run: RunningModel, quarter: int) -> str:
    if quarter < 0:
        return f"quarter {quarter} of the burn-in"
    return date_of(quarter, run.parameters.start_year)
