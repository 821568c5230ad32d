"""Figures of cities from tables that others publish: a census by prefecture, a folder of yearbook tables.

A table names its cities by code or name and has a column for each figure and year, a column of years, or one
year in the name of its file. What is gathered becomes a table of cities in the program's own form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from model.country.administrative_units import FORMER, MERGED_CODES
from model.country.city_check import CityCheck
from model.country.city_lookup import CityError, CityLookup
from model.country.city_tables import SAME_CITY_KM, load_cities
from model.country.country_columns import (
    CITY_COLUMNS,
    CNY_UNITS,
    CODE_HEADINGS,
    GDP_HEADINGS,
    NAME_HEADINGS,
    PEOPLE_HEADINGS,
    PEOPLE_UNITS,
    PERSONS,
    YEAR_HEADINGS,
    headings_of,
)
from model.files.table_columns import TableColumn, parse_cell, quoted
from model.files.table_headings import Heading, heading_of, year_of
from model.files.user_tables import InputError, TextTable, read_texts

ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".dta", ".parquet", ".pq", ".gz")
MOST_FILES = 500
LISTED = 8

CODE = TableColumn("city_id", "text", "code of the city", headings=CODE_HEADINGS)
NAME = TableColumn("name_zh", "text", "name of the city", headings=NAME_HEADINGS)
YEAR = TableColumn("year", "year", "year", "year", 1900, 2100, headings=YEAR_HEADINGS)
FIGURES = (
    TableColumn(
        "people", "number", "people", "10,000 persons", 0, 1e6, headings=PEOPLE_HEADINGS, units=PEOPLE_UNITS
    ),
    TableColumn("gdp", "number", "GDP", "100 m CNY", 0, 1e8, headings=GDP_HEADINGS, units=CNY_UNITS),
    TableColumn(
        "revenue",
        "number",
        "general fiscal revenue",
        "100 m CNY",
        0,
        1e8,
        headings=headings_of(
            "一般公共预算收入 地方一般公共预算收入 公共财政收入 财政收入 fiscalrevenue", None
        ),
        units=CNY_UNITS,
    ),
)
TAKEN = {
    ("people", 2020): "population_10k",
    ("gdp", 2022): "gdp_100m_cny",
    ("people", 2010): "pop_2010",
    ("gdp", 2010): "gdp_2010",
    ("gdp", 2015): "gdp_2015",
}
"""Column of a table of cities by figure and year."""


@dataclass
class Gathered:
    """Figures by city, figure and year, with the place where each was found."""

    values: dict[tuple[int, str, int], tuple[float, str]] = field(default_factory=dict)
    reading: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)  # names of rows that are no city of today


def cities_from(source: Path) -> pd.DataFrame:
    """Return a table of cities, in the columns of CITY_COLUMNS, from a table or a folder of tables.

    Places, names and institutions are those of the shipped cities; a figure that is not in the source is
    blank. `attrs["reading"]` tells what was understood.

    Raises:
        InputError: a table that cannot be read, two figures that contradict each other, no figure at all.
    """
    ours = load_cities()
    lookup, gathered = CityLookup(ours), Gathered()
    for path in _files(source):
        _gather(path, lookup, gathered)
    if not gathered.values:
        raise InputError([f"{source.name}: holds no figure of a city: people, GDP or fiscal revenue"])
    table = _own_form(ours, gathered)
    CityCheck(ours, SAME_CITY_KM).refuse_units(source.name, table)
    table.attrs["reading"] = [*gathered.reading, *_told(gathered)]
    return table


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(
        path
        for path in source.iterdir()
        if path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~$"))
    )
    if not found:
        raise InputError([f"{source.name}: the folder holds no table ({', '.join(ENDINGS)})"])
    if len(found) > MOST_FILES:
        raise InputError([f"{source.name}: the folder holds more than {MOST_FILES} tables"])
    return found


def _gather(path: Path, lookup: CityLookup, gathered: Gathered) -> None:
    """Add the figures of one table."""
    table = read_texts(path, (CODE, NAME, YEAR, *FIGURES))
    code, name, year = (_place(table, column) for column in (CODE, NAME, YEAR))
    key = name if code is None else code
    if key is None:
        raise InputError([f"{path.name}: names no city in a column 城市代码, city_code, 城市 or city"])
    named = {int(found) for found in re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", path.stem)}
    figures = list(_figures(table, path.name, named.pop() if len(named) == 1 else None, year is not None))
    gathered.reading += [f"{path.name}: {remark}" for remark in table.remarks]
    for _, column, when, factor, heading in figures:
        said = f"{path.name}: {heading} read as {column.name}" + ("" if when is None else f" of {when}")
        gathered.reading.append(said + (f", times {factor:g}" if factor != 1.0 else ""))
    for number, cells in table.rows:
        cells = [*cells, *[""] * (len(table.header) - len(cells))]
        city = _city(cells[key].strip(), lookup)
        if city is None and name not in (None, key):
            city = _city(cells[name].strip(), lookup)
        if city is None:
            gathered.others[cells[key if name is None else name].strip()] += 1
            continue
        dated = parse_cell(YEAR, cells[year].strip()) if year is not None else None
        for place, column, when, factor, _ in figures:
            value, wrong, _ = parse_cell(column, cells[place].strip(), table.separator, factor)
            wrong = wrong or (dated.remark if dated else None)
            if wrong is not None:
                raise InputError([f"{path.name}, row {number}, column {wrong.column}: {wrong.what}"])
            at = dated.value if dated else when
            if isinstance(value, float) and isinstance(at, int):
                _add(gathered, (city, column.name, at), value, f"{path.name}, row {number}")


def _add(gathered: Gathered, key: tuple[int, str, int], value: float, where: str) -> None:
    known, before = gathered.values.get(key, (value, where))
    if abs(known - value) > 1e-6 * max(abs(known), abs(value)):
        what = f"{key[1]} of city {key[0]} in {key[2]} is {value:g} in {where}, but {known:g} in {before}"
        raise InputError([what + ": leave one of them out"])
    gathered.values[key] = known, before


def _place(table: TextTable, column: TableColumn) -> int | None:
    return next(
        (p for p, text in enumerate(table.header) if isinstance(heading_of(text, (column,)), Heading)), None
    )


def _figures(
    table: TextTable, file: str, named: int | None, dated: bool
) -> Iterator[tuple[int, TableColumn, int | None, float, str]]:
    """Yield place, figure, year, factor and heading of each column of figures."""
    for place, text in enumerate(table.header):
        heading = heading_of(text, FIGURES)
        if not isinstance(heading, Heading):
            continue
        when = year_of(text)
        if when is None and not dated:
            when = named
        problem = heading.wrong
        if not problem and when is None and not dated:
            problem = "has no year: name it in the heading, in a column 年份 or in the name of the file"
        if problem:
            raise InputError([f"{file}, column {quoted(text)[1:-1]}: {problem}"])
        yield place, heading.column, when, heading.factor, quoted(text)[1:-1]


def _city(text: str, lookup: CityLookup) -> int | None:
    """Return the city of today that a row is of; None for provinces, counties, merged units and others."""
    try:
        city, word = lookup.city_of(text)
    except CityError:
        return None
    digits = re.sub(r"\D", "", text)
    merged = any(happened in word for _, happened in FORMER.values() if "part of" in happened)
    merged |= digits[:4] in {str(code)[:4] for code in MERGED_CODES}
    county = len(digits) >= 6 and digits[4:6] != "00" and digits[:6] != str(city)
    return None if merged or county else city


def _own_form(ours: pd.DataFrame, gathered: Gathered) -> pd.DataFrame:
    figures = {
        "population_10k": ours["population_2020"] / PERSONS,
        "gdp_100m_cny": ours["gdp_2022"],
        "pop_2010": ours["population_2010"] / PERSONS,
    }
    table = ours.assign(**figures)[[column.name for column in CITY_COLUMNS]].copy()
    table["provincial_capital"] = table["provincial_capital"].astype(int)
    for (figure, year), name in TAKEN.items():
        table[name] = [gathered.values.get((int(c), figure, year), (None, ""))[0] for c in table["city_id"]]
    table[list(TAKEN.values())] = table[list(TAKEN.values())].astype("float64")
    revenue = pd.Series(
        [gathered.values.get((int(c), "revenue", 2015), (None, ""))[0] for c in table["city_id"]], dtype=float
    )
    share = revenue / table["gdp_2015"]
    table["fiscal_revenue_share"] = share.where((share > 0) & (share <= 1), table["fiscal_revenue_share"])
    return table


def _told(gathered: Gathered) -> list[str]:
    """Return what was taken, what was not used, and which rows are of no city."""
    counts = Counter((figure, year) for _, figure, year in gathered.values)
    told = [
        f"{name} is given for {counts[key]:,} cities"
        for key, name in {**TAKEN, ("revenue", 2015): "fiscal_revenue_share"}.items()
        if counts[key]
    ]
    unused = [key for key in sorted(counts) if key not in TAKEN and key != ("revenue", 2015)]
    if unused:
        told.append("not used: " + _listed([f"{figure} of {year}" for figure, year in unused]))
    if gathered.others:
        what = f"{sum(gathered.others.values()):,} rows left out, of no city of the shipped table: "
        told.append(what + _listed([quoted(name)[1:-1] for name in gathered.others]))
    return told


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
