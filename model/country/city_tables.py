"""Tables of cities and compute centres, and distances between cities.

The shipped tables are read with the estimates of `model.country.city_estimates` applied; a user's own tables
replace them. docs/data.md explains every rule of this file.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.country.centre_capacities import (
    median_capacities,
    quarter_of,
    with_given_capacities,
    with_shipped_capacities,
)
from model.country.city_accounts import (
    DRAWN,
    ESTIMATED,
    GIVEN,
    INSTITUTIONS,
    basis,
    load_accounts,
    with_institutions,
)
from model.country.city_check import CityCheck
from model.country.city_estimates import (
    COMPARED,
    DATA,
    estimate_cities,
    interpolate_2015,
    load_places,
    load_provinces,
)
from model.country.city_lookup import CityLookup
from model.country.country_columns import (
    CENTRE_COLUMNS,
    CITY_COLUMNS,
    KINDS,
    OPEN_STATUSES,
    PERSONS,
    columns_of_year,
)
from model.country.great_circle import great_circle_km
from model.files.user_tables import read_table, understanding

SAME_CITY_KM = 500.0
"""Largest distance at which a user's city with a shipped id counts as that city, since ids may coincide."""

PROVENANCE = (
    *(f"gdp_{year}_basis" for year in (2010, 2015, 2022)),
    *(name for institution in INSTITUTIONS for name in (institution, f"{institution}_basis")),
)
"""Columns of a table of cities after `estimated`: where GDP comes from, and the institutions with theirs."""

Floats = npt.NDArray[np.float64]


def load_cities(
    path: str | Path | None = None, *, sheet: str | None = None, year: int | None = None
) -> pd.DataFrame:
    """Read cities, one row each, in the order of the file.

    Blank cells of a user's table: population_10k and gdp_100m_cny get the estimate of the shipped city, and
    are an error for any other city. For pop_2010 and gdp_2010 the city keeps the share of its province (of
    the country, if the province is not a shipped one) that it has in 2020 or 2022. Names, province, region
    and capital are those of the shipped city, or empty.

    Args:
        path: A user's table with CITY_COLUMNS (others are ignored), in any form that
            `model.files.table_files` opens; None: the shipped table with estimated figures.
        sheet: Sheet of a workbook; None: the first.
        year: Year of the file's figures that stand for population_10k and gdp_100m_cny, in a table with a
            column for each year; None: those of 2020 and 2022.

    Returns:
        C rows: city_id (int64), name_en, name_zh, province, region (str), provincial_capital (bool), lon, lat
        (degrees), population_2010, population_2020 (persons), gdp_2010, gdp_2015, gdp_2022 (100 m CNY), all
        float64, estimated (bool: the figure of 2020 or 2022 is an estimate), gdp_2010_basis, gdp_2015_basis,
        gdp_2022_basis (str: given, observed or estimated), and the institutions with their basis, as
        `model.country.city_accounts.with_institutions` describes them. `attrs["filled"]` lists the cells
        that were blank: {figure: [city_id, ...]}; `attrs["reading"]` and
        `attrs["source"]` tell how a user's table was understood.

    Raises:
        InputError: with every mistake of the table.
    """
    ours, accounts = _shipped_cities()
    if path is None:
        whole = with_institutions(ours.assign(estimated=True), accounts)
        return _in_order(whole, {figure: [] for figure in COMPARED})
    known = ours.set_index("city_id")
    check = CityCheck(ours, SAME_CITY_KM)
    columns = CITY_COLUMNS if year is None else columns_of_year(year)
    table = read_table(path, columns, key="city_id", review=check.review, words=check.words, sheet=sheet)
    table = table.reindex(columns=[column.name for column in CITY_COLUMNS]) if year is not None else table
    check.refuse_units(Path(path).name, table)
    own = known.reindex(table["city_id"])
    away = great_circle_km(table["lon"], table["lat"], own["lon"].to_numpy(), own["lat"].to_numpy())
    near = away <= SAME_CITY_KM
    own = known.reindex(table["city_id"].where(near, -1)).reset_index(drop=True)
    cities = pd.DataFrame({"city_id": table["city_id"], "lon": table["lon"], "lat": table["lat"]})
    swapped = (table["name_en"] == "") & table["name_zh"].str.fullmatch(r"[ -~]+")  # "city" may be English
    table["name_en"] = table["name_en"].where(~swapped, table["name_zh"])
    table["name_zh"] = table["name_zh"].where(~swapped, "")
    for name in ("name_en", "name_zh", "province", "region"):
        cities[name] = table[name].where(table[name] != "", own[name]).fillna("").astype("str")
    cities["name_en"] = cities["name_en"].where(cities["name_en"] != "", cities["city_id"].astype("str"))
    capital = (
        table["provincial_capital"].astype("boolean").fillna(own["provincial_capital"].astype("boolean"))
    )
    cities["provincial_capital"] = capital.fillna(False).astype(bool)
    cities["population_2020"] = (table["population_10k"] * PERSONS).fillna(own["population_2020"])
    cities["gdp_2022"] = table["gdp_100m_cny"].fillna(own["gdp_2022"])
    back = _share_of_2010(cities["province"])
    earlier = cities["population_2020"] * back["population"]
    cities["population_2010"] = (table["pop_2010"] * PERSONS).fillna(earlier)
    cities["gdp_2010"] = table["gdp_2010"].fillna(cities["gdp_2022"] * back["gdp"])
    between = pd.Series(interpolate_2015(cities["gdp_2010"], cities["gdp_2022"]))
    cities["gdp_2015"] = table["gdp_2015"].fillna(between)
    for name in INSTITUTIONS:
        cities[name] = table[name]
        cities[f"{name}_basis"] = basis(table[name].to_numpy(), GIVEN, DRAWN)
    for name in ("gdp_2010", "gdp_2015"):
        cities[f"{name}_basis"] = basis(table[name].to_numpy(), GIVEN, ESTIMATED)
    ours_basis = own["gdp_2022_basis"].fillna(ESTIMATED)
    cities["gdp_2022_basis"] = ours_basis.where(table["gdp_100m_cny"].isna(), GIVEN).astype("str")
    given = {
        "population_2010": "pop_2010",
        "population_2020": "population_10k",
        "gdp_2010": "gdp_2010",
        "gdp_2015": "gdp_2015",
        "gdp_2022": "gdp_100m_cny",
    }
    filled = {figure: cities["city_id"][table[column].isna()].tolist() for figure, column in given.items()}
    cities["estimated"] = table["population_10k"].isna() | table["gdp_100m_cny"].isna()
    return _in_order(cities, filled, table)


@functools.cache
def _shipped_cities() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the shipped cities with their estimates, and the accounts, read once in a process."""
    accounts = load_accounts()
    return estimate_cities(load_places(), load_provinces(), accounts=accounts), accounts


def load_centres(path: str | Path | None = None, cities: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read compute centres, one row each, in the order of the file.

    A date is converted to its quarter, a year alone to its third quarter: the middle of the year, at most
    half a year off. `opened` is missing, and the centre never opens, if there is no date or the status is one
    of CLOSED_STATUSES.

    Args:
        path: A user's table with CENTRE_COLUMNS, in any form that `model.files.table_files` opens; its cities
            may be codes or names. None: the shipped table without the centres of cities not in `cities`.
        cities: As load_cities returns them; None: the shipped ones.

    Returns:
        centre_id, name_en, name_zh (str), city_id (int64), kind (super, intelligent or basic), hub (bool: a
        cluster of a national hub), status (str), opened (quarter, str as "2016Q2", or missing), capacity
        (float64, relative; 1 if blank), and capacity_eflops, capacity_steps, growth, capacity_confidence, as
        `model.country.centre_capacities.with_shipped_capacities` describes them; `capacity_path` gives the
        capacity by quarter.

    Raises:
        InputError: with every mistake of the table, a city that is not in `cities` included.
    """
    cities = load_cities() if cities is None else cities
    if path is None:
        centres = _shipped_centres()
        return centres[centres["city_id"].isin(cities["city_id"])].reset_index(drop=True)
    table = read_table(path, CENTRE_COLUMNS, key="centre_id", city_of=CityLookup(cities).city_of)
    centres = _described_centres(table)
    centres["capacity_eflops"], centres["growth"] = table["capacity_eflops"], table["growth"]
    return with_given_capacities(centres, _shipped_medians())


@functools.cache
def _shipped_centres() -> pd.DataFrame:
    """Return all shipped centres, read once in a process."""
    table = read_table(
        DATA / "compute_centres.csv", CENTRE_COLUMNS, key="centre_id", city_of=lambda text: (int(text), "")
    )
    return with_shipped_capacities(_described_centres(table))


def _described_centres(table: pd.DataFrame) -> pd.DataFrame:
    """Return the centres of a table as it is written, without the columns that say their capacities."""
    centres = table[["centre_id", "name_en", "name_zh", "city_id"]].copy()
    centres["name_en"] = table["name_en"].where(table["name_en"] != "", table["centre_id"])
    centres["kind"] = table["kind"].map(KINDS).astype("str")
    centres["hub"] = table["kind"] == "hub"
    centres["status"] = table["status"]
    opens = table["status"].isin(OPEN_STATUSES) & (table["opened"] != "")
    quarters = [quarter_of(date) if date else "" for date in table["opened"]]
    centres["opened"] = pd.Series(quarters, dtype="str").where(opens)
    centres["capacity"] = table["capacity"].fillna(1.0)
    return centres


@functools.cache
def _shipped_medians() -> dict[str, float]:
    return median_capacities(load_centres())


def distances_km(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
    """Return great-circle distances between all pairs (haversine), km, rounded to the metre.

    lon, lat: degrees, (C,). Returns (C, C), symmetric with a zero diagonal. The last bits of sine and arcsine
    differ between mathematics libraries; rounding to whole metres removes them.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    distances = np.empty((len(x), len(x)))
    for start in range(0, len(x), 256):  # blocks limit the temporary memory of large countries
        rows = slice(start, start + 256)
        distances[rows] = great_circle_km(x[rows, None], y[rows, None], x, y)
    return distances


def nearest_distance_km(distances: npt.ArrayLike, hosts: npt.ArrayLike) -> Floats:
    """Return the distance from each city to the nearest host, km; infinite if there is no host.

    distances: (C, C), km. hosts: row numbers of the hosts, or a mask (C,) of booleans. Returns (C,).
    """
    table, chosen = np.asarray(distances, dtype=np.float64), np.asarray(hosts)
    if chosen.size == 0:
        return np.full(len(table), math.inf)
    return np.asarray(table[:, chosen].min(axis=1, initial=math.inf))


@functools.cache
def _shipped_provinces() -> pd.DataFrame:
    return load_provinces().set_index("province")


def _share_of_2010(province: pd.Series) -> dict[str, pd.Series]:
    """Return the ratio of 2010 to 2020 (population) or 2022 (GDP) of each province, else of the country."""
    table = _shipped_provinces()
    pairs = {
        "population": ("population_2010", "population_2020"),
        "gdp": ("gdp_2010_100m_cny", "gdp_2022_100m_cny"),
    }
    return {
        kind: province.map(table[early] / table[late]).fillna(table[early].sum() / table[late].sum())
        for kind, (early, late) in pairs.items()
    }


def _in_order(
    cities: pd.DataFrame, filled: dict[str, list[int]], own: pd.DataFrame | None = None
) -> pd.DataFrame:
    names = ["city_id", "name_en", "name_zh", "province", "region", "provincial_capital", "lon", "lat"]
    cities = cities[[*names, *COMPARED, "estimated", *PROVENANCE]].reset_index(drop=True)
    cities.attrs["filled"] = filled
    if own is not None:
        cities.attrs |= understanding(own)
    return cities
