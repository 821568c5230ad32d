"""The tables of a results folder, checked as they are read: complete, in order, of the right types.

A folder may have been edited, or written by another program; measures computed from it must neither fail
halfway nor be wrong without notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from experiments.storage import parquet
from experiments.storage.json_file import Json, read_object
from experiments.storage.parquet import DamagedError
from experiments.study.study import WITH, WITHOUT

NEEDED = ("summary.json", "panel.parquet", "centres.parquet", "city_table.parquet")
TEXT, WHOLE, NUMBER, FLAG = "texts", "whole numbers", "numbers", "true or false"
CITIES = {
    "city_id": WHOLE,
    "name_en": TEXT,
    "name_zh": TEXT,
    "province": TEXT,
    "region": TEXT,
    "provincial_capital": FLAG,
    "lon": NUMBER,
    "lat": NUMBER,
    "population_2010": NUMBER,
    "population_2020": NUMBER,
    "gdp_2010": NUMBER,
    "gdp_2022": NUMBER,
}
# Columns that measures are computed from; mechanisms that are on add further columns.
READ = (
    "innovation",
    "realised_innovation",
    "entrants",
    "talent",
    "adoption_share",
    "attention",
    "ip_protection",
    "data",
)
PANEL = {"seed": WHOLE, "arm": TEXT, "year": WHOLE, "city_id": WHOLE}
CENTRES = {
    "seed": WHOLE,
    "centre_id": TEXT,
    "city_id": WHOLE,
    "kind": TEXT,
    "opened": TEXT,
    "capacity": NUMBER,
}
QUARTER = re.compile(r"\d{4}Q[1-4]", re.ASCII)
YEARS = (1900, 2200)


def read_tables(folder: Path) -> tuple[dict[str, Json], pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return summary, panel, centres and cities. Raises DamagedError with a sentence that names the file."""
    summary = read_object(folder / NEEDED[0])
    panel, centres, cities = (parquet.read(folder / name) for name in NEEDED[1:])
    checks = (
        _of_summary(summary),
        _of_cities(cities),
        _of_panel(panel, cities),
        _of_centres(centres, cities),
    )
    for name, problems in zip((NEEDED[0], NEEDED[3], NEEDED[1], NEEDED[2]), checks, strict=True):
        for problem in problems:
            raise DamagedError(f"{folder / name} is damaged or was written by another program: {problem}")
    return summary, panel, centres, cities


def _of_summary(summary: Mapping[str, Any]) -> Iterator[str]:
    for key in ("scenario", "meaning"):
        if not isinstance(summary.get(key), str):
            yield f"it has no text {key}"
    for key in ("first_year", "last_year"):
        if type(summary.get(key)) is not int or not YEARS[0] <= summary[key] <= YEARS[1]:
            yield f"it has no {key} between {YEARS[0]} and {YEARS[1]}"
    if not isinstance(summary.get("parameters"), dict):
        yield "it has no table of parameters"
    named = summary.get("extensions", [])
    if not isinstance(named, list) or not all(_is_extension(one) for one in named):
        yield "its extensions are not a list of names, sources and hashes"


def _is_extension(one: object) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("name", "source", "hash"))


def _of_cities(cities: pd.DataFrame) -> Iterator[str]:
    yield from _kinds(cities, CITIES)
    if not len(cities) or not cities["city_id"].is_unique:
        yield "it has no cities, or has one of them twice"
    if (cities["lon"].abs() > 180).any() or (cities["lat"].abs() > 90).any():
        yield "the coordinates of a city are not on the earth"
    for name in ("population_2010", "population_2020", "gdp_2010", "gdp_2022"):
        if (cities[name] < 0).any():
            yield f"a {name} is below 0"


def _of_panel(panel: pd.DataFrame, cities: pd.DataFrame) -> Iterator[str]:
    measures = [name for name in panel.columns if name not in PANEL]
    yield from _kinds(panel, {**PANEL, **dict.fromkeys([*READ, *measures], NUMBER)})
    if not len(panel):
        yield "it has no rows"
    if not set(panel["arm"]) <= {WITH, WITHOUT}:
        yield f"an arm is neither {WITH!r} nor {WITHOUT!r}"
    years = np.arange(panel["year"].min(), panel["year"].min() + len(panel) // len(cities) + 1)
    for seed, own in panel.groupby("seed", sort=False):
        for arm in (WITH, WITHOUT):
            one = own[own["arm"] == arm]
            count = len(one) // len(cities)
            whole = len(one) == count * len(cities) > 0 and count == len(own) // len(cities) / 2
            if not whole or not (
                np.array_equal(one["year"], np.repeat(years[:count], len(cities)))
                and np.array_equal(one["city_id"], np.tile(cities["city_id"], count))
            ):
                what = f"its rows are not every city of {NEEDED[3]} in every year, in order"
                yield f"seed {seed}, {arm} centres: {what}"


def _of_centres(centres: pd.DataFrame, cities: pd.DataFrame) -> Iterator[str]:
    if not len(centres):
        return
    yield from _kinds(centres, CENTRES)
    if not centres["city_id"].isin(cities["city_id"]).all():
        yield f"a centre is in a city that {NEEDED[3]} does not have"
    if not centres["kind"].isin(KINDS).all():
        yield f"a kind is none of {', '.join(KINDS)}"
    if not all(QUARTER.fullmatch(date) for date in centres["opened"].unique()):
        yield "a centre opens in no quarter such as 2016Q2"
    if (centres["capacity"] < 0).any():
        yield "a capacity is below 0"


def _kinds(frame: pd.DataFrame, wanted: Mapping[str, str]) -> Iterator[str]:
    for name, kind in wanted.items():
        if name not in frame.columns:
            yield f"it has no column {name}"
        elif not _fits(frame[name], kind):
            yield f"the column {name} holds something else than {kind}"


def _fits(column: pd.Series, kind: str) -> bool:
    if kind == TEXT:
        return all(isinstance(cell, str) for cell in column.unique()) if _hashable(column) else False
    if kind == FLAG:
        return bool(column.dtype == bool)
    if column.dtype.kind not in ("iu" if kind == WHOLE else "iuf"):
        return False
    return bool(np.isfinite(column.to_numpy(dtype=np.float64)).all())


def _hashable(column: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(column) or all(cell.__hash__ is not None for cell in column)
