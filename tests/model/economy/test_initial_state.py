"""The economy before the burn-in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model import Parameters, RegionalModel
from model.country.city_estimates import load_patents
from model.country.city_tables import load_cities
from model.economy.initial_state import coreness, drawn_traits, founders_by_city, patent_regions, tier_sizes

SMALL = Parameters(firms=200, burn_in=0)


def test_founders_go_by_weight_and_remainders_with_thirty_where_there_are_enough():
    # one each, and 4 by 1/2, 1/3, 1/6: 3, 2.33, 1.67, and the largest remainder gets the seventh
    assert founders_by_city(np.array([1 / 2, 1 / 3, 1 / 6]), 7).tolist() == [3, 2, 2]
    # 5 of three cities leave none over: 2.5, 1.67, 0.83
    assert founders_by_city(np.array([1 / 2, 1 / 3, 1 / 6]), 5).tolist() == [2, 2, 1]
    # ties go to the first row
    assert founders_by_city(np.array([0.5, 0.5]), 3).tolist() == [2, 1]
    # half of the rows are divided equally, as far as thirty each; the rest goes by weight
    assert founders_by_city(np.array([1.0, 0.0, 0.0]), 30).tolist() == [20, 5, 5]
    assert founders_by_city(np.array([1.0, 0.0, 0.0]), 600).tolist() == [540, 30, 30]


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


def test_observed_traits_take_the_place_of_draws(country):
    """Business environment by entry rates and decentralisation by fiscal revenue, in logarithms."""
    rates = np.full(12, np.nan)
    rates[[1, 4, 7]] = [1.0, np.e, np.e**2]
    observed = country.assign(entry_rate_2005_2015=rates, fiscal_revenue_share=np.exp(np.arange(12.0)))
    drawn, found = drawn_traits(country, 0.6, 1), drawn_traits(observed, 0.6, 1)
    # logarithms 0, 1, 2: a mean of 1 and a standard deviation of √(2/3)
    known = 1.0 / (1.0 + np.exp(-1.2 * np.array([-1.0, 0.0, 1.0]) * 1.5**0.5))
    assert found["business_environment"][[1, 4, 7]] == pytest.approx(known)
    unknown = np.setdiff1d(np.arange(12), [1, 4, 7])
    assert np.array_equal(found["business_environment"][unknown], drawn["business_environment"][unknown])
    score = (np.arange(12.0) - 5.5) / np.arange(12.0).std()
    assert found["fiscal_decentralisation"] == pytest.approx(1.0 / (1.0 + np.exp(-1.2 * score)))
    assert np.array_equal(found["redundancy"], drawn["redundancy"])
    other = drawn_traits(observed, 0.6, 2)
    assert np.array_equal(other["fiscal_decentralisation"], found["fiscal_decentralisation"])


def test_sales_start_with_a_pareto_tail_up_to_three_hundred_times_the_least(country):
    """P(sales > x) = (x^−1.06 − 300^−1.06)/(1 − 300^−1.06), and sales are e^(θ·quality)."""
    parameters = Parameters(firms=20_000, burn_in=0, quality_elasticity=2.0)
    firms = RegionalModel(parameters, "none", 3, cities=country).state["firms"]
    sales = np.exp(2.0 * firms["quality"][firms["alive"] > 0.5])
    assert 1.0 <= sales.min() < 1.001
    assert 150.0 < sales.max() <= 300.0
    least = 300.0**-1.06
    for size in (2.0, 10.0, 50.0):
        chance = (size**-1.06 - least) / (1.0 - least)
        error = (chance * (1.0 - chance) / len(sales)) ** 0.5
        assert (sales > size).mean() == pytest.approx(chance, abs=4 * error)


def test_regions_of_patents_are_large_cities_and_the_rest_of_provinces():
    china, patents = load_cities(), load_patents().set_index(["level", "name_en"])["grants_cum_2014_01"]
    group, share = patent_regions(china)
    row = {
        name: int(np.flatnonzero(china["name_en"] == name)[0]) for name in ("Shenzhen", "Beijing", "Foshan")
    }
    total = patents.loc["province"].sum()
    assert share.sum() == pytest.approx(1.0)
    assert share[group[row["Shenzhen"]]] == pytest.approx(patents["city", "Shenzhen"] / total)
    assert (group == group[row["Shenzhen"]]).sum() == 1
    # Foshan has no figure of its own: it is in the rest of its province
    rest = patents["province", "Guangdong"] - patents["city", "Shenzhen"] - patents["city", "Guangzhou"]
    assert share[group[row["Foshan"]]] == pytest.approx(rest / total)
    same = china["province"].to_numpy()[group == group[row["Foshan"]]]
    assert len(same) > 10
    assert set(same) == {"Guangdong"}
    assert share[group[row["Beijing"]]] == pytest.approx(patents["province", "Beijing"] / total)


def test_a_country_without_patents_has_no_regions(country):
    group, share = patent_regions(country)
    assert (set(group.tolist()), len(share)) == ({-1}, 0)
    one = pd.concat(
        [country, country.head(1).assign(city_id=440300, province="Guangdong")], ignore_index=True
    )
    group, share = patent_regions(one)
    assert (group.tolist(), share.tolist()) == ([-1] * 12 + [0], [1.0])


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
