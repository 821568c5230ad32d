"""Rules of the cost of research: against numbers worked by hand, and what economics asks of them."""

import pytest
from hypothesis import given

from agents import innovation, research_cost
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # a fifth before 2012, four times the demand: 0.8 / (0.8 + 0.8)
    case(research_cost.weight_intelligent, 0.5, early_intelligent=0.2, nation_intelligent_pull=4.0),
    # 0.3 / 0.8 of the other half
    case(research_cost.weight_super, 0.1875, early_super=0.3, early_intelligent=0.2, weight_intelligent=0.5),
    # 1 − 0.5 − 0.1875
    case(research_cost.weight_basic, 0.3125, weight_intelligent=0.5, weight_super=0.1875),
    # 0.8^0.5 · 0.6^0.3 · 0.5^0.2
    case(research_cost.mix_price, 0.6680121620838434, city_price_basic=0.8, city_price_intelligent=0.6,
         city_price_super=0.5, tier_weight_basic=0.5, tier_weight_intelligent=0.3, tier_weight_super=0.2,
         compute_efficiency=1.0),
    # twice as efficient
    case(research_cost.mix_price, 0.3340060810419217, city_price_basic=0.8, city_price_intelligent=0.6,
         city_price_super=0.5, tier_weight_basic=0.5, tier_weight_intelligent=0.3, tier_weight_super=0.2,
         compute_efficiency=2.0),
    # 0.6 · 0.9
    case(research_cost.basket_price, 0.54, mix_price=0.6, city_voucher_relief=0.1),
    # 0.8^(2/(1−2)) · 1.5
    case(research_cost.plain_cost, 2.34375, city_wage=1.5, compute_weight=0.2,
         substitution=2.0),
    # substitution off: the wage
    case(research_cost.plain_cost, 1.5, city_wage=1.5, compute_weight=0.2, substitution=1.0),
    # 0.2² / 0.5 = 0.08 of compute, 0.8² / 1.25 = 0.512 of talent
    case(research_cost.compute_share, 0.13513513513513514, city_wage=1.25, basket_price=0.5,
         compute_weight=0.2, substitution=2.0),
    # Cobb-Douglas: the weight itself
    case(research_cost.compute_share, 0.2, city_wage=1.25, basket_price=0.5,
         compute_weight=0.2, substitution=1.0),
    # (0.08 + 0.512)^(1/(1−2))
    case(research_cost.adopter_cost, 1.6891891891891893, city_wage=1.25, basket_price=0.5,
         compute_weight=0.2, substitution=2.0),
    # √1.44 · √0.25
    case(research_cost.adopter_cost, 0.6, city_wage=1.44, basket_price=0.25,
         compute_weight=0.5, substitution=1.0),
    # the same two without vouchers
    case(research_cost.unaided_cost, 0.6, city_wage=1.44, mix_price=0.25,
         compute_weight=0.5, substitution=1.0),
    case(research_cost.unaided_share, 0.13513513513513514, city_wage=1.25, mix_price=0.5,
         compute_weight=0.2, substitution=2.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(research_cost, HAND_WORKED)


POSITIVE = between(1e-3, 1e3)


# ── Mix of kinds ─────────────────────────────────────────────────────────────────────────────────


@RULES
@given(intelligent=between(0.0, 0.9), super_part=between(0.0, 1.0), pull=between(1.0, 1e3))
def test_kinds_share_the_bill_and_intelligent_compute_takes_from_both_others(intelligent, super_part, pull):
    early_super = super_part * (1.0 - intelligent)

    def mix(pull):
        one = research_cost.weight_intelligent(intelligent, pull)
        other = research_cost.weight_super(early_super, intelligent, one)
        return research_cost.weight_basic(one, other), one, other

    basic, smart, large = mix(pull)
    assert basic + smart + large == pytest.approx(1.0, rel=1e-15)
    assert min(basic, smart, large) >= -1e-15
    assert smart >= mix(1.0)[1] - 1e-15
    # The odds rise by the pull; the others keep their proportion.
    assert smart * (1.0 - intelligent) == pytest.approx(pull * intelligent * (1.0 - smart), abs=1e-9)
    assert large * (1.0 - intelligent) == pytest.approx(early_super * (1.0 - smart), abs=1e-12)


def test_before_the_techniques_the_mix_is_the_early_one():
    assert research_cost.weight_intelligent(0.3, 1.0) == pytest.approx(0.3, rel=1e-15)
    assert research_cost.weight_super(0.2, 0.3, 0.3) == pytest.approx(0.2, rel=1e-15)
    assert research_cost.weight_intelligent(0.0, 50.0) == 0.0


# ── Cost of research: a CES of talent and compute ────────────────────────────────────────────────


@RULES
@given(price=POSITIVE, other=between(0.1, 0.8), voucher=between(0.0, 0.9))
def test_mix_price_is_homogeneous_and_vouchers_cut_it(price, other, voucher):
    mix = research_cost.mix_price(price, price, price, other, 0.9 - other, 0.1, 1.0)
    assert mix == pytest.approx(price, rel=1e-12)
    dearer = research_cost.mix_price(1.1 * price, price, price, other, 0.9 - other, 0.1, 1.0)
    assert dearer / mix == pytest.approx(1.1**other, rel=1e-12)
    assert research_cost.basket_price(mix, voucher) == pytest.approx(price * (1.0 - voucher), rel=1e-12)


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5), substitution=between(1.01, 3.0))
def test_share_of_compute_falls_with_its_price(wage, price, weight, substitution):
    share = research_cost.compute_share(wage, price, weight, substitution)
    assert 0.0 < share < 1.0
    assert research_cost.compute_share(wage, 1.1 * price, weight, substitution) < share
    assert research_cost.compute_share(1.1 * wage, price, weight, substitution) > share
    # Only relative prices count.
    assert research_cost.compute_share(2.0 * wage, 2.0 * price, weight, substitution) == pytest.approx(
        share, rel=1e-9
    )


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5))
def test_without_substitution_the_share_of_compute_is_its_weight(wage, price, weight):
    assert research_cost.compute_share(wage, price, weight, 1.0) == pytest.approx(weight, rel=1e-12)


@RULES
@given(wage=POSITIVE, weight=between(0.001, 0.5))
def test_without_substitution_compute_neither_helps_nor_hurts_at_equal_prices(wage, weight):
    assert research_cost.plain_cost(wage, weight, 1.0) == wage
    assert research_cost.adopter_cost(wage, wage, weight, 1.0) == pytest.approx(wage, rel=1e-12)


@RULES
@given(wage=POSITIVE, price=POSITIVE, weight=between(0.001, 0.5), substitution=between(1.05, 3.0))
def test_cost_with_compute_is_that_of_the_best_mix(wage, price, weight, substitution):
    adopter = research_cost.adopter_cost(wage, price, weight, substitution)
    # Talent alone is the mix whose compute costs the earth; having the choice is never dearer.
    assert adopter <= research_cost.plain_cost(wage, weight, substitution) * (1.0 + 1e-9)
    # Shephard's lemma: d ln c / d ln P is the share of compute.
    step = 1e-5
    slope = (
        research_cost.adopter_cost(wage, price * (1 + step), weight, substitution)
        - research_cost.adopter_cost(wage, price * (1 - step), weight, substitution)
    ) / (2 * step * adopter)
    assert slope == pytest.approx(research_cost.compute_share(wage, price, weight, substitution), abs=1e-8)
    assert research_cost.adopter_cost(2 * wage, 2 * price, weight, substitution) == pytest.approx(
        2 * adopter, rel=1e-9
    )


def test_talent_alone_is_the_limit_of_dear_compute():
    assert research_cost.adopter_cost(1.3, 1e15, 0.125, 1.8) == pytest.approx(
        research_cost.plain_cost(1.3, 0.125, 1.8), rel=1e-9
    )


@pytest.mark.parametrize(
    ("substitution", "drawn_in"), [(1.2, True), (1.8, True), (1.95, True), (2.05, False), (3.0, False)]
)
def test_cheaper_compute_draws_talent_in_below_the_bound(substitution, drawn_in):
    """Payrolls of an adopter rise as compute gets cheaper if and only if σ < 1/(1−μ), here 2."""

    def payroll(price):
        cost = research_cost.adopter_cost(1.2, price, 0.125, substitution)
        share = research_cost.compute_share(1.2, price, 0.125, substitution)
        spent = innovation.research_spending(1.0, 1.0, 1.0, 1.0, cost, 0.4, 1.0, 2.8, 0.2, 0.5, 1e9)
        return innovation.labour_spending(
            spent, innovation.compute_spending(spent, 1.0, 1.0, share, 0.0, 1.0)
        )

    assert (payroll(0.5) > payroll(0.6)) == drawn_in
