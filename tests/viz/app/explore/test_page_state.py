"""What a page shows: options, view, the selected city, and sentences for mistakes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.scenarios.scenario import ScenarioError
from viz.app.explore import page_state
from viz.app.explore.page_state import PageState


@pytest.fixture
def state(land) -> PageState:
    return PageState(land)


def test_only_tabs_and_sides_that_there_are_can_be_shown(state: PageState) -> None:
    state.show_tab("learn")
    state.show_tab("nowhere")
    state.show_side("ranks")
    for wrong in ("nowhere", 3, None):
        state.show_side(wrong)
    assert (state.tab.value, state.side.value) == ("learn", "ranks")


def test_a_city_is_selected_by_its_row(state: PageState) -> None:
    state.select(4)
    assert (state.city.value, state.side.value) == (4, "city")
    for wrong in (-1, len(state.country.cities)):
        state.select(wrong)
    assert state.city.value == 4
    state.select(None)
    assert state.city.value is None


def test_a_city_is_found_by_its_name(state: PageState, monkeypatch: pytest.MonkeyPatch) -> None:
    state.find(str(state.country.cities["name_en"].iloc[7]))
    assert state.city.value == 7
    monkeypatch.setattr(page_state, "find_cities", lambda country, text: [])
    state.find("x" * 99)
    assert "x" * 40 + "'" in state.problem.value
    monkeypatch.setattr(page_state, "find_cities", lambda country, text: [1, 2])
    state.find("both")
    for row in (1, 2):
        assert str(state.country.cities["name_en"].iloc[row]) in state.problem.value
    assert state.city.value == 7


def test_mistakes_are_sentences_and_the_next_action_takes_them_away(
    state: PageState, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.change("talent_mobility", 7)
    assert state.problem.value[0].isupper()
    assert state.problem.value.endswith(".")
    state.change("talent_mobility", 0.04)
    assert state.problem.value == ""
    assert state.options.value.value("talent_mobility") == 0.04

    def refuse() -> None:
        raise ScenarioError("no such city")

    state.act(refuse)
    assert state.problem.value == "No such city."
    monkeypatch.setattr(page_state.logging.getLogger(page_state.__name__), "disabled", True)
    state.act(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    assert "ZeroDivisionError" in state.problem.value


def test_centres_of_the_run_stay_listed_when_they_are_taken_out(state: PageState) -> None:
    one, two, three = places = tuple(SimpleNamespace(name=name) for name in "abc")
    state.set(state.running, SimpleNamespace(centres=(one, two)))  # type: ignore[arg-type]
    chosen: list[Any] = [(one, two, three)]
    state.options = SimpleNamespace(  # type: ignore[assignment]
        peek=lambda: SimpleNamespace(centres=chosen[-1]), value=SimpleNamespace(centres=places)
    )
    state.set_options = lambda centres: chosen.append(centres)  # type: ignore[method-assign, assignment]
    assert state.own_centres == places
    for number in (-1, 3, 99):
        state.toggle_centre(number)
    assert chosen == [places]
    state.toggle_centre(1)
    assert chosen[-1] == (one, three)


def test_a_change_of_the_view_keeps_its_other_settings(state: PageState) -> None:
    state.set_view(links=True)
    state.set_view(measure="talent")
    assert (state.view.value.links, state.view.value.measure) == (True, "talent")
