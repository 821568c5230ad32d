"""Results of runs on the page: one folder, and two compared."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from tests.support.rendered_page import texts_of, within
from tests.support.results_shelf import opened
from viz.app.results.run_view import RunView, series_table
from viz.app.ui.translations import translator

EN = translator("en")


def test_a_series_is_a_row_for_each_seed_arm_and_year(shelf) -> None:
    folder = opened(shelf, "random_hosts")
    table = series_table(folder, "innovation")
    assert len(table) == 2 * len(folder.seeds) * len(folder.years)
    for (arm, seed), rows in table.groupby(["arm", "seed"]):
        assert rows["year"].tolist() == list(folder.years)
        wanted = folder.series["innovation", arm][folder.seeds.index(seed)]
        np.testing.assert_array_equal(rows["innovation"], wanted)
    assert set(table["folder"]) == {folder.item.name}


def headings(box) -> list[str]:
    return [texts_of(part) for part in within(box) if getattr(part, "tag", "") in ("h2", "h3")]


def test_one_folder_has_a_chart_for_each_measure_and_its_cities(shelf) -> None:
    folder = opened(shelf, "random_hosts")
    box, found = solara.render(RunView([folder], EN), handle_error=False)
    try:
        shown = headings(box)
        known = [name for name, arm in folder.series if arm == "with"]
        assert [EN(f"results.measure.{name}") for name in known if EN(f"results.measure.{name}") in shown]
        for part in ("over_time", "distance", "gdp_distance", "channels", "cities", "map"):
            assert EN(f"results.{part}") in shown
        assert EN("results.compared") not in shown
        table = found.find(ipyvuetify.DataTable).widget
        assert len(table.items) == len(folder.tables["cities"])
        charts = [part for part in within(box) if part.has_trait("option")]
        difference = found.find(ipyvuetify.Switch).widgets[0]
        assert difference.v_model  # shown first: differences from the twin
        before = [dict(chart.option) for chart in charts]
        difference.v_model = False
        changed = [a != dict(b.option) for a, b in zip(before, charts, strict=True)]
        assert any(changed)
        assert not all(changed)
    finally:
        found.close()


def test_two_folders_are_compared_measure_by_measure(shelf) -> None:
    folders = [opened(shelf, "random_hosts"), opened(shelf, "actual")]
    box, found = solara.render(RunView(folders, EN), handle_error=False)
    try:
        shown = headings(box)
        assert EN("results.compared") in shown
        assert any(title.startswith("random_hosts: ") for title in shown)
        assert any(title.startswith("actual: ") for title in shown)
        selects = found.find(ipyvuetify.Select).widgets
        assert ["actual" in str(select.items) for select in selects].count(
            True
        ) == 1  # whose cities are shown
    finally:
        found.close()
