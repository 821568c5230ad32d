"""Three estimates of the effect on a group of cities, and whether they agree.

The ratio of sums is that of the whole group and follows its largest cities; the median and the trimmed mean
are of its cities, each counted once. A city with fewer than ``FEWEST_FIRMS`` firms in either run has no
effect of its own that is worth a look: all such cities of a group are pooled into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from experiments.measures.twin_pairs import Pair, mean_and_se

TRIMMED = 0.2  # of the cities that are left out on either side [Wilcox 2012]
ESTIMATORS = ("sum", "median", "trimmed")
FRAGILE = "fragile"
AGREE = "agree"
NO_SIGN = ""  # the ratio of sums has none


def city_effects(pair: Pair, cities: np.ndarray, measure: str = "innovation", how: str = "log") -> np.ndarray:
    """Return the effects on the cities of a group, with those of few firms pooled into one, (U,).

    In %, or 100 × the difference, as ``Pair.group_effect``. cities: Rows or flags. The pool is left out where
    it has nothing in one of the runs.
    """
    chosen = np.zeros(pair.without[measure].shape[1], dtype=bool)
    chosen[cities] = True
    large = pair.enough_firms() if "firms" in pair.without else chosen
    own = pair.effect(measure, how)[chosen & large]
    few = chosen & ~large
    found = np.append(own, pair.group_effect(few, measure, how) if few.any() else np.nan)
    return np.asarray(found[np.isfinite(found)])


def trimmed_mean(values: np.ndarray, share: float = TRIMMED) -> float:
    """Return the mean without a share of the values on either side; NaN of none."""
    if not len(values):
        return float("nan")
    cut = int(share * len(values))
    return float(np.sort(values)[cut : len(values) - cut].mean())


def group_estimates(
    pair: Pair, cities: np.ndarray, measure: str = "innovation", how: str = "log"
) -> dict[str, float]:
    """Return the effect on a group of cities by each of ``ESTIMATORS``, as ``Pair.group_effect``."""
    units = city_effects(pair, cities, measure, how)
    middle = float(np.median(units)) if len(units) else float("nan")
    return {
        "sum": pair.group_effect(cities, measure, how),
        "median": middle,
        "trimmed": trimmed_mean(units),
    }


def over_seeds(by_seed: Iterable[Mapping[str, float]]) -> dict[str, float | str]:
    """Return median, median_se, trimmed, trimmed_se and ``robust`` of the estimates of all seeds."""
    found = list(by_seed)
    measured = {name: mean_and_se(one[name] for one in found) for name in ESTIMATORS}
    return {
        **{name: measured[name]["mean"] for name in ESTIMATORS[1:]},
        **{f"{name}_se": measured[name]["se"] for name in ESTIMATORS[1:]},
        "robust": agreement([(one["mean"], one["se"]) for one in measured.values()]),
    }


def agreement(estimates: Iterable[tuple[float, float]]) -> str:
    """Return ``agree`` if all estimates, with errors, have the sign of the first, else ``fragile``.

    A sign is one beyond two standard errors. Empty where the first is not beyond two standard errors of 0.
    """
    signs = [_sign(mean, error) for mean, error in estimates]
    if not signs or not signs[0]:
        return NO_SIGN
    return AGREE if all(sign == signs[0] for sign in signs) else FRAGILE


def _sign(mean: float, error: float) -> int:
    known = np.isfinite(mean) and np.isfinite(error) and abs(mean) > 2.0 * error
    return int(np.sign(mean)) if known else 0


def robust_columns(groups: Iterable[Iterable[tuple[Pair, np.ndarray]]], measure: str) -> pd.DataFrame:
    """Return ``over_seeds`` of each group, a row each. groups: pairs, each with its rows of cities."""
    columns = ["median", "median_se", "trimmed", "trimmed_se", "robust"]
    rows = [over_seeds(group_estimates(pair, here, measure) for pair, here in group) for group in groups]
    return pd.DataFrame(rows, columns=columns)
