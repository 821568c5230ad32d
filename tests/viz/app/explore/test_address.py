"""The state of the page in its address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.scenarios.scenario import Place
from tests.support.rendered_page import wait_for
from tests.support.small_page import SMALL
from viz.app.explore import session as sessions
from viz.app.explore.address import Link, address_of, open_address, shown_address, state_of
from viz.app.explore.page_state import View
from viz.app.explore.run_options import ALL, OWN, RunOptions, RunOptionsError
from viz.app.explore.session import Session
from viz.app.serving_options import OPENS_AT

PLAN = replace(
    SMALL,
    changes=(("founders_per_firm", 1.25), ("talent_mobility", 0.1)),
    centres=(Place(110000, "super", "2013Q1", 0.1 + 0.2), Place(1, "basic", "2014Q4", 2.0, "systems")),
    twin=OWN,
    until="2016Q2",
)
LINKS = [
    Link(RunOptions(), View()),
    Link(RunOptions(until="start"), View("gdp", False, True, "tasks", True), "learn", "ranks", 110000, "zh"),
    Link(PLAN, View(), side="city", language="en"),
    Link(PLAN, View(), side="plans", others=(replace(PLAN, twin=ALL, until="", scenario="actual"),), plan=1),
    Link(RunOptions(), View(), others=(RunOptions(), RunOptions("none"))),
]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_holds_the_whole_state(link):
    assert state_of(address_of(link)) == link


@pytest.mark.parametrize(
    "address",
    [
        "scenario=nowhere",
        "seed=x",
        "firms=1",
        "set=talent_mobility:9",
        "centres=1:fast:1:2013Q1:",
        "centres=1",
        "plans=2&B.scenario=nowhere",
        "plans=3&C.centres=1",
    ],
)
def test_a_link_that_cannot_be_run_is_answered(address):
    with pytest.raises(RunOptionsError, match="the link cannot be opened"):
        state_of(address)


def test_unknown_words_are_left_out():
    strange = "&".join(
        f"{key}=<b>" for key in ("against", "colour", "shown", "flows", "tab", "side", "lang", "x")
    )
    assert state_of(f"{strange}&city=-1&twins=yes") == Link(RunOptions(), View())


@pytest.fixture
def shown(land, monkeypatch) -> Any:
    """A session that waits for an address."""
    monkeypatch.setattr(sessions, "ADDRESS_WAIT", 60.0)
    one = Session(land)
    end = one.start()
    yield one
    end()


def test_a_link_shows_the_same_numbers_in_another_browser(shown, land):
    cities = land.cities["city_id"]
    place = Place(int(cities.iloc[5]), "super", "2006Q2", 2.0)
    plan = replace(SMALL, centres=(place,), twin=OWN, until="2008Q2")
    open_address(
        shown, address_of(Link(plan, View("gdp"), "explore", "city", int(cities.iloc[5]), "")), "zh-CN"
    )
    wait_for(lambda: shown.now is not None and shown.now.date == "2008Q2" and shown.doing.value == "rest")
    assert shown.language.value == "zh"
    assert shown.city.value == 5
    again = state_of(shown_address(shown))
    assert again.options == plan
    assert again.view == View("gdp")
    before = shown.now
    open_address(shown, shown_address(shown))
    wait_for(lambda: shown.now is not before and shown.now.date == "2008Q2" and shown.doing.value == "rest")
    assert shown.now.run.totals.innovation == before.run.totals.innovation
    assert shown.language.value == "zh"


def test_a_wrong_link_at_first_shows_the_usual_run_and_says_so(shown, monkeypatch):
    monkeypatch.setenv(OPENS_AT, "2005")
    shown.options.value = SMALL
    open_address(shown, "seed=none")
    assert "the link cannot be opened" in shown.problem.value.lower()
    wait_for(lambda: shown.ready.value)


def test_a_browser_that_says_late_that_it_has_no_address_keeps_the_run(land, monkeypatch):
    """On a busy machine: the page has opened in the meantime."""
    monkeypatch.setattr(sessions, "opens_at", lambda: "")
    one = Session(land)
    begun: list[object] = []
    monkeypatch.setattr(one, "begin", lambda *given: begun.append(given))
    open_address(one, "", "zh-CN")
    assert (begun, one.language.value) == ([], "zh")
    open_address(one, "")  # the visitor has emptied the address
    assert len(begun) == 1
