"""Centres that open during a run, to the bit as if the scenario had contained them from the start.

The tables of centres are built again with one row more, the values of the old rows are copied, and the new
row gets those that it would have had: price and capacity of a centre that is not open yet are those of its
kind at the time. All other tables stay. Hence no rows need to be held in reserve, and the run equals, from
that quarter on, a run of the scenario that it leaves in ``experiment``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from agents.compute_provider import CLASSES, KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from model.economy.centre_tables import build_centre_tables
from model.engine.state import State, Table
from model.running_model import RunningModel
from model.scenarios.scenario import Opening, Place, ScenarioError, date_of
from model.scenarios.siting import openings_of

CENTRE_TABLES = ("providers", "offers", "city_offers")


def open_now(run: RunningModel, city: int | str, kind: str, size: float, industry: str | None) -> Opening:
    """Open a centre in the next quarter of the run. Raises ScenarioError."""
    place = _checked(run, city, kind, size, industry)
    experiment = replace(run.experiment, places=(*run.experiment.places, place))
    start = run.parameters.start_year
    openings = openings_of(experiment, run.country.cities, run.country.centres, start, run.seed)
    row = _position(run.openings, openings)
    run.experiment, run.openings = experiment, openings
    run.state = _with_a_row(run, row)
    run.engine = run.engine.for_state(run.state)
    if run.quarter > -run.parameters.burn_in:
        run.engine.replay_row("providers", row, run.quarter - 1)
    _widen_records(run, row)
    run.move_views("providers", row)
    return run.openings[row]


def _checked(run: RunningModel, city: int | str, kind: str, size: float, industry: str | None) -> Place:
    if run.parameters.closed_economy:
        raise ScenarioError("a centre cannot be opened by hand in the closed economy")
    if kind not in KINDS:
        raise ScenarioError(f"kind cannot be {kind!r}: it must be one of {', '.join(KINDS)}")
    if not 0.0 < size <= LARGEST_CENTRE:
        allowed = f"a number above 0, at most {LARGEST_CENTRE:,.0f}"
        raise ScenarioError(f"size cannot be {size!r}: it must be {allowed}")
    if industry is not None and industry not in TIERS:
        raise ScenarioError(f"industry cannot be {industry!r}: it must be one of {', '.join(TIERS)}")
    return Place(city, kind, date_of(run.quarter, run.parameters.start_year), float(size), industry)


def _position(before: Sequence[Opening], after: Sequence[Opening]) -> int:
    """Return the row of the opening that is in ``after`` alone."""
    for row, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return row
    return len(before)


def _with_a_row(run: RunningModel, row: int) -> State:
    """Return the run's tables with one more centre in ``row``; unaffected tables are shared."""
    old, cities = run.state, len(run.country.cities)
    centres = old["providers"].rows + 1
    numbers = run.parameters.numbers()
    new = State(dict.fromkeys(old.tables, 0), old.schema, numbers)
    new.tables, new.arrays = dict(old.tables), dict(old.arrays)
    offers = len(CLASSES) * centres
    for name, count in zip(CENTRE_TABLES, (centres, offers, cities * offers), strict=True):
        new.tables[name] = Table(count, old.schema.tables[name], numbers)
    build_centre_tables(new, run.country.cities, run.country.network, run.openings, run.parameters)
    kept = np.delete(np.arange(centres), row)
    kept_offers = np.delete(np.arange(offers), row * len(CLASSES) + np.arange(len(CLASSES)))
    # A site is a row of the route table, which is numbered again if only known hosts have routes.
    numbered = () if run.parameters.building_slots else ("site",)
    for name in old["providers"]:
        if name not in numbered:
            new["providers"][name][kept] = old["providers"][name]
    for name in old["offers"]:
        if name != "provider":
            new["offers"][name][kept_offers] = old["offers"][name]
    for name in old["city_offers"]:
        by_city = new["city_offers"][name].reshape(cities, offers)
        by_city[:, kept_offers] = old["city_offers"][name].reshape(cities, -1)
    _keep_traffic(old, new, kept)
    return new


def _keep_traffic(old: State, new: State, kept: np.ndarray) -> None:
    """Copy the last quarter's traffic of routes and links, and links that were widened."""
    for name in ("link_load", "link_capacity"):
        new.arrays[name][:] = old.arrays[name]
    was, now = old["providers"]["site"], new["providers"]["site"][kept]
    for name in ("route_traffic", "route_carried"):
        if new.arrays[name].shape == old.arrays[name].shape:
            new.arrays[name][:] = old.arrays[name]
        else:
            new.arrays[name][now] = old.arrays[name][was]


def _widen_records(run: RunningModel, row: int) -> None:
    """Insert the new row into past records, with the values of a centre that is not open yet."""
    kinds, table = run.state["kinds"], run.state["providers"]
    now = {name: kinds[name].copy() for name in run.kind_history}
    held = {name: table[name][row] for name in table}
    first = run.quarter - len(next(iter(run.kind_history.values())))
    for place in range(run.quarter - first):
        for name, records in run.kind_history.items():
            kinds[name] = records[place]
        run.engine.replay_row("providers", row, first + place)
        for name, past in run.provider_history.items():
            past[place] = np.insert(past[place], row, table[name][row])
    for name, values in now.items():
        kinds[name] = values
    for name, value in held.items():
        table[name][row] = value
