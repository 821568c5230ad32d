"""Rules of city governments: against numbers worked by hand, and what economics asks of them."""

import math

import pytest
from hypothesis import given

from agents import city_government as city
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 0.2 · 100 · 0.5 · (1 − 0.15 · 0.4) + 0.5 · 6
    case(city.budget, 12.4, firm_value_added=100.0, redundancy=0.4, fiscal_decentralisation=0.5,
         provider_surplus=6.0, tax_rate=0.2, redundancy_drain=0.15, surplus_share=0.5),
    # 0.004 · 0.5 · 50
    case(city.government_bill, 0.1, budget=50.0, attention=0.5, government_compute=0.004),
    # 2 · 0.3 / (0.3 + 0.1), with 1e-9 added to firms and sum
    case(city.fiscal_capacity, 1.4999999962125, budget=3.0, firms=10.0, nation_budget_per_firm=0.1),
    # a pot of 0.02 · 0.4 · 50 = 0.4 next to a bill of 2
    case(city.voucher_rate, 0.16666666659722223, budget=50.0, attention=0.4, voucher_base=4.0,
         voucher_scope=0.5, voucher_effort=0.02, voucher_ceiling=0.4),
    # 0.4 / 0.5 is above the ceiling
    case(city.voucher_rate, 0.4, budget=50.0, attention=0.4, voucher_base=0.1, voucher_scope=1.0,
         voucher_effort=0.02, voucher_ceiling=0.4),
    # 0.25 · 0.6
    case(city.voucher_relief, 0.15, voucher_rate=0.25, voucher_scope=0.6),
    # 1 / (1 + 1.5 · 0.5 · 0.8)
    case(city.permit_speed, 0.625, redundancy=0.5, digital_governance=0.2, permit_friction=1.5),
    # (0.5 · 2 · 0.125)^(1/3)
    case(city.compute_price, 0.5, price_basic=0.5, price_intelligent=2.0, price_super=0.125),
    # a country of 5,000 firms counts twice: 0.94 · 0.5 + 2.5 · 2 · (3 + 0.05 · 4)
    case(city.data_stock, 16.47, data_stock=0.5, compute_bill=3.0, hosted_tasks=4.0, nation_firms=5000.0,
         data_decay=0.06, data_per_compute=2.5, hosted_data_share=0.05),
    # 0.15 + 0.8 · 0.5 + 0.15 · 1.2 · 0.25 + 0.3, whatever the number of firms
    case(city.data, 0.895, data_openness=0.5, data_stock=0.3, shared_data=0.0,
         department_barrier=0.0, fiscal_capacity=1.2, attention=0.25, firms=3.0,
         data_floor=0.15, open_data_weight=0.8, government_data_effort=0.15, data_crowding=0.0),
    # crowding: … + 0.3 / √4
    case(city.data, 0.745, data_openness=0.5, data_stock=0.3, shared_data=0.0,
         department_barrier=0.0, fiscal_capacity=1.2, attention=0.25, firms=3.0,
         data_floor=0.15, open_data_weight=0.8, government_data_effort=0.15, data_crowding=0.5),
    # 0.15 + (0.8 · 0.5 + 0.15 · 1.2 · 0.25) · 0.8 + (0.3 + 0.2) / √4
    case(city.data, 0.756, data_openness=0.5, data_stock=0.3, shared_data=0.2, department_barrier=0.2,
         fiscal_capacity=1.2, attention=0.25, firms=3.0, data_floor=0.15, open_data_weight=0.8,
         government_data_effort=0.15, data_crowding=0.5),
    # 0.8 · 4^¼ (and 1e-9 added to both) · e^(0.2 − 0.5 · 0.2) = 1.131370849686344 · e^0.1
    case(city.plain_productivity, 1.2503581606318823, permit_speed=0.8, talent=4.0, research_advantage=0.2,
         nation_mean_talent=1.0, nation_frontier=0.2, talent_externality=0.25, harder_ideas=0.5),
    # 0.5 · 0.99 from the base year on
    case(city.research_advantage, 0.495, research_advantage=0.5, nation_quarter=0.0, advantage_fading=0.01),
    case(city.research_advantage, 0.5, research_advantage=0.5, nation_quarter=-1.0, advantage_fading=0.01),
    # √(2 / 0.5); 2.9; 2 / 0.5 is above 3
    case(city.conversion_ease, 2.9, labour_wage=2.0, nation_mean_labour_wage=5.8, conversion_wage=1.0),
    case(city.conversion_ease, 2.0, labour_wage=0.5, nation_mean_labour_wage=2.0, conversion_wage=0.5),
    case(city.conversion_ease, 3.0, labour_wage=0.5, nation_mean_labour_wage=2.0, conversion_wage=1.0),
    # 0.9 · √1.44
    case(city.adopter_productivity, 1.08, plain_productivity=0.9, data=1.44, data_elasticity=0.5),
    case(city.adoption_share, 0.25, adopters=3.0, firms=12.0),
    case(city.adoption_share, 1.0, adopters=1.0, firms=1.0),
    # a city without firms
    case(city.adoption_share, 0.0, adopters=0.0, firms=0.0),
    # towards 0.1 + 0.9 · 0.25 = 0.325: 0.2 + 0.08 · 0.125
    case(city.attention, 0.21, attention=0.2, digital_revenue=30.0, revenue=120.0, attention_speed=0.08,
         attention_floor=0.1),
    case(city.attention, 0.21, attention=0.2, digital_revenue=0.125, revenue=0.5, attention_speed=0.08,
         attention_floor=0.1),
    # a city that sells nothing: towards the floor
    case(city.attention, 0.192, attention=0.2, digital_revenue=0.0, revenue=0.0, attention_speed=0.08,
         attention_floor=0.1),
    # half of the gain: 0.3 + 0.8 · 1.2 · 0.5 / 2 = 0.54 (1e-9 added to the firms); 0.5 + 0.05 · 0.04
    case(city.ip_protection, 0.5019999999999, ip_protection=0.5, fiscal_capacity=1.2, attention=0.5,
         innovation=3.0, firms=60.0, ip_speed=0.05, ip_floor=0.3, ip_gain=0.8, ip_half=0.05),
    # 0.3 + 0.8 · 2 · 3/3.1 is above 1: towards 1
    case(city.ip_protection, 0.525, ip_protection=0.5, fiscal_capacity=2.0, attention=1.0,
         innovation=300.0, firms=100.0, ip_speed=0.05, ip_floor=0.3, ip_gain=0.8, ip_half=0.1),
    # work of 200 · 0.1/50 · 0.25^−½ = 0.8: towards 0.8/1.8 = 4/9: 0.1 + 0.1 · (4/9 − 0.1)
    case(city.digital_governance, 0.13444444444444445, digital_governance=0.1, government_bill=0.1,
         budget=50.0, compute_price=0.25, digital_governance_speed=0.1, government_work=200.0,
         compute_weight=0.5),
    # a government without a budget does nothing digitally: 0.1 − 0.1 · 0.1
    case(city.digital_governance, 0.09, digital_governance=0.1, government_bill=0.0, budget=0.0,
         compute_price=0.25, digital_governance_speed=0.1, government_work=200.0, compute_weight=0.5),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(city, HAND_WORKED)


SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)


# ── Budget, vouchers, permits ────────────────────────────────────────────────────────────────────


@RULES
@given(added=POSITIVE, redundancy=SHARE, kept=SHARE, surplus=POSITIVE)
def test_budget_is_what_is_taxed_kept_and_not_eaten(added, redundancy, kept, surplus):
    budget = city.budget(added, redundancy, kept, surplus, 0.2, 0.15, 0.5)
    assert 0.0 <= budget <= 0.2 * added + 0.5 * surplus
    assert city.budget(added, redundancy, kept, surplus, 0.0, 0.15, 0.0) == 0.0
    # Of the tax none stays; of the centres' profits the city's share does.
    assert city.budget(added, redundancy, 0.0, surplus, 0.2, 0.15, 0.5) == 0.5 * surplus
    assert city.budget(added, redundancy, kept, 0.0, 0.2, 0.0, 0.5) >= city.budget(
        added, redundancy, kept, 0.0, 0.2, 0.15, 0.5
    )


@RULES
@given(budget=between(0.0, 1e6), attention=SHARE, share=SHARE)
def test_a_government_pays_for_compute_from_its_budget(budget, attention, share):
    bill = city.government_bill(budget, attention, share)
    assert 0.0 <= bill <= budget
    assert city.government_bill(budget, attention, 0.0) == 0.0
    assert city.government_bill(0.0, attention, share) == 0.0


@RULES
@given(budget=POSITIVE, firms=between(1.0, 1e5))
def test_fiscal_capacity_is_one_at_the_countrys_mean_and_below_two(budget, firms):
    # 1e-9 keeps it defined where no firm pays tax, and counts only there.
    assert city.fiscal_capacity(budget, firms, budget / firms) == pytest.approx(
        1.0, abs=2e-9 * (1.0 + firms / budget)
    )
    assert city.fiscal_capacity(budget, firms, 0.1) <= 2.0
    assert city.fiscal_capacity(0.0, firms, 0.1) == 0.0
    assert city.fiscal_capacity(1.1 * budget, firms, 0.1) > city.fiscal_capacity(budget, firms, 0.1)


@RULES
@given(budget=between(0.0, 1e6), attention=SHARE, bill=between(0.0, 1e6))
def test_vouchers_switched_off_pay_exactly_nothing(budget, attention, bill):
    assert city.voucher_rate(budget, attention, bill, 1.0, 0.0, 0.4) == 0.0
    assert city.voucher_rate(budget, attention, bill, 1.0, 0.02, 0.0) == 0.0


@RULES
@given(budget=POSITIVE, attention=between(0.01, 1.0), bill=between(1.0, 1e6))
def test_a_larger_bill_thins_out_the_voucher_and_never_drains_more_than_the_pot(budget, attention, bill):
    rate = city.voucher_rate(budget, attention, bill, 1.0, 0.02, 0.9)
    assert city.voucher_rate(budget, attention, 2.0 * bill, 1.0, 0.02, 0.9) <= rate <= 0.9
    assert rate * bill <= 0.02 * attention * budget * (1.0 + 1e-12)


def test_permits_are_free_of_delay_without_friction_redundancy_or_paper():
    assert city.permit_speed(0.7, 0.2, 0.0) == 1.0
    assert city.permit_speed(0.0, 0.2, 1.8) == 1.0
    assert city.permit_speed(0.7, 1.0, 1.8) == 1.0
    assert (
        city.permit_speed(0.8, 0.2, 1.8) < city.permit_speed(0.7, 0.2, 1.8) < city.permit_speed(0.7, 0.3, 1.8)
    )


@RULES
@given(price=POSITIVE, factor=between(0.1, 10.0))
def test_compute_price_is_a_mean(price, factor):
    assert city.compute_price(price, price, price) == pytest.approx(price, rel=1e-14)
    scaled = city.compute_price(factor * price, 2.0 * factor, 3.0 * factor)
    assert scaled == pytest.approx(factor * city.compute_price(price, 2.0, 3.0), rel=1e-14)


# ── Data ─────────────────────────────────────────────────────────────────────────────────────────


@RULES
@given(stock=between(0.0, 100.0), use=POSITIVE, tasks=POSITIVE, firms=between(1.0, 1e6))
def test_data_is_left_by_compute_and_by_hosted_tasks_and_ages(stock, use, tasks, firms):
    kept = city.data_stock(stock, use, tasks, firms, 0.06, 2.0, 0.05)
    assert city.data_stock(stock, 1.1 * use, tasks, firms, 0.06, 2.0, 0.05) > kept
    assert kept >= city.data_stock(stock, use, tasks, firms, 0.06, 2.0, 0.0)
    assert city.data_stock(stock, use, tasks, firms, 0.06, 2.0, 0.0) == city.data_stock(
        stock, use, 0.0, firms, 0.06, 2.0, 0.05
    )
    assert city.data_stock(stock, use, tasks, firms, 0.06, 0.0, 0.05) == (1.0 - 0.06) * stock


def test_data_stock_converges_where_ageing_equals_what_is_left():
    stock = 0.0
    for _ in range(2000):
        stock = city.data_stock(stock, 3.0, 4.0, 10_000.0, 0.06, 2.0, 0.05)
    assert stock == pytest.approx(2.0 * 3.2 / 0.06, rel=1e-12)


@RULES
@given(bill=POSITIVE, tasks=POSITIVE, firms=between(100.0, 1e6))
def test_a_country_of_twice_the_firms_has_the_same_data(bill, tasks, firms):
    # Twice the firms pay twice the bills, so that results do not depend on the size of the sample.
    small = city.data_stock(0.0, bill, tasks, firms, 0.06, 2.0, 0.05)
    assert city.data_stock(0.0, 2 * bill, 2 * tasks, 2 * firms, 0.06, 2.0, 0.05) == pytest.approx(small)


def test_data_adds_up_from_perfect_substitutes():
    def data(openness, stock=0.3, capacity=1.0, attention=0.5, effort=0.15):
        return city.data(openness, stock, 0.0, capacity, attention, 8.0, 0.15, 0.8, effort, 0.0, 0.0)

    assert data(0.0, stock=0.0, effort=0.0) == 0.15
    assert data(0.6) - data(0.5) == pytest.approx(0.08, rel=1e-12)
    assert data(0.5, stock=0.4) - data(0.5) == pytest.approx(0.1, rel=1e-12)
    assert data(0.5, effort=0.0) == data(0.5, capacity=2.0, attention=1.0, effort=0.0)


@RULES
@given(stock=between(0.01, 100.0), firms=between(0.0, 1e6), others=between(0.0, 1e6), crowding=SHARE)
def test_data_are_non_rival_and_crowding_leaves_a_part_of_the_stock(stock, firms, others, crowding):
    def data(firms, crowding, stock=stock):
        return city.data(0.5, stock, 0.0, 1.0, 0.5, firms, 0.15, 0.8, 0.15, 0.0, crowding)

    assert data(firms, 0.0) == data(others, 0.0)
    assert data(0.0, crowding) == data(0.0, 0.0)
    assert data(firms, 1.0, 0.0) <= data(firms, crowding) <= data(firms, 0.0)
    few, many = sorted([firms, others])
    assert data(many, crowding) <= data(few, crowding)


# ── Conditions of research ───────────────────────────────────────────────────────────────────────


@RULES
@given(speed=between(0.05, 1.0), talent=between(0.0, 1e4), mean=POSITIVE)
def test_talent_externality_switched_off_is_exactly_neutral(speed, talent, mean):
    assert city.plain_productivity(speed, talent, 0.0, mean, 0.3, 0.0, 0.0) == speed


def test_talent_agglomeration_raises_productivity_and_is_neutral_at_the_mean():
    def productivity(talent):
        return city.plain_productivity(0.8, talent, 0.0, 3.0, 0.0, 0.08, 1.1)

    assert productivity(3.0) == 0.8
    assert productivity(3.1) > 0.8 > productivity(2.9)


@RULES
@given(frontier=between(-1.0, 3.0), advantage=between(-3.0, 3.0), harder=between(0.0, 5.0))
def test_ideas_get_harder_to_find_everywhere_alike(frontier, advantage, harder):
    def productivity(advantage, frontier):
        return city.plain_productivity(0.8, 2.0, advantage, 3.0, frontier, 0.08, harder)

    here = productivity(advantage, frontier)
    assert productivity(advantage, frontier + 0.1) == pytest.approx(here * math.exp(-0.1 * harder))
    assert productivity(advantage, 0.0) == city.plain_productivity(0.8, 2.0, advantage, 3.0, 9.0, 0.08, 0.0)
    # The ratio of two cities does not depend on the frontier.
    assert here / productivity(0.0, frontier) == pytest.approx(math.exp(advantage), rel=1e-9)


@RULES
@given(advantage=between(-3.0, 3.0), fading=between(0.0, 0.1))
def test_research_conditions_fade_after_the_base_year_alone(advantage, fading):
    assert city.research_advantage(advantage, -1.0, fading) == advantage
    assert city.research_advantage(advantage, 0.0, 0.0) == advantage
    faded = city.research_advantage(advantage, 5.0, fading)
    assert faded * advantage >= 0.0
    assert abs(faded) <= abs(advantage)


@RULES
@given(wage=between(0.0, 100.0), mean=between(0.01, 100.0), gradient=between(0.0, 2.0))
def test_conversion_is_easier_where_labour_is_cheap(wage, mean, gradient):
    ease = city.conversion_ease(wage, mean, gradient)
    assert 0.0 < ease <= 3.0
    assert city.conversion_ease(wage, mean, 0.0) == 1.0
    assert city.conversion_ease(mean, mean, gradient) == pytest.approx(1.0, rel=1e-9)
    assert city.conversion_ease(1.1 * wage, mean, gradient) <= ease


@RULES
@given(plain=between(0.01, 10.0), data=between(0.01, 1e3))
def test_data_switched_off_is_exactly_neutral(plain, data):
    assert city.adopter_productivity(plain, data, 0.0) == plain
    assert city.adopter_productivity(plain, 1.0, 0.18) == plain
    assert city.adopter_productivity(plain, 1.1 * data, 0.18) > city.adopter_productivity(plain, data, 0.18)


# ── Slow answers of government ───────────────────────────────────────────────────────────────────


@RULES
@given(before=SHARE, share=SHARE, speed=SHARE)
def test_attention_moves_towards_the_digital_share(before, share, speed):
    target = 0.1 + 0.9 * share
    after = city.attention(before, 50.0 * share, 50.0, speed, 0.1)
    assert min(before, target) - 1e-12 <= after <= max(before, target) + 1e-12
    assert city.attention(before, 50.0 * share, 50.0, 0.0, 0.1) == before
    assert city.attention(before, 50.0 * share, 50.0, 1.0, 0.1) == pytest.approx(target, abs=1e-12)


@RULES
@given(before=SHARE, capacity=between(0.0, 2.0), attention=SHARE, innovation=between(0.0, 50.0))
def test_property_rights_follow_means_attention_and_innovation(before, capacity, attention, innovation):
    reads = (before, capacity, attention, innovation, 100.0)
    assert city.ip_protection(*reads, 0.0, 0.3, 0.8, 0.1) == before
    target = city.ip_protection(*reads, 1.0, 0.3, 0.8, 0.1)
    assert 0.3 - 1e-12 <= target <= 1.0 + 1e-12
    assert (
        target
        <= city.ip_protection(before, capacity, attention, 2 * innovation, 100.0, 1.0, 0.3, 0.8, 0.1) + 1e-12
    )
    nothing = city.ip_protection(before, capacity, attention, 0.0, 100.0, 1.0, 0.3, 0.8, 0.1)
    assert nothing == pytest.approx(0.3, abs=1e-12)


@RULES
@given(before=SHARE, budget=between(0.01, 1e4), share=SHARE, price=between(0.01, 10.0), weight=SHARE)
def test_digital_government_does_more_where_compute_is_cheap(before, budget, share, price, weight):
    def governance(price, bill=share * budget, speed=1.0, work=200.0):
        return city.digital_governance(before, bill, budget, price, speed, work, weight)

    assert governance(price, speed=0.0) == before
    target = governance(price)
    assert -1e-12 <= target <= 1.0 + 1e-12
    assert governance(0.5 * price) >= target - 1e-12
    assert governance(price, bill=0.5 * share * budget) <= target + 1e-12
    assert governance(price, bill=0.0) == pytest.approx(0.0, abs=1e-12)
    assert governance(price, work=0.0) == pytest.approx(0.0, abs=1e-12)
    # A price of 1: the share of the budget alone counts, G·s/(1 + G·s).
    assert governance(1.0) == pytest.approx(200.0 * share / (1.0 + 200.0 * share), abs=1e-12)


def test_adoption_share_is_a_share():
    assert city.adoption_share(5.0, 5.0) == 1.0
    assert city.adoption_share(0.0, 5.0) == 0.0
