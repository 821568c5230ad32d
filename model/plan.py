"""What a run consists of: its events in order, their time, and the model in one line."""

from __future__ import annotations

import time

import pandas as pd

from model.engine.events import Event, ForEach
from model.engine.rule_source import is_interpreted
from model.running_model import RunningModel


def plan(run: RunningModel) -> pd.DataFrame:
    """Return the events of a quarter of the run, in order, with their rules and what extensions changed.

    One row per event: event, table (of rows; empty for a procedure on whole columns), meaning, rules, own
    (rules and events of extensions, with the extension's name), interpreted (rules that are) and every
    (quarters).
    """
    events = {event.name: event for event in run.extended.quarter}
    return pd.DataFrame([_row(run, events[name]) for name in run.engine.names])


def _row(run: RunningModel, event: Event) -> dict[str, object]:
    row: dict[str, object] = {"event": event.name, "table": "", "meaning": event.meaning, "rules": ""}
    placed = [one.name for one in run.extended.extensions if _places(one.events, event.name)]
    own = [f"event of {name}" for name in placed]
    slow: list[str] = []
    if isinstance(event, ForEach):
        rules = dict(zip(event.rules, event.functions_from(run.extended.rules), strict=True))
        row |= {"table": event.table, "rules": ", ".join(rules)}
        for one in run.extended.extensions:
            changed = {*one.rules, *(name for face in one.faces for name in face.decisions())}
            if not _places(one.events, event.name):
                own += [f"{name} of {one.name}" for name in rules if name in changed]
        slow = [name for name, rule in rules.items() if is_interpreted(rule)]
    elif is_interpreted(event.function):
        slow = [event.name]
    return row | {"own": ", ".join(own), "interpreted": ", ".join(slow), "every": event.every}


def _places(events: object, name: str) -> bool:
    assert isinstance(events, tuple)
    return any(
        item.event.name == name or name == f"{_table(item.event)}_{item.event.name}" for item in events
    )


def _table(event: Event) -> str:
    return event.table if isinstance(event, ForEach) else ""


def profile(run: RunningModel, quarters: int = 4) -> pd.DataFrame:
    """Return the time of each event, ms a quarter, and its share, the longest first.

    A copy of the run is moved on; the run stays where it is.
    """
    copy = run.fork()
    copy.engine.run(copy.quarter)  # compiles what is not compiled yet
    seconds = dict.fromkeys(copy.engine.names, 0.0)
    for step in range(copy.quarter + 1, copy.quarter + 1 + quarters):
        for name, call in copy.engine.iter_events(step):
            began = time.perf_counter()
            call(step)
            seconds[name] += time.perf_counter() - began
    frame = pd.DataFrame(
        {"event": list(seconds), "ms": [1e3 * spent / quarters for spent in seconds.values()]}
    )
    frame["share"] = frame["ms"] / max(float(frame["ms"].sum()), 1e-12)
    return frame.sort_values("ms", ascending=False, kind="stable", ignore_index=True)


def in_one_line(run: RunningModel) -> str:
    """Return a run in one line: scenario, seed, date, what it holds, extensions and changed parameters."""
    alive = int(run.state["firms"]["alive"].sum())
    centres = int(run.state["providers"]["operating"].sum())
    cities = len(run.country.cities)
    parts = [f"{cities} cities, {alive:,} firms and {centres} centres at work"]
    if run.extended.extensions:
        parts.append("extensions " + ", ".join(one.name for one in run.extended.extensions))
    fields = type(run.parameters).model_fields
    changed = {
        name: value for name, value in run.parameters.model_dump().items() if value != fields[name].default
    }
    if changed:
        parts.append(", ".join(f"{name} = {value:g}" for name, value in changed.items()))
    what = f"scenario {run.experiment.name}, seed {run.seed}, before {run.date}"
    return f"<RegionalModel of {what}: {'; '.join(parts)}>"
