"""Charts of studies: their order, intervals and colours, from tables of a few rows."""

from __future__ import annotations

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.questions.frontier import NEITHER
from viz.app.results import study_charts
from viz.app.ui.translations import translator

EN = translator("en")


def test_scenarios_and_findings_come_in_the_order_of_the_table() -> None:
    table = pd.DataFrame({"scenario": ["b", "a", "b"], "id": ["C2", "C1", "C2"]})
    assert study_charts.scenarios_of(table) == ["b", "a"]
    assert study_charts.regime_ids(table) == ["C2", "C1"]
    assert study_charts.layout_measures(pd.DataFrame({"measure": ["unheard of"]})) == []


def test_names_that_the_page_does_not_know_are_shown_as_they_are() -> None:
    assert study_charts.finding_name("X99", EN) == "X99"
    assert study_charts.mechanism_name("unheard of", EN) == "unheard of"


def test_the_frontier_is_a_point_a_draw_pale_where_neither_finding_holds() -> None:
    rows = [
        {"scenario": "s", "point": 0, "c13": 1.0, "c14": -2.0, "holds": "both"},
        {"scenario": "s", "point": 1, "c13": 0.5, "c14": 0.25, "holds": NEITHER},
        {"scenario": "s", "point": 2, "c13": None, "c14": 0.25, "holds": NEITHER},
        {"scenario": "t", "point": 0, "c13": 9.0, "c14": 9.0, "holds": "both"},
    ]
    (series,) = study_charts.frontier(pd.DataFrame(rows), "s", EN)["series"]  # type: ignore[misc]
    assert [point["value"] for point in series["data"]] == [[1.0, -2.0], [0.5, 0.25]]
    assert [point["itemStyle"]["opacity"] for point in series["data"]] == [0.9, 0.3]
    assert [point["symbolSize"] for point in series["data"]] == [16, 10]


def test_oversupply_has_a_line_for_each_way_of_access_that_was_run() -> None:
    rows = [
        {
            "scenario": "s",
            "access": "network",
            "multiple": m,
            "measure": "utilisation",
            "mean": m,
            "se": 0.1,
            "seeds": 4,
        }
        for m in (2.0, 1.0)
    ]
    option = study_charts.oversupply(pd.DataFrame(rows), "s", "utilisation", EN)
    assert option["xAxis"]["data"] == ["1", "2"]  # type: ignore[index]
    assert option["legend"]["data"] == [EN("results.access.network")]  # type: ignore[index]
