"""Where centres close the gap between cities and where they widen it: maps over two parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.measures.findings import by_seed
from experiments.measures.twin_pairs import mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import changed, twin_arms
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

# Findings that are mapped: ids of `experiments.measures.findings`.
MAPPED = ("C14", "C14-regions", "C14-sigma", "C0", "C13")
CLOSES, WIDENS, UNCLEAR = "closes", "widens", "unclear"


@dataclass(frozen=True)
class GridAxis:
    """An axis of a map: its name, its unit, and the values that parameters take along it.

    ``scaled``: the values multiply the defaults of these parameters; else they are the values themselves.
    """

    name: str
    unit: str
    parameters: tuple[str, ...]
    values: tuple[float, ...]
    scaled: bool = False

    def changes(self, value: float, parameters: Parameters) -> dict[str, float]:
        """Return the parameters at a value of the axis."""
        return {name: value * getattr(parameters, name) if self.scaled else value for name in self.parameters}


LATENCY = GridAxis(
    "cost of latency",
    "multiple of default",
    ("latency_penalty_basic", "latency_penalty_intelligent", "latency_penalty_super"),
    (0.0, 1.0, 2.0, 4.0, 8.0),
    scaled=True,
)


@dataclass(frozen=True)
class Map:
    """A map of regimes over two axes."""

    id: str
    question: str
    x: GridAxis
    y: GridAxis

    def cells(self, parameters: Parameters) -> dict[tuple[float, float], dict[str, float]]:
        """Return the changes of parameters in every cell (x, y)."""
        return {
            (x, y): {**self.x.changes(x, parameters), **self.y.changes(y, parameters)}
            for y in self.y.values
            for x in self.x.values
        }


MAPS = (
    Map(
        "stickiness",
        "hold of home on talent against the cost of latency",
        GridAxis("reach of home", "km", ("home_reach",), (30.0, 60.0, 120.0, 240.0, 480.0)),
        LATENCY,
    ),
    Map(
        "mobility",
        "speed at which talent moves against the cost of latency",
        GridAxis("talent mobility", "1/quarter", ("talent_mobility",), (0.0, 0.01, 0.03, 0.06, 0.12)),
        LATENCY,
    ),
    Map(
        "technology",
        "substitution of compute for talent against the weight of compute",
        GridAxis("substitution", "elasticity", ("substitution",), (1.0, 1.2, 1.5, 1.8, 2.4)),
        GridAxis("weight of compute", "CES weight", ("compute_weight",), (0.05, 0.08, 0.125, 0.2, 0.3)),
    ),
)


def point_name(scenario: str, of: str, x: float, y: float) -> str:
    """Return the name of a cell's arms."""
    return f"{scenario} {of} {x:g} {y:g}"


def arms(
    scenarios: Sequence[Scenario], parameters: Parameters, maps: Sequence[Map] = MAPS
) -> dict[str, Scenario]:
    """Return the arms: each scenario and its twin in each cell of each map."""
    points = {
        point_name(scenario.name, one.id, x, y): changed(scenario, changes)
        for scenario in scenarios
        for one in maps
        for (x, y), changes in one.cells(parameters).items()
    }
    return twin_arms(points)


def regimes(results: Results, scenarios: Sequence[str], maps: Sequence[Map] = MAPS) -> pd.DataFrame:
    """Return one row for each scenario, map, cell and mapped finding: means over seeds.

    scenario, map, x, y, id, mean, se, seeds, regime. ``regime``, of the gap's ids C14: it ``closes`` or
    ``widens`` beyond two standard errors, or is ``unclear``.
    """
    rows = []
    for scenario in scenarios:
        for one in maps:
            for x, y in one.cells(results.study.parameters):
                twins = results.point(point_name(scenario, one.id, x, y))
                if not twins.records:
                    continue
                values = by_seed(pairs(twins), twins.study.country.cities)
                for name in MAPPED:
                    found = mean_and_se(values[name])
                    of_gap = name.startswith("C14")
                    rows.append(
                        {
                            "scenario": scenario,
                            "map": one.id,
                            "x": x,
                            "y": y,
                            "id": name,
                            **found,
                            "regime": regime(found) if of_gap else "",
                        }
                    )
    return pd.DataFrame(rows)


def regime(found: Mapping[str, float]) -> str:
    """Return whether the gap closes or widens beyond two standard errors."""
    if not abs(found["mean"]) > 2.0 * found["se"]:  # NaN too
        return UNCLEAR
    return CLOSES if found["mean"] < 0 else WIDENS
