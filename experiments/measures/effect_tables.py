"""Effects of the centres against the twin, with the uncertainty over seeds.

Every effect is first computed within a seed, from the pair of runs with equal random draws; its mean and
standard error are then taken over seeds. The effect on a group of cities is that on its total, the ratio of
sums: the mean of the cities' logarithms would hang on cities with one or two firms. Definitions are those of
the model description, section 8.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from experiments.measures.economic_effects import centre_costs, chain_by_city, chain_by_group, compute_by_year
from experiments.measures.inequality import gini, ranks, sigma, theil, theil_decomposition
from experiments.measures.own_measures import own_tables
from experiments.measures.panel_checks import Flags
from experiments.measures.robust_effects import robust_columns
from experiments.measures.twin_pairs import WINDOW_YEARS, Pair, finite_mean, mean_and_se, pairs
from experiments.study.results import Results
from model.country.city_tables import distances_km, nearest_distance_km

BANDS_KM = (0.0, 150.0, 300.0, 500.0, 750.0, 1000.0, np.inf)

# The six channels of the source study (C1-C6): label, recorded measure, comparison, unit.
CHANNELS = (
    ("digital innovation vitality (entrants)", "entrants", "log", "%"),
    ("digital talent", "talent", "log", "%"),
    ("technology adoption", "adoption_share", "difference", "percentage points"),
    ("government attention", "attention", "difference", "points of 100"),
    ("property-right protection", "ip_protection", "difference", "points of 100"),
    ("data agglomeration", "data", "log", "%"),
)


def table(rows: Iterable[tuple[str, Iterable[float]]], name: str) -> pd.DataFrame:
    """Return one row per label: mean, se, seeds over the seeds' values."""
    found = [{name: label, **mean_and_se(values)} for label, values in rows]
    return pd.DataFrame(found, columns=[name, "mean", "se", "seeds"])


def effects(found: list[Pair], measure: str = "innovation") -> pd.DataFrame:
    """Return the effect on a measure, %: hosts, other cities, the whole country; group, mean, se, seeds.

    ``city_mean``, ``city_se``: mean of the cities' own effects, of those with ``FEWEST_FIRMS`` firms;
    ``city_count``: how many these are, mean over seeds; then the columns of `robust_columns`.
    """
    groups = {
        "host cities": [pair.host_flags() for pair in found],
        "other cities": [~pair.host_flags() for pair in found],
        "whole country (total)": [pair.host_flags() | True for pair in found],
    }
    chosen = {name: list(zip(found, flags, strict=True)) for name, flags in groups.items()}
    totals = table(
        ((name, (pair.group_effect(here, measure) for pair, here in both)) for name, both in chosen.items()),
        "group",
    )
    by_city = table(
        ((name, (pair.mean_effect(here, measure) for pair, here in both)) for name, both in chosen.items()),
        "group",
    )
    counts = [_count([pair.cities_in_mean(here, measure) for pair, here in both]) for both in chosen.values()]
    robust = robust_columns(chosen.values(), measure)
    own = {"city_mean": by_city["mean"], "city_se": by_city["se"], "city_count": counts}
    return totals.assign(**own, **robust)


def _count(values: list[int]) -> float:
    """Return the mean over seeds of a number of cities, 0 without a seed."""
    return float(np.mean(values)) if values else 0.0


def gdp_effects(found: list[Pair]) -> pd.DataFrame:
    """Return ``effects`` on real GDP and on nominal GDP, if they were recorded: measure, then its columns."""
    measures = [name for name in ("real_gdp", "gdp") if found and name in found[0].without]
    parts = [effects(found, name).assign(measure=name) for name in measures] or [
        effects([]).assign(measure="").iloc[:0]
    ]
    rows = pd.concat(parts, ignore_index=True)
    return rows[["measure", *rows.columns.drop("measure")]]


def cities_by_band(pair: Pair, distances: np.ndarray) -> dict[str, Flags]:
    """Return the cities without a centre by distance to the nearest host, km: band → (C,)."""
    nearest = nearest_distance_km(distances, pair.hosts)
    others = ~pair.host_flags()
    ends = zip(band_labels(), BANDS_KM, BANDS_KM[1:], strict=False)
    return {label: others & (nearest >= low) & (nearest < high) for label, low, high in ends}


def distance_profile(found: list[Pair], cities: pd.DataFrame, measure: str = "innovation") -> pd.DataFrame:
    """Return the effect on a measure of cities without a centre, %, by distance to the nearest, km.

    band_km, mean, se, seeds, then the columns of ``effects``, and the mean number of all cities of the band,
    whose total has the effect ``mean``.
    Without a pair that has the measure no band has a mean.
    """
    distances = distances_km(cities["lon"].to_numpy(), cities["lat"].to_numpy())
    hosted = [
        (pair, cities_by_band(pair, distances))
        for pair in found
        if len(pair.hosts) and measure in pair.without
    ]

    def profile(value: Callable[[Pair, Flags], float]) -> pd.DataFrame:
        return table(
            ((label, (value(pair, bands[label]) for pair, bands in hosted)) for label in band_labels()),
            "band_km",
        )

    by_city = profile(lambda pair, here: pair.mean_effect(here, measure))
    by_band = ([(pair, bands[label]) for pair, bands in hosted] for label in band_labels())
    return profile(lambda pair, here: pair.group_effect(here, measure)).assign(
        city_mean=by_city["mean"],
        city_se=by_city["se"],
        city_count=[
            _count([pair.cities_in_mean(bands[label], measure) for pair, bands in hosted])
            for label in band_labels()
        ],
        **robust_columns(by_band, measure),
        cities=[_count([int(bands[label].sum()) for _, bands in hosted]) for label in band_labels()],
    )


def band_labels() -> list[str]:
    """Return the names of the distance bands."""
    ends = itertools.pairwise(BANDS_KM)
    return [f"{low:.0f}-{high:.0f}" if np.isfinite(high) else f"over {low:.0f}" for low, high in ends]


def channels(found: list[Pair]) -> pd.DataFrame:
    """Return the effect on the six channels in host cities, as ``Pair.group_effect``."""
    rows = []
    for label, measure, how, unit in CHANNELS:
        values = mean_and_se(pair.group_effect(pair.hosts, measure, how) for pair in found)
        rows.append({"channel": label, "measure": measure, **values, "unit": unit})
    return pd.DataFrame(rows)


GDP_GAPS = {
    "Theil, GDP per head": "Theil per head",
    "Theil between regions, GDP per head": "Theil between regions",
    "Gini, GDP per head": "Gini per head",
}


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


def pair_gaps(pair: Pair, cities: pd.DataFrame, years: slice) -> tuple[dict[str, float], dict[str, float]]:
    """Return the gap indices with and without centres, of means over some years.

    Those of innovation, and of real GDP per head if it was recorded. People are those of the model where they
    were recorded, else of 2010.
    """
    region = cities["region"].to_numpy()
    found = []
    for arm, people in zip((pair.with_centres, pair.without), pair.people(cities), strict=True):
        heads = people[years].mean(axis=0)
        gaps = gap_measures(arm["innovation"][years].mean(axis=0), heads, region)
        if "real_gdp" in arm:
            of_gdp = gap_measures(arm["real_gdp"][years].mean(axis=0), heads, region)
            gaps |= {label: of_gdp[index] for label, index in GDP_GAPS.items()}
        found.append(gaps)
    return found[0], found[1]


def gap_over_time(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return gap indices by year with and without centres: year, index, with, without, difference, se."""
    rows = []
    for k, year in enumerate(found[0].years):
        by_seed = [pair_gaps(pair, cities, slice(k, k + 1)) for pair in found]
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
    treated, control = pair_gaps(pair, cities, slice(-WINDOW_YEARS, None))
    return {index: percent_change(value, control[index]) for index, value in treated.items()}


def percent_change(after: float, before: float) -> float:
    """Return the change in % of the value before; NaN if that is not above 0."""
    return 100.0 * (after / before - 1.0) if before > 0 else float("nan")


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

    Effect on their innovation (%) and mean places gained, and the difference weak - strong, within each seed.
    """
    rows: dict[str, list[float]] = {}
    for pair in found:
        if len(pair.hosts) < 2:
            continue
        treated, control = pair.late("innovation")
        gains = ranks(control) - ranks(treated)
        order = pair.hosts[np.argsort(pair.baseline()[pair.hosts], kind="stable")]
        weak, strong = order[: len(order) // 2], order[(len(order) + 1) // 2 :]
        for label, low, high in (
            ("effect on innovation, %", pair.group_effect(weak), pair.group_effect(strong)),
            ("places gained", finite_mean(gains[weak]), finite_mean(gains[strong])),
        ):
            rows.setdefault(f"{label}: weak hosts", []).append(low)
            rows.setdefault(f"{label}: strong hosts", []).append(high)
            rows.setdefault(f"{label}: weak - strong", []).append(low - high)
    return table(rows.items(), "measure")


def map_of_effects(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return the effect on innovation of each city, %, mean and se, with location and share of hosting.

    ``firms``: of the city in the last years, in the run with fewer, mean over seeds.
    """
    values = [mean_and_se(column) for column in np.array([pair.effect() for pair in found]).T]
    hosting = np.mean([np.isin(np.arange(len(cities)), pair.hosts) for pair in found], axis=0)
    named = cities[["city_id", "name_en", "name_zh", "province", "region", "lon", "lat"]].reset_index(
        drop=True
    )
    named["effect"], named["se"] = [v["mean"] for v in values], [v["se"] for v in values]
    named["host"] = hosting
    named["firms"] = np.mean([np.minimum(*pair.late("firms")) for pair in found], axis=0)
    return named


TABLES: dict[str, Callable[[list[Pair], pd.DataFrame], pd.DataFrame]] = {
    "effects": lambda found, cities: effects(found),
    "gdp": lambda found, cities: gdp_effects(found),
    "distance": distance_profile,
    "channels": lambda found, cities: channels(found),
    "gap": gap,
    "gap_over_time": gap_over_time,
    "ranks": rank_changes,
    "host_strength": lambda found, cities: host_strength(found),
    "cities": map_of_effects,
    "gdp_distance": lambda found, cities: distance_profile(found, cities, "real_gdp"),
    "chain": chain_by_city,
    "chain_groups": lambda found, cities: chain_by_group(found),
    "compute": lambda found, cities: compute_by_year(found),
    "costs": lambda found, cities: centre_costs(found),
}


def all_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return every table of the study by name: the keys of ``TABLES``, and ``own_tables`` of extensions."""
    found = pairs(results)
    tables = {name: make(found, results.study.country.cities) for name, make in TABLES.items()}
    return tables | own_tables(results, found)
