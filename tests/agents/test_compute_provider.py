"""Rules of compute providers: against numbers worked by hand, and what economics asks of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import compute_provider as provider
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # four quarters of 30 % a year: e^−0.3
    case(provider.cost_level, 0.7408182206817179, progress=0.3, nation_quarter=4.0, chip_factor=1.0),
    # half as dear again
    case(provider.cost_level, 1.1112273310225768, progress=0.3, nation_quarter=4.0, chip_factor=1.5),
    # 2020 is two years before 2022: 6 · e^(−2 · 0.2)
    case(provider.standard_capacity, 4.0219202762138355, capacity_2022=6.0, capacity_growth=0.2,
         nation_quarter=60.0, start_year=2005.0),
    # trend 10 · e^0.1 = 11.05171, and a tenth of the way from there to 20
    case(provider.cloud_capacity, 11.946538262680829, cloud_capacity=10.0, cloud_demand=20.0,
         capacity_growth=0.4, cloud_building=0.1),
    # at the start: what is asked for
    case(provider.cloud_capacity, 20.0, cloud_capacity=0.0, cloud_demand=20.0, capacity_growth=0.4,
         cloud_building=0.1),
    # 1.2 · 0.5 · √2.25
    case(provider.cloud_price, 0.9, cost_level=0.5, cloud_demand=22.5, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    # 1.2 · 0.5 · √3.61 is within the limits; √0.2304 = 0.48 counts as a half
    case(provider.cloud_price, 1.14, cost_level=0.5, cloud_demand=36.1, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    case(provider.cloud_price, 0.3, cost_level=0.5, cloud_demand=2.304, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    # nine times the capacity doubles the price, a hundredth of it halves it
    case(provider.cloud_price, 1.2, cost_level=0.5, cloud_demand=90.0, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    case(provider.cloud_price, 0.3, cost_level=0.5, cloud_demand=0.1, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    # nothing built yet, nothing asked for: on trend
    case(provider.cloud_price, 0.6, cost_level=0.5, cloud_demand=5.0, cloud_capacity=0.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    case(provider.cloud_price, 0.6, cost_level=0.5, cloud_demand=0.0, cloud_capacity=10.0,
         cloud_start_price=1.2, cloud_supply=2.0),
    case(provider.list_price, 0.9, kind_cloud_price=0.9),
    # 2 · 0.25
    case(provider.traffic, 0.5, first_traffic=2.0, kind_cost_level=0.25),
    # 2 · 3
    case(provider.capacity, 6.0, size=2.0, kind_standard_capacity=3.0),
    # 0.06 · 1.5 · 0.5 · 8; before it opens nothing
    case(provider.capital_cost, 0.36, capacity=8.0, operating=1.0, kind_cost_level=0.5, centre_cost=1.5,
         capital_charge=0.06),
    case(provider.capital_cost, 0.0, capacity=8.0, operating=0.0, kind_cost_level=0.5, centre_cost=1.5,
         capital_charge=0.06),
    case(provider.operating, 0.0, opens=20.0, nation_quarter=19.0),
    case(provider.operating, 1.0, opens=20.0, nation_quarter=20.0),
    # (0.335 + 0.372 · 1.25 · 0.4) · 0.5
    case(provider.unit_cost, 0.2605, electricity_price=0.4, kind_cost_level=0.5, service_cost=0.335,
         electricity_use=0.372, power_usage_effectiveness=1.25),
    # free service and power: the least cost of 0.001, times 0.5
    case(provider.unit_cost, 0.0005, electricity_price=0.0, kind_cost_level=0.5, service_cost=0.0,
         electricity_use=0.372, power_usage_effectiveness=1.25),
    # e^(0.06 · 2.5) · (1 + 0.5) · (1 + 0.01 · 0.64 / 0.2)
    case(provider.overhead, 1.7985194077433821, latency=25.0, hosted=0.0, provider_utilisation=0.8,
         provider_dedicated=0.0, service_latency_penalty=0.06, interoperability_friction=0.5,
         dedicated_gain=0.25, queue_cost=0.01,
         city_standard=0.0, provider_certified=0.0, retailed=0.0, standard_effect=0.8, retail_service=0.6),
    # at home, overloaded: the queue stays that of u = 0.95, 1 + 0.01 · 0.9025 / 0.05
    case(provider.overhead, 1.1828633625747875, latency=1.0, hosted=1.0, provider_utilisation=3.0,
         provider_dedicated=0.0, service_latency_penalty=0.02, interoperability_friction=0.5,
         dedicated_gain=0.25, queue_cost=0.01,
         city_standard=0.0, provider_certified=0.0, retailed=0.0, standard_effect=0.8, retail_service=0.6),
    # nearly full: e^(0.02 · 0.1) · (1 + 0.01 · 0.81 / 0.1)
    case(provider.overhead, 1.0831641634420544, latency=1.0, hosted=1.0, provider_utilisation=0.9,
         provider_dedicated=0.0, service_latency_penalty=0.02, interoperability_friction=0.5,
         dedicated_gain=0.25, queue_cost=0.01,
         city_standard=0.0, provider_certified=0.0, retailed=0.0, standard_effect=0.8, retail_service=0.6),
    # a little overloaded: the same
    case(provider.overhead, 1.1828633625747875, latency=1.0, hosted=1.0, provider_utilisation=1.1,
         provider_dedicated=0.0, service_latency_penalty=0.02, interoperability_friction=0.5,
         dedicated_gain=0.25, queue_cost=0.01,
         city_standard=0.0, provider_certified=0.0, retailed=0.0, standard_effect=0.8, retail_service=0.6),
    # the first of the two by a dedicated centre: over 1.25
    case(provider.overhead, 1.4388155261947059, latency=25.0, hosted=0.0, provider_utilisation=0.8,
         provider_dedicated=1.0, service_latency_penalty=0.06, interoperability_friction=0.5,
         dedicated_gain=0.25, queue_cost=0.01,
         city_standard=0.0, provider_certified=0.0, retailed=0.0, standard_effect=0.8, retail_service=0.6),
    # within the ring, outside it, at home, and where nothing is sold to others
    case(provider.suitable, 1.0, latency=5.0, hosted=0.0, provider_edge=0.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=0.0, remote_access=1.0),
    case(provider.suitable, 0.0, latency=5.1, hosted=0.0, provider_edge=0.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=0.0, remote_access=1.0),
    case(provider.suitable, 1.0, latency=1.0, hosted=1.0, provider_edge=0.0, service_real_time=1.0,
         service_latency_limit=0.5, edge_ring=0.0, remote_access=0.0),
    case(provider.suitable, 0.0, latency=1.0, hosted=0.0, provider_edge=0.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=0.0, remote_access=0.0),
    # an edge centre: within its ring, not beyond; work of the city; no batch work
    case(provider.suitable, 1.0, latency=0.9, hosted=0.0, provider_edge=1.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=1.0, remote_access=1.0),
    case(provider.suitable, 0.0, latency=2.0, hosted=0.0, provider_edge=1.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=1.0, remote_access=1.0),
    case(provider.suitable, 1.0, latency=2.0, hosted=1.0, provider_edge=1.0, service_real_time=1.0,
         service_latency_limit=5.0, edge_ring=1.0, remote_access=1.0),
    case(provider.suitable, 0.0, latency=0.0, hosted=1.0, provider_edge=1.0, service_real_time=0.0,
         service_latency_limit=1000.0, edge_ring=1.0, remote_access=1.0),
    # 0.5 · 1.05; 1.02 / 1.02, and a billionth less
    case(provider.ask, 0.525, unit_cost=0.5, ask_markup=0.05),
    case(provider.bid, 0.999999999, cloud_delivered_price=1.02, exchange_fee=0.02, city_fee_ratio=1.0),
    case(provider.gate_price, 0.8, provider_price=0.8),
    # 1.2 · (1 − 0.25); the voucher holds everywhere; the centre stands in another province
    case(provider.tender_price, 0.9, delivered_price=1.2, local=1.0, city_voucher_rate=0.25,
         voucher_local_supply=1.0, scheduler_view=1.0),
    case(provider.tender_price, 1.2, delivered_price=1.2, local=1.0, city_voucher_rate=0.25,
         voucher_local_supply=0.0, scheduler_view=1.0),
    case(provider.tender_price, 1.2, delivered_price=1.2, local=0.0, city_voucher_rate=0.25,
         voucher_local_supply=1.0, scheduler_view=1.0),
    # 20 · 0.5 · 0.4 · 1.25, and 30 % of it
    case(provider.power_use, 5.0, served=20.0, kind_cost_level=0.5, electricity_use=0.4,
         power_usage_effectiveness=1.25),
    case(provider.green_power, 1.5, power_use=5.0, green_share=0.3),
    # 1.3 · 0.8
    case(provider.delivered_price, 1.04, overhead=1.3, offer_gate_price=0.8,
         hosted=0.0, retailed=0.0, carriage_fee=0.0, retail_margin=0.0),
    # 1.1 · e^(0.06 · 1.5)
    case(provider.cloud_delivered_price, 1.2035917120757316, cloud_latency=15.0,
         service_latency_penalty=0.06, service_list_price=1.1),
    # 0.8 · e^(0.15 · (0.5 − 0.8))
    case(provider.price, 0.76479798546648, price=0.8, operating=1.0, utilisation=0.5, unit_cost=0.4,
         kind_cloud_price=1.0, kind_progress=0.0, opening_discount=0.2, target_utilisation=0.8,
         price_adjustment=0.15, price_fall=0.1, price_rise=0.15),
    # compute gets cheaper by a fifth of a log point a year: 0.8 · e^(−0.045 − 0.05)
    case(provider.price, 0.7274983475745852, price=0.8, operating=1.0, utilisation=0.5, unit_cost=0.4,
         kind_cloud_price=1.0, kind_progress=0.2, opening_discount=0.2, target_utilisation=0.8,
         price_adjustment=0.15, price_fall=0.1, price_rise=0.15),
    # the limits hold for the move towards the target, not for progress: 0.8 · e^(−0.1 − 0.05)
    case(provider.price, 0.6885663811400463, price=0.8, operating=1.0, utilisation=0.0, unit_cost=0.4,
         kind_cloud_price=1.0, kind_progress=0.2, opening_discount=0.2, target_utilisation=0.8,
         price_adjustment=0.5, price_fall=0.1, price_rise=0.15),
    # 0.15 · 2.2 is more than the largest rise
    case(provider.price, 0.9294673941826265, price=0.8, operating=1.0, utilisation=3.0, unit_cost=0.4,
         kind_cloud_price=1.0, kind_progress=0.0, opening_discount=0.2, target_utilisation=0.8,
         price_adjustment=0.15, price_fall=0.1, price_rise=0.15),
    # 0.5 · 0.8 is more than the largest fall
    case(provider.price, 0.7238699344287677, price=0.8, operating=1.0, utilisation=0.0, unit_cost=0.4,
         kind_cloud_price=1.0, kind_progress=0.0, opening_discount=0.2, target_utilisation=0.8,
         price_adjustment=0.5, price_fall=0.1, price_rise=0.15),
    # 0.99 · e^0.15 is dearer than the cloud
    case(provider.price, 1.0, price=0.99, operating=1.0, utilisation=3.0, unit_cost=0.4, kind_cloud_price=1.0,
         kind_progress=0.0, opening_discount=0.2, target_utilisation=0.8, price_adjustment=0.15,
         price_fall=0.1, price_rise=0.15),
    # 0.41 · e^−0.1 is below marginal cost
    case(provider.price, 0.4, price=0.41, operating=1.0, utilisation=0.0, unit_cost=0.4, kind_cloud_price=1.0,
         kind_progress=0.0, opening_discount=0.2, target_utilisation=0.8, price_adjustment=0.5,
         price_fall=0.1, price_rise=0.15),
    # not open yet: 1.2 · 0.75
    case(provider.price, 0.9, price=0.5, operating=0.0, utilisation=0.9, unit_cost=0.4, kind_cloud_price=1.2,
         kind_progress=0.0, opening_discount=0.25, target_utilisation=0.8, price_adjustment=0.15,
         price_fall=0.1, price_rise=0.15),
    # dearer than the cloud to run: marginal cost has the last word
    case(provider.price, 1.4, price=0.5, operating=1.0, utilisation=0.9, unit_cost=1.4, kind_cloud_price=1.2,
         kind_progress=0.0, opening_discount=0.25, target_utilisation=0.8, price_adjustment=0.15,
         price_fall=0.1, price_rise=0.15),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(provider, HAND_WORKED)


@given(opens=st.integers(-400, 400), quarter=st.integers(-400, 400))
def test_a_centre_is_open_from_its_date_on(opens, quarter):
    assert provider.operating(float(opens), float(quarter)) == (1.0 if quarter >= opens else 0.0)


def test_cheap_power_lowers_marginal_cost():
    west, east = (provider.unit_cost(power, 1.0, 0.335, 0.372, 1.25) for power in (0.39, 0.57))
    assert east - west == pytest.approx(0.18 * 0.372 * 1.25, rel=1e-12)
    assert provider.unit_cost(0.39, 1.0, 0.335, 0.0, 1.25) == 0.335
    assert provider.unit_cost(0.39, 0.25, 0.335, 0.0, 1.25) == 0.25 * 0.335


# ── Progress and the cloud ───────────────────────────────────────────────────────────────────────


@RULES
@given(progress=between(0.0, 1.0), quarter=st.integers(-80, 400))
def test_progress_makes_compute_cheaper_by_the_same_part_every_year(progress, quarter):
    now, later = (provider.cost_level(progress, float(quarter + more), 1.0) for more in (0, 4))
    assert later / now == pytest.approx(math.exp(-progress), rel=1e-9)
    assert provider.cost_level(progress, 0.0, 1.0) == 1.0
    assert provider.cost_level(0.0, float(quarter), 1.0) == 1.0


def test_a_standard_centre_is_as_observed_in_2022_and_grows():
    assert provider.standard_capacity(6.0, 0.2, 68.0, 2005.0) == 6.0
    assert provider.standard_capacity(6.0, 0.2, 72.0, 2005.0) == pytest.approx(6.0 * math.exp(0.2))
    assert provider.standard_capacity(6.0, 0.0, 0.0, 2005.0) == 6.0


@RULES
@given(
    capacity=between(0.01, 1e4),
    demand=between(0.0, 1e4),
    growth=between(0.0, 1.0),
    building=between(0.0, 1.0),
)
def test_the_cloud_builds_towards_demand(capacity, demand, growth, building):
    trend = capacity * math.exp(0.25 * growth)
    built = provider.cloud_capacity(capacity, demand, growth, building)
    assert min(trend, demand) * (1 - 1e-9) <= built <= max(trend, demand) * (1 + 1e-9)
    assert provider.cloud_capacity(capacity, demand, growth, 0.0) == pytest.approx(trend, rel=1e-12)
    assert provider.cloud_capacity(capacity, demand, growth, 1.0) == pytest.approx(demand, rel=1e-9, abs=1e-9)
    assert provider.cloud_capacity(0.0, demand, growth, building) == demand


@RULES
@given(
    capacity=between(0.0, 1e4),
    demand=between(0.0, 1e4),
    supply=between(0.1, 100.0),
    level=between(0.001, 10.0),
)
def test_the_cloud_is_dear_where_it_is_scarce_within_limits(capacity, demand, supply, level):
    def price(demand, capacity=capacity):
        return provider.cloud_price(level, demand, capacity, 1.2, supply)

    assert 0.5 * 1.2 * level <= price(demand) <= 2.0 * 1.2 * level
    assert price(capacity) == 1.2 * level
    assert price(2.0 * demand) >= price(demand) or demand == 0.0
    # Times the ratio, doubled, to the power of one over the elasticity of supply: at most a doubling.
    doubled = provider.cloud_price(level, 6.0, 3.0, 1.2, supply)
    assert doubled == pytest.approx(1.2 * level * min(2.0, 2.0 ** (1.0 / supply)), rel=1e-9)


@RULES
@given(capacity=between(0.0, 1e6), level=between(0.0, 10.0))
def test_idle_or_not_an_open_centre_bears_the_cost_of_its_capital(capacity, level):
    cost = provider.capital_cost(capacity, 1.0, level, 1.5, 0.06)
    assert cost == pytest.approx(0.09 * level * capacity, rel=1e-12)
    assert provider.capital_cost(capacity, 0.0, level, 1.5, 0.06) == 0.0
    assert provider.capital_cost(capacity, 1.0, level, 1.5, 0.0) == 0.0


def test_traffic_and_power_per_money_of_compute_are_constant():
    for level in (1.0, 0.1, 0.01):
        assert provider.traffic(2.0, level) / level == pytest.approx(2.0, rel=1e-12)
        assert provider.power_use(3.0, level, 0.4, 1.25) / level == pytest.approx(1.5, rel=1e-12)


# ── Overhead ─────────────────────────────────────────────────────────────────────────────────────


def overhead_of(latency, hosted, load, penalty, friction, queue):
    """Of a general-purpose centre."""
    return provider.overhead(
        latency, hosted, load, 0.0, 0.0, 0.0, 0.0, penalty, friction, 0.8, 0.6, 0.25, queue
    )


def test_an_idle_centre_next_door_costs_nothing_extra():
    assert overhead_of(0.0, 1.0, 0.0, 0.06, 0.5, 0.01) == 1.0


@RULES
@given(
    latency=between(0.1, 60.0),
    hosted=st.sampled_from([0.0, 1.0]),
    load=between(0.0, 0.94),
    penalty=between(0.001, 0.5),
    friction=between(0.0, 2.0),
    queue=between(0.001, 1.0),
)
def test_distance_and_queues_raise_the_overhead(latency, hosted, load, penalty, friction, queue):
    overhead = overhead_of(latency, hosted, load, penalty, friction, queue)
    assert overhead >= 1.0
    assert overhead_of(1.1 * latency, hosted, load, penalty, friction, queue) > overhead
    assert overhead_of(latency, hosted, load + 0.01, penalty, friction, queue) > overhead
    assert overhead_of(latency, 1.0, load, penalty, friction, queue) <= overhead


@RULES
@given(latency=between(0.0, 60.0), hosted=st.sampled_from([0.0, 1.0]), load=between(0.0, 5.0))
def test_each_part_of_the_overhead_switched_off_is_exactly_neutral(latency, hosted, load):
    assert overhead_of(latency, hosted, load, 0.0, 0.0, 0.0) == 1.0
    assert overhead_of(latency, hosted, load, 0.06, 0.5, 0.0) == overhead_of(
        latency, hosted, 0.0, 0.06, 0.5, 0.01
    )
    assert overhead_of(latency, hosted, load, 0.06, 0.0, 0.01) == overhead_of(
        latency, 1.0, load, 0.06, 0.5, 0.01
    )
    assert overhead_of(latency, hosted, load, 0.0, 0.5, 0.01) == overhead_of(
        0.0, hosted, load, 0.06, 0.5, 0.01
    )


def test_waiting_is_finite_however_overloaded_a_centre_is():
    assert overhead_of(0.0, 1.0, 1e6, 0.06, 0.5, 0.01) == overhead_of(0.0, 1.0, 0.95, 0.06, 0.5, 0.01)


def test_without_latency_the_cloud_costs_its_list_price():
    assert provider.cloud_delivered_price(0.0, 0.06, 1.1) == 1.1
    assert provider.cloud_delivered_price(20.0, 0.0, 1.1) == 1.1
    assert provider.cloud_delivered_price(20.0, 0.06, 1.1) > provider.cloud_delivered_price(10.0, 0.06, 1.1)


MARKET = dict(
    price=0.8,
    operating=1.0,
    utilisation=0.8,
    unit_cost=0.5,
    kind_cloud_price=1.0,
    kind_progress=0.0,
    opening_discount=0.2,
    target_utilisation=0.8,
    price_adjustment=0.15,
    price_fall=0.1,
    price_rise=0.15,
)


def posted(**changes):
    return provider.price(**{**MARKET, **changes})


def test_the_price_rests_at_the_target_and_where_adjustment_is_off():
    assert posted() == 0.8
    assert posted(price_adjustment=0.0, utilisation=3.0) == 0.8
    assert posted(price_fall=0.0, utilisation=0.0) == 0.8
    assert posted(price_rise=0.0, utilisation=3.0) == 0.8


@RULES
@given(
    before=between(0.01, 10.0),
    utilisation=between(0.0, 10.0),
    cost=between(0.0, 5.0),
    cloud=between(0.1, 10.0),
    operating=st.sampled_from([0.0, 1.0]),
    progress=between(0.0, 1.0),
)
def test_the_price_stays_between_marginal_cost_and_the_clouds(
    before, utilisation, cost, cloud, operating, progress
):
    now = dict(price=before, unit_cost=cost, kind_cloud_price=cloud, operating=operating)
    price = posted(**now, utilisation=utilisation, kind_progress=progress)
    assert price >= cost
    assert price <= max(cost, cloud)
    assert posted(**now, utilisation=utilisation + 0.1, kind_progress=progress) >= price
    assert posted(**now, utilisation=utilisation, kind_progress=progress + 0.1) <= price


def test_before_it_opens_only_the_introductory_price_counts():
    assert posted(operating=0.0, price=0.6, utilisation=2.0) == posted(operating=0.0) == 0.8
    assert posted(operating=0.0, opening_discount=0.0) == 1.0
