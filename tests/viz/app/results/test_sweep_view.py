"""A sweep on the page: progress, charts of the chosen measure, the table of runs."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from tests.support.rendered_page import texts_of
from tests.support.results_shelf import opened
from viz.app.results.result_reader import SweepStore
from viz.app.results.sweep_view import RunTable, SweepView, first_levels
from viz.app.ui.translations import translator

EN = translator("en")


def with_changes(store: SweepStore, **changes: object) -> SweepStore:
    return SweepStore(**{**vars(store), **changes})


def test_runs_of_one_scenario_are_shown_first(shelf) -> None:
    store = opened(shelf, "tiny")
    assert first_levels(store) == {}  # its factors are numbers
    count = len(store.finals)
    words = ["none", "actual"] * (count // 2)
    finals = store.finals.assign(scenario=words, rules="default")
    two = with_changes(store, finals=finals, factors=(*store.factors, "scenario", "rules"))
    assert first_levels(two) == {"scenario": sorted(words)[0]}  # `rules` has one value only


def test_a_sweep_shows_what_is_done_failed_and_missing(shelf) -> None:
    store = with_changes(opened(shelf, "tiny"), total=20, by_status={"ok": 12, "failed": 3})
    box, found = solara.render(SweepView(store, EN), handle_error=False)
    try:
        shown = texts_of(box)
        assert "12 / 20" in shown
        for name in ("done", "failed", "missing"):
            assert EN(f"results.sweep.{name}") in shown
        assert found.find(ipyvuetify.ProgressLinear).widgets[0].value == pytest.approx(75.0)
        assert EN("results.sweep.filter_note", count=12, all=12) in shown
        assert EN("results.sweep.no_sensitivity", kind=EN(f"results.design.{store.kind}")) in shown
    finally:
        found.close()


def test_a_sweep_without_a_finished_run_says_so(shelf) -> None:
    store = opened(shelf, "tiny")
    empty = with_changes(store, finals=store.finals.iloc[:0], by_status={})
    box, found = solara.render(SweepView(empty, EN), handle_error=False)
    try:
        assert EN("results.sweep.no_runs_hint") in texts_of(box)
        assert found.find(ipyvuetify.DataTable).widgets == []
    finally:
        found.close()


def test_the_table_of_runs_begins_with_the_chosen_measure(shelf, monkeypatch) -> None:
    monkeypatch.setattr("viz.app.results.sweep_view.MAX_SHOWN", 5)
    store = opened(shelf, "tiny")
    measure = store.measures[-1]
    box, found = solara.render(RunTable(store, store.finals, measure, EN), handle_error=False)
    try:
        table = found.find(ipyvuetify.DataTable).widget
        keys = [head["value"] for head in table.headers]
        assert keys[: 2 + len(store.factors) + 1] == ["run", "replication", *store.factors, measure]
        assert len(keys) == 2 + len(store.factors) + 6
        assert [row["run"] for row in table.items] == store.finals["run"].head(5).tolist()
        assert EN("results.sweep.table_capped", shown=5, all=len(store.finals)) in texts_of(box)
    finally:
        found.close()
