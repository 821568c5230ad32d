"""Synthetic countries of any size, for runs without data and for countries larger or smaller than China.

Sizes are lognormal. One parameter per figure, set by the rank-size slope of the real country over the same
share of its cities, gives at 338 cities a Gini of GDP of 0.564 (E15b: 0.56, not used) and a top ten with 21 %
of GDP (E15: 23 %, not used); a power law with the same slope would give 0.528 and 32 %.
"""

from __future__ import annotations

import functools
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.country.city_accounts import DRAWN, ESTIMATED, INSTITUTIONS
from model.country.city_estimates import (
    COMPARED,
    POPULATION_SLOPE,
    apportion,
    interpolate_2015,
    load_places,
    load_provinces,
    rank_size_slope,
)
from model.files.user_tables import InputError

FEWEST, MOST = 10, 10_000
GDP_SLOPE = -1.35
"""Rank-size slope of GDP over the upper 59 % of the cities. [E15: the 200 largest of 338]"""

GDP_PART, POPULATION_PART = 200 / 338, 100 / 338  # shares of the cities over which the slopes are measured
CORRELATION = 0.9
"""Between ln GDP and ln population. [judgement: s.d. of ln GDP per head 0.53; E1 has 0.51 in 2022]"""

CITIES_PER_PROVINCE = 11  # 338 cities in 31 provinces
LON, LAT = (73.5, 135.0), (18.2, 53.5)  # the bounding box of China, degrees
CAPITAL_BONUS = 1.5  # of the score that ranks cities by GDP, standard deviations [judgement]
EAST_BONUS = 0.8  # the same per standard deviation of longitude [judgement]
CHANGE = {"population": 0.05, "gdp": 0.15}  # s.d. of each city's own ln change since 2010 [judgement]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def synthetic_country(
    cities: int,
    seed: int,
    *,
    gdp_slope: float = GDP_SLOPE,
    population_slope: float = POPULATION_SLOPE,
    correlation: float = CORRELATION,
) -> pd.DataFrame:
    """Return a table of synthetic cities with the columns of `load_cities`, all marked as estimated.

    There are 3 to 31 provinces of about eleven cities, each with one capital. Capitals keep a distance and
    are denser in the east; the other cities lie around theirs. GDP ranks higher in capitals and in the east.
    The mean city is as large as in the shipped table; the figures of 2010 are those of 2020 or 2022 less the
    country's growth and a small city-specific change. Rows are ordered by province, the capital first.

    Args:
        cities: 10 to 10,000.
        seed: 0 or more; the same seed gives the same country on every machine.
        gdp_slope: Rank-size slope (rank − ½), negative, over the upper 59 % of cities (200 of 338).
        population_slope: The same over the upper 30 % of cities (100 of 338).
        correlation: 0 to 1, between ln GDP and ln population.

    Raises:
        InputError: an argument is out of range.
    """
    _check(cities, seed, gdp_slope, population_slope, correlation)
    rng = np.random.Generator(np.random.PCG64(seed))
    province, lon, lat, seats = _places(rng, cities)
    capital = np.diff(province, prepend=-1) > 0

    east = (lon - lon.mean()) / lon.std()
    gdp_rank = _rank(rng.standard_normal(cities) + CAPITAL_BONUS * capital + EAST_BONUS * east)
    scores = _normal_scores(cities)
    own = np.sqrt(1.0 - correlation**2) * rng.standard_normal(cities)
    population_rank = _rank(correlation * scores[gdp_rank] + own)

    figures = {
        "population": _sizes(scores, population_slope, POPULATION_PART)[population_rank],
        "gdp": _sizes(scores, gdp_slope, GDP_PART)[gdp_rank],
    }
    means, step = _mean_city(), {"population": 1, "gdp": 100}  # whole persons, whole million CNY
    columns: dict[str, Floats] = {}
    for figure, late in (("population_2010", "population_2020"), ("gdp_2010", "gdp_2022")):
        kind = figure.split("_")[0]
        before = figures[kind] * np.exp(CHANGE[kind] * rng.standard_normal(cities))
        columns[figure] = apportion(round(means[figure] * cities * step[kind]), before) / step[kind]
        columns[late] = apportion(round(means[late] * cities * step[kind]), figures[kind]) / step[kind]

    columns["gdp_2015"] = interpolate_2015(columns["gdp_2010"], columns["gdp_2022"])
    numbers = np.arange(1, cities + 1)
    regions = _regions(*seats)
    return _with_provenance(
        {
            "city_id": numbers.astype(np.int64),
            "name_en": [f"City {number}" for number in numbers],
            "name_zh": [f"城市{number}" for number in numbers],
            "province": [f"Province {number + 1:02d}" for number in province],
            "region": [regions[number] for number in province],
            "provincial_capital": capital,
            "lon": lon,
            "lat": lat,
            **{name: columns[name] for name in COMPARED},
            "estimated": np.ones(cities, dtype=bool),
        }
    )


def one_city() -> pd.DataFrame:
    """Return a table with one city of the mean size of the shipped ones, for the closed economy.

    It has the columns of `model.country.city_tables.load_cities`.
    """
    means = {name: round(value, 2) for name, value in _mean_city().items()}
    return _with_provenance(
        {
            "city_id": np.array([1], dtype=np.int64),
            "name_en": ["City 1"],
            "name_zh": ["城市1"],
            "province": ["Province 01"],
            "region": ["central"],
            "provincial_capital": np.array([True]),
            "lon": [float(np.mean(LON))],
            "lat": [float(np.mean(LAT))],
            "population_2010": [float(round(means["population_2010"]))],
            "population_2020": [float(round(means["population_2020"]))],
            "gdp_2010": [means["gdp_2010"]],
            "gdp_2015": interpolate_2015([means["gdp_2010"]], [means["gdp_2022"]]),
            "gdp_2022": [means["gdp_2022"]],
            "estimated": np.array([True]),
        }
    )


def _with_provenance(columns: dict[str, Any]) -> pd.DataFrame:
    """Return a table with the columns on the basis of its figures; institutions are blank, thus drawn."""
    cities = pd.DataFrame(columns)
    for year in (2010, 2015, 2022):
        cities[f"gdp_{year}_basis"] = ESTIMATED
    for name in INSTITUTIONS:
        cities[name], cities[f"{name}_basis"] = np.nan, DRAWN
    return cities


def _check(cities: int, seed: int, gdp_slope: float, population_slope: float, correlation: float) -> None:
    problems = []
    if not FEWEST <= cities <= MOST:
        problems.append(f"a synthetic country has {FEWEST} to {MOST:,} cities, not {cities}")
    if seed < 0:
        problems.append(f"the seed is 0 or more, not {seed}")
    for name, slope in (("gdp_slope", gdp_slope), ("population_slope", population_slope)):
        if not -100.0 <= slope <= -0.1:
            problems.append(f"{name} is between -100 and -0.1, not {slope}")
    if not 0.0 <= correlation <= 1.0:
        problems.append(f"correlation is between 0 and 1, not {correlation}")
    if problems:
        raise InputError(problems)


def _places(rng: np.random.Generator, cities: int) -> tuple[Integers, Floats, Floats, tuple[Floats, Floats]]:
    """Return province (0, 1, ... in order), lon, lat of each city, and lon, lat of the capitals; degrees."""
    provinces = int(np.clip(round(cities / CITIES_PER_PROVINCE), 3, 31))
    seats = np.empty((provinces, 2))
    for number in range(provinces):  # of eight places, the one farthest from the capitals so far
        tried = np.column_stack([rng.beta(3.0, 1.6, 8), rng.beta(2.0, 2.0, 8)])
        tried = np.array([LON[0], LAT[0]]) + tried * np.array([LON[1] - LON[0], LAT[1] - LAT[0]])
        apart = np.hypot(*(tried[:, None] - seats[None, :number]).transpose(2, 0, 1)).min(axis=1, initial=1e9)
        seats[number] = tried[np.argmax(apart)]
    gaps = np.hypot(*(seats[:, None] - seats[None]).transpose(2, 0, 1)) + np.where(
        np.eye(provinces), 1e9, 0.0
    )
    spread = np.clip(0.45 * gaps.min(axis=1), 0.8, 4.0)  # so that provinces meet, and the east is dense

    shares = rng.uniform(0.5, 1.5, provinces)
    counts = 1 + rng.multinomial(cities - provinces, shares / shares.sum())
    province = np.repeat(np.arange(provinces), counts)
    offsets = rng.standard_normal((cities, 2)) * spread[province, None]
    offsets[np.diff(province, prepend=-1) > 0] = 0.0
    spots = seats[province] + offsets
    lon, lat = (np.round(_fold(spots[:, axis], *box), 4) for axis, box in enumerate((LON, LAT)))
    return province.astype(np.int64), lon, lat, (seats[:, 0], seats[:, 1])


def _fold(values: Floats, low: float, high: float) -> Floats:
    """Mirror values outside the box back into it."""
    inside = low + np.abs(values - low)
    return np.clip(high - np.abs(high - inside), low, high)


def _regions(lon: Floats, lat: Floats) -> list[str]:
    """Return the region of each province: thirds by longitude; the north of the east is the northeast."""
    provinces = len(lon)
    regions = np.array(["west", "central", "east"])[(3 * _rank(-lon)) // provinces].astype(object)
    eastern = np.flatnonzero(regions == "east")
    northeast = eastern[np.argsort(-lat[eastern], kind="stable")[: round(provinces / 10)]]
    regions[northeast[: len(eastern) - 1]] = "northeast"
    return [str(region) for region in regions]


def _rank(values: Floats) -> Integers:
    """Return ranks: 0 for the largest value, n − 1 for the smallest."""
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(-values, kind="stable")] = np.arange(len(values))
    return ranks


def _normal_scores(count: int) -> Floats:
    """Return standard normal quantiles at (rank − ½)/n, from the largest down."""
    normal = NormalDist()
    return np.array([normal.inv_cdf(1.0 - (rank + 0.5) / count) for rank in range(count)])


def _sizes(scores: Floats, slope: float, part: float) -> Floats:
    """Return lognormal sizes with rank-size slope `slope` over the upper `part`; the slope is ∝ 1/s.d."""
    top = max(round(part * len(scores)), 3)
    return np.asarray(np.exp(rank_size_slope(np.exp(scores), top) / slope * scores))


@functools.cache
def _mean_city() -> dict[str, float]:
    """Return the mean figures of the shipped cities: persons and 100 m CNY."""
    sums, cities = load_provinces().sum(numeric_only=True), len(load_places())
    return {name.removesuffix("_100m_cny"): float(total) / cities for name, total in sums.items()}
