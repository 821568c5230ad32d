"""Read and check a user's table of links between cities; report every bad row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from model.country.city_lookup import CityLookup
from model.country.country_columns import headings_of
from model.country.links import KINDS, LIGHT_US_PER_KM, components, on_sphere, pair_km
from model.files.table_columns import Remark, Review, Row, TableColumn, Value
from model.files.user_tables import InputError, Problem, read_table

LINK_COLUMNS = (
    TableColumn(
        "from_city",
        "city",
        "one end",
        required=True,
        blank=False,
        headings=headings_of("from origin source 起点 起点城市 出发城市"),
    ),
    TableColumn(
        "to_city",
        "city",
        "the other end",
        required=True,
        blank=False,
        headings=headings_of("to destination target 终点 终点城市 到达城市"),
    ),
    TableColumn(
        "km",
        "number",
        "length for the latency rule; blank: great circle",
        "km",
        0.0,
        40_000.0,
        headings=headings_of("距离 里程 长度 length distance", None),
        units={"km": 1.0, "公里": 1.0, "千米": 1.0, "米": 0.001},
    ),
    TableColumn(
        "latency_ms",
        "number",
        "one-way latency; blank: by the rule",
        "ms",
        0.000_001,
        10_000.0,
        headings=headings_of("单向时延 onewaylatency", None),
        units={"ms": 1.0, "毫秒": 1.0, "微秒": 0.001},
    ),
    TableColumn(
        "capacity_tbps",
        "number",
        "capacity; blank: as a local link",
        "Tbit/s",
        0.000_001,
        1_000_000.0,
        headings=headings_of("带宽 容量 bandwidth capacity", None),
        units={"Tbit/s": 1.0, "Tbps": 1.0, "Gbit/s": 0.001, "Gbps": 0.001},
    ),
    TableColumn(
        "kind",
        "text",
        "tier, sets the detour of a blank latency; blank: local",
        choices=KINDS,
        words={"本地": "local", "省内": "provincial", "骨干": "backbone"},
    ),
)

# A length may be a tenth shorter than the great circle: a city's point is not the site of its exchange.
_SHORTER = 0.9


def read_links(path: str | Path, cities: pd.DataFrame) -> pd.DataFrame:
    """Read a table of links between the given cities, with the columns of `LINK_COLUMNS`.

    Args:
        cities: As `model.country.city_tables.load_cities` returns them, with `city_id`, `lon`, `lat`.

    Returns:
        One row for each link, blank cells as NaN (text: ""), for `build_network(cities, links=...)`.

    Raises:
        InputError: with every bad row: an unknown city, a link from a city to itself, a pair linked twice, a
            length, latency or capacity that is not positive, a link shorter than the great circle, a link
            faster than light.
    """
    return read_table(path, LINK_COLUMNS, review=_review(cities), city_of=CityLookup(cities).city_of)


def check_links(links: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    """Check a DataFrame of links (rows are counted from 1), and that they reach every city.

    Returns:
        The links by node: `u` < `v` (row positions in `cities`), `km`, `latency_ms`, `capacity_tbps` (NaN if
        blank) and `kind`, ordered by (u, v).

    Raises:
        InputError: with every bad row, or else with every city that no route joins to the largest component.
    """
    missing = [column.name for column in LINK_COLUMNS if column.required and column.name not in links.columns]
    if missing:
        raise InputError([Problem("links", None, name, "is missing") for name in missing])
    review, problems, rows = _review(cities), [], []
    for number, (cells, remarks) in enumerate(_rows(links), start=1):
        problems += [
            Problem("links", number, found.column, found.what, found.allowed)
            for found in review(cells, remarks)
        ]
        rows.append(cells)
    if problems:
        raise InputError(problems)

    node_of = {int(city): node for node, city in enumerate(cities["city_id"])}
    ends = np.array([[node_of[row["from_city"]], node_of[row["to_city"]]] for row in rows]).reshape(-1, 2)  # type: ignore[index]
    links = pd.DataFrame({"u": ends.min(axis=1), "v": ends.max(axis=1)})
    for name in ("km", "latency_ms", "capacity_tbps"):
        links[name] = np.array([row[name] for row in rows], dtype=np.float64)
    links["kind"] = [row["kind"] or KINDS[0] for row in rows]
    _refuse_unreached(cities, links)
    return links.sort_values(["u", "v"], ignore_index=True)


def _refuse_unreached(cities: pd.DataFrame, links: pd.DataFrame) -> None:
    count, part = components(len(cities), zip(links["u"], links["v"], strict=True))
    if count == 1:
        return
    apart = np.flatnonzero(part != np.argmax(np.bincount(part)))
    names = [f"{cities['name_en'].iloc[node]} ({cities['city_id'].iloc[node]})" for node in apart]
    raise InputError(
        [
            Problem("links", None, None, f"no route joins {name} to the largest connected component")
            for name in names
        ]
    )


def _review(cities: pd.DataFrame) -> Review:
    """Return the check of a row against the cities and the rows before it; each table needs its own."""
    node_of = {int(city): node for node, city in enumerate(cities["city_id"])}
    points = on_sphere(cities)
    linked: set[tuple[int, int]] = set()

    def review(row: Row, remarks: list[Remark]) -> list[Remark]:
        found = list(remarks)
        bad = {remark.column for remark in remarks}
        ends: list[int] = []
        for name in ("from_city", "to_city"):
            city = row[name]
            if name in bad or not isinstance(city, int):
                continue
            if city in node_of:
                ends.append(city)
            else:
                found.append(Remark(name, f"{city} is not a city_id of the table of cities"))
        if len(ends) < 2:
            return found
        low, high = min(ends), max(ends)
        if low == high:
            return [*found, Remark(None, f"joins city {low} to itself")]
        if (low, high) in linked:
            found.append(
                Remark(None, f"cities {low} and {high} are linked by an earlier row", "each pair once")
            )
        linked.add((low, high))

        straight = float(pair_km(points, np.array([node_of[low]]), np.array([node_of[high]]))[0])
        km, latency = row["km"], row["latency_ms"]
        if isinstance(km, float) and "km" not in bad and km < _SHORTER * straight:
            found.append(Remark("km", f"{km:g} km is shorter than the great circle, {straight:.4g} km"))
        fastest = (km if isinstance(km, float) and "km" not in bad else straight) * LIGHT_US_PER_KM / 1000.0
        if isinstance(latency, float) and "latency_ms" not in bad and latency < fastest:
            limit = f"{fastest:.4g} ms or more (light takes {LIGHT_US_PER_KM} µs per km)"
            found.append(
                Remark("latency_ms", f"{latency:g} ms is faster than light; allowed: {limit}", limit)
            )
        return found

    return review


def _rows(links: pd.DataFrame) -> Iterator[tuple[dict[str, Value], list[Remark]]]:
    """Yield each row of a DataFrame as cells of `LINK_COLUMNS`, with remarks on single cells."""
    for record in links.to_dict("records"):
        cells: dict[str, Value] = {}
        remarks = []
        for column in LINK_COLUMNS:
            value = record.get(column.name)
            blank = value is None or value is pd.NA or value == "" or value != value
            cells[column.name] = None if blank else _typed(column, value)
            if blank and not column.blank:
                remarks.append(Remark(column.name, "is blank"))
            elif not blank and not _fits(column, cells[column.name]):
                remarks.append(Remark(column.name, f"{value} is not {column.allowed()}", column.allowed()))
        yield cells, remarks


def _typed(column: TableColumn, value: object) -> Value:
    if column.kind == "text":
        return str(value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return int(number) if column.kind == "city" and number.is_integer() else number


def _fits(column: TableColumn, value: Value) -> bool:
    if column.choices:
        return value in column.choices
    if column.kind == "city":
        return isinstance(value, int)
    low, high = column.low, column.high
    return (
        isinstance(value, float)
        and math.isfinite(value)
        and (low is None or low <= value)
        and (high is None or value <= high)
    )
