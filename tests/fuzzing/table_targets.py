"""Tables, fuzzed: users' cities, centres, links and panels, and the table of a design."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.fuzzing.broken_values import Draw, csv_bytes, damaged, edited_table, parquet_bytes
from tests.fuzzing.target import Attempt, Target, check_sentence, hold, outcome
from tests.robustness.broken_tables import TABLES, csv_of


def rows_of(kind: str) -> list[list[str]]:
    """A sound table of the corpus, header first."""
    rows = TABLES[kind][1]
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def table_target(
    kind: str, readers: tuple[str, ...], columns: Callable[[], Sequence[str]], read: Callable[[Path], object]
) -> Target:
    """A table: as its bytes, or a sound one edited and written as CSV or Parquet."""

    def begin(sound: Path, folder: Path) -> Attempt:
        from model.files.user_tables import InputError

        rows, names = rows_of(kind), list(columns())
        text = csv_of(TABLES[kind][1]).encode()

        def attempt(data: bytes) -> str:
            draw = Draw(data)
            how = draw.upto(8)
            if how == 0:
                content = draw.rest()
            elif how == 1:
                content = damaged(draw, text)
            elif how == 2:
                content = damaged(draw, parquet_bytes(Draw(b""), rows))
            elif how == 3:
                types = draw.some()
                content = parquet_bytes(Draw(types), edited_table(draw, rows, names))
            else:
                style = draw.some() if how == 4 else b""
                content = csv_bytes(Draw(style), edited_table(draw, rows, names))
            path = folder / ("t.parquet" if how in (2, 3) else "t.csv")
            path.write_bytes(content)
            return outcome(lambda: read(path), (InputError,), ("t.parquet", "t.csv"))

        return attempt

    return Target(
        kind,
        ("model.files.user_tables.read_table", *readers),
        begin,
        (b"\4", b"\3", b"\1", b"\2", b"\0" + csv_of(TABLES[kind][1]).encode()),
    )


def read_cities(path: Path) -> None:
    """Cities, and the network that is built of them."""
    from model.country.city_accounts import INSTITUTIONS
    from model.country.city_tables import load_cities
    from model.country.network import build_network

    cities = load_cities(path)
    numbers = cities.select_dtypes("number")
    drawn = numbers[list(INSTITUTIONS)]  # a blank is drawn for each seed
    hold(bool((np.isfinite(drawn) | drawn.isna()).all(axis=None)), "an institution is infinite")
    numbers = numbers.drop(columns=drawn)
    hold(bool(np.isfinite(numbers.to_numpy(dtype=float)).all()), "a figure is not finite")
    given = numbers[[c for c in numbers if c.startswith(("pop", "gdp"))]]
    hold(bool((given >= 0).all(axis=None)), "a figure is below 0")
    hold(cities["city_id"].is_unique and bool((cities["city_id"] > 0).all()), "ids are not unique")
    hold(bool((cities["name_en"].str.len() > 0).all()), "a city has no name")
    build_network(cities)


def read_centres(path: Path) -> None:
    """Centres of the shipped cities."""
    from model.country.city_tables import load_centres
    from model.scenarios.scenario_catalogue import SCENARIOS
    from model.scenarios.siting import openings_of

    centres = load_centres(path, shipped())
    hold(centres["centre_id"].is_unique, "ids are not unique")
    hold(
        bool(np.isfinite(centres["capacity"]).all() and (centres["capacity"] >= 0).all()),
        "a capacity cannot be",
    )
    for opening in openings_of(SCENARIOS["actual"], shipped(), centres, 2005, 1):
        hold(-400 < opening.quarter < 400, "a centre opens in another age")


def read_links(path: Path) -> None:
    """Links of a small country, and its network."""
    from model.country.network import build_network, link_table
    from model.country.user_links import read_links

    cities = shipped().head(4)
    links = read_links(path, cities)
    try:
        links = link_table(build_network(cities, links=links))
    except ValueError as error:  # a network in parts is refused by its own sentence, which names no file
        check_sentence(str(error))
        return
    hold(
        bool(np.isfinite(links[["km", "latency_ms", "capacity_tbps"]].to_numpy()).all()),
        "a link is not finite",
    )


def read_panel(path: Path) -> None:
    """A user's panel."""
    from experiments.evaluation.observed_panel import read_observed

    table, _ = read_observed(path)
    numbers = table.select_dtypes("number").to_numpy(dtype=float)
    hold(bool(np.isfinite(numbers).all()), "a number is not finite")
    hold(not table.duplicated(["city_id", "year"]).any(), "a city has a year twice")
    hold(set(table["centre"].unique()) <= {0.0, 1.0}, "a treatment is neither 0 nor 1")


_KEPT: dict[str, Any] = {}


def shipped() -> pd.DataFrame:
    if "cities" not in _KEPT:
        from model.country.city_tables import load_cities

        _KEPT["cities"] = load_cities()
    return _KEPT["cities"]  # type: ignore[no-any-return]


def _columns_of(module: str, name: str) -> Callable[[], Sequence[str]]:
    def columns() -> Sequence[str]:
        import importlib

        return [column.name for column in getattr(importlib.import_module(module), name)]

    return columns


def table_targets() -> tuple[Target, ...]:
    """Tables that the program reads."""
    return (
        table_target(
            "cities",
            ("model.country.city_tables.load_cities", "model.country.network.build_network"),
            _columns_of("model.country.country_columns", "CITY_COLUMNS"),
            read_cities,
        ),
        table_target(
            "centres",
            ("model.country.city_tables.load_centres",),
            _columns_of("model.country.country_columns", "CENTRE_COLUMNS"),
            read_centres,
        ),
        table_target(
            "links",
            ("model.country.user_links.read_links",),
            _columns_of("model.country.user_links", "LINK_COLUMNS"),
            read_links,
        ),
        table_target(
            "panel",
            ("experiments.evaluation.observed_panel.read_observed",),
            _columns_of("experiments.evaluation.observed_panel", "PANEL_COLUMNS"),
            read_panel,
        ),
    )
