"""Results that were edited are refused with a sentence that names the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.rerun import read_repeatable
from experiments.results.read_results import ResultsError, read_results
from experiments.results.result_tables import CITIES, READ
from experiments.storage import parquet
from model.files.user_tables import InputError
from tests.fuzzing.target import check_sentence


def results_in(folder: Path) -> Path:
    """A results folder of three cities, two years and one seed."""
    folder.mkdir()
    numbers = {name: 1.0 for name, kind in CITIES.items() if kind == "numbers"}
    cities = pd.DataFrame(
        [
            {
                "city_id": k,
                "name_en": "a",
                "name_zh": "",
                "province": "",
                "region": "",
                "provincial_capital": False,
                **numbers,
            }
            for k in (1, 2, 3)
        ]
    )
    keys = [(arm, year, city) for arm in ("with", "without") for year in (2005, 2006) for city in (1, 2, 3)]
    panel = pd.DataFrame(
        [
            {"seed": 1, "arm": arm, "year": year, "city_id": city, **dict.fromkeys(READ, 0.5)}
            for arm, year, city in keys
        ]
    )
    centres = pd.DataFrame(
        {
            "seed": [1],
            "centre_id": ["a"],
            "city_id": [2],
            "kind": ["super"],
            "opened": ["2005Q3"],
            "capacity": [1.0],
            "year": [2005],
        }
    )
    summary = {
        "scenario": "actual",
        "meaning": "a try",
        "first_year": 2005,
        "last_year": 2006,
        "parameters": {},
        "extensions": [],
    }
    for name, frame in (("panel", panel), ("centres", centres), ("city_table", cities)):
        parquet.write(frame, folder / f"{name}.parquet")
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    return folder


def changed(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / f"{name}.parquet"
        parquet.write(change(pd.read_parquet(path)), path)

    return edit


def with_summary(**values: Any) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "summary.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**known, **values}), encoding="utf-8")

    return edit


EDITS = {
    "cities without latitude": changed("city_table", lambda f: f.drop(columns="lat")),
    "cities without region": changed("city_table", lambda f: f.drop(columns="region")),
    "ids that are texts": changed("city_table", lambda f: f.assign(city_id=["", "2", "3"])),
    "a city twice": changed("city_table", lambda f: f.assign(city_id=[1, 1, 3])),
    "coordinates that are texts": changed("city_table", lambda f: f.assign(lon=["True"] * 3)),
    "a city nowhere": changed("city_table", lambda f: f.assign(lat=[91.0] * 3)),
    "people below zero": changed("city_table", lambda f: f.assign(population_2010=[-1.0] * 3)),
    "no seed": changed("panel", lambda f: f.drop(columns="seed")),
    "no rows": changed("panel", lambda f: f.head(0)),
    "half of the rows": changed("panel", lambda f: f.head(6)),
    "a row less": changed("panel", lambda f: f.head(11)),
    "rows in another order": changed("panel", lambda f: f.iloc[::-1]),
    "a year less in one arm": changed("panel", lambda f: f.drop(index=[9, 10, 11])),
    "an arm of another name": changed("panel", lambda f: f.assign(arm=["with"] * 6 + ["else"] * 6)),
    "measures that are texts": changed("panel", lambda f: f.assign(innovation=["1"] * 12)),
    "measures without end": changed("panel", lambda f: f.assign(innovation=[np.inf] * 12)),
    "seeds that are fractions": changed("panel", lambda f: f.assign(seed=0.5)),
    "lists in a cell": changed("panel", lambda f: f.assign(arm=[["with"]] * 12)),
    "a centre in no city": changed("centres", lambda f: f.assign(city_id=9)),
    "a centre without city": changed("centres", lambda f: f.drop(columns="city_id")),
    "a centre of no kind": changed("centres", lambda f: f.assign(kind="x")),
    "a centre in no quarter": changed("centres", lambda f: f.assign(opened=[None])),
    "a centre in an odd quarter": changed("centres", lambda f: f.assign(opened="2005Q33")),
    "a capacity below zero": changed("centres", lambda f: f.assign(capacity=-1.0)),
    "no last year": with_summary(last_year=None),
    "a last year without end": with_summary(last_year=float("inf")),
    "no parameters": with_summary(parameters=3),
    "no scenario": with_summary(scenario=["actual"]),
    "extensions that are none": with_summary(extensions=[{"name": 1}]),
    "a list for a summary": lambda folder: (folder / "summary.json").write_text("[1]"),
    "a deep summary": lambda folder: (folder / "summary.json").write_text("[" * 100_000),
    "an empty summary": lambda folder: (folder / "summary.json").write_text(""),
}


def test_sound_results_are_read(tmp_path):
    folder = results_in(tmp_path / "r")
    assert len(read_results(folder).pairs) == 1
    assert read_repeatable(folder).seeds == (1,)
    changed("centres", lambda f: f.head(0))(folder)
    assert len(read_results(folder).centres) == 0


@pytest.mark.parametrize("edit", EDITS)
def test_results_that_were_edited_are_refused(edit: str, tmp_path):
    folder = results_in(tmp_path / "r")
    EDITS[edit](folder)
    for read, error in ((read_results, ResultsError), (read_repeatable, (ResultsError, InputError))):
        with pytest.raises(error) as refused:
            read(folder)
        check_sentence(str(refused.value), (str(folder),))
