"""CPU time from a changed rule to a year that was run with it, for every rule of the model.

``python -m benchmarks.changed_rules`` prints the slowest, writes docs/bench/changed_rules.json. A rule is the
model's own, wrapped with a new number in each run, so its results are those of the model, to the bit.
"""

from __future__ import annotations

import itertools
import json
import linecache
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from agents.rules import Rules
from model import Parameters, RegionalModel, wraps
from model.country.synthetic import synthetic_country
from model.engine.events import ForEach
from model.step import CLOSED

PLACE = Path("docs/bench/changed_rules.json")
# Switches of mechanisms, so that every rule of the model is in one of the runs.
MODELS: tuple[Mapping[str, float], ...] = (
    {},
    {"paradigm_arrival": 1, "building_slots": 4},
    {"exchange": 1},
    {"closed_economy": 1},
)
NUMBERS = itertools.count(time.time_ns() % 10**12)  # no text has been compiled before


def changed_rule(name: str, number: int) -> Any:
    """Return the rule of a name with another text and the same results."""
    file = f"<rule {name} {number}>"
    text = f"def {name}(below):\n    return below if {number}.0 > 0.0 else 0.0\n"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"__name__": "changed"}
    exec(compile(text, file, "exec"), space)
    return wraps(space[name])


def _year(rules: Rules | None, switches: Mapping[str, float]) -> RegionalModel:
    parameters = Parameters(firms=120, burn_in=0).changed(**switches)
    if parameters.closed_economy:  # it has one city of its own
        made = RegionalModel(parameters, CLOSED, 1, rules=rules)
    else:
        made = RegionalModel(parameters, "none", 1, cities=synthetic_country(12, 3), rules=rules)
    made.run_until(4)
    return made


def seconds(
    models: Sequence[Mapping[str, float]] = MODELS, rules: Sequence[str] = ()
) -> Iterator[tuple[str, str, float]]:
    """Yield event, rule and CPU seconds for each rule, or those named. RuntimeError: a result differs."""
    seen: set[str] = set()
    for switches in models:
        _year(None, switches)
        alone = _year(None, switches)
        events = [event for event in alone.engine.events if isinstance(event, ForEach)]
        for place, name in [(event.name, name) for event in events for name in event.rules]:
            if name in seen or (rules and name not in rules):
                continue
            seen.add(name)
            changed = Rules(**{name: changed_rule(name, next(NUMBERS))})
            started = time.process_time()
            made = _year(changed, switches)
            yield place, name, time.process_time() - started
            for table, columns in alone.state.tables.items():
                for column in columns:
                    if not np.array_equal(made.state[table][column], columns[column], equal_nan=True):
                        raise RuntimeError(f"{name}: {table}.{column} differs from the model's")


def measure(models: Sequence[Mapping[str, float]] = MODELS, rules: Sequence[str] = ()) -> dict[str, Any]:
    """All rules, with their event, the slowest first; mean and maximum of the CPU seconds."""
    found = sorted(seconds(models, rules), key=lambda row: -row[2])
    times = [row[2] for row in found]
    return {
        "rules": len(found),
        "mean_s": round(sum(times) / len(times), 2),
        "most_s": round(times[0], 2),
        "seconds": {f"{event}: {name}": round(time_of, 2) for event, name, time_of in found},
        "machine": f"{platform.processor() or platform.machine()}, Python {platform.python_version()}",
    }


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write the figures to the file named, or to their place in the documentation."""
    found = measure()
    target = Path(arguments[0]) if arguments else PLACE
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{found['rules']} rules: mean {found['mean_s']} s, most {found['most_s']} s of CPU time")
    for name, taken in list(found["seconds"].items())[:10]:
        print(f"{taken:6.2f}  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
