"""Cost of a unit of research input in a city, by tier of the industry chain: talent and compute (M1).

How rules are written and named: see ``agents/firm.py``. Compute is a mix of three kinds, which differs by
tier and moves with the techniques of 2012 and 2022 (``technique.intelligent_pull``).
"""

from agents.columns import Column
from agents.elementary import exp, log, power

CITY_TIER_COLUMNS = (
    Column("city", "row", "the city", index_of="cities"),
    Column("tier", "row", "the tier", index_of="tiers"),
    Column("supply", "quality units", "quality-weighted supply of the city's firms in the tier"),
    Column("unit_revenue", "money/quality unit", "earnings of one unit of supply in all cities", start=1.0),
    Column("advantage", "ratio", "sales to the city's productivity and cost, (A/cost)^θ", start=1.0),
    Column("demand", "money/quarter", "demand of the city for the tier's products"),
    Column("competition", "quality units", "supply that reaches the city"),
    Column("upstream", "0 or 1", "1 if goods of the tier before reach the city; firms then buy them"),
    Column("basket_price", "money/compute", "delivered price of the tier's mix of compute", start=1.0),
    Column("plain_cost", "money", "cost of a unit of research input without compute", start=1.0),
    Column("adopter_cost", "money", "cost of a unit of research input with compute", start=1.0),
    Column("compute_share", "fraction", "share of compute in an adopter's research cost"),
    Column("unaided_cost", "money", "cost of research with compute for a firm without vouchers", start=1.0),
    Column("unaided_share", "fraction", "share of compute in its research cost"),
    Column("compute_spending", "money/quarter", "payments of firms for compute, after vouchers"),
    Column("aided_spending", "money/quarter", "the same of firms that may use vouchers"),
    Column("part_basic", "fraction", "the tier's part in the city's bill for basic compute"),
    Column("part_intelligent", "fraction", "its part in the bill for intelligent compute"),
    Column("part_super", "fraction", "its part in the bill for supercomputing"),
)

TIER_COLUMNS = (
    Column("early_intelligent", "fraction", "share of intelligent compute before deep learning"),
    Column("early_super", "fraction", "share of supercomputing before deep learning"),
    Column("weight_basic", "fraction", "share of basic compute in the tier's compute bill"),
    Column("weight_intelligent", "fraction", "share of intelligent compute"),
    Column("weight_super", "fraction", "share of supercomputing"),
)


def weight_intelligent(early_intelligent, nation_intelligent_pull):
    """Share of intelligent compute in the tier's bill, p·b/(1 − p + p·b). p: share before 2012, b: pull."""
    pulled = early_intelligent * nation_intelligent_pull
    return pulled / (1.0 - early_intelligent + pulled)


def weight_super(early_super, early_intelligent, weight_intelligent):
    """Share of supercomputing in the tier's bill: a constant part of what is not intelligent compute."""
    return early_super / (1.0 - early_intelligent) * (1.0 - weight_intelligent)


def weight_basic(weight_intelligent, weight_super):
    """Share of basic compute in the tier's bill: the rest."""
    return 1.0 - weight_intelligent - weight_super


def mix_price(
    city_price_basic,
    city_price_intelligent,
    city_price_super,
    tier_weight_basic,
    tier_weight_intelligent,
    tier_weight_super,
    compute_efficiency,
):
    """Price of the tier's mix of compute before vouchers, Π P_m^w_m / e (Cobb-Douglas), money/compute.

    e: work that algorithms of the day get out of a unit of compute, to that of the first year.
    """
    weighted = (
        tier_weight_basic * log(city_price_basic)
        + tier_weight_intelligent * log(city_price_intelligent)
        + tier_weight_super * log(city_price_super)
    )
    return exp(weighted) / compute_efficiency


def basket_price(mix_price, city_voucher_relief):
    """Price of the tier's mix for a firm that may use vouchers, (1 − v)·Π P_m^w_m, money/compute."""
    return mix_price * (1.0 - city_voucher_relief)


def plain_cost(city_wage, compute_weight, substitution):
    """Cost of a unit of research input with talent alone, (1−χ)^(σ/(1−σ))·w, money; the wage w at σ = 1.

    σ below 1.05 counts as 1: without normalisation the weights of a CES explode on the way there.
    """
    if substitution < 1.05:
        return city_wage
    return power(1.0 - compute_weight, substitution / (1.0 - substitution)) * city_wage


def compute_share(city_wage, basket_price, compute_weight, substitution):
    """Share of compute in an adopter's research cost, χ^σP^(1−σ) / [(1−χ)^σw^(1−σ) + χ^σP^(1−σ)].

    CES of talent and compute with elasticity σ. Compute substitutes for scarce talent (σ > 1), yet
    cheaper compute still draws talent in as long as σ < 1/(1−μ).
    """
    compute = power(compute_weight, substitution) * power(basket_price, 1.0 - substitution)
    talent = power(1.0 - compute_weight, substitution) * power(city_wage, 1.0 - substitution)
    return compute / (compute + talent)


def adopter_cost(city_wage, basket_price, compute_weight, substitution):
    """Cost of a unit of research input with compute, [(1−χ)^σw^(1−σ) + χ^σP^(1−σ)]^(1/(1−σ)), money.

    At σ = 1 (substitution off) the Cobb-Douglas limit, scaled so that at equal input prices
    compute neither helps nor hurts: w^(1−χ)·P^χ.
    """
    if substitution < 1.05:
        return power(city_wage, 1.0 - compute_weight) * power(basket_price, compute_weight)
    compute = power(compute_weight, substitution) * power(basket_price, 1.0 - substitution)
    talent = power(1.0 - compute_weight, substitution) * power(city_wage, 1.0 - substitution)
    return power(compute + talent, 1.0 / (1.0 - substitution))


def unaided_share(city_wage, mix_price, compute_weight, substitution):
    """Share of compute in the research cost of an adopter that may not use vouchers."""
    return compute_share(city_wage, mix_price, compute_weight, substitution)


def unaided_cost(city_wage, mix_price, compute_weight, substitution):
    """Cost of a unit of research input with compute for a firm that may not use vouchers, money."""
    return adopter_cost(city_wage, mix_price, compute_weight, substitution)
