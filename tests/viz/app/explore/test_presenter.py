"""The presenter's mode: slides, keys' events, stories, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.rendered_page import RenderedPage, wait_for, within
from tests.support.small_page import SMALL
from viz.app import page as app_page
from viz.app.explore import page_state
from viz.app.explore.country_charts import COUNTRY
from viz.app.explore.presenter import SCALE
from viz.app.explore.session import Session
from viz.app.serving_options import OPENS_AT


@pytest.fixture
def page(monkeypatch, land) -> Iterator[RenderedPage]:
    monkeypatch.setattr(app_page, "load_country", lambda path: land)
    monkeypatch.setattr(page_state, "RunOptions", lambda: replace(SMALL, scenario="none"))
    monkeypatch.setenv(OPENS_AT, "")
    opened = RenderedPage()
    opened.wait("start of 2005")
    yield opened
    opened.close()


def parts_with(page: RenderedPage, trait: str) -> list[object]:
    return [one for one in within(page.box) if one.has_trait(trait)]


def test_slides_fill_the_page_and_esc_brings_everything_back(page):
    page.part("stories").vue_present(None)
    wait_for(lambda: parts_with(page, "playing"))
    assert not parts_with(page, "groups")  # settings
    assert not parts_with(page, "speeds")
    bar = page.part("playing")
    assert (bar.place, bar.count) == (0, 1 + len(COUNTRY))
    assert len(parts_with(page, "cities")) == 1  # the map
    wait_for(lambda: "opens no centre" in (page.part("playing").frame or {}).get("text", ""))
    for by, place in ((1, 1), (1, 2), (-1, 1), (7, 1), ("1", 1)):
        page.part("playing").vue_turn(by)
        wait_for(lambda place=place: page.part("playing").place == place)
    (chart,) = parts_with(page, "option")
    assert chart.scale == SCALE
    assert "innovation" in chart.text
    page.part("playing").vue_turn(-1)
    page.part("playing").vue_turn(-1)
    wait_for(lambda: page.part("playing").place == len(COUNTRY))
    page.part("playing").vue_leave(None)
    wait_for(lambda: parts_with(page, "groups"))


def test_a_story_turns_its_own_steps(page, monkeypatch):
    monkeypatch.setattr(Session, "load", lambda self, options: None)  # its runs are large
    page.part("stories").vue_tell("gap")
    wait_for(lambda: parts_with(page, "parts"))
    page.part("stories").vue_present(None)
    wait_for(lambda: parts_with(page, "playing"))
    before = page.part("parts").place
    page.part("playing").vue_turn(1)
    wait_for(lambda: page.part("parts").place == before + 1)
    assert page.part("playing").place == 0
