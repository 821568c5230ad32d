"""Charts of a results folder."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")
from tests.support.results_shelf import opened
from viz.app.results import run_charts
from viz.app.results.result_reader import RunFolder
from viz.app.ui.translations import translator

EN = translator("en")


def test_names_of_files_cannot_become_html(shelf):
    found = opened(shelf, "random_hosts")
    cities = found.tables["cities"].assign(name_en="<script>{b}", name_zh="<i>")
    marked = RunFolder(
        found.item, found.summary, found.years, found.seeds, found.series, {**found.tables, "cities": cities}
    )
    text = json.dumps(run_charts.city_map(marked, EN))
    assert "<script>" not in text
    assert "{b}" not in text
    assert "&lt;script&gt;(b)" in text


def test_a_headline_has_its_range_over_parameters_if_the_folder_has_one(shelf):
    found = opened(shelf, "random_hosts")
    assert all("over parameters" not in one["interval"] for one in run_charts.headlines(found, EN))
    row = {"table": "effects", "label": "host cities", "low": 0.5, "high": 3.25}
    missing = {"table": "effects", "label": "other cities", "low": float("nan"), "high": 1.0}
    tables = {**found.tables, "uncertainty": pd.DataFrame([row, missing])}
    with_ranges = replace(found, tables=tables)
    told = [one["interval"] for one in run_charts.headlines(with_ranges, EN)]
    assert "90 % over parameters: +0.500 … +3.25" in told[0]
    assert "over parameters" not in told[1]
