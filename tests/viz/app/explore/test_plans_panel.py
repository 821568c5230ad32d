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
from viz.app.explore.plan_sample import KNOWN, PlanSample, plan_effects
from viz.app.explore.plans_panel import curves, plan_names, plan_text
from viz.app.explore.simulation import Simulation
from viz.app.serving_options import OPENS_AT
from viz.app.ui.translations import translator

UNTIL = 12


@pytest.fixture(scope="module")
def ready(land) -> list[Any]:
    """Random hosts from 2006 and none, with two seeds, to the end of 2007."""
    first = replace(SMALL, scenario="random_hosts", changes=(("capacity_scale", 3.0),))
    sample = PlanSample(land, (first, replace(SMALL, scenario="none")))
    sample.seeds, sample.until = range(3, 5), 32
    while sample.run_one(lambda: True):
        pass
    return sample.ready(32)


def test_each_plan_has_the_numbers_of_a_visitor_who_runs_it(land, ready):
    other = Simulation(land, replace(SMALL, seed="4", changes=(("capacity_scale", 3.0),)))
    for _ in range(32):
        other.step()
    shot = other.snapshot()
    assert ready[1][1].innovation == shot.run.totals.innovation
    assert ready[1][0].recent_theil == shot.twin.totals.recent_theil


def test_the_difference_is_that_of_the_runs_with_the_same_seed(ready):
    a, b, apart = curves(ready, "innovation", 32, 2)
    assert np.allclose(apart, b - a)
    total = [[np.sum(run.innovation[29:33]) for run in row] for row in ready]
    assert apart[0, -1] == pytest.approx(100 * np.log(total[0][2] / total[0][1]))
    assert plan_names(3) == ["A", "B", "C", "B − A", "C − A"]
    assert [one.shape for one in plan_effects(ready, "gdp", 20)] == [(2, 20), (2, 20)]


def test_runs_of_plans_are_made_once(land, ready):
    before = len(KNOWN)
    again = PlanSample(land, (replace(SMALL, scenario="none"),))
    again.seeds, again.until = range(3, 5), 32
    assert again.next_run() is not None  # its own run without any centre has other parameters
    while again.run_one(lambda: True):
        pass
    assert len(KNOWN) == before + 2


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
    rows = {row[0]: row[1:] for row in table.frame["rows"]}
    assert rows["effect on innovation, %"][0] == "0.00"
    assert rows["building of own centres, % of a year's GDP"] == ["0", "0", "0"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_is_told_in_a_line(language):
    options = replace(SMALL, changes=tuple((f"progress_{kind}", 0.2) for kind in ("basic", "super")))
    line = plan_text(options, translator(language))
    assert line.count("0.2") == 2
    assert ("progress" in line) == (language == "en")
