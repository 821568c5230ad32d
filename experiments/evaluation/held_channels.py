"""Channels held at their levels without centres: the part of the effect that each of them carries.

A run with centres is stepped together with its twin, quarter by quarter, and one channel at a time is kept
from responding to the centres. A stock of the city (talent, attention, property rights, data) is set to the
twin's as soon as its event is over. Decisions of firms (founding, working with compute) are taken under the
twin's conditions: the same rule and the same random draws, but costs, data, permits, sales and neighbours of
the run without centres. All else is free. The remaining effect is a controlled direct effect [Pearl 2001],
which no observed panel shows, as channels cannot be held fixed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.evaluation.true_effects import given
from experiments.study.one_run import model_of, yearly_cities
from experiments.study.study import WITH, WITHOUT, Study, twins
from model.engine.engine import Call
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening

Column = tuple[str, str]  # table and column
Copies = dict[Column, NDArray[Any]]


@dataclass(frozen=True)
class HeldColumn:
    """A column of cities that takes the twin's values at the end of its event."""

    event: str
    column: str


@dataclass(frozen=True)
class HeldDecision:
    """Columns of firms that rules of an event decide under the twin's ``conditions``.

    Other rules of the event use their own run. A firm that does not exist in the twin keeps its own sales.
    """

    event: str
    columns: tuple[str, ...]
    conditions: tuple[Column, ...]


HELD_CHANNELS: dict[str, HeldColumn | HeldDecision] = {
    "vitality": HeldDecision(
        "entering",
        ("entering",),
        (
            ("cities", "business_environment"),
            ("cities", "permit_speed"),
            ("city_tiers", "unit_revenue"),
            ("cities", "hosted_tasks"),
            ("cities", "compute_bill"),
            ("nation", "mean_supply"),
            ("nation", "mean_revenue"),
        ),
    ),
    "talent_flow": HeldColumn("move_talent", "talent"),
    "application": HeldDecision(
        "adoption_gain",
        ("adopter",),
        (
            ("cities", "business_environment"),
            ("cities", "adoption_share"),
            ("cities", "data"),
            ("cities", "rural_share"),
            ("city_tiers", "plain_cost"),
            ("city_tiers", "adopter_cost"),
            ("city_tiers", "unaided_cost"),
            ("nation", "mean_revenue"),
            ("nation", "advice"),
            ("firms", "revenue"),
            ("firms", "eligible"),
        ),
    ),
    "government_attention": HeldColumn("attention", "attention"),
    "property_rights": HeldColumn("attention", "ip_protection"),
    "data_agglomeration": HeldColumn("budget", "data"),
}
"""The columns that hold each of the six channels."""

ALIVE = ("firms", "alive")


@dataclass
class _Watch:
    """The twin's quarter, by event: conditions before it, columns after it."""

    twin: RegionalModel
    before: dict[str, Copies] = field(default_factory=dict)
    after: dict[str, Copies] = field(default_factory=dict)

    def follow(self, channels: Sequence[str]) -> None:
        """Record, in every quarter to come, the columns that holding these channels needs."""
        for clamp in (HELD_CHANNELS[channel] for channel in channels):
            if isinstance(clamp, HeldColumn):
                self._note(clamp.event, (), (("cities", clamp.column),))
            else:
                self._note(clamp.event, (*clamp.conditions, ALIVE), ())

    def _note(self, event: str, before: Sequence[Column], after: Sequence[Column]) -> None:
        def wrap(call: Call) -> Call:
            def noted(step: int) -> None:
                self.before.setdefault(event, {}).update(_copies(self.twin, before))
                call(step)
                self.after.setdefault(event, {}).update(_copies(self.twin, after))

            return noted

        self.twin.engine.wrap_event(event, wrap)

    def hold(self, model: RegionalModel, channel: str) -> None:
        """Hold a channel of another run at the twin's; the twin must be a quarter ahead."""
        clamp = HELD_CHANNELS[channel]

        def wrap(call: Call) -> Call:
            def held(step: int) -> None:
                if isinstance(clamp, HeldColumn):
                    call(step)
                    model.state["cities"][clamp.column] = self.after[clamp.event]["cities", clamp.column]
                else:
                    _decide(model, clamp, call, step, self.before[clamp.event])

            return held

        model.engine.wrap_event(clamp.event, wrap)


def _copies(model: RegionalModel, columns: Sequence[Column]) -> Copies:
    """Copy columns of the state; those of mechanisms that are off do not exist."""
    state = model.state
    return {(table, name): np.array(state[table][name]) for table, name in columns if name in state[table]}


def _put(model: RegionalModel, values: Copies) -> None:
    for (table, name), column in values.items():
        model.state[table][name] = column


def _decide(model: RegionalModel, clamp: HeldDecision, call: Call, step: int, twin: Copies) -> None:
    """Run the event as it is and under the twin's conditions; keep the decided columns of the latter."""
    firms = [("firms", name) for name in model.state["firms"]]
    own, before = _copies(model, clamp.conditions), _copies(model, firms)
    call(step)
    free = _copies(model, firms)
    _put(model, before)
    there = twin[ALIVE] > 0.5
    for table, name in own:
        column = twin[table, name]
        model.state[table][name] = np.where(there, column, own[table, name]) if table == "firms" else column
    call(step)
    decided = _copies(model, [("firms", name) for name in clamp.columns])
    _put(model, own)
    _put(model, free)
    _put(model, decided)


def runs_with_held_channels(
    study: Study, seed: int, openings: Sequence[Opening], clamps: Mapping[str, Sequence[str]]
) -> dict[str, pd.DataFrame]:
    """Return yearly rows of runs with these centres, each with some channels held, and of the twin.

    clamps: name of a run → the channels it holds, names of ``HELD_CHANNELS``. The twin's name is ``without``.
    """
    plan = replace(study, arms=twins(given(study, openings)))
    twin = model_of(plan, seed, WITHOUT)
    watch = _Watch(twin)
    watch.follow(sorted({channel for held in clamps.values() for channel in held}))
    models = {name: model_of(plan, seed, WITH) for name in clamps}
    for name, held in clamps.items():
        for channel in held:
            watch.hold(models[name], channel)
    quarters = 4 * (study.until - study.parameters.start_year + 1)
    for _ in range(quarters):
        twin.step()
        for model in models.values():
            model.step()
    runs = {**models, WITHOUT: twin}
    return {name: yearly_cities(model, plan, seed, name) for name, model in runs.items()}
