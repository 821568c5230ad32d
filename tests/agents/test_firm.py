"""Rules of firms: against numbers worked by hand, and what economics asks of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import firm
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    # e^(0.8 · 0.5)
    case(firm.supply, 1.4918246976412703, quality=0.5, technique_quality=0.0, quality_elasticity=0.8),
    # the technique adds 0.3: e^(0.8 · 0.5)
    case(firm.supply, 1.4918246976412703, quality=0.2, technique_quality=0.3, quality_elasticity=0.8),
    # e^(−3)
    case(firm.supply, 0.049787068367863944, quality=-2.0, technique_quality=0.0, quality_elasticity=1.5),
    # 1.25 · 0.8
    case(firm.revenue, 1.0, supply=1.25, city_tier_unit_revenue=0.8),
    # 3.5 · 1
    case(firm.digital_revenue, 3.5, revenue=3.5, adopter=1.0),
    # 3.5 · 0
    case(firm.digital_revenue, 0.0, revenue=3.5, adopter=0.0),
    # e^(−250 · (1 − 0.5 · 0.4) / 500)
    case(firm.final_reach, 0.6703200460356393, distance=250.0, origin_adoption_share=0.4,
         final_trade_reach=500.0, digital_trade=0.5),
    # e^(−250 · (1 − 0.5 · 0.6) / 1000)
    case(firm.intermediate_reach, 0.8394570207692074, distance=250.0, origin_adoption_share=0.6,
         intermediate_trade_reach=1000.0, digital_trade=0.5),
    case(firm.research_productivity, 0.7, adopter=0.0, city_plain_productivity=0.7,
         city_adopter_productivity=1.1),
    case(firm.research_productivity, 1.1, adopter=1.0, city_plain_productivity=0.7,
         city_adopter_productivity=1.1),
    case(firm.research_cost, 2.0, adopter=0.0, eligible=1.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8),
    case(firm.research_cost, 1.6, adopter=1.0, eligible=1.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8),
    case(firm.research_cost, 1.8, adopter=1.0, eligible=0.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8),
    # vouchers for all; for small firms: half of the mean is small, the mean is not
    case(firm.eligible, 1.0, revenue=9.0, nation_mean_revenue=1.0, voucher_small_firms=0.0,
         small_firm_size=1.0),
    case(firm.eligible, 1.0, revenue=0.5, nation_mean_revenue=1.0, voucher_small_firms=1.0,
         small_firm_size=1.0),
    case(firm.eligible, 0.0, revenue=1.0, nation_mean_revenue=1.0, voucher_small_firms=1.0,
         small_firm_size=1.0),
    # R = (μ·λ₀·X·V / √c)², V = 2.5 · 2 · (0.5 + 0.3) = 4: (0.5 · 0.2 · 1.5 · 4 / 2)²
    case(firm.research_spending, 0.09, revenue=2.0, value_factor=1.0, research_productivity=1.5,
         research_cost=4.0, city_ip_protection=0.3, innovation_value=2.5, base_intensity=0.2,
         research_returns=0.5, research_ceiling=0.25),
    # (0.5 · 0.2 · 3 · 10 / 0.5)² = 36 is more than the firm can finance: 0.25 · 2
    case(firm.research_spending, 0.5, revenue=2.0, value_factor=1.0, research_productivity=3.0,
         research_cost=0.25, city_ip_protection=0.5, innovation_value=5.0, base_intensity=0.2,
         research_returns=0.5, research_ceiling=0.25),
    # a firm that keeps 1.5 times the value added of its sales: V = 4 · 1.5: (0.5 · 0.2 · 1.5 · 6 / 2)²
    case(firm.research_spending, 0.2025, revenue=2.0, value_factor=1.5, research_productivity=1.5,
         research_cost=4.0, city_ip_protection=0.3, innovation_value=2.5, base_intensity=0.2,
         research_returns=0.5, research_ceiling=0.25),
    # μ = 1/4: (0.25 · 0.5 · 4 · 2^−0.25)^(4/3) = 2^(−5/3)
    case(firm.research_spending, 0.31498026247371835, revenue=1.0, value_factor=1.0,
         research_productivity=1.0, research_cost=2.0, city_ip_protection=0.5, innovation_value=4.0,
         base_intensity=0.5, research_returns=0.25, research_ceiling=1.0),
    # 0.6 · 0.25
    case(firm.compute_spending, 0.15, research_spending=0.6, adopter=1.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2),
    case(firm.compute_spending, 0.12, research_spending=0.6, adopter=1.0, eligible=0.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2),
    case(firm.compute_spending, 0.0, research_spending=0.6, adopter=0.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2),
    case(firm.aided_spending, 0.15, compute_spending=0.15, eligible=1.0),
    case(firm.aided_spending, 0.0, compute_spending=0.15, eligible=0.0),
    # 0.6 − 0.15
    case(firm.labour_spending, 0.45, research_spending=0.6, compute_spending=0.15),
    # 0.2 · 1.5 · √9
    case(firm.own_intensity, 0.9, research_spending=0.9, research_cost=0.1, research_productivity=1.5,
         base_intensity=0.2, research_returns=0.5),
    # 0.3 · (1/8)^(1/3)
    case(firm.own_intensity, 0.15, research_spending=0.2, research_cost=1.6, research_productivity=1.0,
         base_intensity=0.3, research_returns=0.3333333333333333),
    # 0.1 + 0.05
    case(firm.partner_innovation, 0.15, supplier_innovation_probability=0.1, supplier_alive=1.0,
         customer_innovation_probability=0.05, customer_alive=1.0),
    # a partner that closed has nothing to convert
    case(firm.partner_innovation, 0.05, supplier_innovation_probability=0.1, supplier_alive=0.0,
         customer_innovation_probability=0.05, customer_alive=1.0),
    # 0.3 · 1 · 0.8 · 0.15
    case(firm.conversion_intensity, 0.036, partner_innovation=0.15, adopter=1.0, city_permit_speed=0.8,
         conversion_probability=0.3, plain_absorption=0.35),
    # 0.3 · 0.35 · 0.8 · 0.15
    case(firm.conversion_intensity, 0.0126, partner_innovation=0.15, adopter=0.0, city_permit_speed=0.8,
         conversion_probability=0.3, plain_absorption=0.35),
    # 1 − e^−0.06
    case(firm.innovation_probability, 0.05823546641575129, own_intensity=0.05, conversion_intensity=0.01),
    # 1 − e^−ln 2
    case(firm.innovation_probability, 0.5, own_intensity=0.6931471805599453, conversion_intensity=0.0),
    case(firm.innovated, 1.0, draw_success=0.0299, innovation_probability=0.03),
    case(firm.innovated, 0.0, draw_success=0.03, innovation_probability=0.03),
    # 0.975 · 0.4 + 0.1 · (3/4 + 0.5 · 1/4)
    case(firm.quality, 0.4775, quality=0.4, innovated=1.0, own_intensity=0.03, conversion_intensity=0.01,
         quality_step=0.1, conversion_step=0.5, obsolescence=0.025),
    # 0.975 · 0.4
    case(firm.quality, 0.39, quality=0.4, innovated=0.0, own_intensity=0.03, conversion_intensity=0.01,
         quality_step=0.1, conversion_step=0.5, obsolescence=0.025),
    # 0.5/0.5 · ln 1.2 + 0.5 · 0.18/0.5 · ln 2
    case(firm.adoption_gain, 0.30708804929474476, eligible=1.0, city_tier_plain_cost=1.2,
         city_tier_adopter_cost=1.0, city_tier_unaided_cost=1.1, city_data=1.6,
         research_returns=0.5, data_elasticity=0.18),
    # 0.75/0.25 · ln ½ + 0
    case(firm.adoption_gain, -2.0794415416798357, eligible=0.0, city_tier_plain_cost=0.9,
         city_tier_adopter_cost=1.1, city_tier_unaided_cost=1.8, city_data=0.8,
         research_returns=0.75, data_elasticity=0.18),
    # −0.09 + 0.22 · 0.3 − 0.12 · 0.25 + 0.05 · √¼ (and 1e-9 added to both sales)
    case(firm.adoption_cost, -0.028999999990625, revenue=4.0, city_business_environment=0.7,
         city_adoption_share=0.25, nation_mean_revenue=1.0, adoption_base_cost=-0.09,
         adoption_environment_cost=0.22, adoption_peer_effect=0.12, adoption_size_cost=0.05),
    # 0.12 / (1 + e^−1) = 0.08773
    case(firm.adopter, 1.0, adopter=0.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0877),
    case(firm.adopter, 0.0, adopter=0.0, adoption_gain=0.1, adoption_cost=0.04, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0878),
    # a loss of the same size: 0.015 / (1 + e^−1) = 0.01097 gives it up
    case(firm.adopter, 0.0, adopter=1.0, adoption_gain=0.04, adoption_cost=0.1, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.0109),
    case(firm.adopter, 1.0, adopter=1.0, adoption_gain=0.04, adoption_cost=0.1, adoption_hazard=0.12,
         abandonment_hazard=0.015, choice_scale=0.06, draw_adoption=0.011),
    # 0.05 · (0.4 + 0.8 · 0.75) · 1.4 · 0.5 · √4 = 0.07
    case(firm.entering, 1.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, nation_mean_revenue=1.0, entry_rate=0.05, entry_elasticity=0.5,
         draw_entry=0.0699),
    case(firm.entering, 0.0, home_business_environment=0.75, home_permit_speed=0.5,
         home_tier_unit_revenue=4.0, nation_mean_revenue=1.0, entry_rate=0.05, entry_elasticity=0.5,
         draw_entry=0.0701),
    # 0.02 · √(1 / ¼) = 0.04
    case(firm.exiting, 1.0, revenue=0.25, nation_mean_revenue=1.0, exit_rate=0.02, exit_elasticity=0.5,
         draw_exit=0.0399),
    case(firm.exiting, 0.0, revenue=0.25, nation_mean_revenue=1.0, exit_rate=0.02, exit_elasticity=0.5,
         draw_exit=0.0401),
    # ln 2 + 0.5 · ln(4/3) − 0.5 = 0.33699; 0.5 / (1 + e^−1.68494) = 0.42178
    case(firm.relocating, 1.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.4217),
    case(firm.relocating, 0.0, city_tier_unit_revenue=1.0, prospect_tier_unit_revenue=2.0,
         city_tier_adopter_cost=1.2, prospect_tier_adopter_cost=0.9, research_returns=0.5,
         relocation_rate=0.5, relocation_cost=0.5, relocation_scale=0.2, draw_relocation=0.4219),
    case(firm.age, 8.0, age=7.0),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(firm, HAND_WORKED)


SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)


# ── Product market ───────────────────────────────────────────────────────────────────────────────


def test_supply_is_one_at_the_frontiers_mean_and_where_quality_does_not_sell():
    assert firm.supply(0.0, 0.0, 0.8) == 1.0
    assert firm.supply(3.7, 0.5, 0.0) == 1.0
    assert firm.supply(0.2, 0.0, 0.8) > firm.supply(0.1, 0.0, 0.8)


@pytest.mark.parametrize("reach", [firm.final_reach, firm.intermediate_reach])
class TestReach:
    def test_everything_is_seen_at_home(self, reach):
        assert reach(0.0, 0.3, 500.0, 0.5) == 1.0

    @RULES
    @given(distance=between(1.0, 5e3), share=SHARE, trade_reach=between(50.0, 1e4))
    def test_without_digital_trade_adoption_does_not_matter(self, reach, distance, share, trade_reach):
        assert reach(distance, share, trade_reach, 0.0) == reach(distance, 0.0, trade_reach, 0.9)

    @RULES
    @given(distance=between(1.0, 5e3), share=between(0.01, 0.99), trade_reach=between(50.0, 1e4))
    def test_it_falls_with_distance_and_rises_with_adoption(self, reach, distance, share, trade_reach):
        seen = reach(distance, share, trade_reach, 0.5)
        assert reach(1.1 * distance, share, trade_reach, 0.5) < seen < reach(distance, 1.0, trade_reach, 0.5)
        assert seen < reach(distance, share, 1.1 * trade_reach, 0.5)


# ── Research and innovation ──────────────────────────────────────────────────────────────────────

RESEARCH = dict(
    revenue=1.3,
    value_factor=1.0,
    research_productivity=0.9,
    research_cost=1.7,
    city_ip_protection=0.4,
    innovation_value=2.8,
    base_intensity=0.2,
    research_returns=0.5,
    research_ceiling=1e300,
)


def budget(**changes):
    return firm.research_spending(**{**RESEARCH, **changes})


@RULES
@given(
    revenue=POSITIVE,
    productivity=between(0.01, 10.0),
    cost=between(0.01, 10.0),
    returns=between(0.1, 0.8),
    other=between(0.5, 2.0),
)
def test_no_other_budget_is_more_profitable(revenue, productivity, cost, returns, other):
    best = budget(
        revenue=revenue, research_productivity=productivity, research_cost=cost, research_returns=returns
    )
    value = 2.8 * revenue * (0.5 + 0.4)

    def profit(spent):
        return firm.own_intensity(spent, cost, productivity, 0.2, returns) * value - spent

    assert profit(other * best) <= profit(best) * (1.0 + 1e-12)
    # The last unit spent earns one unit: μ·λ·V = R.
    assert returns * firm.own_intensity(best, cost, productivity, 0.2, returns) * value == pytest.approx(best)


def test_budget_answers_what_makes_research_worth_more():
    assert budget(research_productivity=1.0) > budget() > budget(research_cost=1.8)
    assert budget(city_ip_protection=0.5) > budget() > budget(innovation_value=2.7)
    # R ∝ (X·V)^(1/(1−μ)): at μ = ½ twice the productivity pays for four times the budget.
    assert budget(research_productivity=1.8) == pytest.approx(4.0 * budget(), rel=1e-12)


@pytest.mark.parametrize("nothing", ["revenue", "innovation_value", "base_intensity", "research_ceiling"])
def test_nothing_is_spent_where_nothing_is_to_be_gained_or_financed(nothing):
    assert budget(**{nothing: 0.0}) == 0.0


def test_own_intensity_is_the_base_at_one_unit_and_zero_without_research():
    assert firm.own_intensity(1.7, 1.7, 0.9, 0.2, 0.5) == 0.2 * 0.9
    assert firm.own_intensity(0.0, 1.7, 0.9, 0.2, 0.5) == 0.0


def test_returns_to_research_diminish():
    one, two, three = (firm.own_intensity(spent, 1.0, 1.0, 0.2, 0.5) for spent in (1.0, 2.0, 3.0))
    assert two - one > three - two > 0.0


@RULES
@given(spending=POSITIVE, share=SHARE, adopter=st.sampled_from([0.0, 1.0]))
def test_talent_and_compute_use_up_the_budget(spending, share, adopter):
    compute = firm.compute_spending(spending, adopter, 1.0, share, 0.0)
    assert compute + firm.labour_spending(spending, compute) == pytest.approx(spending, rel=1e-15)


def test_only_adopters_buy_compute():
    assert firm.compute_spending(0.6, 0.0, 1.0, 0.3, 0.3) == 0.0
    assert firm.labour_spending(0.6, 0.0) == 0.6


@RULES
@given(partners=between(0.0, 2.0), adopter=st.sampled_from([0.0, 1.0]), speed=SHARE, absorption=SHARE)
def test_conversion_switched_off_is_exactly_nothing(partners, adopter, speed, absorption):
    assert firm.conversion_intensity(partners, adopter, speed, 0.0, absorption) == 0.0


def test_conversion_needs_partners_permits_and_absorption():
    assert firm.conversion_intensity(0.0, 1.0, 1.0, 0.3, 0.35) == 0.0
    assert firm.conversion_intensity(0.2, 1.0, 0.0, 0.3, 0.35) == 0.0
    assert firm.conversion_intensity(0.2, 1.0, 1.0, 0.3, 0.35) > firm.conversion_intensity(
        0.2, 0.0, 1.0, 0.3, 0.35
    )
    assert firm.conversion_intensity(0.2, 1.0, 0.7, 0.3, 1.0) == firm.conversion_intensity(
        0.2, 0.0, 0.7, 0.3, 1.0
    )
    assert firm.partner_innovation(0.1, 0.0, 0.1, 0.0) == 0.0


def test_no_arrivals_no_chance():
    assert firm.innovation_probability(0.0, 0.0) == 0.0


@RULES
@given(own=between(0.0, 10.0), converted=between(0.0, 10.0))
def test_the_chance_is_that_of_two_independent_arrivals(own, converted):
    both = firm.innovation_probability(own, converted)
    one, other = firm.innovation_probability(own, 0.0), firm.innovation_probability(0.0, converted)
    assert 0.0 <= both <= 1.0
    assert 1.0 - both == pytest.approx((1.0 - one) * (1.0 - other), abs=1e-15)
    assert max(one, other) <= both <= own + converted + 1e-15


def test_the_chance_of_small_rates_is_the_rate():
    assert firm.innovation_probability(1e-6, 0.0) == pytest.approx(1e-6, rel=1e-6)


@RULES
@given(draw=st.floats(0.0, 1.0, exclude_max=True))
def test_a_certain_innovation_happens_and_an_impossible_one_does_not(draw):
    assert firm.innovated(draw, 1.0) == 1.0
    assert firm.innovated(draw, 0.0) == 0.0


@RULES
@given(quality=between(-5.0, 5.0), own=SHARE, converted=SHARE)
def test_quality_fades_and_innovation_raises_it(quality, own, converted):
    faded = firm.quality(quality, 0.0, own, converted, 0.1, 0.5, 0.025)
    assert faded == (1.0 - 0.025) * quality
    assert firm.quality(quality, 0.0, own, converted, 0.1, 0.5, 0.0) == quality
    assert faded <= firm.quality(quality, 1.0, own, converted, 0.1, 0.5, 0.025) <= faded + 0.1 + 1e-12


def test_a_converted_innovation_is_the_smaller_step():
    assert firm.quality(0.0, 1.0, 0.03, 0.0, 0.1, 0.5, 0.025) == 0.1
    assert firm.quality(0.0, 1.0, 0.0, 0.03, 0.1, 0.5, 0.025) == 0.05
    assert firm.quality(0.0, 1.0, 0.03, 0.03, 0.1, 1.0, 0.025) == 0.1
