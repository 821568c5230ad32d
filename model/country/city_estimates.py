"""Estimate population and GDP of the shipped cities by splitting the official figures of each province.

GDP of 2010 and 2022 is split over the 278 cities whose GDP of 2015 is observed in proportion to that GDP, and
population to a power of it. Between them and the other 60 one rule decides (docs/data.md): a city's share of
its province's population is proportional to its place population to a power below one; its share of GDP to
the same weight, times a premium for cities of high rank. The three constants are calibrated on rank-size
figures of the whole country, not on a table of cities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.country.city_accounts import ESTIMATED, OBSERVED, OBSERVED_SHARE, load_accounts
from model.files.table_columns import TableColumn
from model.files.user_tables import InputError, read_table

DATA = Path(__file__).parents[1] / "data"

PLACE_EXPONENT = 0.537
"""Power of the place population in a city's weight. [calibrate(): population rank-size slope −2.45]"""

HIGH_RANK_PREMIUM = 2.361
"""GDP per head of a high-ranking city over an ordinary one of its province. [calibrate(): E15, E15b]"""

GDP_EXPONENT = 0.656
"""Power of observed GDP in an observed city's weight for population. [calibrate(): the same slope −2.45]"""

POPULATION_SLOPE = -2.45
"""Rank-size slope of population, the 100 largest cities, 2020. [E15, the second figure of that entry]"""

PLACE_COLUMNS = (
    TableColumn("city_id", "integer", "GB/T 2260 code", low=1, high=10**15, required=True, blank=False),
    TableColumn("name_en", "text", "English name", required=True, blank=False),
    TableColumn("name_zh", "text", "Chinese name", required=True, blank=False),
    TableColumn("province", "text", "English name of the province", required=True, blank=False),
    TableColumn(
        "region", "text", "east, central, west or northeast (NBS scheme)", required=True, blank=False
    ),
    TableColumn("admin_level", "text", "rank in the administration", required=True, blank=False),
    TableColumn("provincial_capital", "flag", "seat of a provincial government", required=True, blank=False),
    TableColumn("lon", "number", "longitude", "degrees east", 73, 136, required=True, blank=False),
    TableColumn("lat", "number", "latitude", "degrees north", 3, 54, required=True, blank=False),
    TableColumn(
        "geonames_place_pop", "integer", "population of the seat (GeoNames)", "persons", 0, required=True
    ),
)
PROVINCE_COLUMNS = (
    TableColumn("province", "text", "English name", required=True, blank=False),
    TableColumn("population_2010", "number", "census 2010", "persons", 0, required=True, blank=False),
    TableColumn("population_2020", "number", "census 2020", "persons", 0, required=True, blank=False),
    TableColumn("gdp_2010_100m_cny", "number", "GDP 2010", "100 m CNY", 0, required=True, blank=False),
    TableColumn("gdp_2022_100m_cny", "number", "GDP 2022", "100 m CNY", 0, required=True, blank=False),
)
FIGURES = ("population_2010", "population_2020", "gdp_2010", "gdp_2022")
COMPARED = ("population_2010", "population_2020", "gdp_2010", "gdp_2015", "gdp_2022")
_STEPS = {"population": 1, "gdp": 100}  # figures are counted in whole persons and in whole million CNY

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SplitRule:
    """The constants of the rule: powers of place population and of GDP, GDP premium of high rank, a ratio."""

    place_exponent: float = PLACE_EXPONENT
    high_rank_premium: float = HIGH_RANK_PREMIUM
    gdp_exponent: float = GDP_EXPONENT


def estimate_cities(
    cities: pd.DataFrame,
    provinces: pd.DataFrame,
    rule: SplitRule | None = None,
    accounts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Split the provinces' figures over their cities.

        weight = place population ^ place_exponent × (high_rank_premium, for GDP, if the city ranks high)

    High rank: provincial capitals (municipalities included) and sub-provincial cities. A place population
    that is blank, zero or as large as that of the whole province (2020) is replaced by the median of the
    province's ordinary cities, or by 1 if there are none. The only city of a province gets its whole figure.

    The cities of a province whose GDP of 2015 is observed share what the rule gives them together: GDP in
    proportion to that of 2015, population to that GDP ^ gdp_exponent. GDP of 2015 is the observed one; a city
    without an observation has, next to the observed ones of its province, what the rule gives it.

    Args:
        cities: C rows with province, admin_level, provincial_capital, geonames_place_pop (persons); with
            accounts also city_id.
        provinces: population_2010, population_2020 (persons), gdp_2010_100m_cny, gdp_2022_100m_cny.
        accounts: Observed cities as `load_accounts` returns them; None: the rule alone.

    Returns:
        `cities` with five more columns, float64: population_2010, population_2020 (whole persons), gdp_2010,
        gdp_2015, gdp_2022 (100 m CNY, whole hundredths); and gdp_2010_basis, gdp_2015_basis, gdp_2022_basis
        (text: where the figure comes from). Persons and million CNY of 2010, 2020 and 2022 add up to the
        province exactly. All years are split in the same shares: cities of a province differ in level only.

    Raises:
        InputError: the province of a city is not in the table.
    """
    rule = SplitRule() if rule is None else rule
    unknown = sorted(set(cities["province"]) - set(provinces["province"]))
    if unknown:
        raise InputError(f"there are no figures for the province {name!r}" for name in unknown)
    observed = _observed_gdp(cities, accounts)
    weights = _weights(cities, provinces, rule)
    shared = _share_observed(cities, weights["gdp"], observed, 1.0)
    _share_observed(cities, weights["population"], observed, rule.gdp_exponent)
    estimated = cities.copy()
    for figure in FIGURES:
        kind = figure.split("_")[0]
        totals = provinces.set_index("province")[figure if kind == "population" else f"{figure}_100m_cny"]
        counts = np.zeros(len(cities), dtype=np.int64)
        for province, rows in _rows_by_province(cities):
            total = round(float(totals[province]) * _STEPS[kind])
            counts[rows] = apportion(total, weights[kind][rows])
        estimated[figure] = counts / _STEPS[kind]
    estimated["gdp_2015"] = _gdp_2015(estimated, weights["gdp"], observed)
    for year in (2010, 2022):
        estimated[f"gdp_{year}_basis"] = np.where(shared, OBSERVED_SHARE, ESTIMATED)
    estimated["gdp_2015_basis"] = np.where(observed > 0, OBSERVED, ESTIMATED)
    return estimated


def interpolate_2015(gdp_2010: npt.ArrayLike, gdp_2022: npt.ArrayLike) -> Array:
    """Return the GDP of 2015 of a city that grows at a constant rate from 2010 to 2022, to hundredths."""
    early, late = np.asarray(gdp_2010, dtype=np.float64), np.asarray(gdp_2022, dtype=np.float64)
    return np.asarray(np.round(early ** (7 / 12) * late ** (5 / 12), 2))


def apportion(total: int, weights: Array) -> npt.NDArray[np.int64]:
    """Return whole numbers in proportion to the weights that add up to `total`: largest remainders.

    total: 0 or more. weights: (n,), positive. Ties go to the earlier one. Whole units also remove the last
    bits of the powers, which differ between mathematics libraries.
    """
    quotas = total * (weights / weights.sum())
    counts = np.floor(quotas).astype(np.int64)
    left = total - int(counts.sum())
    counts[np.argsort(counts - quotas, kind="stable")[:left]] += 1
    return counts


def rank_size_slope(values: npt.ArrayLike, top: int) -> float:
    """Return the slope of ln(rank − ½) on ln(size) over the `top` largest values.

    [Gabaix & Ibragimov 2011, JBES 29(1)] values: positive. −1 is Zipf's law; a steeper slope means more equal
    cities.
    """
    size = np.log(np.sort(np.asarray(values, dtype=np.float64))[::-1][:top])
    rank = np.log(np.arange(1, len(size) + 1) - 0.5)
    return float(((size - size.mean()) @ rank) / ((size - size.mean()) @ size))


def gini(values: npt.ArrayLike) -> float:
    """Return the Gini coefficient of values, 0 or more: 0 if all are equal, 1 − 1/n if one has everything."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def calibrate(
    cities: pd.DataFrame | None = None,
    provinces: pd.DataFrame | None = None,
    accounts: pd.DataFrame | None = None,
) -> SplitRule:
    """Calibrate the constants of the rule, rounded to three decimals; by default on the shipped tables.

    place_exponent: the population slope over the 100 largest cities is POPULATION_SLOPE by the rule alone.
    high_rank_premium: the least sum of squared relative errors of E15 (GDP slope, 200 largest) and E15b (Gini
    of GDP) in 2022 by the rule alone. gdp_exponent: the population slope with the observed cities.
    """
    from scipy.optimize import brentq, minimize_scalar  # imported here because it is slow and rarely needed

    cities = load_places() if cities is None else cities
    provinces = load_provinces() if provinces is None else provinces
    accounts = load_accounts() if accounts is None else accounts
    slope, inequality = _target("E15"), _target("E15b")

    def population_error(exponent: float) -> float:
        population = _split(cities, provinces, SplitRule(exponent), "population_2020")
        return rank_size_slope(population, 100) - POPULATION_SLOPE

    # Below 0.25 the ranking is by province rather than by city, and the slope steepens with the exponent.
    exponent = float(brentq(population_error, 0.25, 1.0, xtol=1e-9))

    def gdp_error(premium: float) -> float:
        gdp = _split(cities, provinces, SplitRule(exponent, premium), "gdp_2022")
        return (rank_size_slope(gdp, 200) / slope - 1.0) ** 2 + (gini(gdp) / inequality - 1.0) ** 2

    least = minimize_scalar(gdp_error, bounds=(1.0, 6.0), method="bounded", options={"xatol": 1e-6})
    premium = float(least.x)

    def observed_error(power: float) -> float:
        rule = SplitRule(exponent, premium, power)
        population = estimate_cities(cities, provinces, rule, accounts)["population_2020"]
        return rank_size_slope(population, 100) - POPULATION_SLOPE

    power = float(brentq(observed_error, 0.3, 1.0, xtol=1e-9))
    return SplitRule(round(exponent, 3), round(premium, 3), round(power, 3))


def fit_report(estimated: pd.DataFrame, observed: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Compare the estimate with a table of observed figures, city by city.

    Both in the columns of `model.country.city_tables.load_cities`; cities are matched by city_id. Cells of
    `observed` that load_cities filled in (`observed.attrs["filled"]`) and zeros are left out.

    Returns for each of COMPARED that both tables have: cities (how many are compared), spearman (rank
    correlation), median_error (median of |estimate/observed − 1|), within_province (rank correlation within
    provinces of three cities or more, mean weighted by cities). NaN where too few compare.
    """
    both = estimated.merge(observed, on="city_id", suffixes=("", "_observed"))
    filled = observed.attrs.get("filled", {})
    report = {}
    for figure in [name for name in COMPARED if name in estimated and name in observed]:
        usable = ~both["city_id"].isin(filled.get(figure, [])) & (both[f"{figure}_observed"] > 0)
        pairs = both.loc[usable, ["province", figure, f"{figure}_observed"]]
        pairs.columns = pd.Index(["province", "estimate", "figure"])
        within = [
            (_spearman(group["estimate"], group["figure"]), len(group))
            for _, group in pairs.groupby("province", sort=False)
            if len(group) >= 3
        ]
        known = [(rho, cities) for rho, cities in within if not math.isnan(rho)]
        errors = (pairs["estimate"] / pairs["figure"] - 1.0).abs()
        report[figure] = {
            "cities": float(len(pairs)),
            "spearman": _spearman(pairs["estimate"], pairs["figure"]),
            "median_error": float(errors.median()) if len(pairs) else math.nan,
            "within_province": sum(rho * n for rho, n in known) / sum(n for _, n in known)
            if known
            else math.nan,
        }
    return report


def load_places() -> pd.DataFrame:
    """Return the shipped cities without figures: columns as in PLACE_COLUMNS."""
    return read_table(DATA / "cities.csv", PLACE_COLUMNS, key="city_id")


def load_patents() -> pd.DataFrame:
    """Return grants of inventions so far of provinces and large cities: level, name_en, city_id, grants_…."""
    return pd.read_csv(DATA / "patents_reference.csv")


def load_provinces() -> pd.DataFrame:
    """Return the shipped provincial figures: columns as in PROVINCE_COLUMNS."""
    return read_table(DATA / "provinces.csv", PROVINCE_COLUMNS, key="province")


def _target(name: str) -> float:
    columns = (
        TableColumn("id", "text", "name", required=True),
        TableColumn("value", "number", "value", required=True),
    )
    targets = read_table(DATA / "targets.csv", columns)
    return float(targets.loc[targets["id"] == name, "value"].iloc[0])


def _rows_by_province(cities: pd.DataFrame) -> list[tuple[str, npt.NDArray[np.int64]]]:
    groups = cities.groupby("province", sort=False).indices
    return [(str(province), rows) for province, rows in groups.items()]


def _weights(cities: pd.DataFrame, provinces: pd.DataFrame, rule: SplitRule) -> dict[str, Array]:
    capital = cities["provincial_capital"].to_numpy(dtype=bool)
    high = capital | (cities["admin_level"] == "sub-provincial city").to_numpy(dtype=bool)
    population = _place_population(cities, provinces, high) ** rule.place_exponent
    return {"population": population, "gdp": population * np.where(high, rule.high_rank_premium, 1.0)}


def _observed_gdp(cities: pd.DataFrame, accounts: pd.DataFrame | None) -> Array:
    """Return observed GDP of 2015, 100 m CNY, (C,); NaN where there is no observation."""
    if accounts is None:
        return np.full(len(cities), np.nan)
    gdp = accounts.set_index("city_id")["gdp_2015_100m_cny"]
    return cities["city_id"].map(gdp).to_numpy(dtype=np.float64)


def _share_observed(
    cities: pd.DataFrame, weights: Array, observed: Array, exponent: float
) -> npt.NDArray[np.bool_]:
    """Split, in place, the weights of each province's observed cities by observed ^ exponent.

    Returns the cities whose share of the province follows an observation, (C,). One observed city among
    several keeps its weight: an observation says nothing about a share if there is no other.
    """
    shared = np.zeros(len(cities), dtype=bool)
    for _, rows in _rows_by_province(cities):
        known = rows[observed[rows] > 0]
        if len(known) > 1:
            size = observed[known] ** exponent
            weights[known] = weights[known].sum() * size / size.sum()
        shared[known] = len(known) > 1 or len(rows) == 1
    return shared


def _gdp_2015(estimated: pd.DataFrame, weights: Array, observed: Array) -> Array:
    """Return GDP of 2015: observed, else by weight next to the observed ones, else interpolated."""
    gdp = interpolate_2015(estimated["gdp_2010"], estimated["gdp_2022"])
    for _, rows in _rows_by_province(estimated):
        known = rows[observed[rows] > 0]
        if len(known):
            gdp[rows] = np.round(weights[rows] * (observed[known].sum() / weights[known].sum()), 2)
            gdp[known] = observed[known]
    return gdp


def _place_population(cities: pd.DataFrame, provinces: pd.DataFrame, high: npt.NDArray[np.bool_]) -> Array:
    """Return place populations, persons, with the fallback of `estimate_cities` for those not plausible."""
    persons: Any = cities["geonames_place_pop"].to_numpy(dtype=np.float64, na_value=np.nan)
    census = provinces.set_index("province")["population_2020"]
    whole = cities["province"].map(census).to_numpy(dtype=np.float64)
    trusted = (persons > 0) & (persons < whole)
    persons = np.where(trusted, persons, np.nan)
    for _, rows in _rows_by_province(cities):
        if len(rows) == 1:
            persons[rows] = 1.0  # its weight does not matter
            continue
        ordinary = persons[rows][trusted[rows] & ~high[rows]]
        persons[rows] = np.where(trusted[rows], persons[rows], np.median(ordinary) if len(ordinary) else 1.0)
    return np.asarray(persons, dtype=np.float64)


def _split(cities: pd.DataFrame, provinces: pd.DataFrame, rule: SplitRule, figure: str) -> Array:
    return np.asarray(estimate_cities(cities, provinces, rule)[figure], dtype=np.float64)


def _spearman(x: pd.Series, y: pd.Series) -> float:
    a, b = x.rank().to_numpy(), y.rank().to_numpy()
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])
