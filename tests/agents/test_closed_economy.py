"""Rules of the closed economy: against numbers worked by hand, and what economics asks of them."""

import math

import pytest
from hypothesis import given

from agents import closed_economy as closed
from agents.closed_economy import final_output, services_at_price
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

TRIAL = math.log(2.0)  # far away, so that the dearer price is twice the posted one


# α = β = ¼, so that services have ½: with K = 16, H = 1 and A = 3 output is 3·2·1·√X, at X = 4 it is 12;
# the last of X services brings 3/√X, so at price 1 nine are wanted, at twice that 9/4 and at half 36.
FIRM = dict(
    capital_used=16.0,
    compute_used=1.0,
    city_mean_compute=1.0,
    closed_productivity=3.0,
    closed_capital_share=0.25,
    closed_compute_share=0.25,
)

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    case(closed.services_wanted, 9.0, city_service_price=1.0, **FIRM),
    # H̄ of 16 counts like 16 times the capital: twice the output, four times the services
    case(closed.services_wanted, 36.0, city_service_price=1.0, **{**FIRM, "city_mean_compute": 16.0}),
    # no firm sells
    case(closed.services_wanted, 0.0, city_service_price=0.0, **FIRM),
    case(closed.services_if_dearer, 2.25, city_service_price=1.0, closed_price_trial=TRIAL, **FIRM),
    case(closed.services_if_cheaper, 36.0, city_service_price=1.0, closed_price_trial=TRIAL, **FIRM),
    case(closed.services_used, 3.0, services_wanted=4.0, city_served_share=0.75),
    case(closed.output, 12.0, services_used=4.0, **FIRM),
    # ¼·12/16 and ½·12/4
    case(closed.capital_bid, 0.1875, output=12.0, capital_used=16.0, closed_capital_share=0.25),
    case(closed.capital_bid, 0.0, output=0.0, capital_used=0.0, closed_capital_share=0.25),
    case(closed.compute_bid, 1.5, output=12.0, compute_used=4.0, closed_compute_share=0.5),
    case(closed.compute_bid, 0.0, output=0.0, compute_used=0.0, closed_compute_share=0.5),
    # a firm with half a unit: ¼·1/0.5 and ½·1/0.5
    case(closed.capital_bid, 0.5, output=1.0, capital_used=0.5, closed_capital_share=0.25),
    case(closed.compute_bid, 1.0, output=1.0, compute_used=0.5, closed_compute_share=0.5),
    case(closed.capital_income, 3.0, capital_bid=0.1875, capital_used=16.0),
    case(closed.compute_income, 6.0, compute_bid=1.5, compute_used=4.0),
    # brings four times the rental: 16·√4
    case(closed.capital_wanted, 32.0, capital_used=16.0, capital_bid=0.4, city_capital_rental=0.1,
         closed_input_adjustment=0.5),
    case(closed.capital_wanted, 16.0, capital_used=16.0, capital_bid=0.0, city_capital_rental=0.0,
         closed_input_adjustment=0.5),
    # brings a quarter of it: 8/√4
    case(closed.compute_wanted, 4.0, compute_used=8.0, compute_bid=0.025, city_direct_rental=0.1,
         closed_input_adjustment=0.5),
    case(closed.compute_wanted, 8.0, compute_used=8.0, compute_bid=0.0, city_direct_rental=0.0,
         closed_input_adjustment=0.5),
    # (2·3 − 0.5·4)·5 and (½·3 − 0.5·4)·5
    case(closed.profit_if_dearer, 20.0, service_price=3.0, rental_bid=4.0, city_services_if_dearer=5.0,
         closed_service_compute=0.5, closed_price_trial=TRIAL),
    case(closed.profit_if_cheaper, -2.5, service_price=3.0, rental_bid=4.0, city_services_if_cheaper=5.0,
         closed_service_compute=0.5, closed_price_trial=TRIAL),
    # on: 1.3 times as far; back: half as far
    case(closed.price_stride, 0.13, price_stride=0.1, profit_if_dearer=2.0, profit_if_cheaper=1.0),
    case(closed.price_stride, -0.05, price_stride=0.1, profit_if_dearer=1.0, profit_if_cheaper=2.0),
    case(closed.price_stride, -0.13, price_stride=-0.1, profit_if_dearer=1.0, profit_if_cheaper=2.0),
    case(closed.price_stride, 0.05, price_stride=-0.1, profit_if_dearer=2.0, profit_if_cheaper=1.0),
    # at equal profits the price falls
    case(closed.price_stride, -0.13, price_stride=-0.1, profit_if_dearer=1.0, profit_if_cheaper=1.0),
    # never beyond the longest, never below the shortest
    case(closed.price_stride, 0.25, price_stride=0.24, profit_if_dearer=2.0, profit_if_cheaper=1.0),
    case(closed.price_stride, -1e-9, price_stride=1e-9, profit_if_dearer=1.0, profit_if_cheaper=2.0),
    # 2·e^(ln 1.5)
    case(closed.service_price, 3.0, service_price=2.0, price_stride=math.log(1.5)),
    # needs 1.5·8 = 12 of 8: 0.2·1.5²; a shortage counts as double at most, plenty as half
    case(closed.rental_bid, 0.45, rental_bid=0.2, city_services_wanted=8.0, city_rented_compute=8.0,
         closed_service_compute=1.5, closed_bid_adjustment=2.0),
    case(closed.rental_bid, 0.4, rental_bid=0.2, city_services_wanted=800.0, city_rented_compute=8.0,
         closed_service_compute=1.5, closed_bid_adjustment=1.0),
    case(closed.rental_bid, 0.1, rental_bid=0.2, city_services_wanted=0.0, city_rented_compute=8.0,
         closed_service_compute=1.5, closed_bid_adjustment=1.0),
    case(closed.rental_bid, 0.2, rental_bid=0.2, city_services_wanted=8.0, city_rented_compute=0.0,
         closed_service_compute=1.5, closed_bid_adjustment=1.0),
    # two and a half times too little counts as double too; 0.75 is needed of half a unit
    case(closed.rental_bid, 0.4, rental_bid=0.2, city_services_wanted=20.0, city_rented_compute=8.0,
         closed_service_compute=1.0, closed_bid_adjustment=1.0),
    case(closed.rental_bid, 0.3, rental_bid=0.2, city_services_wanted=0.5, city_rented_compute=0.5,
         closed_service_compute=1.5, closed_bid_adjustment=1.0),
    # 6 units of compute where 12 are needed; 18 where 12 are
    case(closed.served_share, 0.5, services_wanted=8.0, rented_compute=6.0, closed_service_compute=1.5),
    case(closed.served_share, 1.0, services_wanted=8.0, rented_compute=18.0, closed_service_compute=1.5),
    case(closed.capital_rental, 0.15, capital_income=3.0, capital_stock=20.0),
    case(closed.capital_rental, 0.0, capital_income=0.0, capital_stock=0.0),
    case(closed.direct_rental, 0.25, compute_income=2.0, direct_compute=8.0),
    case(closed.direct_rental, 0.0, compute_income=0.0, direct_compute=0.0),
    case(closed.capital_rental, 0.15, capital_income=0.075, capital_stock=0.5),
    case(closed.direct_rental, 0.25, compute_income=0.125, direct_compute=0.5),
    # compute brings (0.2·6 + 0.4·2)/8 = 0.25: 0.6·0.1 + 0.4·0.25
    case(closed.household_return, 0.16, capital_rental=0.1, direct_rental=0.2, rental_bid=0.4,
         direct_compute=6.0, rented_compute=2.0, closed_compute_investment=0.4),
    case(closed.household_return, 0.06, capital_rental=0.1, direct_rental=0.0, rental_bid=0.4,
         direct_compute=0.0, rented_compute=0.0, closed_compute_investment=0.4),
    # the same of a sixteenth of the compute
    case(closed.household_return, 0.16, capital_rental=0.1, direct_rental=0.2, rental_bid=0.4,
         direct_compute=0.375, rented_compute=0.125, closed_compute_investment=0.4),
    # (0.16 − 0.05 − 0.03)/2
    case(closed.desired_growth, 0.04, household_return=0.16, closed_depreciation=0.05,
         closed_discount_rate=0.03, closed_risk_aversion=2.0),
    # a tenth of 30, then all there is
    case(closed.consumption, 3.0, consumption_share=0.1, capital_stock=20.0, compute_stock=10.0, output=5.0),
    case(closed.consumption, 2.0, consumption_share=0.1, capital_stock=20.0, compute_stock=10.0, output=2.0),
    case(closed.investment, 2.0, output=5.0, consumption=3.0),
    # 2.4/30 − 0.05
    case(closed.wealth_growth, 0.03, investment=2.4, capital_stock=20.0, compute_stock=10.0,
         closed_depreciation=0.05),
    case(closed.wealth_growth, -0.05, investment=0.0, capital_stock=0.0, compute_stock=0.0,
         closed_depreciation=0.05),
    case(closed.wealth_growth, 0.03, investment=0.06, capital_stock=0.5, compute_stock=0.25,
         closed_depreciation=0.05),
    # 0.1 + 0.5·(0.03 − 0.05); then at most 3/30; then not below 0
    case(closed.consumption_share, 0.09, consumption_share=0.1, wealth_growth=0.03, desired_growth=0.05,
         output=6.0, capital_stock=20.0, compute_stock=10.0, closed_saving_adjustment=0.5),
    case(closed.consumption_share, 0.1, consumption_share=0.1, wealth_growth=0.05, desired_growth=0.03,
         output=3.0, capital_stock=20.0, compute_stock=10.0, closed_saving_adjustment=0.5),
    case(closed.consumption_share, 0.0, consumption_share=0.1, wealth_growth=-0.3, desired_growth=0.03,
         output=3.0, capital_stock=20.0, compute_stock=10.0, closed_saving_adjustment=0.5),
    case(closed.consumption_share, 0.1, consumption_share=0.1, wealth_growth=0.05, desired_growth=0.03,
         output=0.075, capital_stock=0.5, compute_stock=0.25, closed_saving_adjustment=0.5),
    case(closed.consumption_share, 0.0, consumption_share=0.1, wealth_growth=0.05, desired_growth=0.03,
         output=0.0, capital_stock=0.0, compute_stock=0.0, closed_saving_adjustment=0.5),
    # 20 + ¼·(0.6·4 − 0.05·20) and 10 + ¼·(0.4·4 − 0.05·10)
    case(closed.capital_stock, 20.35, capital_stock=20.0, investment=4.0, closed_compute_investment=0.4,
         closed_depreciation=0.05),
    case(closed.compute_stock, 10.275, compute_stock=10.0, investment=4.0, closed_compute_investment=0.4,
         closed_depreciation=0.05),
    case(closed.mean_compute, 3.0, compute_stock=9.0, closed_external_effect=0.5),
    case(closed.mean_compute, 1.0, compute_stock=9.0, closed_external_effect=0.0),
    # odds of 2 to 6, at four times the rental √4 as good: 2/3 to 1, so 2/5 of 10
    case(closed.rented_compute, 4.0, rented_compute=2.0, direct_compute=6.0, compute_stock=10.0,
         rental_bid=0.4, direct_rental=0.1, closed_arbitrage=0.5),
    case(closed.rented_compute, 2.0, rented_compute=2.0, direct_compute=6.0, compute_stock=10.0,
         rental_bid=0.4, direct_rental=0.0, closed_arbitrage=0.5),
    case(closed.direct_compute, 6.0, compute_stock=10.0, rented_compute=4.0),
    case(closed.direct_compute, 0.5, compute_stock=1.0, rented_compute=0.5),
    case(closed.direct_compute, 0.0, compute_stock=10.0, rented_compute=11.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(closed, HAND_WORKED)


SHARE, AMOUNT = between(0.1, 0.45), between(0.01, 100.0)


@RULES
@given(SHARE, SHARE, AMOUNT, AMOUNT, AMOUNT, between(0.1, 10.0))
def test_output_has_constant_returns(alpha, beta, capital, compute, services, times):
    once = final_output(capital, compute, services, 1.0, 0.6, alpha, beta)
    many = final_output(times * capital, times * compute, times * services, 1.0, 0.6, alpha, beta)
    assert many == pytest.approx(times * once, rel=1e-12)


@RULES
@given(SHARE, SHARE, AMOUNT, AMOUNT, between(0.1, 10.0))
def test_more_of_one_input_brings_less_and_less(alpha, beta, capital, compute, services):
    def made(direct, bought):
        return final_output(capital, direct, bought, 1.0, 0.6, alpha, beta)

    for first, second, third in (
        (made(compute, services), made(2.0 * compute, services), made(3.0 * compute, services)),
        (made(compute, services), made(compute, 2.0 * services), made(compute, 3.0 * services)),
    ):
        assert 0.0 < third - second < second - first


@RULES
@given(SHARE, SHARE, AMOUNT, AMOUNT, between(0.1, 10.0))
def test_a_price_taker_gains_nothing_by_buying_more_or_less(alpha, beta, capital, compute, price):
    bought = services_at_price(price, capital, compute, 1.0, 0.6, alpha, beta)

    def profit(services):
        return final_output(capital, compute, services, 1.0, 0.6, alpha, beta) - price * services

    assert profit(bought) > max(profit(1.01 * bought), profit(0.99 * bought))


@RULES
@given(between(0.1, 10.0), between(1.2, 4.0), between(0.3, 3.0))
def test_a_provider_that_tries_prices_ends_at_the_best(cost, elasticity, start):
    """Against a demand of constant elasticity, of which the rule knows nothing."""
    price, stride = start * cost, 0.05
    for _ in range(400):
        sold = [math.exp(-elasticity * step) for step in (1e-4, -1e-4)]
        stride = closed.price_stride(
            stride,
            closed.profit_if_dearer(price, cost, sold[0], 1.0, 1e-4),
            closed.profit_if_cheaper(price, cost, sold[1], 1.0, 1e-4),
        )
        price = closed.service_price(price, stride)
    assert price == pytest.approx(cost * elasticity / (elasticity - 1.0), rel=1e-6)


@RULES
@given(between(0.01, 0.5), between(0.01, 0.5), between(0.1, 0.9))
def test_compute_rests_where_both_uses_pay_alike(rental, stock, share):
    rented = share * stock
    rests = closed.rented_compute(rented, stock - rented, stock, rental, rental, 0.1)
    assert rests == pytest.approx(rented, rel=1e-12)
    assert closed.rented_compute(rented, stock - rented, stock, 1.1 * rental, rental, 0.1) > rented
    assert closed.rented_compute(rented, stock - rented, stock, 0.9 * rental, rental, 0.1) < rented
