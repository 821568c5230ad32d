"""The economy before the burn-in."""

from __future__ import annotations

import numpy as np
import pytest

from model import Parameters, RegionalModel
from model.economy.initial_state import coreness, drawn_traits, founders_by_city, tier_sizes

SMALL = Parameters(firms=200, burn_in=0)


def test_founders_go_by_weight_and_remainders_with_five_where_there_are_enough():
    # 7 of 1/2, 1/3, 1/6: 3.5, 2.33, 1.17, and the largest remainder gets the seventh
    assert founders_by_city(np.array([1 / 2, 1 / 3, 1 / 6]), 7).tolist() == [4, 2, 1]
    # ties go to the first row
    assert founders_by_city(np.array([0.5, 0.5]), 3).tolist() == [2, 1]
    # 30 rows for three cities: five each, and the other fifteen by weight
    assert founders_by_city(np.array([1.0, 0.0, 0.0]), 30).tolist() == [20, 5, 5]


def test_a_tier_sells_a_share_of_the_next_one():
    sizes = tier_sizes(Parameters(intermediate_share=0.5))
    assert sizes == pytest.approx(np.array([1.0, 2.0, 4.0, 8.0]) / 15.0)


def test_traits_follow_coreness_and_decentralisation_does_not(country):
    core = coreness(country)
    assert core.mean() == pytest.approx(0.0, abs=1e-12)
    assert core.std() == pytest.approx(1.0)
    drawn = [drawn_traits(country, 1.0, seed) for seed in (1, 2)]
    for sign, name in ((1.0, "business_environment"), (1.0, "data_openness"), (-1.0, "redundancy")):
        for one in drawn:  # at a correlation of 1 nothing is left to the draw
            assert one[name] == pytest.approx(1.0 / (1.0 + np.exp(-1.2 * sign * core)))
    first, second = (one["fiscal_decentralisation"] for one in drawn)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("reach", [0.0, 300.0])
def test_partners_are_founders_of_the_tier_up_and_down(country, reach):
    firms = RegionalModel(SMALL, "none", 3, cities=country, chain_reach=reach).state["firms"]
    tier = firms["tier"].astype(int)
    assert np.array_equal(tier[firms["supplier"].astype(int)], np.where(tier == 0, 1, tier - 1))
    assert np.array_equal(tier[firms["customer"].astype(int)], np.where(tier == 3, 2, tier + 1))


def test_near_partners_are_nearer(country):
    away = []
    for reach in (0.0, 100.0):
        state = RegionalModel(SMALL, "none", 3, cities=country, chain_reach=reach).state
        city = state["firms"]["city"].astype(int)
        distance = state["city_pairs"]["distance"].reshape(len(country), -1)
        away.append(distance[city, city[state["firms"]["supplier"].astype(int)]].mean())
    assert away[1] < 0.5 * away[0]


def test_centres_change_nothing_else(country):
    states = [RegionalModel(SMALL, name, 3, cities=country).state for name in ("none", "random_hosts")]
    for table in ("firms", "cities", "city_pairs", "city_tiers"):
        for column in states[0][table]:
            assert np.array_equal(states[0][table][column], states[1][table][column]), column
