"""Rules of research and innovation: against numbers worked by hand, and what economics asks of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import innovation
from tests.support.rules_by_hand import RULES, assert_all_worked, between, case, for_each_case

# The calculation stands above each case, in plain numbers.
# fmt: off
HAND_WORKED = [
    case(innovation.research_productivity, 0.7, adopter=0.0, city_plain_productivity=0.7,
         city_adopter_productivity=1.1),
    case(innovation.research_productivity, 1.1, adopter=1.0, city_plain_productivity=0.7,
         city_adopter_productivity=1.1),
    case(innovation.research_cost, 2.0, adopter=0.0, eligible=1.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8, industry_intensity=1.0),
    case(innovation.research_cost, 1.6, adopter=1.0, eligible=1.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8, industry_intensity=1.0),
    case(innovation.research_cost, 1.8, adopter=1.0, eligible=0.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8, industry_intensity=1.0),
    # vouchers for all; for small firms: below 0.5 · 4
    case(innovation.eligible, 1.0, revenue=9.0, nation_mean_revenue=4.0, voucher_small_firms=0.0,
         small_firm_size=0.5),
    case(innovation.eligible, 1.0, revenue=1.9, nation_mean_revenue=4.0, voucher_small_firms=1.0,
         small_firm_size=0.5),
    case(innovation.eligible, 0.0, revenue=2.0, nation_mean_revenue=4.0, voucher_small_firms=1.0,
         small_firm_size=0.5),
    # R = n·(μ·λ₀·X·V / √c)², V = 1.25 · 2 · (0.5 + 0.3) = 2: 2 · (0.5 · 0.2 · 1.5 · 2 / 2)²
    case(innovation.research_spending, 0.045, lines=2.0, value_added=1.0, value_factor=1.0,
         research_productivity=1.5, research_cost=4.0, city_ip_protection=0.3, nation_mean_revenue=2.0,
         innovation_value=1.25, base_intensity=0.2, research_returns=0.5, research_ceiling=0.25),
    # 2 · (0.5 · 0.2 · 3 · 5 / 0.5)² = 18 is more than the firm can finance: 0.25 · 1.6
    case(innovation.research_spending, 0.4, lines=2.0, value_added=1.6, value_factor=1.0,
         research_productivity=3.0, research_cost=0.25, city_ip_protection=0.5, nation_mean_revenue=2.0,
         innovation_value=2.5, base_intensity=0.2, research_returns=0.5, research_ceiling=0.25),
    # the first with 1.5 times the value added of sales: V = 2 · 1.5: 2 · (0.5 · 0.2 · 1.5 · 3 / 2)²
    case(innovation.research_spending, 0.10125, lines=2.0, value_added=1.0, value_factor=1.5,
         research_productivity=1.5, research_cost=4.0, city_ip_protection=0.3, nation_mean_revenue=2.0,
         innovation_value=1.25, base_intensity=0.2, research_returns=0.5, research_ceiling=0.25),
    # μ = 1/4: 3 · (0.25 · 0.5 · 4 · 2^−0.25)^(4/3) = 3 · 2^(−5/3)
    case(innovation.research_spending, 0.944940787421155, lines=3.0, value_added=9.0, value_factor=1.0,
         research_productivity=1.0, research_cost=2.0, city_ip_protection=0.5, nation_mean_revenue=1.0,
         innovation_value=4.0, base_intensity=0.5, research_returns=0.25, research_ceiling=1.0),
    # 0.6 · 0.25
    case(innovation.compute_spending, 0.15, research_spending=0.6, adopter=1.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2, industry_intensity=1.0),
    case(innovation.compute_spending, 0.12, research_spending=0.6, adopter=1.0, eligible=0.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2, industry_intensity=1.0),
    case(innovation.compute_spending, 0.0, research_spending=0.6, adopter=0.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2, industry_intensity=1.0),
    # an industry of twice the intensity: half of the budget; of four times: at most 95 %
    case(innovation.compute_spending, 0.3, research_spending=0.6, adopter=1.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2, industry_intensity=2.0),
    case(innovation.compute_spending, 0.57, research_spending=0.6, adopter=1.0, eligible=1.0,
         city_tier_compute_share=0.25, city_tier_unaided_share=0.2, industry_intensity=4.0),
    # 2 · (1.6 / 2)²
    case(innovation.research_cost, 1.28, adopter=1.0, eligible=1.0, city_tier_plain_cost=2.0,
         city_tier_adopter_cost=1.6, city_tier_unaided_cost=1.8, industry_intensity=2.0),
    case(innovation.aided_spending, 0.15, compute_spending=0.15, eligible=1.0),
    case(innovation.aided_spending, 0.0, compute_spending=0.15, eligible=0.0),
    # 0.6 − 0.15
    case(innovation.labour_spending, 0.45, research_spending=0.6, compute_spending=0.15),
    # 1.8 / (2 · 0.1) = 9 units a line: 0.2 · 1.5 · √9
    case(innovation.own_intensity, 0.9, research_spending=1.8, lines=2.0, research_cost=0.1,
         research_productivity=1.5, base_intensity=0.2, research_returns=0.5),
    # 0.1 / (0.5 · 1.6) = 1/8: 0.3 · (1/8)^(1/3)
    case(innovation.own_intensity, 0.15, research_spending=0.1, lines=0.5, research_cost=1.6,
         research_productivity=1.0, base_intensity=0.3, research_returns=0.3333333333333333),
    # a firm that sells nothing
    case(innovation.own_intensity, 0.0, research_spending=0.0, lines=0.0, research_cost=1.6,
         research_productivity=1.0, base_intensity=0.3, research_returns=0.5),
    # 0.1 + 0.05
    case(innovation.partner_innovation, 0.15, supplier_innovation_probability=0.1, supplier_alive=1.0,
         customer_innovation_probability=0.05, customer_alive=1.0),
    # a partner that closed has nothing to convert
    case(innovation.partner_innovation, 0.1, supplier_innovation_probability=0.1, supplier_alive=1.0,
         customer_innovation_probability=0.05, customer_alive=0.0),
    case(innovation.partner_innovation, 0.05, supplier_innovation_probability=0.1, supplier_alive=0.0,
         customer_innovation_probability=0.05, customer_alive=1.0),
    # 0.3 · 1 · 0.8 · 1.25 · 0.15
    case(innovation.conversion_intensity, 0.045, partner_innovation=0.15, adopter=1.0, city_permit_speed=0.8,
         city_conversion_ease=1.25, conversion_probability=0.3, plain_absorption=0.35),
    # 0.3 · 0.35 · 0.8 · 0.5 · 0.15
    case(innovation.conversion_intensity, 0.0063, partner_innovation=0.15, adopter=0.0, city_permit_speed=0.8,
         city_conversion_ease=0.5, conversion_probability=0.3, plain_absorption=0.35),
    # 1 − e^−0.06
    case(innovation.innovation_probability, 0.05823546641575129, own_intensity=0.05,
         conversion_intensity=0.01),
    # 1 − e^−ln 2
    case(innovation.innovation_probability, 0.5, own_intensity=0.6931471805599453, conversion_intensity=0.0),
    case(innovation.innovated, 1.0, draw_success=0.0299, innovation_probability=0.03),
    case(innovation.innovated, 0.0, draw_success=0.03, innovation_probability=0.03),
    # 0.05 · 3, 0.02 · 3, and both
    case(innovation.own_innovations, 0.15, own_intensity=0.05, lines=3.0),
    case(innovation.converted_innovations, 0.06, conversion_intensity=0.02, lines=3.0),
    case(innovation.innovations, 0.21, own_innovations=0.15, converted_innovations=0.06),
    # 0.21 / 0.07 where the firm innovates
    case(innovation.realised_innovations, 3.0, innovations=0.21, innovated=1.0, innovation_probability=0.07),
    case(innovation.realised_innovations, 0.0, innovations=0.21, innovated=0.0, innovation_probability=0.07),
    # half a line, no success, the median shock: 0.4 + 0.007 + 0.05 · 0.2
    case(innovation.quality, 0.417, quality=0.4, innovated=0.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=0.5, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.5),
    # a success: a mean gain of 0.1 · (0.03 + 0.5 · 0.01) = 0.0035 over the chance of 0.04: 0.417 + 0.0875
    case(innovation.quality, 0.5045, quality=0.4, innovated=1.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=0.5, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.5),
    # 32 lines: 32^−0.2 = ½ is uncertain: 0.417 + 0.0035 · (½ + ½ · 25), and a shock of
    # 0.02 · ½ · ln 2 / √2 = 0.00490129 up …
    case(innovation.quality, 0.46740129071734273, quality=0.4, innovated=1.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=32.0, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.75),
    # … or down
    case(innovation.quality, 0.45759870928265727, quality=0.4, innovated=1.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=32.0, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.25),
    # a tenth of a line and less: 0.1^−0.2 as large a shock, 0.02 · 10^0.2 · ln 2 / √2
    case(innovation.quality, 0.417 + 0.02 * 10.0**0.2 * 0.6931471805579453 / 2.0**0.5, quality=0.4,
         innovated=0.0, innovation_probability=0.04, own_intensity=0.03,
         conversion_intensity=0.01, lines=0.05, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.75),
    # a shock in a quarter of all quarters: draws within 1/8 of 0 or 1; of half that, 0.02 · √(½/¼) · ln 2 …
    case(innovation.quality, 0.417 + 0.02 * 2.0**0.5 * 0.6931471805579453, quality=0.4, innovated=0.0,
         innovation_probability=0.04, own_intensity=0.03, conversion_intensity=0.01, lines=1.0,
         nation_mean_innovation=0.2, quality_step=0.1, conversion_step=0.5, common_progress=0.007,
         knowledge_spillover=0.05, quality_shock=0.02, shock_chance=0.25, size_volatility=0.2,
         draw_shock=0.9375),
    # … and none in the others
    case(innovation.quality, 0.417, quality=0.4, innovated=0.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=1.0, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=0.25, size_volatility=0.2, draw_shock=0.8),
    # the same without success: 0.417 + 0.0035 · ½ and the shock upwards
    case(innovation.quality, 0.42365129071734273, quality=0.4, innovated=0.0, innovation_probability=0.04,
         own_intensity=0.03, conversion_intensity=0.01, lines=32.0, nation_mean_innovation=0.2,
         quality_step=0.1, conversion_step=0.5, common_progress=0.007, knowledge_spillover=0.05,
         quality_shock=0.02, shock_chance=1.0, size_volatility=0.2, draw_shock=0.75),
]
# fmt: on


@for_each_case(HAND_WORKED)
def test_worked_by_hand(rule, expected, reads):
    assert rule(**reads) == pytest.approx(expected, rel=1e-12, abs=0.0)


def test_every_rule_is_worked_by_hand():
    assert_all_worked(innovation, HAND_WORKED)


SHARE, POSITIVE = between(0.0, 1.0), between(1e-3, 1e3)


# ── Budget ───────────────────────────────────────────────────────────────────────────────────────

RESEARCH = dict(
    lines=1.3,
    value_added=1.3,
    value_factor=1.0,
    research_productivity=0.9,
    research_cost=1.7,
    city_ip_protection=0.4,
    nation_mean_revenue=0.8,
    innovation_value=2.8,
    base_intensity=0.2,
    research_returns=0.5,
    research_ceiling=1e300,
)


def budget(**changes):
    return innovation.research_spending(**{**RESEARCH, **changes})


@RULES
@given(
    lines=POSITIVE,
    productivity=between(0.01, 10.0),
    cost=between(0.01, 10.0),
    returns=between(0.1, 0.8),
    other=between(0.5, 2.0),
)
def test_no_other_budget_is_more_profitable(lines, productivity, cost, returns, other):
    best = budget(
        lines=lines, research_productivity=productivity, research_cost=cost, research_returns=returns
    )
    value = 2.8 * 0.8 * (0.5 + 0.4)

    def gain(spent):
        return lines * innovation.own_intensity(spent, lines, cost, productivity, 0.2, returns) * value

    assert gain(other * best) - other * best <= (gain(best) - best) * (1.0 + 1e-12)
    # The last unit spent earns one unit: μ·n·λ·V = R.
    assert returns * gain(best) == pytest.approx(best)


@RULES
@given(times=between(0.01, 100.0), returns=between(0.1, 0.8))
def test_research_and_innovation_are_in_proportion_to_sales(times, returns):
    small = {"research_returns": returns}
    large = {**small, "lines": times * 1.3, "value_added": times * 1.3}
    assert budget(**large) == pytest.approx(times * budget(**small), rel=1e-12)
    rates = [
        innovation.own_intensity(budget(**one), lines, 1.7, 0.9, 0.2, returns)
        for one, lines in ((small, 1.3), (large, times * 1.3))
    ]
    assert rates[1] == pytest.approx(rates[0], rel=1e-12)
    # The ceiling, too, is a share of what the firm earns.
    poor = {"research_ceiling": 1e-6}
    assert budget(**large, **poor) == pytest.approx(times * budget(**small, **poor), rel=1e-12)


def test_budget_answers_what_makes_research_worth_more():
    assert budget(research_productivity=1.0) > budget() > budget(research_cost=1.8)
    assert budget(city_ip_protection=0.5) > budget() > budget(innovation_value=2.7)
    assert budget(nation_mean_revenue=0.9) > budget() > budget(value_factor=0.9)
    # R ∝ (X·V)^(1/(1−μ)): at μ = ½ twice the productivity pays for four times the budget.
    assert budget(research_productivity=1.8) == pytest.approx(4.0 * budget(), rel=1e-12)


@pytest.mark.parametrize(
    "nothing", ["lines", "value_added", "nation_mean_revenue", "innovation_value", "base_intensity"]
)
def test_nothing_is_spent_where_nothing_is_to_be_gained_or_financed(nothing):
    assert budget(**{nothing: 0.0}) == 0.0
    assert budget(research_ceiling=0.0) == 0.0


@RULES
@given(spending=POSITIVE, share=SHARE, adopter=st.sampled_from([0.0, 1.0]))
def test_talent_and_compute_use_up_the_budget(spending, share, adopter):
    compute = innovation.compute_spending(spending, adopter, 1.0, share, 0.0, 1.0)
    assert compute + innovation.labour_spending(spending, compute) == pytest.approx(spending, rel=1e-15)


def test_only_adopters_buy_compute():
    assert innovation.compute_spending(0.6, 0.0, 1.0, 0.3, 0.3, 1.0) == 0.0
    assert innovation.labour_spending(0.6, 0.0) == 0.6


# ── Arrivals ─────────────────────────────────────────────────────────────────────────────────────


def test_own_intensity_is_the_base_at_one_unit_a_line_and_zero_without_research():
    assert innovation.own_intensity(1.7, 1.0, 1.7, 0.9, 0.2, 0.5) == 0.2 * 0.9
    assert innovation.own_intensity(3.4, 2.0, 1.7, 0.9, 0.2, 0.5) == 0.2 * 0.9
    assert innovation.own_intensity(0.0, 1.0, 1.7, 0.9, 0.2, 0.5) == 0.0


def test_returns_to_research_diminish():
    one, two, three = (innovation.own_intensity(spent, 1.0, 1.0, 1.0, 0.2, 0.5) for spent in (1.0, 2.0, 3.0))
    assert two - one > three - two > 0.0


@RULES
@given(partners=between(0.0, 2.0), adopter=st.sampled_from([0.0, 1.0]), speed=SHARE, absorption=SHARE)
def test_conversion_switched_off_is_exactly_nothing(partners, adopter, speed, absorption):
    assert innovation.conversion_intensity(partners, adopter, speed, 1.0, 0.0, absorption) == 0.0


def test_conversion_needs_partners_permits_and_absorption():
    converted = innovation.conversion_intensity
    assert converted(0.0, 1.0, 1.0, 1.0, 0.3, 0.35) == 0.0
    assert converted(0.2, 1.0, 0.0, 1.0, 0.3, 0.35) == 0.0
    assert converted(0.2, 1.0, 1.0, 1.0, 0.3, 0.35) > converted(0.2, 0.0, 1.0, 1.0, 0.3, 0.35)
    assert converted(0.2, 1.0, 0.7, 1.0, 0.3, 1.0) == converted(0.2, 0.0, 0.7, 1.0, 0.3, 1.0)
    assert converted(0.2, 1.0, 0.7, 1.1, 0.3, 0.35) > converted(0.2, 1.0, 0.7, 1.0, 0.3, 0.35)
    assert innovation.partner_innovation(0.1, 0.0, 0.1, 0.0) == 0.0


def test_no_arrivals_no_chance():
    assert innovation.innovation_probability(0.0, 0.0) == 0.0


@RULES
@given(own=between(0.0, 10.0), converted=between(0.0, 10.0))
def test_the_chance_is_that_of_two_independent_arrivals(own, converted):
    both = innovation.innovation_probability(own, converted)
    one = innovation.innovation_probability(own, 0.0)
    other = innovation.innovation_probability(0.0, converted)
    assert 0.0 <= both <= 1.0
    assert 1.0 - both == pytest.approx((1.0 - one) * (1.0 - other), abs=1e-15)
    assert max(one, other) <= both <= own + converted + 1e-15


def test_the_chance_of_small_rates_is_the_rate():
    assert innovation.innovation_probability(1e-6, 0.0) == pytest.approx(1e-6, rel=1e-6)


@RULES
@given(draw=st.floats(0.0, 1.0, exclude_max=True))
def test_a_certain_innovation_happens_and_an_impossible_one_does_not(draw):
    assert innovation.innovated(draw, 1.0) == 1.0
    assert innovation.innovated(draw, 0.0) == 0.0


@RULES
@given(own=SHARE, converted=SHARE, lines=between(0.0, 1e3))
def test_innovations_that_happen_are_those_expected_on_average(own, converted, lines):
    expected = innovation.innovations(
        innovation.own_innovations(own, lines), innovation.converted_innovations(converted, lines)
    )
    chance = innovation.innovation_probability(own, converted)
    happened = innovation.realised_innovations(expected, 1.0, chance)
    assert innovation.realised_innovations(expected, 0.0, chance) == 0.0
    assert chance * happened == pytest.approx(expected * (chance > 0.0), rel=1e-12)


# ── Quality ──────────────────────────────────────────────────────────────────────────────────────

QUALITY = dict(
    quality=0.3,
    innovated=0.0,
    innovation_probability=0.05,
    own_intensity=0.04,
    conversion_intensity=0.02,
    lines=1.0,
    nation_mean_innovation=0.0,
    quality_step=0.1,
    conversion_step=0.5,
    common_progress=0.0,
    knowledge_spillover=0.0,
    quality_shock=0.0,
    shock_chance=1.0,
    size_volatility=0.17,
    draw_shock=0.5,
)


def grown(**changes):
    """Gain of quality in a quarter."""
    return innovation.quality(**{**QUALITY, **changes}) - QUALITY["quality"]


@RULES
@given(draw=st.floats(0.0, 1.0, exclude_max=True), lines=between(0.0, 1e3))
def test_quality_stays_where_all_that_moves_it_is_switched_off(draw, lines):
    assert grown(draw_shock=draw, lines=lines, quality_step=0.0, innovated=1.0) == 0.0


@RULES
@given(progress=between(0.0, 0.1), spillover=between(0.0, 1.0), others=between(0.0, 2.0))
def test_progress_and_what_others_find_raise_the_level(progress, spillover, others):
    raised = grown(
        common_progress=progress,
        knowledge_spillover=spillover,
        nation_mean_innovation=others,
        quality_step=0.0,
    )
    assert raised == pytest.approx(progress + spillover * others, abs=1e-15)
    # Levels: the gain is the same at every quality, and no quality fades.
    better = innovation.quality(**{**QUALITY, "quality": 5.3, "innovated": 1.0})
    assert better - 5.3 == pytest.approx(grown(innovated=1.0), abs=1e-14)


@RULES
@given(
    chance=between(0.001, 1.0), own=SHARE, converted=SHARE, lines=between(0.0, 1e4), fall=between(0.0, 0.5)
)
def test_the_mean_gain_does_not_depend_on_size(chance, own, converted, lines, fall):
    reads = dict(
        innovation_probability=chance,
        own_intensity=own,
        conversion_intensity=converted,
        lines=lines,
        size_volatility=fall,
    )
    success, failure = (grown(innovated=one, **reads) for one in (1.0, 0.0))
    mean = chance * success + (1.0 - chance) * failure
    assert mean == pytest.approx(0.1 * (own + 0.5 * converted), abs=1e-13)
    # The gap between success and failure is γ·λ/p·n^−β, and not more than that of one line.
    gap = 0.1 * (own + 0.5 * converted) / chance * max(lines, 1.0) ** -fall
    assert success - failure == pytest.approx(gap, abs=1e-12)


def test_a_converted_innovation_is_the_smaller_step():
    own = grown(innovated=1.0, innovation_probability=0.03, own_intensity=0.03, conversion_intensity=0.0)
    other = grown(innovated=1.0, innovation_probability=0.03, own_intensity=0.0, conversion_intensity=0.03)
    assert own == pytest.approx(0.1, rel=1e-12)
    assert other == pytest.approx(0.05, rel=1e-12)


def test_a_firm_without_lines_or_arrivals_keeps_its_quality():
    none = dict(innovation_probability=0.0, own_intensity=0.0, conversion_intensity=0.0)
    assert grown(lines=0.0, **none) == 0.0
    assert grown(lines=1e6, innovated=1.0, **none) == 0.0
