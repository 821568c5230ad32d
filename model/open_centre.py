"""A centre that opens in the middle of a run, as if its scenario had had it from the start.

The tables of centres are laid out anew with one row more, what every row had is put back, and the new row is
given what it would have had: a centre that is closed does nothing but wait with its price. All other tables
stay. Twins therefore need no rows held in reserve, and a run with a centre opened by hand and a run of the
scenario that it leaves in ``experiment`` agree to the bit from that quarter on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from agents.compute_provider import CLASSES, KINDS
from agents.firm import TIERS
from model.economy.initial_state import lay_out_centres
from model.engine.state import State, Table
from model.scenarios.scenario import Opening, Place, ScenarioError, date_of, openings_of

if TYPE_CHECKING:
    from model.regional_model import RegionalModel

LARGEST = 1000.0  # relative size, as in a file of scenarios
OF_CENTRES = ("providers", "offers", "city_offers")


def open_now(model: RegionalModel, city: int | str, kind: str, size: float, industry: str | None) -> Opening:
    """Open a centre in the model's next quarter. Raises ScenarioError."""
    place = _checked(model, city, kind, size, industry)
    experiment = replace(model.experiment, places=(*model.experiment.places, place))
    start = model.parameters.start_year
    openings = openings_of(experiment, model.cities, model.known_centres, start, model.seed)
    row = _position(model.openings, openings)
    model.experiment, model.openings = experiment, openings
    model.state = _with_a_row(model, row)
    model.engine = model.engine.for_state(model.state)
    if model.quarter > -model.parameters.burn_in:
        model.engine.replay_row("providers", row, model.quarter - 1)
    _widen_records(model, row)
    model.move_views("providers", row)
    return model.openings[row]


def _checked(model: RegionalModel, city: int | str, kind: str, size: float, industry: str | None) -> Place:
    if model.parameters.closed_economy:
        raise ScenarioError("a centre cannot be opened by hand in the closed economy")
    if kind not in KINDS:
        raise ScenarioError(f"kind cannot be {kind!r}: it must be one of {', '.join(KINDS)}")
    if not 0.0 < size <= LARGEST:
        raise ScenarioError(f"size cannot be {size!r}: it must be a number above 0, at most {LARGEST:g}")
    if industry is not None and industry not in TIERS:
        raise ScenarioError(f"industry cannot be {industry!r}: it must be one of {', '.join(TIERS)}")
    return Place(city, kind, date_of(model.quarter, model.parameters.start_year), float(size), industry)


def _position(before: Sequence[Opening], after: Sequence[Opening]) -> int:
    """Where ``after`` has the opening that ``before`` has not."""
    for row, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return row
    return len(before)


def _with_a_row(model: RegionalModel, row: int) -> State:
    """The model's tables with one centre more in ``row``; those that it does not touch are shared."""
    old, cities = model.state, len(model.cities)
    centres = old["providers"].rows + 1
    numbers = model.parameters.numbers()
    new = State(dict.fromkeys(old.tables, 0), old.schema, numbers)
    new.tables, new.arrays = dict(old.tables), dict(old.arrays)
    offers = len(CLASSES) * centres
    for name, count in zip(OF_CENTRES, (centres, offers, cities * offers), strict=True):
        new.tables[name] = Table(count, old.schema.tables[name], numbers)
    lay_out_centres(new, model.cities, model.network, model.openings, model.parameters)
    kept = np.delete(np.arange(centres), row)
    kept_offers = np.delete(np.arange(offers), row * len(CLASSES) + np.arange(len(CLASSES)))
    # A site is a row of the routes, which are numbered anew where only known hosts have one.
    numbered = () if model.parameters.building_slots else ("site",)
    for name in old["providers"]:
        if name not in numbered:
            new["providers"][name][kept] = old["providers"][name]
    for name in old["offers"]:
        if name != "provider":
            new["offers"][name][kept_offers] = old["offers"][name]
    for name in old["city_offers"]:
        new["city_offers"][name].reshape(cities, offers)[:, kept_offers] = old["city_offers"][name].reshape(
            cities, -1
        )
    _keep_traffic(old, new, kept)
    return new


def _keep_traffic(old: State, new: State, kept: np.ndarray) -> None:
    """What routes and links carried in the last quarter."""
    new.arrays["link_load"][:] = old.arrays["link_load"]
    was, now = old["providers"]["site"], new["providers"]["site"][kept]
    for name in ("route_traffic", "route_carried"):
        if new.arrays[name].shape == old.arrays[name].shape:
            new.arrays[name][:] = old.arrays[name]
        else:
            new.arrays[name][now] = old.arrays[name][was]


def _widen_records(model: RegionalModel, row: int) -> None:
    """Past records get the new row's values, those of a centre that waits."""
    table = model.state["providers"]
    for name, records in model.provider_history.items():
        records[:] = [np.insert(record, row, table[name][row]) for record in records]
