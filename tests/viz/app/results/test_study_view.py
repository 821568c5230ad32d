"""A study on the page: its charts and its tables."""

from __future__ import annotations

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from tests.support.rendered_page import texts_of, within
from tests.support.results_shelf import opened
from viz.app.results import study_charts
from viz.app.results.study_view import FIRST_MEASURES, StudyTable, StudyView, rows_of
from viz.app.ui.translations import translator

EN = translator("en")


def test_rows_are_those_of_all_values() -> None:
    table = pd.DataFrame({"scenario": ["a", "a", "b"], "measure": ["x", "y", "x"], "mean": [1.0, 2.0, 3.0]})
    assert rows_of(table, scenario="a", measure="y")["mean"].tolist() == [2.0]
    assert rows_of(table, scenario="b", measure="y").empty
    assert len(rows_of(table)) == 3


def test_a_switch_shows_every_measure_of_the_layouts(shelf) -> None:
    study = opened(shelf, "studies/layouts")
    known = study_charts.layout_measures(study.tables["layouts"])
    box, found = solara.render(StudyView(study, EN), handle_error=False)
    try:
        first = [name for name in FIRST_MEASURES if name in known]
        assert len(first) < len(known)
        for names in (first, known):
            shown = texts_of(box)
            assert [name for name in names if EN(f"results.layout.{name}") not in shown] == []
            charts = [part for part in within(box) if part.has_trait("option")]
            assert len(charts) == len(names)
            found.find(ipyvuetify.Switch).widget.v_model = True
        tables = [name for name in study.tables if name != "by_seed"]
        assert len(found.find(ipyvuetify.DataTable).widgets) == len(tables)
    finally:
        found.close()


def test_a_long_table_says_how_much_of_it_is_shown(shelf, monkeypatch) -> None:
    monkeypatch.setattr("viz.app.results.study_view.MAX_SHOWN", 3)
    study = opened(shelf, "studies/layouts")
    table = pd.DataFrame({"name": list("abcde"), "size": [1.23456789] * 5})
    box, found = solara.render(StudyTable(study, "made_up", table, EN), handle_error=False)
    try:
        shown = found.find(ipyvuetify.DataTable).widget
        assert shown.items == [{"name": letter, "size": 1.235} for letter in "abc"]
        assert [head["align"] for head in shown.headers] == ["start", "end"]
        assert EN("results.sweep.table_capped", shown=3, all=5) in texts_of(box)
        assert "made_up.parquet" in texts_of(box)
    finally:
        found.close()
