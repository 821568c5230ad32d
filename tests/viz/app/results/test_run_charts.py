"""Charts of a results folder."""

from __future__ import annotations

import json

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
