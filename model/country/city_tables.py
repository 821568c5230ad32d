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

from agents.compute_provider import LARGEST_CENTRE
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
from model.country.city_estimates import (
    COMPARED,
    DATA,
    estimate_cities,
    interpolate_2015,
    load_places,
    load_provinces,
)
from model.files.table_columns import Cells, Remark, TableColumn
from model.files.user_tables import read_table

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth, km. [Moritz 2000, Geodetic Reference System 1980]"""

SAME_CITY_KM = 500.0
"""Largest distance at which a user's city with a shipped id counts as that city, since ids may coincide."""

PERSONS = 10_000  # a user's table counts people in units of 10,000, as the statistical yearbooks do

CITY_COLUMNS = (
    TableColumn(
        "city_id",
        "integer",
        "id; GB/T 2260 codes match the shipped cities",
        "",
        1,
        10**15,
        required=True,
        blank=False,
    ),
    TableColumn(
        "lon", "number", "longitude of the seat", "degrees east", 73, 136, required=True, blank=False
    ),
    TableColumn("lat", "number", "latitude of the seat", "degrees north", 3, 54, required=True, blank=False),
    TableColumn("population_10k", "number", "people, 2020", "10,000 persons", 0, 1e6, required=True),
    TableColumn("gdp_100m_cny", "number", "GDP, 2022", "100 m CNY", 0, 1e8, required=True),
    TableColumn("name_en", "text", "name", high=200),
    TableColumn("name_zh", "text", "Chinese name", high=200),
    TableColumn("province", "text", "province; the shipped ones are in provinces.csv", high=200),
    TableColumn("region", "text", "east, central, west, northeast, or user-defined", high=200),
    TableColumn("provincial_capital", "flag", "seat of a provincial government"),
    TableColumn("pop_2010", "number", "people, 2010", "10,000 persons", 0, 1e6),
    TableColumn("gdp_2010", "number", "GDP, 2010", "100 m CNY", 0, 1e8),
    TableColumn("gdp_2015", "number", "GDP, 2015", "100 m CNY", 0, 1e8),
    TableColumn(
        "fiscal_revenue_share", "number", "general fiscal revenue over GDP, 2015; blank: drawn", "", 0, 1
    ),
    TableColumn(
        "entry_rate_2005_2015",
        "number",
        "establishments opened 2005-2015 per 10,000 residents; blank: drawn",
        "",
        0,
        1e5,
    ),
)

KINDS = {"super": "super", "intelligent": "intelligent", "basic": "basic", "hub": "basic"}
"""Kind in the model by kind in a file. A hub is a cluster of general-purpose data centres."""

OPEN_STATUSES = ("operating", "in use", "completed", "trial operation", "approved")
CLOSED_STATUSES = ("under construction", "not yet operating", "planned")

MOST_DECLINE, MOST_GROWTH = -0.9, 10.0  # of a centre's capacity, fraction a year

CENTRE_COLUMNS = (
    TableColumn("centre_id", "text", "id", high=200, required=True, blank=False),
    TableColumn("city_id", "integer", "city of the centre", low=1, high=10**15, required=True, blank=False),
    TableColumn("kind", "text", "hub counts as basic", required=True, blank=False, choices=tuple(KINDS)),
    TableColumn(
        "status",
        "text",
        "the last three never open, whatever the date",
        required=True,
        blank=False,
        choices=OPEN_STATUSES + CLOSED_STATUSES,
    ),
    TableColumn("name_en", "text", "name", high=200),
    TableColumn("name_zh", "text", "Chinese name", high=200),
    TableColumn("opened", "date", "opening; blank: not opened"),
    TableColumn("capacity", "number", "size relative to others of its kind; blank: 1", "", 0, LARGEST_CENTRE),
    TableColumn(
        "capacity_eflops", "number", "capacity at opening, FP16; blank: median of its kind", "EFLOPS", 0, 1e6
    ),
    TableColumn(
        "growth",
        "number",
        "growth of that capacity, fraction a year; blank: 0",
        "",
        MOST_DECLINE,
        MOST_GROWTH,
    ),
)

PROVENANCE = (
    *(f"gdp_{year}_basis" for year in (2010, 2015, 2022)),
    *(name for institution in INSTITUTIONS for name in (institution, f"{institution}_basis")),
)
"""Columns of a table of cities after `estimated`: where GDP comes from, and the institutions with theirs."""

Floats = npt.NDArray[np.float64]


def load_cities(path: str | Path | None = None) -> pd.DataFrame:
    """Read cities, one row each, in the order of the file.

    Blank cells of a user's table: population_10k and gdp_100m_cny get the estimate of the shipped city, and
    are an error for any other city. For pop_2010 and gdp_2010 the city keeps the share of its province (of
    the country, if the province is not a shipped one) that it has in 2020 or 2022. Names, province, region
    and capital are those of the shipped city, or empty.

    Args:
        path: A user's CSV or Parquet table with CITY_COLUMNS (others are ignored); None: the shipped table
            with estimated figures.

    Returns:
        C rows: city_id (int64), name_en, name_zh, province, region (str), provincial_capital (bool), lon, lat
        (degrees), population_2010, population_2020 (persons), gdp_2010, gdp_2015, gdp_2022 (100 m CNY), all
        float64, estimated (bool: the figure of 2020 or 2022 is an estimate), gdp_2010_basis, gdp_2015_basis,
        gdp_2022_basis (str: given, observed or estimated), and the institutions with their basis, as
        `model.country.city_accounts.with_institutions` describes them. `attrs["filled"]` lists the cells
        that were blank: {figure: [city_id, ...]}.

    Raises:
        InputError: with every mistake of the table.
    """
    accounts = load_accounts()
    ours = estimate_cities(load_places(), load_provinces(), accounts=accounts)
    if path is None:
        whole = with_institutions(ours.assign(estimated=True), accounts)
        return _in_order(whole, {figure: [] for figure in COMPARED})
    known = ours.set_index("city_id")
    seats = {int(city): (float(lon), float(lat)) for city, lon, lat in known[["lon", "lat"]].itertuples()}

    def review(cells: Cells, remarks: list[Remark]) -> list[Remark]:
        return _review_city(cells, remarks, seats)

    table = read_table(path, CITY_COLUMNS, key="city_id", review=review)
    own = known.reindex(table["city_id"])
    near = _km(table["lon"], table["lat"], own["lon"].to_numpy(), own["lat"].to_numpy()) <= SAME_CITY_KM
    own = known.reindex(table["city_id"].where(near, -1)).reset_index(drop=True)
    cities = pd.DataFrame({"city_id": table["city_id"], "lon": table["lon"], "lat": table["lat"]})
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
    return _in_order(cities, filled)


def load_centres(path: str | Path | None = None, cities: pd.DataFrame | None = None) -> pd.DataFrame:
    """Read compute centres, one row each, in the order of the file.

    A date is converted to its quarter, a year alone to its third quarter: the middle of the year, at most
    half a year off. `opened` is missing, and the centre never opens, if there is no date or the status is one
    of CLOSED_STATUSES.

    Args:
        path: A user's CSV or Parquet table with CENTRE_COLUMNS; None: the shipped table without the centres
            of cities that are not in `cities`.
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
    known = set((load_cities() if cities is None else cities)["city_id"].tolist())
    if path is None:
        centres = _shipped_centres()
        return centres[centres["city_id"].isin(known)].reset_index(drop=True)

    def review(cells: Cells, remarks: list[Remark]) -> list[Remark]:
        city = cells["city_id"]
        if city is None or city in known:
            return remarks
        return [
            *remarks,
            Remark("city_id", f"{city} is not in the table of cities", "a city_id of that table"),
        ]

    table = read_table(path, CENTRE_COLUMNS, key="centre_id", review=review)
    centres = _described_centres(table)
    centres["capacity_eflops"], centres["growth"] = table["capacity_eflops"], table["growth"]
    return with_given_capacities(centres, _shipped_medians())


@functools.cache
def _shipped_centres() -> pd.DataFrame:
    """Return all shipped centres, read once in a process."""
    table = read_table(DATA / "compute_centres.csv", CENTRE_COLUMNS, key="centre_id")
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
        distances[rows] = _km(x[rows, None], y[rows, None], x, y)
    return distances


def nearest_distance_km(distances: npt.ArrayLike, hosts: npt.ArrayLike) -> Floats:
    """Return the distance from each city to the nearest host, km; infinite if there is no host.

    distances: (C, C), km. hosts: row numbers of the hosts, or a mask (C,) of booleans. Returns (C,).
    """
    table, chosen = np.asarray(distances, dtype=np.float64), np.asarray(hosts)
    if chosen.size == 0:
        return np.full(len(table), math.inf)
    return np.asarray(table[:, chosen].min(axis=1, initial=math.inf))


def _review_city(cells: Cells, remarks: list[Remark], seats: dict[int, tuple[float, float]]) -> list[Remark]:
    """Replace two remarks by one for swapped coordinates; report blank figures that cannot be estimated."""
    city, lon, lat = cells["city_id"], cells["lon"], cells["lat"]
    if not (isinstance(lon, float) and isinstance(lat, float)):
        return remarks
    if 3 <= lon <= 54 and 73 <= lat <= 136:
        what = f"lon and lat look swapped (lon {lon:g}, lat {lat:g})"
        rest = [remark for remark in remarks if remark.column not in ("lon", "lat")]
        return [*rest, Remark("lon", what, "lon between 73 and 136, lat between 3 and 54")]
    wrong = {remark.column for remark in remarks}
    blank = [name for name in ("population_10k", "gdp_100m_cny") if cells[name] is None and name not in wrong]
    if not blank or (isinstance(city, int) and city in seats and _km(lon, lat, *seats[city]) <= SAME_CITY_KM):
        return remarks
    what = "is blank, and the city is not one of the shipped ones, which have an estimate"
    return [*remarks, *(Remark(name, what, "a number, 0 or more") for name in blank)]


def _km(lon: npt.ArrayLike, lat: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike) -> Floats:
    """Return great-circle distances, km, rounded to the metre; the four arguments broadcast."""
    x, y, x2, y2 = (np.radians(np.asarray(degrees, dtype=np.float64)) for degrees in (lon, lat, lon2, lat2))
    square = np.cos(y) * np.cos(y2) * np.sin((x - x2) / 2) ** 2 + np.sin((y - y2) / 2) ** 2
    return np.asarray(np.round(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(square, 1.0))), 3))


def _share_of_2010(province: pd.Series) -> dict[str, pd.Series]:
    """Return the ratio of 2010 to 2020 (population) or 2022 (GDP) of each province, else of the country."""
    table = load_provinces().set_index("province")
    pairs = {
        "population": ("population_2010", "population_2020"),
        "gdp": ("gdp_2010_100m_cny", "gdp_2022_100m_cny"),
    }
    return {
        kind: province.map(table[early] / table[late]).fillna(table[early].sum() / table[late].sum())
        for kind, (early, late) in pairs.items()
    }


def _in_order(cities: pd.DataFrame, filled: dict[str, list[int]]) -> pd.DataFrame:
    names = ["city_id", "name_en", "name_zh", "province", "region", "provincial_capital", "lon", "lat"]
    cities = cities[[*names, *COMPARED, "estimated", *PROVENANCE]].reset_index(drop=True)
    cities.attrs["filled"] = filled
    return cities
