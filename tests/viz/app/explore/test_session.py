"""A session and its page without a browser: buttons, forms, languages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.rendered_page import RenderedPage, wait_for, within
from tests.support.small_page import SMALL
from viz.app import page as app_page
from viz.app.explore import page_state
from viz.app.explore.session import Session
from viz.app.serving_options import OPENS_AT
from viz.app.ui.translations import translator

TR = translator("en")


@pytest.fixture
def pages(monkeypatch, land) -> Iterator[Callable[[], RenderedPage]]:
    monkeypatch.setattr(app_page, "load_country", lambda path: land)
    monkeypatch.setattr(page_state, "RunOptions", lambda: replace(SMALL, scenario="actual"))
    monkeypatch.setenv(OPENS_AT, "")
    monkeypatch.setattr("viz.app.explore.seed_sample.OTHERS", 1)
    opened: list[RenderedPage] = []

    def open_page() -> RenderedPage:
        opened.append(RenderedPage())
        opened[-1].wait("start of 2005")
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


def tool_rows(page: RenderedPage) -> list[Any]:
    return [one for one in within(page.box) if one.has_trait("items") and one.has_trait("kind")]


def map_tools(page: RenderedPage) -> Any:
    """The row above the map."""
    return next(row for row in tool_rows(page) if any(item["key"] == "measure" for item in row.items))


def test_step_advances_one_quarter_and_two_sessions_are_independent(pages):
    first, second = pages(), pages()
    first.time.vue_step(None)
    first.time.vue_step(None)
    second.time.vue_step(None)
    first.wait("end of 2005Q2")
    second.wait("end of 2005Q1")


def test_run_to_year_settings_and_reset(pages):
    page = pages()
    page.time.vue_jump("2011")
    page.wait("end of 2011Q4")
    page.time.vue_jump("2011")
    wait_for(lambda: "is at the end of 2011 already" in page.said)
    page.part("groups").vue_change({"name": "talent_mobility", "value": 0.05})
    page.part("groups").vue_choose({"scenario": "none", "firms": "600"})
    wait_for(lambda: page.part("groups").stale and not page.said)
    assert page.part("groups").changed == ["talent_mobility"]
    page.time.vue_reset(None)
    page.wait("start of 2005")
    wait_for(lambda: not page.part("groups").stale)


@pytest.mark.parametrize(
    ("event", "said", "sentence"),
    [
        ("choose", {"firms": "many"}, "must be a whole number from 500 to 20,000, not 'many'"),
        ("choose", {"seed": "x" * 9999}, "the seed must be a whole number"),
        ("change", {"name": "talent_mobility", "value": 7}, "from 0 to 0.5, not 7"),
    ],
)
def test_a_mistake_is_a_sentence_on_the_page_and_the_run_continues(pages, event, said, sentence):
    page = pages()
    getattr(page.part("groups"), f"vue_{event}")(said)
    page.time.vue_reset(None)
    if event == "choose":
        wait_for(lambda: sentence in page.said.replace("\\'", "'").replace("The seed", "the seed"))
    page.time.vue_step(None)
    wait_for(lambda: page.date.startswith("end of"))


def test_pause_is_heard_though_the_browser_is_slow(pages):
    page = pages()
    page.time.vue_pace(0)
    page.time.vue_play(None)  # the browser does not answer: a second frame waits for the first
    wait_for(lambda: page.date == "end of 2005Q1")
    time.sleep(0.3)
    page.time.vue_pause(None)
    wait_for(lambda: page.time.doing == "rest", 3.0)
    assert page.date <= "end of 2005Q2"


def test_a_centre_of_ones_own_changes_the_twin_it_is_compared_with(pages, land):
    page = pages()
    page.part("links").vue_select(4)
    head = page.part("industries")
    wait_for(lambda: head.frame["name"] == land.cities["name_en"].iloc[4])
    began = time.monotonic()
    head.vue_open({"kind": "basic", "size": 1.5, "industry": ""})
    wait_for(lambda: [4, 1, 1] in page.part("links").frame["open"], 5.0)
    assert time.monotonic() - began < 5.0
    row = {"text": f"{land.cities['name_en'].iloc[4]} · basic compute · 1.5 · 2005Q1", "removed": False}
    assert page.part("groups").centres == [row]
    assert "compared with its twin without your centres" in page.said
    page.part("groups").vue_take_back(0)
    # Until Reset it is in the run, and shown as removed; it can be kept.
    wait_for(lambda: page.part("groups").stale and page.part("groups").centres == [row | {"removed": True}])
    page.part("groups").vue_take_back(0)
    wait_for(lambda: not page.part("groups").stale and page.part("groups").centres == [row])


def test_the_city_tab_opened_first_opens_a_centre_once_a_city_is_found(pages, land):
    page = pages()
    next(one for one in tool_rows(page) if one.kind == "tabs").vue_set({"key": "side", "value": "city"})
    wait_for(lambda: page.part("industries"))
    name = land.cities["name_en"].iloc[6]
    map_tools(page).vue_set({"key": "city", "value": name.upper()})
    wait_for(lambda: (page.part("industries").frame or {}).get("name") == name)
    for _ in range(2):  # a double click
        page.part("industries").vue_open({"kind": "basic", "size": 1.0, "industry": ""})
    wait_for(lambda: [6, 1, 1] in page.part("links").frame["open"], 5.0)
    assert len(page.part("groups").centres) == 1


def test_a_search_that_finds_nothing_or_several_says_so(pages, land):
    page = pages()
    map_tools(page).vue_set({"key": "city", "value": "Atlantis"})
    wait_for(lambda: "no city is called 'Atlantis'" in page.said.replace("No", "no"))
    map_tools(page).vue_set({"key": "effect", "value": "level"})
    wait_for(lambda: not page.said)


def test_language_and_tabs(pages):
    page = pages()
    page.part("languages").vue_speak("zh")
    wait_for(lambda: page.date == "2005 年初")
    page.part("languages").vue_speak("tlh")
    assert page.part("languages").language == "zh"
    page.part("languages").vue_show("nowhere")
    assert page.part("languages").tab == "explore"


def test_begin_runs_to_the_year_of_the_choice(land):
    one = Session(land)
    end = one.start()
    one.load(replace(SMALL, until="2007"))
    wait_for(lambda: one.now is not None and one.now.date == "2007Q4" and one.doing.value == "rest")
    assert one.running.value == SMALL
    one.show_tab("learn")
    assert one.tab.value == "learn"
    end()


def test_a_bug_is_told_on_the_page_too(monkeypatch, land):
    one = Session(land)
    monkeypatch.setattr(Session, "begin", lambda self: 1 / 0)
    monkeypatch.setattr(page_state.logging.getLogger("viz.app.explore.page_state"), "disabled", True)
    one.reset()
    assert "This is a bug (ZeroDivisionError" in one.problem.value


def test_a_centre_that_is_not_listed_cannot_be_removed():
    session = Session(SimpleNamespace())
    session.set_options(centres=(1, 2, 3))
    for number in (-1, -3, 3, 99):
        session.toggle_centre(number)
    assert session.options.peek().centres == (1, 2, 3)
    session.toggle_centre(1)
    assert session.options.peek().centres == (1, 3)
