"""Copies of a run: to continue it in several ways, and to keep it on disk and continue it later.

A copy is made as the run was, without its burn-in; then it gets the run's tables, records and clock. What it
does next has the bits of the run itself.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from mesa.time import EventGenerator, Priority, Schedule

from agents.user_error import UserError
from model.engine.state import State
from model.running_model import RunningModel

# Attributes that tell where a run stands; all others follow from what it is made with, or are the user's.
CLOCK = ("quarter", "time", "steps", "running", "failure")
RECORDS = ("history", "national_history", "provider_history", "kind_history", "datacollector")
VIEW = ("model", "row", "unique_id", "pos", "_columns", "_made")
AT_START = ("firms", "burn_in", "start_year")
Content = dict[str, Any]


class CopyError(UserError):
    """A run that cannot be copied, saved or loaded."""


def snapshot(model: RunningModel) -> Content:
    """Return all that a run has become since it was made; arrays and records are shared with it."""
    if len(model._event_list) > 1 or len(model._event_generators) > 1:
        raise CopyError("a model with further events of Mesa cannot be copied: schedule them after copying")
    if model.engine.wraps:
        event = model.engine.names[model.engine.wraps[0][0]]
        raise CopyError(f"a model with a wrapped event ({event}) cannot be copied")
    known = {*vars(model.fresh_copy()), "failure"}
    return {
        "clock": {name: getattr(model, name) for name in CLOCK},
        "records": {name: getattr(model, name) for name in RECORDS},
        "tables": {name: dict(table.columns) for name, table in model.state.tables.items()},
        "arrays": dict(model.state.arrays),
        "random": (model.random.getstate(), model.rng.bit_generator.state),
        "own": {name: value for name, value in vars(model).items() if name not in known},
        "agents": list(model.own_agents),
        "views": {key: own for key, view in model._views.items() if (own := _own_attributes(view))},
    }


def _own_attributes(view: object) -> Content:
    return {name: value for name, value in vars(view).items() if name not in VIEW}


def restored[R: RunningModel](fresh: RunningModel, kind: type[R], kept: Content) -> R:
    """Return a model that was just made, with the content of a snapshot; ``kind`` becomes its class."""
    for name in fresh.engine.growing:
        rows = len(next(iter(kept["tables"][name].values())))
        if rows > fresh.state[name].rows:
            fresh.engine.grow(name, rows)
    _fill(fresh.state, kept)
    fresh.__class__ = kind
    assert isinstance(fresh, kind)
    for name, value in (kept["clock"] | kept["records"]).items():
        setattr(fresh, name, value)
    state, generator = kept["random"]
    fresh.random.setstate(state)
    fresh.rng.bit_generator.state = generator
    fresh.__dict__.update(kept["own"])
    for agent in kept["agents"]:
        number = agent.unique_id
        fresh.register_agent(agent)
        agent.unique_id = number
        fresh.agent_id_counter = number + 1
    for (table, row), own in kept["views"].items():
        fresh._view(table, row).__dict__.update(own)
    fresh._default_schedule.stop()
    every_quarter = Schedule(interval=1.0, start=fresh.time + 1.0)
    fresh._default_schedule = EventGenerator(
        fresh,
        fresh._do_step,
        every_quarter,
        priority=Priority.HIGH,
    ).start()
    return fresh


def _fill(state: State, kept: Mapping[str, Any]) -> None:
    for name, columns in kept["tables"].items():
        there = state.tables.get(name)
        if there is None or there.columns.keys() != columns.keys():
            raise CopyError(f"table {name} has other columns with these changes: make a new model")
        for column, values in columns.items():
            if values.shape != there[column].shape:
                raise CopyError(f"table {name} has other rows with these changes: make a new model")
            there[column] = values
    for name, values in kept["arrays"].items():
        if name in state.arrays and state.arrays[name].shape == values.shape:
            state.arrays[name][:] = values
        else:
            state.arrays[name] = values.copy()


def forked[R: RunningModel](model: R, changes: Mapping[str, float]) -> R:
    """Return a copy of the run where it stands, with changed parameters from the next quarter on."""
    for name in changes:
        if name in AT_START:
            raise CopyError(f"{name} counts at the start of a run: make a new model with it")
    kept = snapshot(model)
    fresh = model.fresh_copy(**changes)
    again = {id(model): fresh, id(model.country): model.country}
    parts = {name: kept[name] for name in ("records", "own", "views", "agents")}
    kept |= copy.deepcopy(parts, again)  # at once: one part may refer to another
    return restored(fresh, type(model), kept)
