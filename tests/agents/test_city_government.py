"""Rules of city governments: against numbers worked by hand, and what economics asks of them."""

import pytest
from hypothesis import given

from agents import city_government as city
from agents import firm
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # 0.1 · 200 · 0.5 · (1 − 0.15 · 0.4) + 0.5 · 0.5 · 6
    case(city.budget, 10.9, revenue=200.0, value_factor=1.0, redundancy=0.4, fiscal_decentralisation=0.5,
         provider_surplus=6.0, local_tax=0.1, redundancy_drain=0.15, surplus_share=0.5),
    # value added counts: 0.1 · 200 · 1.2 · 0.5 · (1 − 0.15 · 0.4) + 0.5 · 0.5 · 6
    case(city.budget, 12.78, revenue=200.0, value_factor=1.2, redundancy=0.4, fiscal_decentralisation=0.5,
         provider_surplus=6.0, local_tax=0.1, redundancy_drain=0.15, surplus_share=0.5),
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
    # (1/8)^(1/3)
    case(city.compute_price, 0.5, price_basic=0.5, price_intelligent=1.0, price_super=0.25),
    # 0.94 · 0.5 + 2 · 3 / (9 + 1) + 0.05 · 2 · 4 / (9 + 1)
    case(city.data_stock, 1.11, data_stock=0.5, compute_use=3.0, hosted_tasks=4.0, firms=9.0,
         data_decay=0.06, data_per_compute=2.0, hosted_data_share=0.05),
    # 0.15 + 0.8 · 0.5 + 0.15 · 1.2 · 0.25 + 0.3
    case(city.data, 0.895, data_openness=0.5, data_stock=0.3, fiscal_capacity=1.2, attention=0.25,
         data_floor=0.15, open_data_weight=0.8, government_data_effort=0.15),
    # 0.8 · 4^¼ (and 1e-9 added to both)
    case(city.plain_productivity, 1.131370849686344, permit_speed=0.8, talent=4.0, nation_mean_talent=1.0,
         talent_externality=0.25),
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
    # 0.35 / 0.7 = ½ bought: towards 1.2 · √¼ · ½ / 1½ = 0.2
    case(city.digital_governance, 0.11, digital_governance=0.1, fiscal_capacity=1.2, attention=0.25,
         compute_price=0.7, digital_governance_speed=0.1, government_compute=0.35),
    # 1.8 · 10/11 is above 1: towards 1
    case(city.digital_governance, 0.19, digital_governance=0.1, fiscal_capacity=1.8, attention=1.0,
         compute_price=0.5, digital_governance_speed=0.1, government_compute=5.0),
    # 0.8^0.5 · 0.6^0.3 · 0.5^0.2
    case(city.mix_price, 0.6680121620838434, city_price_basic=0.8, city_price_intelligent=0.6,
         city_price_super=0.5, tier_weight_basic=0.5, tier_weight_intelligent=0.3, tier_weight_super=0.2),
    # 0.6 · 0.9
    case(city.basket_price, 0.54, mix_price=0.6, city_voucher_relief=0.1),
    # 0.8^(2/(1−2)) · 1.5
    case(city.plain_cost, 2.34375, city_wage=1.5, compute_weight=0.2, substitution=2.0),
    # substitution off: the wage
    case(city.plain_cost, 1.5, city_wage=1.5, compute_weight=0.2, substitution=1.0),
    # 0.2² / 0.5 = 0.08 of compute, 0.8² / 1.25 = 0.512 of talent
    case(city.compute_share, 0.13513513513513514, city_wage=1.25, basket_price=0.5, compute_weight=0.2,
         substitution=2.0),
    # Cobb-Douglas: the weight itself
    case(city.compute_share, 0.2, city_wage=1.25, basket_price=0.5, compute_weight=0.2, substitution=1.0),
    # (0.08 + 0.512)^(1/(1−2))
    case(city.adopter_cost, 1.6891891891891893, city_wage=1.25, basket_price=0.5, compute_weight=0.2,
         substitution=2.0),
    # √1.44 · √0.25
    case(city.adopter_cost, 0.6, city_wage=1.44, basket_price=0.25, compute_weight=0.5, substitution=1.0),
    # the same two without vouchers
    case(city.unaided_cost, 0.6, city_wage=1.44, mix_price=0.25, compute_weight=0.5, substitution=1.0),
    case(city.unaided_share, 0.13513513513513514, city_wage=1.25, mix_price=0.5, compute_weight=0.2,
         substitution=2.0),
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
@given(revenue=POSITIVE, redundancy=SHARE, kept=SHARE, surplus=POSITIVE)
def test_budget_is_what_is_taxed_kept_and_not_eaten(revenue, redundancy, kept, surplus):
    budget = city.budget(revenue, 1.0, redundancy, kept, surplus, 0.1, 0.15, 0.5)
    assert 0.0 <= budget <= 0.1 * revenue + 0.5 * surplus
    assert city.budget(revenue, 1.0, redundancy, kept, surplus, 0.0, 0.15, 0.0) == 0.0
    assert city.budget(revenue, 1.0, redundancy, 0.0, surplus, 0.1, 0.15, 0.5) == 0.0
    assert city.budget(revenue, 1.0, redundancy, kept, 0.0, 0.1, 0.0, 0.5) >= city.budget(
        revenue, 1.0, redundancy, kept, 0.0, 0.1, 0.15, 0.5
    )


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
@given(stock=between(0.0, 100.0), use=POSITIVE, tasks=POSITIVE, firms=between(0.0, 1e4))
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
        stock = city.data_stock(stock, 3.0, 4.0, 9.0, 0.06, 2.0, 0.05)
    assert stock == pytest.approx(0.64 / 0.06, rel=1e-12)


def test_data_adds_up_from_perfect_substitutes():
    assert city.data(0.0, 0.0, 1.0, 0.5, 0.15, 0.8, 0.0) == 0.15
    more_public = city.data(0.6, 0.3, 1.0, 0.5, 0.15, 0.8, 0.15) - city.data(
        0.5, 0.3, 1.0, 0.5, 0.15, 0.8, 0.15
    )
    assert more_public == pytest.approx(0.08, rel=1e-12)
    assert city.data(0.5, 0.3, 1.0, 0.5, 0.15, 0.8, 0.0) == city.data(0.5, 0.3, 2.0, 1.0, 0.15, 0.8, 0.0)


# ── Conditions of research ───────────────────────────────────────────────────────────────────────


@RULES
@given(speed=between(0.05, 1.0), talent=between(0.0, 1e4), mean=POSITIVE)
def test_talent_externality_switched_off_is_exactly_neutral(speed, talent, mean):
    assert city.plain_productivity(speed, talent, mean, 0.0) == speed


def test_talent_agglomeration_raises_productivity_and_is_neutral_at_the_mean():
    assert city.plain_productivity(0.8, 3.0, 3.0, 0.08) == 0.8
    assert city.plain_productivity(0.8, 3.1, 3.0, 0.08) > 0.8 > city.plain_productivity(0.8, 2.9, 3.0, 0.08)


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
@given(before=SHARE, capacity=between(0.0, 2.0), attention=SHARE, price=between(0.01, 10.0))
def test_digital_government_buys_more_where_compute_is_cheap(before, capacity, attention, price):
    assert city.digital_governance(before, capacity, attention, price, 0.0, 0.35) == before
    target = city.digital_governance(before, capacity, attention, price, 1.0, 0.35)
    assert -1e-12 <= target <= 1.0 + 1e-12
    assert city.digital_governance(before, capacity, attention, 0.5 * price, 1.0, 0.35) >= target - 1e-12
    without = city.digital_governance(before, capacity, attention, price, 1.0, 0.0)
    assert without == pytest.approx(0.0, abs=1e-12)


# ── Cost of research: a CES of talent and compute ────────────────────────────────────────────────


@RULES
@given(price=POSITIVE, other=between(0.1, 0.8), voucher=between(0.0, 0.9))
def test_mix_price_is_homogeneous_and_vouchers_cut_it(price, other, voucher):
    mix = city.mix_price(price, price, price, other, 0.9 - other, 0.1)
    assert mix == pytest.approx(price, rel=1e-12)
    dearer = city.mix_price(1.1 * price, price, price, other, 0.9 - other, 0.1)
    assert dearer / mix == pytest.approx(1.1**other, rel=1e-12)
    assert city.basket_price(mix, voucher) == pytest.approx(price * (1.0 - voucher), rel=1e-12)


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5), substitution=between(1.01, 3.0))
def test_share_of_compute_falls_with_its_price(wage, price, weight, substitution):
    share = city.compute_share(wage, price, weight, substitution)
    assert 0.0 < share < 1.0
    assert city.compute_share(wage, 1.1 * price, weight, substitution) < share
    assert city.compute_share(1.1 * wage, price, weight, substitution) > share
    # Only relative prices count.
    assert city.compute_share(2.0 * wage, 2.0 * price, weight, substitution) == pytest.approx(share, rel=1e-9)


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5))
def test_without_substitution_the_share_of_compute_is_its_weight(wage, price, weight):
    assert city.compute_share(wage, price, weight, 1.0) == pytest.approx(weight, rel=1e-12)


@RULES
@given(wage=POSITIVE, weight=between(0.001, 0.5))
def test_without_substitution_compute_neither_helps_nor_hurts_at_equal_prices(wage, weight):
    assert city.plain_cost(wage, weight, 1.0) == wage
    assert city.adopter_cost(wage, wage, weight, 1.0) == pytest.approx(wage, rel=1e-12)


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5), substitution=between(1.05, 3.0))
def test_cost_with_compute_is_that_of_the_best_mix(wage, price, weight, substitution):
    adopter = city.adopter_cost(wage, price, weight, substitution)
    # Talent alone is the mix whose compute costs the earth; having the choice is never dearer.
    assert adopter <= city.plain_cost(wage, weight, substitution) * (1.0 + 1e-9)
    # Shephard's lemma: d ln c / d ln P is the share of compute.
    step = 1e-5
    slope = (
        city.adopter_cost(wage, price * (1 + step), weight, substitution)
        - city.adopter_cost(wage, price * (1 - step), weight, substitution)
    ) / (2 * step * adopter)
    assert slope == pytest.approx(city.compute_share(wage, price, weight, substitution), abs=1e-8)
    assert city.adopter_cost(2 * wage, 2 * price, weight, substitution) == pytest.approx(
        2 * adopter, rel=1e-9
    )


def test_talent_alone_is_the_limit_of_dear_compute():
    assert city.adopter_cost(1.3, 1e15, 0.125, 1.8) == pytest.approx(
        city.plain_cost(1.3, 0.125, 1.8), rel=1e-9
    )


@pytest.mark.parametrize(
    ("substitution", "drawn_in"), [(1.2, True), (1.8, True), (1.95, True), (2.05, False), (3.0, False)]
)
def test_cheaper_compute_draws_talent_in_below_the_bound(substitution, drawn_in):
    """Payrolls of an adopter rise as compute gets cheaper if and only if σ < 1/(1−μ), here 2."""

    def payroll(price):
        cost = city.adopter_cost(1.2, price, 0.125, substitution)
        share = city.compute_share(1.2, price, 0.125, substitution)
        spent = firm.research_spending(1.0, 1.0, 1.0, cost, 0.4, 2.8, 0.2, 0.5, 1e9)
        return firm.labour_spending(spent, firm.compute_spending(spent, 1.0, 1.0, share, 0.0))

    assert (payroll(0.5) > payroll(0.6)) == drawn_in


def test_adoption_share_is_a_share():
    assert city.adoption_share(5.0, 5.0) == 1.0
    assert city.adoption_share(0.0, 5.0) == 0.0
