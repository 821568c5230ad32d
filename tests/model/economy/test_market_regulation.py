"""Market power, the regulator, the tariff and common units: worked numbers, and runs with all on."""

from __future__ import annotations

import pytest

from model.economy.market_regulation import (
    average_prices,
    cap_prices,
    count_standards,
    discriminate_prices,
    set_tariffs,
    watch_market,
)
from tests.properties.result_hashes import digest
from tests.support.call_market import after
from tests.support.institutions import institutions

# Two cities, one service, three providers; the third is closed.
OFFERS = {
    "city_offer_delivered_price": [0.5, 0.75, 0.25, 0.75, 2.0, 0.25],
    "city_offer_tender_price": [0.5, 0.75, 0.25, 0.75, 2.0, 0.25],
    "city_offer_suitable": [1.0] * 6,
    "city_offer_premium": [7.0] * 6,
    "city_service_cloud_delivered_price": [1.0, 1.0],
    "offer_provider": [0, 1, 2],
    "offer_service": [0, 0, 0],
    "provider_operating": [1.0, 1.0, 0.0],
    "nation_regulating": [0.0],
    "market_power": 0.5,
}
MARKET = {
    "provider_operating": [1.0, 1.0, 0.0],
    "provider_revenue": [3.0, 1.0, 0.0],
    "provider_load": [4.0, 2.0, 0.0],
    "provider_price": [0.75, 0.5, 1.0],
    "provider_unit_cost": [0.25, 0.25, 0.25],
    "provider_capital_cost": [1.0, 1.0, 1.0],
    "provider_capacity": [10.0, 10.0, 0.0],
    "provider_kind": [0, 0, 0],
    "kind_cloud_price": [0.625],
    "nation_concentration": [7.0],
    "nation_markup": [7.0],
    "nation_regulating": [0.0],
    "target_utilisation": 0.8,
    "concentration_limit": 0.7,
    "markup_limit": 0.2,
}


def test_the_cheapest_takes_a_part_of_the_gap_to_the_next_best_open_centre_or_the_cloud():
    found = after(discriminate_prices, **OFFERS)
    assert found.city_offer_premium == pytest.approx([1.25, 1.0, 1.0, 7.0 / 6.0, 1.0, 1.0])
    assert found.city_offer_delivered_price == pytest.approx([0.625, 0.75, 0.25, 0.875, 2.0, 0.25])
    assert found.city_offer_tender_price == found.city_offer_delivered_price


def test_a_regulator_who_acts_allows_no_discrimination():
    found = after(discriminate_prices, **{**OFFERS, "nation_regulating": [1.0]})
    assert found.city_offer_premium == [1.0] * 6
    assert found.city_offer_delivered_price == OFFERS["city_offer_delivered_price"]


def test_the_price_of_an_offer_is_the_mean_that_is_paid():
    found = after(
        average_prices,
        city_offer_flow=[1.0, 2.0, 3.0, 0.0],
        city_offer_premium=[1.0, 1.5, 2.0, 1.0],
        offer_load=[4.0, 2.0],
        offer_gate_price=[0.5, 1.0],
    )
    assert found.offer_gate_price == pytest.approx([(0.5 + 3.0) / 4.0, 1.5])


def test_the_regulator_sees_concentration_and_mark_up_over_full_cost():
    found = after(watch_market, **MARKET)
    assert found.nation_concentration == [10.0 / 16.0]
    # full cost is 0.25 + 1 / (0.8 · 10) = 0.375 a unit
    assert found.nation_markup == pytest.approx([4.0 / (6.0 * 0.375) - 1.0])
    assert found.nation_regulating == [1.0]
    calm = after(watch_market, **{**MARKET, "markup_limit": 0.8})
    assert calm.nation_regulating == [0.0]
    assert after(watch_market, **{**MARKET, "concentration_limit": 0.6}).nation_regulating == [1.0]


def test_the_ceiling_holds_where_the_regulator_acts():
    assert after(cap_prices, **MARKET).provider_price == MARKET["provider_price"]
    found = after(cap_prices, **{**MARKET, "nation_regulating": [1.0]})
    assert found.provider_price == pytest.approx([0.45, 0.45, 1.0])


def test_a_tariff_is_marginal_cost_and_standing_charge_and_at_most_the_clouds_price():
    found = after(set_tariffs, **MARKET, provider_standing_charge=[0.25, 2.0, 0.0])
    assert found.provider_price == [0.5, 0.625, 0.25]


def test_common_units_are_counted_by_use_and_by_capacity():
    found = after(
        count_standards,
        city_compute_use=[1.0, 3.0],
        city_standard=[0.0, 1.0],
        provider_capacity=[2.0, 6.0, 9.0],
        provider_operating=[1.0, 1.0, 0.0],
        provider_certified=[1.0, 0.0, 1.0],
        nation_standard_share=[7.0],
        nation_certified_share=[7.0],
    )
    assert (found.nation_standard_share, found.nation_certified_share) == ([0.75], [0.25])


@pytest.mark.parametrize("exchange", [0.0, 1.0])
def test_accounts_hold_with_everything_on_and_engines_agree(exchange: float):
    """Everything that is off by default is on. Invariants are checked in every quarter."""
    model = institutions(exchange=exchange)
    nation = model.state["nation"]
    assert nation["carriage"][0] > 0.0
    assert nation["certified_share"][0] > 0.5
    assert nation["loans"][0] > 0.0
    assert digest(institutions(2016, exchange=exchange)) == digest(
        institutions(2016, "interpreted", exchange=exchange)
    )
