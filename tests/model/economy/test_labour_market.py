"""The labour market: worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from model.economy.labour_market import balance_talent, move_people, move_talent, settle_graduated
from model.engine.compile.compile_kernel import compiled_procedure
from tests.support.call_market import after


@pytest.mark.parametrize("cities", [2, 5])
def test_a_part_of_talent_moves_to_where_it_would_choose_to_work(cities):
    """Home 0 chooses the first two cities 1 : 3; no worker leaves the others, and two fifths reconsider."""
    closeness = np.eye(cities)
    closeness[0, :2] = [1.0, 1.5]
    workers = np.diag(np.full(cities, 10.0))
    found = after(
        move_talent,
        city_talent_endowment=[10.0] * cities,
        city_talent=[99.0] * cities,
        city_attraction=[1.0, 2.0, *[1.0] * (cities - 2)],
        pair_closeness=closeness.ravel().tolist(),
        pair_workers=workers.ravel().tolist(),
        nation_quarter=[3.0],
        talent_mobility=0.4,
        scratch_city=[9.0] * cities,
    )
    moved = np.array(found.pair_workers).reshape(cities, cities)
    # 10 − 0.4 · (10 − 2.5) stay
    assert moved[0, :2] == pytest.approx([7.0, 3.0])
    assert moved.sum(1) == pytest.approx([10.0] * cities)
    assert found.city_talent == pytest.approx([7.0, 13.0, *[10.0] * (cities - 2)])


def test_a_home_from_which_nothing_is_in_reach_loses_its_people_slowly():
    found = after(
        move_talent,
        city_talent_endowment=[10.0],
        city_talent=[0.0],
        city_attraction=[1.0],
        pair_closeness=[0.0],
        pair_workers=[10.0],
        nation_quarter=[3.0],
        talent_mobility=0.4,
        scratch_city=[9.0],
    )
    assert found.city_talent == [6.0]


@pytest.mark.parametrize("cities", [1, 5])
def test_closeness_below_one_is_closeness(cities):
    """Only ratios of closeness count, where they lie four at a time and where they do not."""
    closeness, workers = np.eye(cities) / 16.0, np.diag(np.full(cities, 0.25))
    found = after(
        move_talent,
        city_talent_endowment=[0.5] * cities,
        city_talent=[9.0] * cities,
        city_attraction=[1.0] * cities,
        pair_closeness=closeness.ravel().tolist(),
        pair_workers=workers.ravel().tolist(),
        nation_quarter=[3.0],
        talent_mobility=0.5,
        scratch_city=[9.0] * cities,
    )
    assert found.city_talent == pytest.approx([0.375] * cities)


def balanced(endowment, closeness):
    cities = len(endowment)
    return after(
        balance_talent,
        talent_endowment=endowment,
        closeness=closeness,
        pull=[1.0] * cities,
        workers=[7.0] * cities**2,
        here=[7.0] * cities,
    )


def test_pulls_hold_as_much_talent_as_calls_a_city_home():
    found = balanced([10.0, 30.0, 2.0], [1.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 1.0])
    workers = np.array(found.workers).reshape(3, 3)
    assert found.here == pytest.approx([10.0, 30.0, 2.0], rel=1e-9)
    assert workers.sum(0) == pytest.approx([10.0, 30.0, 2.0], rel=1e-9)
    assert workers.sum(1) == pytest.approx([10.0, 30.0, 2.0], rel=1e-9)
    # people of a home go by closeness times pull
    pull = np.array(found.pull)
    assert workers[0] / workers[0, 0] == pytest.approx(
        [1.0, 0.5 * pull[1] / pull[0], 0.1 * pull[2] / pull[0]]
    )


def test_the_larger_city_needs_the_larger_pull():
    found = balanced([10.0, 30.0], [1.0, 0.5, 0.5, 1.0])
    assert found.pull[1] > found.pull[0]
    assert balanced([20.0, 20.0], [1.0, 0.5, 0.5, 1.0]).pull == [1.0, 1.0]


def test_a_city_without_people_or_connections_stays_empty():
    found = balanced([10.0, 0.0], [1.0, 0.0, 0.0, 0.0])
    assert found.here == [10.0, 0.0]
    assert found.workers == [10.0, 0.0, 0.0, 0.0]
    assert found.pull == [1.0, 1.0]


def test_pulls_do_not_depend_on_the_unit_of_talent():
    small = balanced([10.0 / 64.0, 30.0 / 64.0], [1.0, 0.5, 0.5, 1.0])
    assert small.pull == pytest.approx(balanced([10.0, 30.0], [1.0, 0.5, 0.5, 1.0]).pull)


def test_talent_is_balanced_compiled_or_not():
    """Two cities that are close and one apart: each keeps the talent whose home it is, and flows add up."""
    at_home = np.array([10.0, 1.0, 4.0])
    closeness = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.1], [0.1, 0.1, 1.0]]).ravel()
    found = []
    for balance in (balance_talent, compiled_procedure(balance_talent)):
        pull, workers, here = np.ones(3), np.zeros(9), np.zeros(3)
        balance(at_home, closeness, pull, workers, here)
        found.append((pull, workers, here))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    pull, workers, here = found[0]
    np.testing.assert_allclose(here, at_home, rtol=1e-9)
    np.testing.assert_allclose(workers.reshape(3, 3).sum(axis=1), at_home, rtol=1e-12)
    none = np.zeros(3)
    balance_talent(none, closeness, np.ones(3), workers, here)
    assert here.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("cities", [1, 3, 4, 6, 9])
def test_homes_move_one_by_one_to_the_bit_in_either_engine(cities):
    random = np.random.default_rng(cities)
    endowment, attraction = random.random(cities), random.random(cities)
    closeness, before = random.random((cities, cities)), random.random((cities, cities))
    closeness[0] = 0.0  # nowhere is in reach of the first home
    workers, talent = before.copy(), np.zeros(cities)
    for h in range(cities):
        pull = 0.0
        for c in range(cities):
            pull += closeness[h, c] * attraction[c]
        chosen = (endowment[h] / pull if pull > 0.0 else 0.0) * closeness[h] * attraction
        workers[h] += 0.3 * (chosen - before[h])
        talent += workers[h]
    for function in (move_talent, compiled_procedure(move_talent)):
        found, here, now = before.copy(), np.full(cities, 9.0), np.array([0.0])
        function(
            endowment, here, attraction, closeness.ravel(), found.reshape(-1), np.zeros(cities), now, 0.3
        )
        assert np.array_equal(found, workers)
        assert np.array_equal(here, talent)


@pytest.mark.parametrize(
    ("quarter", "mobility", "moved"),
    # in the burn-in a third of talent reconsiders, unless more does anyway or none ever does
    [(-1.0, 0.03, 0.33), (0.0, 0.03, 0.03), (-1.0, 0.5, 0.5), (-1.0, 0.0, 0.0)],
)
def test_talent_reaches_the_places_of_the_base_year_faster(quarter, mobility, moved):
    found = after(
        move_talent,
        city_talent_endowment=[10.0, 0.0],
        city_talent=[9.0, 9.0],
        city_attraction=[1.0, 3.0],
        pair_closeness=[1.0, 1.0, 0.0, 0.0],
        pair_workers=[10.0, 0.0, 0.0, 0.0],
        nation_quarter=[quarter],
        talent_mobility=mobility,
        scratch_city=[9.0, 9.0],
    )
    assert found.city_talent == pytest.approx([10.0 - 7.5 * moved, 7.5 * moved])


# Pulls of 1, 3 and 4 on 16 people.
PEOPLE = {
    "city_people": [8.0, 4.0, 4.0],
    "city_people_attraction": [1.0, 3.0, 4.0],
    "nation_quarter": [0.0],
    "nation_people": [9.0],
    "people_mobility": 0.25,
}


def test_people_go_where_they_are_pulled_and_none_is_lost():
    found = after(move_people, **PEOPLE)
    # chosen: 2, 6 and 8; a quarter of the way from 8, 4 and 4
    assert found.city_people == pytest.approx([6.5, 4.5, 5.0])
    assert found.nation_people == [16.0]
    assert sum(found.city_people) == pytest.approx(16.0)


def test_people_stay_in_the_burn_in_and_where_nothing_pulls():
    for changes in (
        {"nation_quarter": [-1.0]},
        {"city_people_attraction": [0.0] * 3},
        {"people_mobility": 0.0},
    ):
        found = after(move_people, **{**PEOPLE, **changes})
        assert found.city_people == PEOPLE["city_people"]
        assert found.nation_people == [16.0]


def test_graduates_have_their_home_and_first_job_where_they_studied():
    found = after(
        settle_graduated,
        city_graduated=[0.5, 0.25],
        city_talent_endowment=[4.0, 2.0],
        city_talent=[3.0, 3.0],
        pair_workers=[3.0, 1.0, 0.0, 2.0],
    )
    assert found.city_talent_endowment == [4.5, 2.25]
    assert found.city_talent == [3.5, 3.25]
    assert found.pair_workers == [3.5, 1.0, 0.0, 2.25]
