"""Effects of the centres against the twin, with the uncertainty over seeds.

Every effect is first computed within a seed, from the pair of runs with equal random draws; its mean and
standard error are then taken over seeds. Definitions are those of the model description, section 8.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from experiments.measures.inequality import gini, ranks, sigma, theil, theil_decomposition
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT
from model.country.city_tables import distances_km, nearest_distance_km

BANDS_KM = (0.0, 150.0, 300.0, 500.0, 750.0, 1000.0, np.inf)
WINDOW_YEARS = 5

# The six channels of the source study (C1-C6): label, recorded measure, comparison, unit.
CHANNELS = (
    ("digital innovation vitality (entrants)", "entrants", "log", "%"),
    ("digital talent", "talent", "log", "%"),
    ("technology adoption", "adoption_share", "difference", "percentage points"),
    ("government attention", "attention", "difference", "points of 100"),
    ("property-right protection", "ip_protection", "difference", "points of 100"),
    ("data agglomeration", "data", "log", "%"),
)


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


def table(rows: Iterable[tuple[str, Iterable[float]]], name: str) -> pd.DataFrame:
    """Return one row per label: mean, se, seeds over the seeds' values."""
    found = [{name: label, **mean_and_se(values)} for label, values in rows]
    return pd.DataFrame(found, columns=[name, "mean", "se", "seeds"])


def finite_mean(values: np.ndarray) -> float:
    """Return the mean of the finite values; NaN if there is none."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")


def effects(found: list[Pair]) -> pd.DataFrame:
    """Return the effect on innovation, %: country total, hosts, other cities (unweighted means)."""

    def mean_of(pair: Pair, of_hosts: bool) -> float:
        chosen = np.isin(np.arange(len(pair.effect())), pair.hosts) == of_hosts
        return finite_mean(pair.effect()[chosen])

    return table(
        [
            ("host cities", (mean_of(pair, True) for pair in found)),
            ("other cities", (mean_of(pair, False) for pair in found)),
            ("whole country (total)", (log_change(*pair.late("innovation")) for pair in found)),
        ],
        "group",
    )


def distance_profile(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the effect on innovation of cities without a centre, %, by distance to the nearest, km."""
    distances = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    collected: dict[str, list[float]] = {label: [] for label in band_labels()}
    sizes: dict[str, list[int]] = {label: [] for label in collected}
    for pair in found:
        if not len(pair.hosts):
            continue
        nearest = nearest_distance_km(distances, pair.hosts)
        others = ~np.isin(np.arange(len(cities)), pair.hosts)
        effect = pair.effect()
        for label, low, high in zip(band_labels(), BANDS_KM, BANDS_KM[1:], strict=False):
            here = others & (nearest >= low) & (nearest < high)
            sizes[label].append(int(here.sum()))
            if here.any():
                collected[label].append(finite_mean(effect[here]))
    profile = table(collected.items(), "band_km")
    profile["cities"] = [
        float(np.mean(sizes[label])) if sizes[label] else 0.0 for label in profile["band_km"]
    ]
    return profile


def band_labels() -> list[str]:
    """Return the names of the distance bands."""
    ends = itertools.pairwise(BANDS_KM)
    return [f"{low:.0f}-{high:.0f}" if np.isfinite(high) else f"over {low:.0f}" for low, high in ends]


def channels(found: list[Pair]) -> pd.DataFrame:
    """Return the effect on the six channels in host cities."""
    rows = []
    for label, measure, how, unit in CHANNELS:
        values = mean_and_se(finite_mean(pair.effect(measure, how)[pair.hosts]) for pair in found)
        rows.append({"channel": label, "measure": measure, **values, "unit": unit})
    return pd.DataFrame(rows)


def gap_measures(innovation: np.ndarray, population: np.ndarray, region: np.ndarray) -> dict[str, float]:
    """Return indices of the gap between cities in one year: of innovation (C,), and of innovation per head.

    Per-head indices are weighted by population, levels are not.
    """
    inhabited = population > 0
    per_head = np.where(inhabited, innovation / np.where(inhabited, population, 1.0), 0.0)
    between, _ = theil_decomposition(per_head, region, population)
    return {
        "Theil": theil(innovation),
        "Gini": gini(innovation),
        "sigma": sigma(innovation),
        "Theil per head": theil(per_head, population),
        "Gini per head": gini(per_head, population),
        "Theil between regions": between,
    }


def gap_over_time(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return gap indices by year with and without centres: year, index, with, without, difference, se."""
    population = cities["population_2010"].to_numpy(dtype=float)
    region = cities["region"].to_numpy()
    rows = []
    for k, year in enumerate(found[0].years):
        by_seed = [
            (
                gap_measures(pair.with_centres["innovation"][k], population, region),
                gap_measures(pair.without["innovation"][k], population, region),
            )
            for pair in found
        ]
        for index in by_seed[0][0]:
            treated, control = (np.array([part[arm][index] for part in by_seed]) for arm in (0, 1))
            difference = mean_and_se(treated - control)
            rows.append(
                {
                    "year": int(year),
                    "index": index,
                    "with": treated.mean(),
                    "without": control.mean(),
                    "difference": difference["mean"],
                    "se": difference["se"],
                }
            )
    return pd.DataFrame(rows)


def gap(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the effect of centres on each gap index in the last years, % of its value without them."""
    changes: dict[str, list[float]] = {}
    for pair in found:
        for index, change in gap_changes(pair, cities).items():
            changes.setdefault(index, []).append(change)
    return table(changes.items(), "index")


def gap_changes(pair: Pair, cities: pd.DataFrame) -> dict[str, float]:
    """Return ``gap`` of one seed, index → %; NaN where there is no gap without the centres."""
    population = cities["population_2010"].to_numpy(dtype=float)
    region = cities["region"].to_numpy()
    treated, control = (gap_measures(values, population, region) for values in pair.late("innovation"))
    return {index: percent_change(value, control[index]) for index, value in treated.items()}


def percent_change(after: float, before: float) -> float:
    """Return the change in % of the value before; NaN if that is not above 0."""
    return 100.0 * (after / before - 1.0) if before > 0 else float("nan")


def log_change(treated: np.ndarray, control: np.ndarray) -> float:
    """Return the effect on a total, %: 100·ln of the ratio of sums; NaN unless both are above 0."""
    if not (treated.sum() > 0 and control.sum() > 0):
        return float("nan")
    return float(100.0 * np.log(treated.sum() / control.sum()))


def rank_changes(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the places that each city gains in innovation through the centres, one row per city.

    ``gain``: rank without minus rank with centres (mean over seeds, ``se``), ``overtakes``: share of
    seeds with a gain of 5 places or more, ``host``: share of seeds in which the city hosts a centre.
    """
    gains, hosting = [], []
    before, after = [], []
    for pair in found:
        treated, control = pair.late("innovation")
        before.append(ranks(control))
        after.append(ranks(treated))
        gains.append(before[-1] - after[-1])
        hosting.append(np.isin(np.arange(len(cities)), pair.hosts))
    moved = np.array(gains)
    count = len(found)
    return pd.DataFrame(
        {
            "city_id": cities["city_id"].to_numpy(),
            "name_en": cities["name_en"].to_numpy(),
            "name_zh": cities["name_zh"].to_numpy(),
            "rank_without": np.mean(before, axis=0),
            "rank_with": np.mean(after, axis=0),
            "gain": moved.mean(0),
            "se": moved.std(0, ddof=1) / np.sqrt(count) if count > 1 else np.nan,
            "overtakes": (moved >= 5).mean(0),
            "host": np.mean(hosting, axis=0),
        }
    )


def host_strength(found: list[Pair]) -> pd.DataFrame:
    """Compare weak and strong hosts: halves of each seed's hosts by innovation before the first centre.

    Effect on innovation (%) and places gained, and the difference weak − strong, within each seed.
    """
    rows: dict[str, list[float]] = {}
    for pair in found:
        if len(pair.hosts) < 2:
            continue
        treated, control = pair.late("innovation")
        gains = ranks(control) - ranks(treated)
        order = pair.hosts[np.argsort(pair.baseline()[pair.hosts], kind="stable")]
        weak, strong = order[: len(order) // 2], order[(len(order) + 1) // 2 :]
        effect = pair.effect()
        for label, measure in (("effect on innovation, %", effect), ("places gained", gains)):
            low, high = finite_mean(measure[weak]), finite_mean(measure[strong])
            rows.setdefault(f"{label}: weak hosts", []).append(low)
            rows.setdefault(f"{label}: strong hosts", []).append(high)
            rows.setdefault(f"{label}: weak − strong", []).append(low - high)
    return table(rows.items(), "measure")


def map_of_effects(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the effect on innovation of each city, %, mean and se, with location and share of hosting."""
    values = [mean_and_se(column) for column in np.array([pair.effect() for pair in found]).T]
    hosting = np.mean([np.isin(np.arange(len(cities)), pair.hosts) for pair in found], axis=0)
    named = cities[["city_id", "name_en", "name_zh", "province", "region", "lon", "lat"]].reset_index(
        drop=True
    )
    named["effect"], named["se"] = [v["mean"] for v in values], [v["se"] for v in values]
    named["host"] = hosting
    return named


TABLES: dict[str, Callable[[list[Pair], pd.DataFrame], pd.DataFrame]] = {
    "effects": lambda found, cities: effects(found),
    "distance": distance_profile,
    "channels": lambda found, cities: channels(found),
    "gap": gap,
    "gap_over_time": gap_over_time,
    "ranks": rank_changes,
    "host_strength": lambda found, cities: host_strength(found),
    "cities": map_of_effects,
}


def all_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return every table of the study by name (the keys of ``TABLES``)."""
    found = pairs(results)
    return {name: make(found, results.study.country.cities) for name, make in TABLES.items()}
