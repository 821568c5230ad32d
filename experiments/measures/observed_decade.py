"""The observed decade: runs from 2005 to 2022 compared with the figures of model/data/targets.csv.

The model has neither GDP nor changes of population. Revenue of a city's firms per head is a proxy for GDP
per head, and talent for population; `CLAIMS` states the proxy of each row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.beta_convergence import beta_convergence
from experiments.measures.effect_tables import Pair, mean_and_se
from experiments.measures.inequality import gini, sigma
from experiments.measures.mobility import spearman
from experiments.measures.panel_checks import Floats
from model.country.city_estimates import DATA

TARGETS = DATA / "targets.csv"
COLUMNS = [
    "id",
    "quantity",
    "kind",
    "value",
    "low",
    "high",
    "measured",
    "se",
    "distance",
    "met",
    "left_out",
    "note",
]
NO_BOUNDS = "no bounds"
PER_HEAD = "revenue of the city's firms per head is the proxy for GDP per head"
CLAIMS = {
    "E1": f"{PER_HEAD}; the model is not fitted to the level",
    "E2": f"{PER_HEAD}; the model is not fitted to the level",
    "E5": f"{PER_HEAD}; a price level common to all cities does not change the slope",
    "E9": f"{PER_HEAD}; ranks of all cities of the table, not of the 296 of the source",
    "E13": PER_HEAD,
    "E13b": PER_HEAD,
    "E16": "the model moves no people: growth of talent at work is the proxy for that of population",
}
_YEARS = re.compile(r"(\d{4})(?:-(\d{2}))?$")
E16_YEARS = (2010, 2020)  # the censuses; the quantity does not name them


class ObservedError(ValueError):
    """Results that cannot be compared with the observed decade; the text is a sentence for the user."""


@dataclass(frozen=True)
class Decade:
    """One run's cities. revenue: (T, C), money/year. talent, people: (T, C). region: (C,)."""

    years: np.ndarray
    revenue: Floats
    talent: Floats
    people: Floats
    region: np.ndarray

    def per_head(self, year: int) -> Floats:
        """Return revenue per head in a year, (C,), of cities with people; 0 for the others."""
        row = self._row(year)
        inhabited = self.people[row] > 0
        return np.where(inhabited, self.revenue[row] / np.where(inhabited, self.people[row], 1.0), 0.0)

    def of(self, measure: Floats, year: int) -> Floats:
        """Return one year of a measure, (C,)."""
        return measure[self._row(year)]

    def _row(self, year: int) -> int:
        return int(np.flatnonzero(self.years == year)[0])


def observed_decade(found: list[Pair], cities: pd.DataFrame, people: str = "model") -> pd.DataFrame:
    """Compare runs with centres with the targets E1, E2, E5, E9, E13, E13b and E16: one row for each target.

    Columns: id, quantity, kind (calibrate or validate), value, low, high as published; measured, mean over
    seeds, and its se; distance = measured − value; met: ``yes`` or ``no`` by the published bounds, ``no
    bounds`` if there are none, ``not measured`` if a year is missing; left_out, cities without a
    logarithm, as their revenue is zero in one of the years (mean over seeds; 0 where no logarithm is taken);
    note, the proxy.

    found: pairs whose panel holds `revenue` and `talent`. cities: population_2010, population_2020, region.
    people: ``model`` counts the people of 2010 in every year, as the model does; ``census`` those between the
    censuses of 2010 and 2020, along a constant rate of growth, and at their nearest outside. Raises
    ObservedError.
    """
    targets = pd.read_csv(TARGETS)
    targets = targets[targets["id"].isin(CLAIMS)]
    if not {"east", "west"} <= set(cities["region"]):
        raise ObservedError("the observed decade needs cities in the regions east and west")
    decades = [
        Decade(
            pair.years,
            pair.with_centres["revenue"],
            pair.with_centres["talent"],
            people_of(cities, pair.years, people),
            cities["region"].to_numpy(),
        )
        for pair in found
    ]
    rows = [_compare(row, decades) for row in targets.to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["id", "quantity"], kind="stable", ignore_index=True
    )


def people_of(cities: pd.DataFrame, years: np.ndarray, people: str = "model") -> Floats:
    """Return the people of each city in each year, (T, C), for `observed_decade`. Raises ObservedError."""
    first, last = (cities[f"population_{year}"].to_numpy(dtype=float) for year in E16_YEARS)
    if people == "model":
        return np.tile(first, (len(years), 1))
    if people != "census":
        raise ObservedError(f"people cannot be {people!r}: it must be model or census")
    passed = np.clip(
        (np.asarray(years, dtype=float) - E16_YEARS[0]) / (E16_YEARS[1] - E16_YEARS[0]), 0.0, 1.0
    )
    lived = (first > 0) & (last > 0)
    ratio = np.where(lived, last / np.where(lived, first, 1.0), 1.0)
    return first * ratio ** passed[:, None]


def target_years(identity: str, quantity: str) -> tuple[int, ...]:
    """Return the year or the two years of a target, from the end of its quantity: ``2010`` or ``2010-22``."""
    named = _YEARS.search(quantity)
    if named is None:
        return E16_YEARS
    first = int(named[1])
    return (first,) if named[2] is None else (first, first // 100 * 100 + int(named[2]))


def sigma_per_head(decade: Decade, year: int) -> float:
    """Return E1: standard deviation of ln revenue per head, cities alike, log points."""
    return sigma(decade.per_head(year))


def gini_per_head(decade: Decade, year: int) -> float:
    """Return E2: Gini of revenue per head by people."""
    return gini(decade.per_head(year), decade.of(decade.people, year))


def beta_per_head(decade: Decade, first: int, last: int) -> float:
    """Return E5: slope of growth per year on ln revenue per head at the start, 1/year."""
    return beta_convergence(decade.per_head(first), decade.per_head(last), last - first).slope


def rank_persistence(decade: Decade, first: int, last: int) -> float:
    """Return E9: Spearman's correlation of revenue per head."""
    return spearman(decade.per_head(first), decade.per_head(last))


def east_over_west(decade: Decade, year: int) -> float:
    """Return E13: revenue per head of the region east over the region west; NaN if the west has none."""
    revenue, people = decade.of(decade.revenue, year), decade.of(decade.people, year)
    east, west = decade.region == "east", decade.region == "west"
    below = revenue[west].sum() * people[east].sum()
    return float(revenue[east].sum() * people[west].sum() / below) if below > 0 else float("nan")


def talent_response(decade: Decade, first: int, last: int) -> float:
    """Return E16: slope of the growth of talent per year on ln revenue per head at the start, 1/year.

    Cities without talent in either year or without revenue at the start are left out.
    """
    income, before, after = (
        decade.per_head(first),
        decade.of(decade.talent, first),
        decade.of(decade.talent, last),
    )
    used = (income > 0) & (before > 0) & (after > 0)
    if used.sum() < 3 or np.ptp(income[used]) == 0:
        return float("nan")
    growth = np.log(after[used] / before[used]) / (last - first)
    return float(np.polynomial.polynomial.polyfit(np.log(income[used]), growth, 1)[1])


def without_logarithm(decade: Decade, *years: int) -> float:
    """Return the number of cities whose revenue per head is zero in one of the years."""
    return float(np.any([decade.per_head(year) <= 0 for year in years], axis=0).sum())


LOGARITHMS = ("E1", "E5", "E16")
MEASURES: dict[str, Callable[..., float]] = {
    "E1": sigma_per_head,
    "E2": gini_per_head,
    "E5": beta_per_head,
    "E9": rank_persistence,
    "E13": east_over_west,
    "E13b": east_over_west,
    "E16": talent_response,
}


def _compare(target: dict, decades: list[Decade]) -> dict[str, object]:
    years = target_years(target["id"], target["quantity"])
    value, low, high = target["value"], target["low"], target["high"]
    found = {"mean": float("nan"), "se": float("nan")}
    note, left_out = CLAIMS[target["id"]], float("nan")
    if all(year in decade.years for decade in decades for year in years):
        found = mean_and_se(MEASURES[target["id"]](decade, *years) for decade in decades)
        taken = target["id"] in LOGARITHMS
        left_out = float(np.mean([without_logarithm(decade, *years) for decade in decades])) if taken else 0.0
        met = (
            NO_BOUNDS if np.isnan(low) or np.isnan(high) else "yes" if low <= found["mean"] <= high else "no"
        )
    else:
        met = "not measured"
        note = f"the run covers {decades[0].years[0]} to {decades[0].years[-1]}"
    return {
        **{name: target[name] for name in ("id", "quantity", "value", "low", "high")},
        "kind": target["use"],
        "measured": found["mean"],
        "se": found["se"],
        "distance": found["mean"] - value,
        "met": met,
        "left_out": left_out,
        "note": note,
    }
