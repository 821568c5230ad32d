"""Cost of a user-defined rule: compiled, against the model's own; interpreted or a method, against Mesa.

``python -m benchmarks.user_rules`` prints the ratios and writes docs/bench/user_rules.json. The
compiled rule is one of the model's once more, in its event of fifteen rules. The interpreted one is a line
of arithmetic, so that what is spent around the rule shows.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from agents.elementary import exp
from agents.firm import Firm
from experiments.extension_check import Trial, event_seconds
from model.engine.engine import Engine
from model.engine.events import ForEach
from model.engine.rule_source import interpreted
from model.extensions.extension import Extension
from model.regional_model import RegionalModel
from model.step import QUARTER

FIRMS = 10_000
REPEATS = 40
PLACE = Path("docs/bench/user_rules.json")


def innovation_probability(own_intensity, conversion_intensity):
    """The model's own, once more."""
    return 1.0 - exp(-(own_intensity + conversion_intensity))


@interpreted
def supply(quality, technique_quality, quality_elasticity):
    """A line of arithmetic in plain Python."""
    return 1.0 + quality_elasticity * (quality + technique_quality)


class Seller(mesa.Agent):
    """A firm as an object: it reads its attributes and keeps its supply."""

    def __init__(self, model: mesa.Model, quality: float) -> None:
        super().__init__(model)
        self.quality, self.technique_quality, self.supply = quality, 0.0, 0.0

    def decide(self) -> None:
        """Supply, by the same function."""
        self.supply = supply(self.quality, self.technique_quality, self.model.quality_elasticity)


class Sellers(mesa.Model):
    """Firms that all decide once a step."""

    def __init__(self, qualities: Sequence[float], quality_elasticity: float) -> None:
        super().__init__(rng=1)
        self.quality_elasticity = quality_elasticity
        for quality in qualities:
            Seller(self, quality)

    def step(self) -> None:
        """Everybody decides."""
        self.agents.do("decide")


class Vendor(Firm):
    """A firm whose method calls another, keeps an attribute of its own and reads a parameter."""

    def worth(self) -> float:
        """Quality and age."""
        return self.quality + self.age

    def supply(self, quality_elasticity: float) -> float:  # type: ignore[override]
        """A line of arithmetic."""
        self.seen = self.quality
        return 1.0 + quality_elasticity * self.worth()


class PlainVendor(mesa.Agent):
    """The same in Mesa."""

    def __init__(self, model: mesa.Model, quality: float) -> None:
        super().__init__(model)
        self.quality, self.age, self.supply, self.seen = quality, 0.0, 0.0, 0.0

    def worth(self) -> float:
        """Quality and age."""
        return self.quality + self.age

    def decide(self) -> None:
        """Supply."""
        self.seen = self.quality
        self.supply = 1.0 + self.model.quality_elasticity * self.worth()


class Learner(Firm):
    """A firm whose method changes a column of it."""

    def supply(self, quality_elasticity: float) -> float:  # type: ignore[override]
        """A line of arithmetic, after a small gain."""
        self.quality += 0.001 * self.adopter
        return 1.0 + quality_elasticity * self.quality


class PlainLearner(PlainVendor):
    """The same in Mesa."""

    adopter = 1.0

    def decide(self) -> None:
        """Supply, after a small gain."""
        self.quality += 0.001 * self.adopter
        self.supply = 1.0 + self.model.quality_elasticity * self.quality


def face_seconds(
    firms: int = FIRMS,
    repeats: int = REPEATS,
    face: type[Firm] = Vendor,
    agent: type[PlainVendor] = PlainVendor,
) -> tuple[float, float]:
    """Shortest CPU time of an event of one method of an agent over all firms, and of the same in Mesa, s."""
    made = Trial(Extension("own", faces=[face])).with_firms(firms, 1).model()
    alive = made.state["firms"]["alive"] > 0.5
    plain = Sellers([], made.parameters.quality_elasticity)
    for quality in made.state["firms"]["quality"][alive].tolist():
        agent(plain, quality)
    numbers = made.parameters.numbers()
    engine = Engine([_event("supply")], made.state, made.rules, numbers, made.seed, faces=made.engine.faces)
    best = [float("inf"), float("inf")]
    for turn in range(repeats):
        started = time.thread_time()
        engine.run(turn)
        between = time.thread_time()
        plain.step()
        ended = time.thread_time()
        best = [min(best[0], between - started), min(best[1], ended - between)]
    return best[0], best[1]


def compiled_seconds(firms: int = FIRMS, repeats: int = REPEATS) -> tuple[float, float]:
    """Shortest time of the event of firms' research with a compiled user-defined rule, and without it, s."""
    trial = Trial(Extension("own", rules=innovation_probability)).with_firms(firms, 4)
    models = {own: trial.run(own) for own in (True, False)}
    seconds = event_seconds(_event("revenue"), models, repeats)
    return seconds[True], seconds[False]


def interpreted_seconds(firms: int = FIRMS, repeats: int = REPEATS) -> tuple[float, float]:
    """Shortest time of an event of one interpreted rule over all firms, and of the same in Mesa, s.

    Raises RuntimeError if the two do not give the same numbers.
    """
    trial = Trial(Extension("own", rules=supply)).with_firms(firms, 1)
    made = trial.model()
    alive = made.state["firms"]["alive"] > 0.5
    sellers = Sellers(made.state["firms"]["quality"][alive].tolist(), made.parameters.quality_elasticity)
    engine = _engine(made, _event("supply"))
    best = [float("inf"), float("inf")]
    for turn in range(repeats):
        started = time.perf_counter()
        engine.run(turn)
        between = time.perf_counter()
        sellers.step()
        ended = time.perf_counter()
        best = [min(best[0], between - started), min(best[1], ended - between)]
    if not np.array_equal(made.state["firms"]["supply"][alive], sellers.agents.get("supply")):
        raise RuntimeError("the two loops do not give the same supply")
    return best[0], best[1]


def _engine(made: RegionalModel, event: ForEach) -> Engine:
    return Engine([event], made.state, made.rules, made.parameters.numbers(), made.seed)


def _event(name: str) -> ForEach:
    return next(event for event in QUARTER if isinstance(event, ForEach) and event.name == name)


def measure(firms: int = FIRMS, repeats: int = REPEATS) -> dict[str, Any]:
    """All comparisons: times in milliseconds, and ratios."""
    own, built_in = compiled_seconds(firms, repeats)
    loop, by_mesa = interpreted_seconds(firms, repeats)
    methods, of_mesa = face_seconds(firms, repeats)
    writing, writing_in_mesa = face_seconds(firms, repeats, Learner, PlainLearner)
    return {
        "firms": firms,
        "compiled_own_ms": 1e3 * own,
        "compiled_built_in_ms": 1e3 * built_in,
        "compiled_ratio": own / built_in,
        "interpreted_ms": 1e3 * loop,
        "mesa_ms": 1e3 * by_mesa,
        "interpreted_ratio": loop / by_mesa,
        "methods_ms": 1e3 * methods,
        "methods_mesa_ms": 1e3 * of_mesa,
        "methods_ratio": methods / of_mesa,
        "writing_methods_ms": 1e3 * writing,
        "writing_methods_mesa_ms": 1e3 * writing_in_mesa,
        "writing_methods_ratio": writing / writing_in_mesa,
        "machine": f"{platform.processor() or platform.machine()}, Python {platform.python_version()}",
    }


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write the figures to the file named, or to their place in the documentation."""
    found = measure()
    target = Path(arguments[0]) if arguments else PLACE
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for name, value in found.items():
        print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main(sys.argv[1:])
