"""The observed decade: runs from 2005 to 2022 compared with the figures of model/data/targets.csv.

GDP per head is real GDP over the people of the model. `CLAIMS` states what is measured for each row.

A city's figure in one run holds the chance of its few firms: it widens the dispersion and, as what was high
by chance falls back, lowers β. Figures of the *mean country*, whose cities are means over seeds, are free of
it; those are compared at 10,000 and 40,000 firms by ``python -m experiments.measures.observed_decade``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.measures.beta_convergence import beta_convergence
from experiments.measures.effect_tables import effects
from experiments.measures.inequality import gini, sigma
from experiments.measures.mobility import spearman
from experiments.measures.panel_checks import Floats
from experiments.measures.twin_pairs import Pair, mean_and_se, pairs
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twins
from model.country.city_estimates import DATA
from model.country.country import shipped_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

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
    "mean_country",
    "mean_country_se",
    "distance",
    "met",
    "left_out",
    "note",
]
NO_BOUNDS = "no bounds"
RECOVERED = "recovered: a run without centres has the GDP and people of 2010 in the base year"
GROWN = "real GDP over the people of the model"
CLAIMS = {
    "E1": GROWN,
    "E2": GROWN,
    "E5": GROWN,
    "E9": f"{GROWN}; ranks of all cities of the table, not of the 296 of the source",
    "E13": GROWN,
    "E13b": f"{GROWN}; {RECOVERED}",
    "E16": "growth of the people of the model; migration_gradient sets it in the base year",
}
MEASURED = ("real_gdp", "people")
SIZES = (10_000, 40_000)
_YEARS = re.compile(r"(\d{4})(?:-(\d{2}))?$")
E16_YEARS = (2010, 2020)  # the censuses; the quantity does not name them


class ObservedError(ValueError):
    """Results that cannot be compared with the observed decade; the text is a sentence for the user."""


@dataclass(frozen=True)
class Decade:
    """One run's cities. gdp: (T, C), money/year at prices of the base year. people: (T, C). region: (C,)."""

    years: np.ndarray
    gdp: Floats
    people: Floats
    region: np.ndarray

    def per_head(self, year: int) -> Floats:
        """Return GDP per head in a year, (C,), of cities with people; 0 for the others."""
        row = self._row(year)
        inhabited = self.people[row] > 0
        return np.where(inhabited, self.gdp[row] / np.where(inhabited, self.people[row], 1.0), 0.0)

    def of(self, measure: Floats, year: int) -> Floats:
        """Return one year of a measure, (C,)."""
        return measure[self._row(year)]

    def _row(self, year: int) -> int:
        return int(np.flatnonzero(self.years == year)[0])


def observed_decade(found: list[Pair], cities: pd.DataFrame, people: str = "model") -> pd.DataFrame:
    """Compare runs with centres with the targets E1, E2, E5, E9, E13, E13b and E16: one row for each target.

    Columns: id, quantity, kind (calibrate or validate), value, low, high as published; measured, mean over
    seeds, and its se; mean_country, of the country whose cities are means over seeds (``jackknife``), and
    mean_country_se; distance = measured − value; met: ``yes`` or ``no`` by the published bounds, ``no
    bounds`` if there are none, ``not measured`` if a year is missing; left_out, cities without a
    logarithm, as their GDP is zero in one of the years (mean over seeds; 0 where no logarithm is taken);
    note, what is measured.

    found: pairs whose panel holds `real_gdp` and `people`. cities: population_2010, population_2020, region.
    people: ``model`` counts those of the model; ``census`` those between the censuses of 2010 and 2020, along
    a constant rate of growth, and at their nearest outside. Raises ObservedError.
    """
    targets = pd.read_csv(TARGETS)
    targets = targets[targets["id"].isin(CLAIMS)]
    if not {"east", "west"} <= set(cities["region"]):
        raise ObservedError("the observed decade needs cities in the regions east and west")
    if people not in ("model", "census"):
        raise ObservedError(f"people cannot be {people!r}: it must be model or census")
    missing = [name for name in MEASURED if name not in found[0].with_centres]
    if missing:
        raise ObservedError(f"the panel has no column {missing[0]}: results of model version 3 have")
    decades = [
        Decade(
            pair.years,
            pair.with_centres["real_gdp"],
            pair.with_centres["people"] if people == "model" else census_people(cities, pair.years),
            cities["region"].to_numpy(),
        )
        for pair in found
    ]
    rows = [_compare(row, decades) for row in targets.to_dict("records")]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["id", "quantity"], kind="stable", ignore_index=True
    )


def census_people(cities: pd.DataFrame, years: np.ndarray) -> Floats:
    """Return the people of each city in each year by the censuses of 2010 and 2020, (T, C)."""
    first, last = (cities[f"population_{year}"].to_numpy(dtype=float) for year in E16_YEARS)
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
    """Return E1: standard deviation of ln GDP per head, cities alike, log points."""
    return sigma(decade.per_head(year))


def gini_per_head(decade: Decade, year: int) -> float:
    """Return E2: Gini of GDP per head by people."""
    return gini(decade.per_head(year), decade.of(decade.people, year))


def beta_per_head(decade: Decade, first: int, last: int) -> float:
    """Return E5: slope of growth per year on ln GDP per head at the start, 1/year."""
    return beta_convergence(decade.per_head(first), decade.per_head(last), last - first).slope


def rank_persistence(decade: Decade, first: int, last: int) -> float:
    """Return E9: Spearman's correlation of GDP per head."""
    return spearman(decade.per_head(first), decade.per_head(last))


def east_over_west(decade: Decade, year: int) -> float:
    """Return E13: GDP per head of the region east over the region west; NaN if the west has none."""
    gdp, people = decade.of(decade.gdp, year), decade.of(decade.people, year)
    east, west = decade.region == "east", decade.region == "west"
    below = gdp[west].sum() * people[east].sum()
    return float(gdp[east].sum() * people[west].sum() / below) if below > 0 else float("nan")


def people_response(decade: Decade, first: int, last: int) -> float:
    """Return E16: slope of the growth of people per year on ln GDP per head at the start, 1/year.

    Cities without people in either year or without GDP at the start are left out.
    """
    income, before, after = (
        decade.per_head(first),
        decade.of(decade.people, first),
        decade.of(decade.people, last),
    )
    used = (income > 0) & (before > 0) & (after > 0)
    if used.sum() < 3 or np.ptp(income[used]) == 0:
        return float("nan")
    growth = np.log(after[used] / before[used]) / (last - first)
    return float(np.polynomial.polynomial.polyfit(np.log(income[used]), growth, 1)[1])


def without_logarithm(decade: Decade, *years: int) -> float:
    """Return the number of cities whose GDP per head is zero in one of the years."""
    return float(np.any([decade.per_head(year) <= 0 for year in years], axis=0).sum())


LOGARITHMS = ("E1", "E5", "E16")
MEASURES: dict[str, Callable[..., float]] = {
    "E1": sigma_per_head,
    "E2": gini_per_head,
    "E5": beta_per_head,
    "E9": rank_persistence,
    "E13": east_over_west,
    "E13b": east_over_west,
    "E16": people_response,
}


def jackknife(measure: Callable[[Decade], float], decades: list[Decade]) -> dict[str, float]:
    """Return a measure of the mean country and its standard error; NaN with fewer than two runs.

    The chance of n runs that is left in their mean biases a measure that is not linear by about a/n. Leaving
    out one run at a time shows a, which is taken off: n·θ − (n − 1)·mean(θ without run i). The error is
    √((n − 1)/n·Σ(θ without run i − their mean)²) [Efron & Tibshirani 1993, An Introduction to the Bootstrap,
    chapters 10 and 11].
    """
    n = len(decades)
    if n < 2:
        return {"mean": float("nan"), "se": float("nan")}
    left = np.array([measure(mean_country(decades[:i] + decades[i + 1 :])) for i in range(n)])
    mean = n * measure(mean_country(decades)) - (n - 1) * left.mean()
    return {"mean": float(mean), "se": float(np.sqrt((n - 1) * left.var()))}


def mean_country(decades: list[Decade]) -> Decade:
    """Return the country in which GDP and people of each city are the means over runs."""
    gdp, people = (np.mean([getattr(d, name) for d in decades], axis=0) for name in ("gdp", "people"))
    return replace(decades[0], gdp=gdp, people=people)


def _compare(target: dict, decades: list[Decade]) -> dict[str, object]:
    years = target_years(target["id"], target["quantity"])
    value, low, high = target["value"], target["low"], target["high"]
    found = of_mean = {"mean": float("nan"), "se": float("nan")}
    note, left_out = CLAIMS[target["id"]], float("nan")
    if all(year in decade.years for decade in decades for year in years):

        def measure(decade: Decade) -> float:
            return MEASURES[target["id"]](decade, *years)

        found, of_mean = mean_and_se(map(measure, decades)), jackknife(measure, decades)
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
        "mean_country": of_mean["mean"],
        "mean_country_se": of_mean["se"],
        "distance": found["mean"] - value,
        "met": met,
        "left_out": left_out,
        "note": note,
    }


def centre_effects(found: list[Pair]) -> pd.DataFrame:
    """Return the effects of the centres in the last years, %, mean over runs: id, quantity, measured, se."""
    parts = [effects(found, name).assign(id=name) for name in ("innovation", "real_gdp")]
    return pd.concat(parts).rename(columns={"group": "quantity", "mean": "measured"})


def agreement(by_firms: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """Compare tables of figures of two numbers of firms: one row for each id and quantity.

    id, quantity, measured and se at either number (``measured 10000``, …), apart (difference over its
    standard error), agree (``apart`` is at most 2).
    """
    (few, first), (many, second) = sorted(by_firms.items())
    both = first.merge(second, on=["id", "quantity"], suffixes=(f" {few}", f" {many}"))
    both = both[both[[f"measured {few}", f"measured {many}"]].notna().all(axis=1)].reset_index(drop=True)
    error = np.hypot(both[f"se {few}"], both[f"se {many}"])
    both["apart"] = (both[f"measured {few}"] - both[f"measured {many}"]).abs() / error
    both["agree"] = both["apart"] <= 2.0
    shown = [f"{name} {size}" for size in (few, many) for name in ("measured", "se")]
    return both[["id", "quantity", *shown, "apart", "agree"]]


def decade_study(firms: int, seeds: int, until: int = 2030) -> Study:
    """Return the study of the scenario ``actual`` that ``observed_decade`` measures."""
    whole = Study(
        twins(find_scenario("actual")),
        tuple(range(1, seeds + 1)),
        Parameters(firms=firms),
        until,
        shipped_country(),
    )
    return replace(whole, measures=("innovation", "firms", *MEASURED))


def main(arguments: Iterable[str] | None = None) -> None:
    """Run ``actual`` at two numbers of firms and print the decades and effects and whether they agree."""
    parser = argparse.ArgumentParser(prog="python -m experiments.measures.observed_decade")
    parser.add_argument("--seeds", type=int, nargs=2, default=(16, 8), help="seeds at either (default 16 8)")
    parser.add_argument("--firms", type=int, nargs=2, default=SIZES, help="two numbers of firms")
    parser.add_argument("--out", help="a CSV file for the table")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    report = partial(print, "ended:", file=sys.stderr, flush=True)
    found = {}
    for firms, seeds in zip(given.firms, given.seeds, strict=True):
        study = decade_study(firms, seeds)
        found[firms] = pairs(run_arms(study, given.workers, finished=report, cache=Path("results/runs")))
    cities = shipped_country().cities
    decades = {firms: observed_decade(some, cities) for firms, some in found.items()}
    of_mean = {"mean_country": "measured", "mean_country_se": "se"}
    of_means = {
        firms: table.drop(columns=["measured", "se"]).rename(columns=of_mean)
        for firms, table in decades.items()
    }
    parts = {"mean country": agreement(of_means), "runs": agreement(decades)}
    parts["effect, %"] = agreement({firms: centre_effects(some) for firms, some in found.items()})
    table = pd.concat(parts, names=["of"]).droplevel(1)
    with pd.option_context("display.width", 200, "display.max_columns", 20, "display.precision", 4):
        print(table.to_string())
    if given.out:
        table.to_csv(given.out)


if __name__ == "__main__":
    main()
