"""The frontier between two findings: near cities lose while far ones gain (C13), and the gap closes (C14).

A Latin hypercube over the parameters that could turn either, with the real centres. C13 is the effect on the
cities without a centre at 500-1000 km from the nearest less that within 300 km, each 100·ln of the ratio of
sums; C14 the Theil index between cities with centres less that without, 1000 × its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc

from experiments.measures.findings import effect_at_distance, t_value
from experiments.measures.inequality import theil
from experiments.measures.ols import clustered_fit
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import changed, twin_arms
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

NEAR_KM, FAR_KM = (0.0, 300.0), (500.0, 1000.0)
POINTS = 32  # in addition to the defaults, which are point 0
DRAW = 1  # seed of the hypercube
ERRORS = 2.0  # standard errors beyond which a sign counts
BOTH, C13_ONLY, C14_ONLY, NEITHER = "both", "C13 alone", "C14 alone", "neither"


@dataclass(frozen=True)
class Dimension:
    """A dimension of the hypercube: parameters that take a value of its range, or that times their default.

    ``log``: the range is divided evenly in logarithms.
    """

    name: str
    parameters: tuple[str, ...]
    low: float
    high: float
    scaled: bool = False
    log: bool = False

    def at(self, place: float) -> float:
        """Return the value at a place between 0 and 1 of the range."""
        if self.log:
            return float(self.low * (self.high / self.low) ** place)
        return float(self.low + (self.high - self.low) * place)

    def changes(self, value: float, parameters: Parameters) -> dict[str, float]:
        """Return the parameters at a value."""
        return {name: value * getattr(parameters, name) if self.scaled else value for name in self.parameters}

    def default(self, parameters: Parameters) -> float:
        """Return the value at which the parameters have their defaults."""
        return 1.0 if self.scaled else float(getattr(parameters, self.parameters[0]))


DIMENSIONS = (
    Dimension(
        "trade_reach", ("final_trade_reach", "intermediate_trade_reach"), 0.5, 20.0, scaled=True, log=True
    ),
    Dimension("compute_pull", ("compute_pull",), 0.0, 2.0),
    Dimension("conversion_wage", ("conversion_wage",), 0.0, 1.0),
    Dimension("interoperability_friction", ("interoperability_friction",), 0.0, 0.8),
    Dimension("capacity_scale", ("capacity_scale",), 0.25, 4.0, log=True),
    Dimension("data_elasticity", ("data_elasticity",), 0.0, 0.15),
    Dimension(
        "real_time_share", ("real_time_share_basic", "real_time_share_intelligent"), 0.0, 2.0, scaled=True
    ),
    Dimension("home_reach", ("home_reach",), 40.0, 400.0, log=True),
)


def design(parameters: Parameters, points: int) -> pd.DataFrame:
    """Return the design: point, then the value of each dimension; point 0 are the defaults."""
    unit = qmc.LatinHypercube(len(DIMENSIONS), rng=np.random.default_rng(DRAW)).random(points)
    rows = [{one.name: one.default(parameters) for one in DIMENSIONS}]
    rows += [
        {one.name: one.at(float(place)) for one, place in zip(DIMENSIONS, row, strict=True)} for row in unit
    ]
    return pd.DataFrame(rows).rename_axis("point").reset_index()


def point_name(scenario: str, point: int) -> str:
    """Return the name of a point's arms."""
    return f"{scenario} {point}"


def arms(
    scenarios: Sequence[Scenario], parameters: Parameters, points: int | None = None
) -> dict[str, Scenario]:
    """Return the arms: each scenario and its twin at each point of the design, by default ``POINTS``."""
    found = {}
    for scenario in scenarios:
        own = scenario.applied_to(parameters)
        for row in design(own, POINTS if points is None else points).to_dict("records"):
            changes: dict[str, float] = {}
            for one in DIMENSIONS:
                changes |= one.changes(row[one.name], own) if row["point"] else {}
            found[point_name(scenario.name, int(row["point"]))] = changed(scenario, changes)
    return twin_arms(found)


def c13(pair: Pair, cities: pd.DataFrame) -> float:
    """Return the effect on far cities less that on near ones, percentage points."""
    near, far = (effect_at_distance(pair, cities, band) for band in (NEAR_KM, FAR_KM))
    return far - near


def c14(pair: Pair) -> float:
    """Return 1000 × the change of the Theil index between cities that the centres cause."""
    treated, control = pair.late("innovation")
    return 1000.0 * (theil(treated) - theil(control))


def frontier(results: Results, scenario: str) -> pd.DataFrame:
    """Return one row for each point: point, the dimensions, then c13 and c14, with se and t, seeds, holds.

    ``near`` and ``far``: the two parts of c13, %. ``holds``: which of the two findings has its sign (c13
    above, c14 below 0) beyond ``ERRORS`` standard errors: ``both``, ``C13 alone``, ``C14 alone``,
    ``neither``; ``signs``: the same by sign alone.
    """
    study = results.study
    prefix = point_name(scenario, 0).removesuffix("0")
    numbers = {int(name.split()[-2]) for name in study.arms if name.startswith(prefix)}
    own = study.arms[f"{point_name(scenario, 0)} with"].applied_to(study.parameters)
    rows = []
    for row in design(own, max(numbers)).to_dict("records"):
        twins = results.point(point_name(scenario, int(row["point"])))
        if not twins.records:
            continue
        found, cities = pairs(twins), study.country.cities
        first = mean_and_se(c13(pair, cities) for pair in found)
        second = mean_and_se(c14(pair) for pair in found)
        row |= {
            "near": mean_and_se(effect_at_distance(pair, cities, NEAR_KM) for pair in found)["mean"],
            "far": mean_and_se(effect_at_distance(pair, cities, FAR_KM) for pair in found)["mean"],
        }
        for name, one in (("c13", first), ("c14", second)):
            row |= {name: one["mean"], f"{name}_se": one["se"], f"{name}_t": t_value(one["mean"], one["se"])}
        row["seeds"] = int(first["seeds"])
        row["signs"] = which_hold(first["mean"] > 0, second["mean"] < 0)
        row["holds"] = which_hold(row["c13_t"] > ERRORS, row["c14_t"] < -ERRORS)
        rows.append(row)
    return pd.DataFrame(rows)


def which_hold(first: bool, second: bool) -> str:
    """Return which of C13 and C14 hold."""
    return {(True, True): BOTH, (True, False): C13_ONLY, (False, True): C14_ONLY}.get(
        (bool(first), bool(second)), NEITHER
    )


def shares(points: pd.DataFrame) -> pd.DataFrame:
    """Return the share of points in which both findings hold, either, neither: by, holds, points, share.

    by: ``t`` (beyond ``ERRORS`` standard errors) or ``sign``. The defaults, point 0, do not count.
    """
    drawn = points[points["point"] > 0]
    rows = []
    for by, column in (("t", "holds"), ("sign", "signs")):
        for answer in (BOTH, C13_ONLY, C14_ONLY, NEITHER):
            count = int((drawn[column] == answer).sum())
            share = count / len(drawn) if len(drawn) else float("nan")
            rows.append({"by": by, "holds": answer, "points": count, "share": share})
    return pd.DataFrame(rows)


def drivers(points: pd.DataFrame) -> pd.DataFrame:
    """Return what turns the two findings: dimension, then slope and t of c13 and of c14.

    Least squares over the drawn points on all dimensions at once, each scaled to run from 0 to 1 over its
    range, with robust standard errors; NaN with too few points.
    """
    drawn = points[points["point"] > 0]
    unit = np.column_stack([_place(one, drawn[one.name].to_numpy(dtype=float)) for one in DIMENSIONS])
    table = pd.DataFrame({"dimension": [one.name for one in DIMENSIONS]})
    for name in ("c13", "c14"):
        known = np.isfinite(drawn[name].to_numpy(dtype=float))
        slope = error = np.full(len(DIMENSIONS), np.nan)
        if known.sum() > len(DIMENSIONS) + 2:
            regressors = np.column_stack([np.ones(known.sum()), unit[known]])
            fit = clustered_fit(drawn[name].to_numpy()[known], regressors, np.arange(known.sum()))
            slope, error = (part[1:] for part in fit)
        table[f"{name}_slope"] = slope
        table[f"{name}_t"] = [t_value(*both) for both in zip(slope, error, strict=True)]
    return table


def _place(one: Dimension, values: np.ndarray) -> np.ndarray:
    """Return the places, between 0 and 1, of values of a dimension."""
    if one.log:
        return np.asarray(np.log(values / one.low) / np.log(one.high / one.low))
    return (values - one.low) / (one.high - one.low)
