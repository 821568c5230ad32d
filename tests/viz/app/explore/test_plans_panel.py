"""The panel of plans: one chart of all plans, their difference seed by seed, and the clicks it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.rendered_page import RenderedPage, wait_for, within
from tests.support.small_page import SMALL
from viz.app import page as app_page
from viz.app.explore import page_state, plan_sample, seed_sample
from viz.app.explore.plans_panel import plan_names, plan_text
from viz.app.serving_options import OPENS_AT
from viz.app.ui.translations import translator

UNTIL = 12


@pytest.fixture
def page(monkeypatch, land) -> Iterator[RenderedPage]:
    monkeypatch.setattr(app_page, "load_country", lambda path: land)
    monkeypatch.setattr(page_state, "RunOptions", lambda: replace(SMALL, scenario="none"))
    monkeypatch.setenv(OPENS_AT, "")
    for module in (plan_sample, seed_sample):  # runs in the background end with the page's
        monkeypatch.setattr(module, "LAST_STORY_YEAR", 2007)
    opened = RenderedPage()
    opened.wait("start of 2005")
    yield opened
    opened.close()


def chart_of(page: RenderedPage) -> Any:
    charts = [one for one in within(page.box) if one.has_trait("option") and "Plans:" in one.text]
    return charts[0] if charts else None


def clicking(page: RenderedPage) -> tuple[list[str], Callable[..., None]]:
    """The clicks that a visitor makes, and a function that makes one of a widget's."""
    made: list[str] = []

    def click(trait: str, event: str, data: Any, clicks: int = 1) -> None:
        made.extend([event] * clicks)
        getattr(page.part(trait), f"vue_{event}")(data)

    return made, click


def test_two_plans_are_on_one_chart_after_at_most_six_clicks(page):
    made, click = clicking(page)
    page.time.vue_jump("2007")
    page.wait("end of 2007Q4")
    tabs = next(one for one in within(page.box) if one.has_trait("kind") and one.kind == "tabs")
    made.append("tab")
    tabs.vue_set({"key": "side", "value": "plans"})
    wait_for(lambda: chart_of(page) is not None)
    click("free", "add", {"scenario": "random_hosts"}, clicks=2)  # opens the list, and chooses
    wait_for(lambda: len(page.part("free").plans) == 2)
    page.wait("end of 2007Q4")
    wait_for(lambda: len((chart_of(page).frame or {"option": {"series": []}})["option"]["series"]) == 9)
    wait_for(lambda: chart_of(page).frame["option"]["series"][2]["data"])
    series = chart_of(page).frame["option"]["series"]
    a, b, apart = (np.array(one["data"], dtype=float) for one in series[2::3])
    assert len(a) == UNTIL
    assert np.allclose(apart, b - a, atol=1e-3)
    assert len(made) <= 6
    table = next(one for one in within(page.box) if one.has_trait("heads") and one.title == "Plans compared")

    def told():
        return {row[0]: row[1:] for row in (table.frame or {"rows": []})["rows"]}

    wait_for(lambda: "effect on innovation, %" in told())  # it may follow the chart
    rows = told()
    assert rows["effect on innovation, %"][0] == "0.00"
    assert rows["building of own centres, % of a year's GDP"] == ["0", "0", "0"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_is_told_in_a_line(language):
    options = replace(SMALL, changes=tuple((f"progress_{kind}", 0.2) for kind in ("basic", "super")))
    line = plan_text(options, translator(language))
    assert line.count("0.2") == 2
    assert plan_names(3) == ["A", "B", "C", "B − A", "C − A"]
    assert ("progress" in line) == (language == "en")
