"""Pairs of twins, a seed's run with centres and the same without, and effects on groups of cities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.panel_checks import Flags
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT

WINDOW_YEARS = 5
FEWEST_FIRMS = 5  # cities with fewer firms in either run are left out of means of logarithms
WEIGHTS = {"adoption_share": "firms"}  # measures that are shares of a stock


@dataclass(frozen=True)
class Pair:
    """One seed's two runs as matrices (years, cities), with its host cities."""

    seed: int
    years: np.ndarray
    hosts: np.ndarray  # rows of cities that have a centre by the last year, (H,)
    with_centres: dict[str, np.ndarray]
    without: dict[str, np.ndarray]

    def late(self, measure: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean of a measure over the last years, with and without centres, each (C,)."""
        treated, control = (arm[measure][-WINDOW_YEARS:] for arm in (self.with_centres, self.without))
        return treated.mean(0), control.mean(0)

    def effect(self, measure: str = "innovation", how: str = "log") -> np.ndarray:
        """Return the effect on each city in the last years, (C,): 100·ln ratio or 100 × difference."""
        treated, control = self.late(measure)
        if how == "difference":
            return 100.0 * (treated - control)
        defined = (treated > 0) & (control > 0)
        ratio = np.divide(treated, control, out=np.ones_like(treated), where=defined)
        return np.where(defined, 100.0 * np.log(ratio), np.nan)

    def group_effect(self, cities: np.ndarray, measure: str = "innovation", how: str = "log") -> float:
        """Return the effect on a group of cities in the last years; NaN if there is none.

        100·ln of the ratio of their sums; or 100 × the difference of their means, for a share of
        firms weighted by firms.

        Args:
            cities: Rows or flags of the group.
        """
        if how != "difference":
            return log_change(*(values[cities] for values in self.late(measure)))
        means = []
        for arm in (self.with_centres, self.without):
            values = arm[measure][-WINDOW_YEARS:][:, cities]
            weights = (
                arm[WEIGHTS[measure]][-WINDOW_YEARS:][:, cities] if measure in WEIGHTS else 1.0 + 0.0 * values
            )
            means.append((values * weights).sum() / weights.sum() if weights.sum() > 0 else np.nan)
        return float(100.0 * (means[0] - means[1]))

    def mean_effect(self, cities: np.ndarray, measure: str = "innovation") -> float:
        """Return the mean of ``effect`` over cities of a group with ``FEWEST_FIRMS`` firms in both runs."""
        return finite_mean(np.where(self.enough_firms(), self.effect(measure), np.nan)[cities])

    def cities_in_mean(self, cities: np.ndarray, measure: str = "innovation") -> int:
        """Return how many cities of a group ``mean_effect`` is a mean of."""
        return int(np.isfinite(np.where(self.enough_firms(), self.effect(measure), np.nan)[cities]).sum())

    def enough_firms(self) -> Flags:
        """Return the cities with at least ``FEWEST_FIRMS`` firms in both runs in the last years, (C,)."""
        return np.minimum(*self.late("firms")) >= FEWEST_FIRMS

    def host_flags(self) -> Flags:
        """Return the cities that host a centre, (C,)."""
        return np.isin(np.arange(self.without["innovation"].shape[1]), self.hosts)

    def people(self, cities: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return people with and without centres, each (T, C): of the model if recorded, else of 2010."""
        if "people" in self.without:
            return self.with_centres["people"], self.without["people"]
        count = np.tile(cities["population_2010"].to_numpy(dtype=float), (len(self.years), 1))
        return count, count

    def baseline(self, measure: str = "innovation") -> np.ndarray:
        """Return the mean of a measure in the first five years without centres, (C,)."""
        return self.without[measure][:WINDOW_YEARS].mean(0)


def pairs(results: Results) -> list[Pair]:
    """Return the pairs of the arms ``with`` and ``without``, one per seed for which both have ended."""
    twins = results.pair()
    return pairs_of(twins.panel, twins.centres[twins.centres["arm"] == WITH], twins.study.country.cities)


def pairs_of(panel: pd.DataFrame, centres: pd.DataFrame, cities: pd.DataFrame) -> list[Pair]:
    """Return the pairs of the three tables of a results folder (docs/results.md), one per seed."""
    row_of = {int(city): row for row, city in enumerate(cities["city_id"])}
    measures = [c for c in panel.columns if c not in ("seed", "arm", "year", "city_id")]
    found = []
    for seed, both in panel.groupby("seed", sort=False):
        years = both["year"].unique()
        arms = {}
        for arm, one in both.groupby("arm"):
            # Rows are in order of year, then city, as written.
            arms[arm] = {m: one[m].to_numpy().reshape(len(years), len(row_of)) for m in measures}
        hosted = centres.loc[centres["seed"] == seed] if len(centres) else centres
        opened = (
            hosted.loc[hosted["opened"].str[:4].astype(int) <= years[-1], "city_id"] if len(hosted) else []
        )
        hosts = np.array(sorted({row_of[int(city)] for city in opened}), dtype=int)
        found.append(Pair(int(str(seed)), years, hosts, arms[WITH], arms[WITHOUT]))
    return found


def mean_and_se(values: Iterable[float]) -> dict[str, float]:
    """Return mean, standard error and number of the finite values; the error of fewer than two is NaN."""
    x = np.array([v for v in values if np.isfinite(v)])
    error = float(x.std(ddof=1) / np.sqrt(len(x))) if len(x) > 1 else float("nan")
    return {"mean": float(x.mean()) if len(x) else float("nan"), "se": error, "seeds": len(x)}


def finite_mean(values: np.ndarray) -> float:
    """Return the mean of the finite values; NaN if there is none."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")


def log_change(treated: np.ndarray, control: np.ndarray) -> float:
    """Return the effect on a total, %: 100·ln of the ratio of sums; NaN unless both are above 0."""
    if not (treated.sum() > 0 and control.sum() > 0):
        return float("nan")
    return float(100.0 * np.log(treated.sum() / control.sum()))
