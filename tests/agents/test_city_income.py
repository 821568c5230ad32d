"""Rules of incomes: against numbers worked by hand, and what accounts and economics ask of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import city_income as income
from agents import firm
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # (1 − 0.6) · 50; all of it where no goods arrive
    case(income.services, 20.0, spending=50.0, goods_share=0.6),
    case(income.services, 50.0, spending=50.0, goods_share=0.0),
    # 30 + 20 + 5
    case(income.gdp, 55.0, firm_value_added=30.0, services=20.0, centre_income=5.0),
    # 55 / 1.1
    case(income.real_gdp, 50.0, gdp=55.0, nation_price_level=1.1),
    # 0.2 · (1 − 0.6) · 30
    case(income.central_tax, 2.4, firm_value_added=30.0, fiscal_decentralisation=0.6, tax_rate=0.2),
    # 10 of 60 people: (2.4 + 0.6) / 6
    case(income.transfer, 0.5, people=10.0, nation_central_tax=2.4, nation_centre_balance=0.6,
         nation_people=60.0),
    # losses of centres are borne by all: (2.4 − 3) / 6
    case(income.transfer, -0.1, people=10.0, nation_central_tax=2.4, nation_centre_balance=-3.0,
         nation_people=60.0),
    # (0.45 · 30 + 20) / 25 = 1.34, reached at once, half of the way (√(9 · 1.34)), or not at all
    case(income.labour_wage, 1.34, labour_wage=9.0, firm_value_added=30.0, services=20.0, people=25.0,
         labour_share=0.45, wage_adjustment=1.0),
    case(income.labour_wage, 3.472751070837, labour_wage=9.0, firm_value_added=30.0, services=20.0,
         people=25.0, labour_share=0.45, wage_adjustment=0.5),
    case(income.labour_wage, 9.0, labour_wage=9.0, firm_value_added=30.0, services=20.0, people=25.0,
         labour_share=0.45, wage_adjustment=0.0),
    # nobody to pay, nothing to pay with: as before
    case(income.labour_wage, 9.0, labour_wage=9.0, firm_value_added=30.0, services=20.0, people=0.0,
         labour_share=0.45, wage_adjustment=0.3),
    case(income.labour_wage, 9.0, labour_wage=9.0, firm_value_added=0.0, services=0.0, people=25.0,
         labour_share=0.45, wage_adjustment=0.3),
    # residents 0.45 · 30 + 20 + 1.5 + 4 + 3 = 42; government 0.2 · 0.6 · 30 + 0.5 + 0.5 · 2 − 0.3 − 0.2 = 4.6
    # and half of the investment of 2.8
    case(income.income, 48.0, firm_value_added=30.0, services=20.0, labour_demand=1.5, owner_income=4.0,
         centre_payroll=3.0, fiscal_decentralisation=0.6, provider_surplus=2.0, centre_investment=2.8,
         transfer=0.5, voucher_paid=0.3, government_bill=0.2, labour_share=0.45, tax_rate=0.2,
         surplus_share=0.5, centre_local_share=0.5),
    # what is earned; of a deficit nothing is spent
    case(income.spending, 48.0, income=48.0),
    case(income.spending, 0.0, income=-2.0),
    # 4^0.6 · 0.25^0.4 / e^ln 2 = 4^0.2 / 2 = 2^−0.6
    case(income.price_level, 0.6597539553864471, goods_price=4.0, labour_wage=0.25,
         price_base=0.6931471805599453, local_services=0.4),
    # ln(200 / 100)
    case(income.crowding, 0.6931471805599453, people=200.0, people_base=100.0),
    # e^(1.5 · (ln(3 / 1.5) − 0.15 · 0.2) + 0.1) = 2^1.5 · e^0.055
    case(income.people_attraction, 2.988348132944181, labour_wage=3.0, price_level=1.5, crowding=0.2,
         people_amenity=0.1, people_elasticity=1.5, rent_elasticity=0.15),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(income, HAND_WORKED)


SHARE, POSITIVE, AMOUNT = between(0.0, 1.0), between(1e-3, 1e3), between(0.0, 1e3)


# ── Two cities ───────────────────────────────────────────────────────────────────────────────────

# A city: value added, wages of talent, firms' payments for compute, vouchers, the government's bill, spending
# of the last quarter, decentralisation, people; and of its centres receipts, running cost, compute bought in
# and cost of capital.
CITY = st.tuples(*[AMOUNT] * 6, SHARE, between(1.0, 1e3), *[AMOUNT] * 4)


@RULES
@given(
    cities=st.tuples(CITY, CITY),
    owners=SHARE,
    cloud=AMOUNT,
    cloud_here=SHARE,
    labour=between(0.0, 0.6),
    tax=between(0.0, 0.4),
    local=between(0.0, 0.9),
    kept=SHARE,
)
def test_incomes_of_a_country_are_its_product(cities, owners, cloud, cloud_here, labour, tax, local, kept):
    """Income spent or owed for compute is value added, whoever owns the firms and wherever the cloud is."""
    surplus = [received - running - bought for *_, received, running, bought, _ in cities]
    profits = [each - row[-1] for each, row in zip(surplus, cities, strict=True)]
    gains = [max(each, 0.0) for each in profits]
    here_spent = 0.25  # part of the cost of centres that is paid in their city
    elsewhere = (1.0 - here_spent) * sum(running + capital for *_, running, _, capital in cities)
    balance = sum(profits) - kept * sum(gains) + elsewhere
    people = sum(row[7] for row in cities)
    centre_tax = sum(income.central_tax(row[0], row[6], tax) for row in cities)
    earned = [firm.profit(row[0], row[1], row[2], labour, tax) for row in cities]
    # A part of the first city's firms belongs to people of the second.
    owned = [owners * earned[0], earned[1] + (1.0 - owners) * earned[0]]
    product = spent = owed = 0.0
    for c, row in enumerate(cities):
        added, talent, compute, vouchers, bill, before, share, here, received, running, bought, capital = row
        of_cloud = cloud * (cloud_here if c == 0 else 1.0 - cloud_here)
        services = income.services(before, 1.0 - local)
        product += income.gdp(added, services, received - bought + of_cloud)
        spent += income.income(
            added,
            services,
            talent,
            owned[c],
            here_spent * running + of_cloud,
            share,
            gains[c],
            capital,
            income.transfer(here, centre_tax, balance, people),
            vouchers,
            bill,
            labour,
            tax,
            kept,
            here_spent,
        )
        owed += compute + vouchers + bill
    assert spent + owed == pytest.approx(product, rel=1e-9, abs=1e-7)


def test_two_cities_by_hand():
    # West: value added 10, of which half of the tax of 2 stays; east: 20, and all of its tax of 4 stays.
    # Talent earns 1 and 2, compute costs firms 0.5 and 1, owners have 10 · 0.35 − 1.5 = 2 and
    # 20 · 0.35 − 3 = 4.
    # Services: 0.4 of a spending of 12 and 30. The cloud is in the east and received 1.5 in the last quarter.
    assert firm.profit(10.0, 1.0, 0.5, 0.45, 0.2) == pytest.approx(2.0)
    assert firm.profit(20.0, 2.0, 1.0, 0.45, 0.2) == pytest.approx(4.0)
    tax = income.central_tax(10.0, 0.5, 0.2) + income.central_tax(20.0, 1.0, 0.2)
    assert tax == pytest.approx(1.0)
    # A quarter of the people live in the west.
    transfers = [income.transfer(share, tax, 0.0, 100.0) for share in (25.0, 75.0)]
    assert transfers == pytest.approx([0.25, 0.75])
    west = income.income(10.0, 4.8, 1.0, 2.0, 0.0, 0.5, 0.0, 0.0, transfers[0], 0.1, 0.2, 0.45, 0.2, 0.5, 1.0)
    east = income.income(
        20.0, 12.0, 2.0, 4.0, 1.5, 1.0, 0.0, 0.0, transfers[1], 0.2, 0.3, 0.45, 0.2, 0.5, 1.0
    )
    # 4.5 + 4.8 + 1 + 2 + 1 + 0.25 − 0.3, and 9 + 12 + 2 + 4 + 1.5 + 4 + 0.75 − 0.5
    assert west == pytest.approx(13.25)
    assert east == pytest.approx(32.75)
    product = income.gdp(10.0, 4.8, 0.0) + income.gdp(20.0, 12.0, 1.5)
    bills = (0.5 + 0.1 + 0.2) + (1.0 + 0.2 + 0.3)
    assert product == pytest.approx(48.3)
    assert west + east + bills == pytest.approx(product)


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────


@RULES
@given(added=AMOUNT, kept=SHARE, tax=between(0.0, 0.5))
def test_what_the_centre_does_not_take_stays(added, kept, tax):
    assert income.central_tax(added, kept, tax) + tax * kept * added == pytest.approx(tax * added)
    assert income.central_tax(added, 1.0, tax) == 0.0


@RULES
@given(wage=POSITIVE, added=AMOUNT, services=POSITIVE, people=POSITIVE, speed=SHARE)
def test_the_wage_of_labour_moves_towards_what_it_earns_and_rests_there(wage, added, services, people, speed):
    earned = (0.45 * added + services) / people
    moved = income.labour_wage(wage, added, services, people, 0.45, speed)
    assert min(wage, earned) * (1 - 1e-9) <= moved <= max(wage, earned) * (1 + 1e-9)
    assert income.labour_wage(earned, added, services, people, 0.45, speed) == pytest.approx(earned, rel=1e-9)
    assert income.labour_wage(wage, added, services, people, 0.45, 0.0) == wage
    # ln W moves by that part of the gap.
    gap = math.log(earned / wage)
    assert math.log(moved / wage) == pytest.approx(speed * gap, abs=1e-9)


@RULES
@given(people=POSITIVE, others=POSITIVE, tax=AMOUNT, balance=between(-1e3, 1e3))
def test_transfers_are_paid_out_in_full_and_alike_per_head(people, others, tax, balance):
    both = [income.transfer(here, tax, balance, people + others) for here in (people, others)]
    assert sum(both) == pytest.approx(tax + balance, rel=1e-9, abs=1e-9)
    assert both[0] / people == pytest.approx(both[1] / others, rel=1e-9, abs=1e-9)


@RULES
@given(price=POSITIVE, wage=POSITIVE, base=between(-3.0, 3.0), share=between(0.0, 0.9))
def test_the_price_of_consumption_is_homogeneous_and_one_in_the_base_year(price, wage, base, share):
    level = income.price_level(price, wage, base, share)
    assert income.price_level(2.0 * price, 2.0 * wage, base, share) == pytest.approx(2.0 * level, rel=1e-9)
    then = (1.0 - share) * math.log(price) + share * math.log(wage)
    assert income.price_level(price, wage, then, share) == pytest.approx(1.0, rel=1e-9)
    assert income.price_level(price, 5.0 * wage, base, 0.0) == income.price_level(price, wage, base, 0.0)


def pull(**changes):
    reads = dict(
        labour_wage=1.4,
        price_level=1.1,
        crowding=0.0,
        people_amenity=0.3,
        people_elasticity=1.5,
        rent_elasticity=0.2,
    )
    return income.people_attraction(**{**reads, **changes})


@RULES
@given(crowding=between(-2.0, 2.0), factor=between(0.1, 10.0))
def test_income_pulls_people_and_rents_push_them_away(crowding, factor):
    assert pull(labour_wage=1.4 * factor, price_level=1.1 * factor) == pytest.approx(pull(), rel=1e-9)
    assert pull(labour_wage=1.4 * factor) == pytest.approx(pull() * factor**1.5, rel=1e-9)
    assert pull(crowding=crowding) == pytest.approx(pull() * math.exp(-0.3 * crowding), rel=1e-9)
    assert pull(crowding=crowding, rent_elasticity=0.0) == pull()
    assert pull(crowding=crowding, labour_wage=factor, people_elasticity=0.0) == pytest.approx(math.exp(0.3))


def test_an_empty_city_has_finite_numbers():
    empty = income.people_attraction(0.0, 1.0, income.crowding(0.0, 10.0), 0.0, 1.5, 0.2)
    assert math.isfinite(empty)
    assert income.crowding(0.0, 0.0) == 0.0
    assert income.transfer(0.0, 1.0, 1.0, 0.0) == 0.0
    assert 0.0 <= income.price_level(1.0, 0.0, 0.0, 0.4) < 1e-100
    assert income.labour_wage(0.7, 0.0, 0.0, 0.0, 0.45, 0.3) == 0.7
    assert income.gdp(0.0, income.services(0.0, 0.6), 0.0) == 0.0
