"""The base year recovered: worked numbers, and runs that have the observed figures in it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model import Parameters, RegionalModel
from model.country.city_tables import load_cities
from model.economy.base_year import recover_amenities, recover_productivity, recover_research
from model.economy.product_market import clear_products
from tests.support.call_market import after, columns

# Two cities, two tiers; all goods reach both cities. Incomes of 8 and 4, of which a quarter goes to services,
# and 1 earned by compute in city 1.
COUNTRY = {
    "city_market": [3.0, 1.0],
    "city_market_observed": [1.0, 1.0],
    "city_spending": [8.0, 4.0],
    "city_goods_share": [9.0, 9.0],
    "city_goods_price": [1.0, 1.0],
    "city_centre_income": [0.0, 1.0],
    "city_productivity": [0.0, 0.0],
    "city_labour_wage": [2.0, 1.0],
    "city_tier_supply": [4.0, 3.0, 2.0, 5.0],
    "city_tier_advantage": [9.0] * 4,
    "city_tier_competition": [9.0] * 4,
    "city_tier_demand": [9.0] * 4,
    "city_tier_unit_revenue": [9.0] * 4,
    "city_tier_purchase_ratio": [1.0, 1.2, 1.0, 0.8],
    "city_tier_upstream": [9.0] * 4,
    "tier_weight_basic": [1.0, 1.0],
    "pair_final_reach": [1.0, 0.5, 0.5, 1.0],
    "pair_intermediate_reach": [1.0, 0.75, 0.75, 1.0],
    "scratch_city": [9.0, 9.0],
    "scratch_ratio": [9.0, 9.0],
    "nation_quarter": [-1.0],
    "intermediate_share": 0.5,
    "quality_elasticity": 2.0,
    "local_services": 0.25,
}


def gdp_of(found):
    """Value added of firms, services and compute, by city."""
    sold = (np.array(found.city_tier_unit_revenue) * np.array(found.city_tier_supply)).reshape(2, 2)
    ratio = np.array(found.city_tier_purchase_ratio).reshape(2, 2)
    value_added = sold[:, 0] + sold[:, 1] * (1.0 - 0.5 * ratio[:, 1])
    return value_added + 0.25 * np.array(found.city_spending) + np.array(found.city_centre_income)


def test_productivities_give_every_city_its_gdp():
    found = after(recover_productivity, **COUNTRY)
    # 12 of final demand and 1 of compute: three quarters of 13 are 9.75
    assert gdp_of(found) == pytest.approx([9.75, 3.25], rel=1e-10)
    assert sum(found.city_productivity) == pytest.approx(0.0, abs=1e-12)
    assert found.city_productivity[0] > found.city_productivity[1]
    # and the market of the quarter clears at just that
    cleared = after(clear_products, **columns(found))
    assert gdp_of(cleared) == pytest.approx([9.75, 3.25], rel=1e-10)


def test_quarters_of_the_burn_in_approach_it_in_a_few_rounds():
    before = {**COUNTRY, "nation_quarter": [-2.0]}
    away = []
    for _ in range(3):
        found = after(recover_productivity, **before)
        away.append(abs(gdp_of(found)[0] - 9.75))
        before["city_productivity"] = list(found.city_productivity)
    assert 1e-9 < away[0] < 1e-5
    assert away[1] < away[0] / 100
    assert away[2] < away[1] or away[2] < 1e-12


def test_after_the_first_reported_quarter_productivities_stay():
    for changes in ({"nation_quarter": [1.0]}, {"quality_elasticity": 0.0}):
        given = {**COUNTRY, "city_productivity": [0.5, 0.25], **changes}
        assert after(recover_productivity, **given).city_productivity == [0.5, 0.25]


@pytest.mark.parametrize(
    ("observed", "parts"),
    # Of 13 spent and 2 earned by compute, 15 in all, cities 0 and 1 have three and one fifth: their firms
    # would earn 9 − 2 and 3 − 1 − 1 of the 9.75 that is spent on goods. If both figures are observed (or
    # both estimated), they earn 7/8 and 1/8 of it; if one is, it has its own, and the other has the rest.
    [
        ((1.0, 1.0), (9.75 * 7 / 8, 9.75 / 8)),
        ((0.0, 0.0), (9.75 * 7 / 8, 9.75 / 8)),
        ((1.0, 0.0), (7.0, 2.75)),
        ((0.0, 1.0), (8.75, 1.0)),
    ],
)
def test_a_city_without_firms_keeps_its_productivity_and_estimated_ones_share_in_its_part(observed, parts):
    three = {
        name: one + one[:2] if name.startswith("city_tier") else [*one, 1.0]
        for name, one in COUNTRY.items()
        if name.startswith(("city_", "scratch_"))
    }
    three |= {"city_tier_supply": [4.0, 3.0, 2.0, 5.0, 0.0, 0.0], "city_productivity": [0.0, 0.0, 0.3]}
    near = {f"pair_{kind}_reach": [1.0] * 9 for kind in ("final", "intermediate")}
    three["city_market_observed"] = [*observed, 1.0]
    found = after(recover_productivity, **{**COUNTRY, **three, **near})
    first, second, third = found.city_productivity
    assert third == 0.3
    assert first + second == pytest.approx(0.0, abs=1e-12)
    sold = (np.array(found.city_tier_unit_revenue) * np.array(found.city_tier_supply)).reshape(3, 2)
    ratio = np.array(found.city_tier_purchase_ratio).reshape(3, 2)
    earned = sold[:, 0] + sold[:, 1] * (1.0 - 0.5 * ratio[:, 1])
    assert earned == pytest.approx([*parts, 0.0], rel=1e-9)


def test_what_cannot_be_earned_stays_within_bounds():
    """Services and compute alone are more than the city's GDP: its firms earn a fiftieth of it at least."""
    found = after(recover_productivity, **{**COUNTRY, "city_centre_income": [0.0, 12.0]})
    # 24 in all, a quarter of it 6: 0.02 · 6 of firms
    assert gdp_of(found)[1] - 1.0 - 12.0 == pytest.approx(0.12, rel=0.5)
    lost = after(recover_productivity, **{**COUNTRY, "pair_final_reach": [1.0, 0.0, 1.0, 0.0]})
    assert max(map(abs, lost.city_productivity)) <= 50.0 / 2.0


# GDP per head is 2 and ½: logarithms ±ln 2, whose mean over people is 0. Growth of 0.04 a year per log point
# at a mobility of 0.01 a quarter leans pulls by 1 per log point.
PLACES = {
    "city_market": [8.0, 2.0],
    "city_people": [4.0, 4.0],
    "city_people_base": [4.0, 4.0],
    "city_people_attraction": [1.0, 2.0],
    "city_people_amenity": [0.0, 0.5],
    "city_talent": [7.0, 7.0],
    "city_labour_demand": [6.0, 2.0],
    "city_amenity": [0.0, 0.25],
    "city_labour_wage": [4.0, 1.0],
    "city_goods_price": [2.0, 0.5],
    "city_price_base": [9.0, 9.0],
    "nation_quarter": [-1.0],
    "local_services": 0.5,
    "wage_gradient": 1.0,
    "migration_gradient": 0.04,
    "people_mobility": 0.01,
}


def test_people_are_pulled_as_many_as_there_are_and_a_little_more_to_the_rich():
    found = after(recover_amenities, **PLACES)
    pulls = [(1.0 + math.log(2.0)) * 4.0 / 1.0, (1.0 - math.log(2.0)) * 4.0 / 2.0]
    assert found.city_people_amenity == pytest.approx([math.log(pulls[0]), 0.5 + math.log(pulls[1])])
    # no pull of a city falls below a tenth of its people
    steep = after(recover_amenities, **{**PLACES, "migration_gradient": 0.08})
    assert steep.city_people_amenity[1] == pytest.approx(0.5 + math.log(0.1 * 2.0))
    still = after(recover_amenities, **{**PLACES, "people_mobility": 0.0})
    assert still.city_people_amenity == pytest.approx([math.log(4.0), 0.5 + math.log(2.0)])


def test_talent_is_pulled_to_payrolls_at_wages_that_follow_gdp_per_head():
    found = after(recover_amenities, **PLACES)
    # places 6/2 and 2/½, so 6 and 8 of 14; half of the gap to 7 and 7
    assert found.city_amenity == pytest.approx([0.5 * math.log(6 / 7), 0.25 + 0.5 * math.log(8 / 7)])


def test_the_price_of_consumption_is_that_of_the_base_year():
    found = after(recover_amenities, **PLACES)
    assert found.city_price_base == pytest.approx([0.5 * math.log(2.0 * 4.0), 0.5 * math.log(0.5)])


def test_amenities_stay_from_the_first_reported_quarter_on():
    found = after(recover_amenities, **{**PLACES, "nation_quarter": [0.0]})
    assert (found.city_amenity, found.city_people_amenity) == ([0.0, 0.25], [0.0, 0.5])
    assert found.city_price_base == [9.0, 9.0]


# Cities 0 and 1 are one region, city 2 another, city 3 has no figure: it counts for nothing.
RESEARCH = {
    "city_innovation": [1.0, 1.0, 2.0, 5.0],
    "city_research_advantage": [0.0, 0.5, 0.0, 0.25],
    "city_research_group": [0, 0, 1, -1],
    "research_group_share": [0.75, 0.25],
    "scratch_group": [9.0, 9.0],
    "nation_quarter": [-1.0],
    "research_returns": 0.4,
}


def test_research_conditions_move_towards_the_shares_of_patents():
    found = after(recover_research, **RESEARCH)
    # shares of a half: (1 − 0.4)/3 · ln(0.75 · 4/2) and · ln(0.25 · 4/2)
    up, down = 0.2 * math.log(1.5), 0.2 * math.log(0.5)
    assert found.city_research_advantage == pytest.approx([up, 0.5 + up, down, 0.25])
    # by 0.2 at most: 0.3 · ln ½ is more
    steep = after(recover_research, **{**RESEARCH, "research_returns": 0.1})
    assert steep.city_research_advantage == pytest.approx(
        [0.3 * math.log(1.5), 0.5 + 0.3 * math.log(1.5), -0.2, 0.25]
    )
    rich = after(recover_research, **{**RESEARCH, "city_innovation": [0.01, 0.01, 9.0, 5.0]})
    assert rich.city_research_advantage[0] == pytest.approx(0.2)


def test_research_conditions_stay_where_nothing_is_known():
    for changes in (
        {"nation_quarter": [0.0]},
        {"city_innovation": [0.0] * 4},
        {"research_group_share": [], "scratch_group": [], "city_research_group": [-1] * 4},
    ):
        found = after(recover_research, **{**RESEARCH, **changes})
        assert found.city_research_advantage == RESEARCH["city_research_advantage"]


# ── Whole runs ───────────────────────────────────────────────────────────────────────────────────


def shares(values):
    return values / values.sum()


@pytest.mark.parametrize("chain_leap", [0.0, 0.5])
def test_without_centres_every_city_has_its_share_of_gdp_in_the_base_year(country, chain_leap):
    model = RegionalModel(Parameters(firms=400, burn_in=6), "none", 2, cities=country, chain_leap=chain_leap)
    cities = model.state["cities"]  # of the last quarter before the first reported one
    assert cities["firms"].min() > 0.0
    observed = shares(country["gdp_2010"].to_numpy(dtype=float))
    assert shares(cities["gdp"]) == pytest.approx(observed, rel=1e-6)
    model.step()
    assert shares(cities["gdp"]) == pytest.approx(observed, rel=1e-6)
    model.step()
    assert not np.allclose(shares(cities["gdp"]), observed, rtol=1e-6, atol=0.0)


def test_the_shipped_country_has_the_observed_gdp_of_every_city_with_firms():
    china = load_cities()
    model = RegionalModel(Parameters(firms=3000, burn_in=6), "none", 1)
    cities = model.state["cities"]
    found, observed = shares(cities["gdp"]), shares(china["gdp_2010"].to_numpy(dtype=float))
    seen = (cities["firms"] > 0.0) & china["gdp_2010_basis"].str.startswith("observed").to_numpy()
    assert seen.sum() > 200
    assert found[seen] == pytest.approx(observed[seen], rel=1e-6)


def test_people_are_constant_in_the_burn_in_and_then_flow_along_the_gradient(country):
    """By a quarter of g · (ln GDP per head − its mean over people) in the first quarter."""
    parameters = Parameters(firms=4000, burn_in=24, migration_gradient=0.02, people_mobility=0.02)
    model = RegionalModel(parameters, "none", 2, cities=country)
    cities = model.state["cities"]
    before = cities["people"].copy()
    people = country["population_2010"].to_numpy(dtype=float)
    assert shares(before) == pytest.approx(shares(people), rel=1e-12)
    model.step()
    per_head = np.log(country["gdp_2010"].to_numpy(dtype=float) / people)
    lean = 0.02 / (4 * 0.02) * (per_head - np.average(per_head, weights=people))
    # Incomes and prices of the first quarter are not quite those of the last one of the burn-in.
    grown = cities["people"] / before - 1.0
    assert np.polyfit(lean, grown, 1)[0] == pytest.approx(0.02, rel=0.1)
    assert np.corrcoef(grown, lean)[0, 1] > 0.98
    assert cities["people"].sum() == pytest.approx(before.sum(), rel=1e-12)


def test_regions_approach_their_shares_of_patents():
    """With research of many firms; the step is limited, so the distance falls over a longer burn-in."""
    far = []
    for burn_in in (2, 24):
        model = RegionalModel(Parameters(firms=3000, burn_in=burn_in), "none", 1)
        group, share = (model.state.arrays[name] for name in ("city_research_group", "research_group_share"))
        known = group >= 0
        made = np.bincount(group[known], model.state["cities"]["innovation"][known], len(share))
        far.append(np.abs(np.log(shares(made) / share)).mean())
    assert far[1] < 0.25 * far[0]
