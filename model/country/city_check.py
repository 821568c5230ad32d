"""Checks of a user's table of cities against the shipped ones: codes, places, names and units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.country.city_lookup import CityError, CityLookup, codes_meant
from model.country.country_columns import PERSONS
from model.country.great_circle import great_circle_km
from model.files.table_columns import Remark, Row, Value
from model.files.user_tables import InputError, Problem

MOST_PEOPLE = 10_000.0  # 10,000 persons; the largest prefecture has 3,200
MOST_GDP = 300_000.0  # 100 m CNY; the largest city had 44,650 in 2022, the country 1.2 million
COMPARED = 3  # shipped cities that a table must have for a comparison of units
NEAR = 0.2  # greatest gap of the logarithm (base 10) of a ratio to that of a unit


@dataclass(frozen=True)
class Figure:
    """A figure of the table: its shipped column, its unit, and the units that it may be taken for.

    Attributes:
        per_unit: Of the shipped column in one unit of the table's.
        others: Names of other units by their number in one unit of the table's.
        most: No city has more.
    """

    ours: str
    per_unit: float
    unit: str
    others: Mapping[float, str]
    most: float


def _people(year: int) -> Figure:
    others = {1e4: "persons", 10.0: "thousands of persons", 0.01: "millions of persons"}
    return Figure(f"population_{year}", PERSONS, "10,000 persons", others, MOST_PEOPLE)


def _gdp(year: int) -> Figure:
    others = {
        1e4: "10,000 CNY",
        1e8: "CNY",
        1e5: "thousands of CNY",
        100.0: "millions of CNY",
        1e-4: "10^12 CNY",
    }
    return Figure(f"gdp_{year}", 1.0, "100 m CNY", others, MOST_GDP)


FIGURES = {
    "population_10k": _people(2020),
    "gdp_100m_cny": _gdp(2022),
    "pop_2010": _people(2010),
    "gdp_2010": _gdp(2010),
    "gdp_2015": _gdp(2015),
}
NEEDED = ("population_10k", "gdp_100m_cny")
"""Figures whose blanks are filled in for shipped cities only."""


class CityCheck:
    """The check of the rows of one table; a city is one of the shipped ones if it lies within `same_km`."""

    def __init__(self, ours: pd.DataFrame, same_km: float) -> None:
        self.same_km = same_km
        self.lookup = CityLookup(ours)
        self.ours = ours.set_index("city_id")
        self.seats = {
            int(city): (float(lon), float(lat)) for city, lon, lat in self.ours[["lon", "lat"]].itertuples()
        }
        self.codes: list[tuple[int, int]] = []
        self.places: dict[tuple[Value, Value], Value] = {}
        self.names: dict[str, Value] = {}
        self.too_large: set[str] = set()  # figures whose unit was refused: once for each column

    def review(self, row: Row, remarks: list[Remark]) -> list[Remark]:
        """Take a code of another form as the city that it means; report what cannot be."""
        lon, lat = row["lon"], row["lat"]
        if not (isinstance(lon, float) and isinstance(lat, float)):
            return remarks
        if 3 <= lon <= 54 and 73 <= lat <= 136:
            what = f"lon and lat look swapped (lon {lon:g}, lat {lat:g})"
            rest = [remark for remark in remarks if remark.column not in ("lon", "lat")]
            return [*rest, Remark("lon", what, "lon between 73 and 136, lat between 3 and 54")]
        if isinstance(row["city_id"], int):
            row["city_id"] = self._code(row["city_id"], lon, lat, row)
        wrong = {remark.column for remark in remarks}
        sizes = self._sizes(row)
        remarks = [remark for remark in remarks if remark.column not in {size.column for size in sizes}]
        news = [size for size in sizes if size.column not in self.too_large]
        self.too_large |= {str(size.column) for size in sizes}
        return [*remarks, *self._blanks(row, wrong), *news, *self._twice(row)]

    def words(self) -> list[str]:
        """Return how codes were understood."""
        if not self.codes:
            return []
        first, more = self.codes[0], len(self.codes) - 1
        return [f"city_id reads {first[0]} as {first[1]}" + (f", and {more} more like it" if more else "")]

    def refuse_units(self, file: str, table: pd.DataFrame) -> None:
        """Raise InputError if the figures of most shipped cities look like those of another unit."""
        problems = []
        for name, figure in FIGURES.items():
            known = self.ours[figure.ours].reindex(table["city_id"]).to_numpy() / figure.per_unit
            given = table[name].to_numpy(dtype=float)
            fine = np.flatnonzero((known > 0) & (given > 0) & self._near(table))
            if len(fine) < COMPARED:
                continue
            ratio = float(np.median(given[fine] / known[fine]))
            for size, other in figure.others.items():
                if abs(math.log10(ratio / size)) < NEAR:
                    what = f"looks like {other}, not {figure.unit}: {_mend(figure)}"
                    problems.append(Problem(file, None, name, what, figure.unit))
        if problems:
            raise InputError(problems)

    def _near(self, table: pd.DataFrame) -> np.ndarray:
        seat = self.ours[["lon", "lat"]].reindex(table["city_id"]).to_numpy()
        return np.asarray(great_circle_km(table["lon"], table["lat"], seat[:, 0], seat[:, 1]) <= self.same_km)

    def _is_ours(self, city: Value, lon: float, lat: float) -> bool:
        seat = self.seats.get(city) if isinstance(city, int) else None
        return seat is not None and bool(great_circle_km(lon, lat, *seat) <= self.same_km)

    def _code(self, city: int, lon: float, lat: float, row: Row) -> int:
        """Return the shipped code that a code of another form means; the id itself if that is not certain.

        A code of a whole prefecture with 6, 9 or 12 digits is certain near its seat. One of four digits, or
        of a county, may be an id of the user's own: the name must be the city's too.
        """
        if city in self.seats:
            return city
        digits = str(city)
        county = digits[4:6] not in ("", "00") and digits[2:6] != "0100"
        for code in codes_meant(city):
            if self._is_ours(code, lon, lat):
                names = [str(row[name]) for name in ("name_zh", "name_en") if row[name]]
                called = any(self._is_called(name, code) for name in names)
                if called or (not county and (len(digits) > 4 or not names)):
                    self.codes.append((city, code))
                    return code
        return city

    def _is_called(self, name: str, code: int) -> bool:
        try:
            return self.lookup.ids[self.lookup.find(name).row] == code
        except CityError:
            return False

    def _blanks(self, row: Row, wrong: set[str | None]) -> list[Remark]:
        blank = [name for name in NEEDED if row[name] is None and name not in wrong]
        lon, lat = row["lon"], row["lat"]
        if not blank or self._is_ours(row["city_id"], lon, lat):  # type: ignore[arg-type]
            return []
        what = "is blank, and the city is not one of the shipped ones, which have an estimate"
        return [Remark(name, what, "a number, 0 or more") for name in blank]

    def _sizes(self, row: Row) -> list[Remark]:
        found = []
        for name, figure in FIGURES.items():
            value = row.get(name)
            if isinstance(value, float) and figure.most < value < math.inf:
                likely = next(iter(figure.others.values()))
                what = f"{value:.15g} looks like {likely}, not {figure.unit}: {_mend(figure)}"
                found.append(Remark(name, what, f"at most {figure.most:g} {figure.unit}"))
        return found

    def _twice(self, row: Row) -> list[Remark]:
        """Return remarks on a city with the name or at the place of an earlier one."""
        place = (row["lon"], row["lat"])
        name = str(row["name_zh"] or row["name_en"] or "")[:200]
        city = row["city_id"]
        found = []
        if place in self.places and self.places[place] != city:
            what = f"lies exactly where city {self.places[place]} lies"
            found.append(Remark("lon", what, "another place for each city"))
        if name and name in self.names and self.names[name] != city:
            what = f"{name[:40]!r} is the name of city {self.names[name]} too"
            found.append(Remark("name_zh" if row["name_zh"] else "name_en", what, "each city once"))
        self.places.setdefault(place, city)
        if name:
            self.names.setdefault(name, city)
        return found


def _mend(figure: Figure) -> str:
    heading = "常住人口（人）" if figure.most == MOST_PEOPLE else "地区生产总值（万元）"
    return f"change the figures, or name their unit in the heading, as {heading} does"
