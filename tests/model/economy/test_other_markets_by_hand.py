"""Products, talent, entry and exit, the closed economy's inputs and national means: worked by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from model.economy.closed_economy_markets import book_services, endow_closed_economy, share_inputs
from model.economy.entry_exit import renew_firms
from model.economy.labour_market import move_talent, settle_talent
from model.economy.national_averages import national_means
from model.economy.product_market import clear_products
from model.engine.draws import normals, stream_key
from model.scenarios.scenario import ScenarioError
from tests.support.call_market import after, assert_units_do_not_matter, in_other_units

# ── Products ──────────────────────────────────────────────────────────────────────────────────────

# Two cities, three tiers (0 upstream). Half of a supply reaches the other city's firms, a quarter its people.
PRODUCTS = {
    "city_market": [6.0, 3.0],
    "city_tier_supply": [1.0, 2.0, 4.0,
                         3.0, 1.0, 8.0],
    "city_tier_demand": [9.0] * 6,
    "city_tier_competition": [9.0] * 6,
    "city_tier_unit_revenue": [9.0] * 6,
    "city_tier_purchase_ratio": [1.0] * 6,
    "tier_weight_basic": [1.0] * 3,
    "pair_final_reach": [1.0, 0.25, 0.5, 1.0],
    "pair_intermediate_reach": [1.0, 0.5, 0.5, 1.0],
    "scratch_city": [9.0] * 2,
    "scratch_ratio": [9.0] * 2,
    "intermediate_share": 0.5,
    "market_size_elasticity": 0.0,
}  # fmt: skip


def test_final_demand_is_shared_by_the_supply_that_reaches_it():
    found = after(clear_products, **PRODUCTS)
    # 4 + 0.5 · 8 and 0.25 · 4 + 8 meet demand of 6 and 3
    assert found.city_tier_competition[2::3] == [8.0, 9.0]
    assert found.city_tier_demand[2::3] == [6.0, 3.0]
    # 6/8 + 0.25 · 3/9; 0.5 · 6/8 + 3/9
    assert found.city_tier_unit_revenue[2::3] == pytest.approx([0.75 + 0.25 / 3.0, 0.375 + 1.0 / 3.0])


def test_upstream_demand_is_a_share_of_what_a_citys_firms_sell_downstream():
    found = after(clear_products, **PRODUCTS)
    sales = [4.0 * (0.75 + 0.25 / 3.0), 8.0 * (0.375 + 1.0 / 3.0)]
    assert found.city_tier_demand[1::3] == pytest.approx([0.5 * one for one in sales])
    # tier 1: 2 + 0.5 · 1 and 0.5 · 2 + 1 reach the two
    assert found.city_tier_competition[1::3] == [2.5, 2.0]
    ratios = [0.5 * sales[0] / 2.5, 0.5 * sales[1] / 2.0]
    earned = [ratios[0] + 0.5 * ratios[1], 0.5 * ratios[0] + ratios[1]]
    assert found.city_tier_unit_revenue[1::3] == pytest.approx(earned)
    assert found.city_tier_demand[0::3] == pytest.approx([0.5 * 2.0 * earned[0], 0.5 * 1.0 * earned[1]])


def test_who_buys_more_than_average_firms_has_more_demand_upstream():
    ratio = [7.0, 1.5, 2.0, 7.0, 0.5, 1.0]
    found = after(clear_products, **{**PRODUCTS, "city_tier_purchase_ratio": ratio})
    plain = after(clear_products, **PRODUCTS)
    assert found.city_tier_demand[1] == pytest.approx(2.0 * plain.city_tier_demand[1])
    assert found.city_tier_demand[4] == pytest.approx(plain.city_tier_demand[4])
    # tier 0 sells to tier 1, whose ratios are 1.5 and 0.5
    sold = [2.0 * found.city_tier_unit_revenue[1], 1.0 * found.city_tier_unit_revenue[4]]
    assert found.city_tier_demand[0::3] == pytest.approx([0.5 * 1.5 * sold[0], 0.5 * 0.5 * sold[1]])


def test_all_demand_is_spent():
    found = after(clear_products, **PRODUCTS)
    supply, revenue = np.array(found.city_tier_supply), np.array(found.city_tier_unit_revenue)
    demand = np.array(found.city_tier_demand).reshape(2, 3).sum(0)
    assert (supply * revenue).reshape(2, 3).sum(0) == pytest.approx(demand)


def test_more_supply_within_reach_enlarges_the_market():
    found = after(clear_products, **{**PRODUCTS, "market_size_elasticity": 2.0})
    # (8 / 8.5)² · 6 and (9 / 8.5)² · 3: the mean is 8.5
    assert found.city_tier_demand[2::3] == pytest.approx([6.0 * (8 / 8.5) ** 2, 3.0 * (9 / 8.5) ** 2])


def test_demand_that_no_supply_reaches_is_not_spent():
    alone = {"pair_final_reach": [1.0, 0.0, 0.0, 1.0], "city_tier_supply": [1.0, 2.0, 4.0, 3.0, 1.0, 0.0]}
    found = after(clear_products, **{**PRODUCTS, **alone})
    assert found.city_tier_demand[2::3] == [6.0, 0.0]
    assert found.city_tier_unit_revenue[2::3] == [1.5, 0.0]


# ── Talent ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cities", [2, 5])
def test_a_part_of_talent_moves_to_where_it_would_choose_to_work(cities):
    """Home 0 chooses the first two cities 1 : 3; nobody leaves the others, and two fifths reconsider."""
    closeness = np.eye(cities)
    closeness[0, :2] = [1.0, 1.5]
    workers = np.diag(np.full(cities, 10.0))
    found = after(
        move_talent, city_talent_endowment=[10.0] * cities, city_talent=[99.0] * cities,
        city_attraction=[1.0, 2.0, *[1.0] * (cities - 2)], pair_closeness=closeness.ravel().tolist(),
        pair_workers=workers.ravel().tolist(), talent_mobility=0.4,
    )  # fmt: skip
    moved = np.array(found.pair_workers).reshape(cities, cities)
    # 10 − 0.4 · (10 − 2.5) stay
    assert moved[0, :2] == pytest.approx([7.0, 3.0])
    assert moved.sum(1) == pytest.approx([10.0] * cities)
    assert found.city_talent == pytest.approx([7.0, 13.0, *[10.0] * (cities - 2)])


def test_a_home_from_which_nothing_is_in_reach_loses_its_people_slowly():
    found = after(
        move_talent, city_talent_endowment=[10.0], city_talent=[0.0], city_attraction=[1.0],
        pair_closeness=[0.0], pair_workers=[10.0], talent_mobility=0.4,
    )  # fmt: skip
    assert found.city_talent == [6.0]


def settled(endowment, closeness):
    cities = len(endowment)
    return after(
        settle_talent, talent_endowment=endowment, closeness=closeness, pull=[1.0] * cities,
        workers=[7.0] * cities**2, here=[7.0] * cities,
    )  # fmt: skip


def test_pulls_hold_as_much_talent_as_calls_a_city_home():
    found = settled([10.0, 30.0, 2.0], [1.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 1.0])
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
    found = settled([10.0, 30.0], [1.0, 0.5, 0.5, 1.0])
    assert found.pull[1] > found.pull[0]
    assert settled([20.0, 20.0], [1.0, 0.5, 0.5, 1.0]).pull == [1.0, 1.0]


def test_a_city_without_people_or_connections_stays_empty():
    found = settled([10.0, 0.0], [1.0, 0.0, 0.0, 0.0])
    assert found.here == [10.0, 0.0]
    assert found.workers == [10.0, 0.0, 0.0, 0.0]
    assert found.pull == [1.0, 1.0]


# ── Entry, exit and relocation ────────────────────────────────────────────────────────────────────

# Rows: a firm that closes, one that moves to its customer's city, one that would move to where it is, one
# that stays, a founder who starts, one who does not. Two cities, three tiers.
FIRMS = {
    "firm_alive": [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
    "firm_entering": [0.0, 0.0, 0.0, 1.0, 1.0, 0.0],
    "firm_exiting": [1.0, 0.0, 0.0, 0.0, 1.0, 1.0],
    "firm_relocating": [1.0, 1.0, 1.0, 0.0, 1.0, 1.0],
    "firm_city": [1, 0, 1, 0, 0, 0],
    "firm_home": [0, 0, 1, 1, 1, 0],
    "firm_tier": [0, 1, 1, 2, 2, 1],
    "firm_city_tier": [3, 1, 4, 2, 2, 1],
    "firm_customer": [1, 2, 3, 3, 1, 4],
    "firm_prospect": [0, 1, 1, 1, 0, 0],
    "firm_prospect_tier": [0, 4, 4, 5, 2, 1],
    "city_entrants": [9.0, 9.0],
    "city_exits": [9.0, 9.0],
    "city_arrivals": [9.0, 9.0],
    "tier_weight_basic": [1.0, 1.0, 1.0],
}
LEFT_BEHIND = (
    "age", "quality", "adopter", "innovation_probability", "revenue", "digital_revenue", "research_spending",
    "compute_spending", "labour_spending", "innovated",
)  # fmt: skip
FIRMS |= {f"firm_{name}": [0.5] * 6 for name in LEFT_BEHIND}


def test_firms_are_counted_where_they_close_arrive_and_start():
    found = after(renew_firms, **FIRMS)
    assert found.firm_alive == [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    assert found.city_exits == [0.0, 1.0]
    assert found.city_arrivals == [0.0, 1.0]
    assert found.city_entrants == [0.0, 1.0]


def test_a_firm_moves_with_its_tier_and_a_founder_starts_at_home():
    found = after(renew_firms, **FIRMS)
    assert found.firm_city == [1, 1, 1, 0, 1, 0]
    assert found.firm_city_tier == [3, 4, 4, 2, 5, 1]
    # and all look at where their customers are now, in their own tier
    assert found.firm_prospect == [1, 1, 0, 0, 1, 1]
    assert found.firm_prospect_tier == [3, 4, 1, 2, 5, 4]


def test_a_founder_starts_with_nothing_of_what_an_earlier_firm_left():
    found = after(renew_firms, **FIRMS)
    for name in LEFT_BEHIND:
        column = getattr(found, f"firm_{name}")
        closed = 0.0 if name in ("adopter", "innovation_probability") else 0.5
        assert column == [closed, 0.5, 0.5, 0.5, 0.0, 0.5], name


# ── National means ────────────────────────────────────────────────────────────────────────────────


def test_means_are_by_firm_and_by_city():
    given = {
        "nation_firms": [4.0], "nation_revenue": [10.0], "nation_mean_revenue": [9.0], "nation_budget": [2.0],
        "nation_budget_per_firm": [9.0], "nation_mean_talent": [9.0], "city_talent": [1.0, 2.0, 6.0],
    }  # fmt: skip
    found = after(national_means, **given)
    assert found.nation_mean_revenue == [2.5]
    assert found.nation_budget_per_firm == [0.5]
    assert found.nation_mean_talent == [3.0]
    nobody = after(national_means, **{**given, "nation_firms": [0.0]})
    assert (nobody.nation_mean_revenue, nobody.nation_budget_per_firm) == ([9.0], [9.0])
    one = after(national_means, **{**given, "nation_firms": [1.0]})
    assert (one.nation_mean_revenue, one.nation_budget_per_firm) == ([10.0], [2.0])


# ── The closed economy ────────────────────────────────────────────────────────────────────────────


def test_all_capital_and_compute_goes_to_firms_by_what_they_ask_for():
    given = {
        "firm_alive": [1.0, 0.0, 1.0, 1.0], "firm_city": [0, 0, 0, 1],
        "firm_capital_used": [9.0] * 4, "firm_compute_used": [9.0] * 4,
        "firm_capital_wanted": [1.0, 5.0, 3.0, 1.0], "firm_compute_wanted": [2.0, 5.0, 2.0, 1.0],
        "city_capital_stock": [20.0, 5.0], "city_direct_compute": [6.0, 5.0],
        "city_capital_wanted": [4.0, 0.0], "city_compute_wanted": [4.0, 0.0],
    }  # fmt: skip
    found = after(share_inputs, **given)
    asked = ("firm_capital_wanted", "firm_compute_wanted", "city_capital_wanted", "city_compute_wanted")
    small = after(share_inputs, **in_other_units(given, *asked))
    assert (small.firm_capital_used, small.firm_compute_used) == (
        found.firm_capital_used,
        found.firm_compute_used,
    )
    # a firm that has closed gets nothing, and where nobody asks all stays as it is
    assert found.firm_capital_used == [5.0, 9.0, 15.0, 9.0]
    assert found.firm_compute_used == [3.0, 9.0, 3.0, 9.0]


def test_the_books_of_the_provider_of_services():
    given = {
        "city_service_price": [1.5], "city_services_wanted": [5.0], "city_services_used": [4.0],
        "city_rented_compute": [8.0], "provider_city": [0], "provider_rental_bid": [0.25],
        "closed_service_compute": 2.0,
    } | {
        f"provider_{name}": [9.0]
        for name in ("price", "capacity", "load", "served", "utilisation", "unit_cost", "revenue", "surplus")
    }  # fmt: skip
    found = after(book_services, **given)
    assert found.provider_price == [1.5]
    assert found.provider_capacity == [4.0]  # eight of compute, two a service
    assert (found.provider_load, found.provider_served) == ([5.0], [4.0])
    assert found.provider_utilisation == [1.25]
    assert found.provider_unit_cost == [0.5]
    assert found.provider_revenue == [6.0]
    assert found.provider_surplus == [4.0]  # less the rent of eight at a quarter
    assert after(book_services, **{**given, "city_rented_compute": [0.0]}).provider_utilisation == [0.0]


class Table(dict):
    """A table of the state: what is put into a column fills its rows."""

    def __init__(self, rows, **columns):
        super().__init__({name: np.array(values) for name, values in columns.items()})
        self.rows = rows

    def __setitem__(self, name, value):
        super().__setitem__(name, np.full(self.rows, value))


ENDOWED = SimpleNamespace(
    closed_initial_capital=16.0, closed_initial_compute=4.0, closed_initial_rented=0.25,
    closed_external_effect=0.5, closed_capital_share=0.25, closed_compute_share=0.5,
    closed_service_compute=0.5, closed_productivity=3.0, closed_initial_markup=2.0,
)  # fmt: skip


def endowed(seed=3, cities=1, providers=1):
    state = {
        "cities": Table(cities), "providers": Table(providers),
        "firms": Table(
            4, alive=[1.0, 0.0, 1.0, 1.0], capital_used=[9.0] * 4, compute_used=[9.0] * 4,
        ),
    }  # fmt: skip
    endow_closed_economy(state, ENDOWED, seed)
    return state


def test_the_closed_economy_starts_with_all_stocks_somewhere():
    state = endowed()
    city = {name: column[0] for name, column in state["cities"].items()}
    assert (city["capital_stock"], city["compute_stock"]) == (16.0, 4.0)
    assert (city["rented_compute"], city["direct_compute"]) == (1.0, 3.0)
    assert city["mean_compute"] == pytest.approx(2.0)  # √4
    for column, stock in (("capital_used", 16.0), ("compute_used", 3.0)):
        used = state["firms"][column]
        assert used[1] == 9.0  # nobody works there
        assert used[[0, 2, 3]].sum() == pytest.approx(stock)
        assert len(set(used)) == 4
    sizes = np.exp(normals(stream_key(3, "firms.capital_used", 0), np.arange(4)))[[0, 2, 3]]
    assert state["firms"]["capital_used"][[0, 2, 3]] == pytest.approx(16.0 * sizes / sizes.sum())
    mix = state["firms"]["capital_used"] / state["firms"]["compute_used"]
    assert len(set(mix.round(6))) == 4
    assert not np.array_equal(endowed(4)["firms"]["capital_used"], state["firms"]["capital_used"])


def test_its_first_prices_follow_from_its_first_output():
    state = endowed()
    # two services: 3 · (2 · 16)^¼ · 3^½ · 2^¼
    output = 3.0 * 32.0**0.25 * 3.0**0.5 * 2.0**0.25
    provider = {name: column[0] for name, column in state["providers"].items()}
    assert state["cities"]["consumption_share"][0] == pytest.approx(0.5 * output / 20.0)
    assert provider["rental_bid"] == pytest.approx(0.5 * output / 3.0)
    assert provider["service_price"] == pytest.approx(2.0 * 0.5 * 0.5 * output / 3.0)
    assert (provider["operating"], provider["price_stride"]) == (1.0, 0.05)


@pytest.mark.parametrize(("cities", "providers"), [(2, 1), (1, 2), (1, 0), (0, 1)])
def test_it_has_one_city_and_one_provider(cities, providers):
    with pytest.raises(ScenarioError, match="1 city and 1 compute provider"):
        endowed(cities=cities, providers=providers)


# ── Units ─────────────────────────────────────────────────────────────────────────────────────────


def test_markets_do_not_depend_on_units():
    supply = {**PRODUCTS, "market_size_elasticity": 0.5}
    found = assert_units_do_not_matter(clear_products, supply, "city_tier_supply")
    assert found.city_tier_demand == pytest.approx(after(clear_products, **supply).city_tier_demand)
    money = assert_units_do_not_matter(clear_products, supply, "city_market")
    assert money.city_tier_unit_revenue == pytest.approx(
        [one / 64.0 for one in after(clear_products, **supply).city_tier_unit_revenue]
    )
    small = settled([10.0 / 64.0, 30.0 / 64.0], [1.0, 0.5, 0.5, 1.0])
    assert small.pull == pytest.approx(settled([10.0, 30.0], [1.0, 0.5, 0.5, 1.0]).pull)


@pytest.mark.parametrize("cities", [1, 5])
def test_closeness_below_one_is_closeness(cities):
    """Only ratios of closeness count, where they lie four at a time and where they do not."""
    closeness, workers = np.eye(cities) / 16.0, np.diag(np.full(cities, 0.25))
    found = after(
        move_talent, city_talent_endowment=[0.5] * cities, city_talent=[9.0] * cities,
        city_attraction=[1.0] * cities, pair_closeness=closeness.ravel().tolist(),
        pair_workers=workers.ravel().tolist(), talent_mobility=0.5,
    )  # fmt: skip
    assert found.city_talent == pytest.approx([0.375] * cities)
