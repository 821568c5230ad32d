"""Plans of a visitor: copies, centres that are pending, undo, and a mistake in a form."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.scenarios.scenario import Place
from tests.support.small_page import SMALL
from viz.app.explore.plan_state import PlanState
from viz.app.explore.run_options import RunOptions


@pytest.fixture
def state(land) -> PlanState:
    made = PlanState(land)
    for part in (made.options, made.running):
        made.set(part, SMALL)
    made.set(made.plans, (SMALL,))
    return made


def centre_of(land, row=5, **more):
    return {
        "city": str(land.cities["city_id"].iloc[row]),
        "kind": "super",
        "size": 2.0,
        "opens": "2012Q3",
        **more,
    }


def test_a_copy_is_a_plan_of_its_own_and_both_keep_seed_and_firms_in_common(state, land):
    state.put_centre(centre_of(land))
    state.add_plan("none")
    assert state.plan_set.shown == 1
    assert state.options.peek().scenario == "none"
    state.set_options(seed="9")
    first, second = state.plan_set.plans
    assert first.scenario == "random_hosts"
    assert second.scenario == "none"
    assert first.seed == second.seed == "9"
    assert first.centres == second.centres
    state.put_centre({"size": 3.0}, 0)
    assert state.plan_set.plans[0].centres[0].size == 2.0
    state.show_plan(0)
    assert state.options.peek() == state.plan_set.plans[0]
    state.drop_plan(1)
    assert len(state.plan_set.plans) == 1
    state.drop_plan(0)
    assert len(state.plan_set.plans) == 1


def test_there_are_three_plans_at_most_and_only_known_scenarios(state):
    state.add_plan("nowhere")
    assert len(state.plan_set.plans) == 1
    for _ in range(4):
        state.add_plan()
    assert len(state.plan_set.plans) == 3


def test_a_centre_is_added_moved_and_removed_and_is_pending_until_the_run(state, land):
    state.put_centre(centre_of(land))
    place = state.options.peek().centres[0]
    assert place == Place(int(land.cities["city_id"].iloc[5]), "super", "2012Q3", 2.0, None)
    assert state.centre_state(place) == "added"
    state.set(state.running, state.options.peek())  # as the run does
    assert state.centre_state(place) == ""
    state.put_centre({"city": str(land.cities["name_en"].iloc[6])}, 0)
    moved = state.options.peek().centres[0]
    assert moved == replace(place, city=int(land.cities["city_id"].iloc[6]))
    assert [state.centre_state(one) for one in state.own_centres] == ["removed", "added"]
    state.toggle_centre(1)
    assert state.options.peek().centres == ()


def test_undo_and_redo_go_through_all_changes(state, land):
    state.put_centre(centre_of(land))
    state.change("talent_mobility", 0.07)
    state.add_plan()
    seen = state.plan_set
    for _ in range(3):
        state.undo()
    assert state.plan_set.plans == (SMALL,)
    assert not state.past.peek()
    state.undo()
    for _ in range(3):
        state.redo()
    assert state.plan_set == seen
    assert not state.future.peek()
    state.undo()
    state.set_options(firms="600")
    assert not state.future.peek()  # a new change ends what was undone


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"city": "Atlantis"}, "no city is called 'Atlantis'"),
        ({"opens": "1999Q1"}, "from 2005 to 2050, not '1999Q1'"),
        ({"opens": "soon"}, "not 'soon'"),
        ({"size": float("nan")}, "the size of a centre must be a number above 0"),
        ({"kind": "fast"}, "the kind of a centre must be one of"),
    ],
)
def test_a_mistake_is_answered_and_nothing_changes(state, land, change, sentence):
    state.put_centre(centre_of(land, **change))
    assert sentence.lower() in state.problem.peek().lower()
    assert not state.options.peek().centres


def test_the_cost_is_that_of_the_plans_own_centres(state, land):
    assert state.plan_cost(RunOptions()) == 0.0
    state.put_centre(centre_of(land))
    once = state.plan_cost(state.options.peek())
    state.put_centre({"size": 4.0}, 0)
    assert state.plan_cost(state.options.peek()) == pytest.approx(2 * once)
    assert once > 0
