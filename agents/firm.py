"""Firms: sales, adoption of compute, entry, exit and relocation; ``agents/innovation.py`` has their research.

A row of the table is a founder who lives in a home city; while ``alive`` is 1 the founder runs a
firm, which may have moved elsewhere. Local founders who start at home are the rule in the data on
entrepreneurship (Michelacci & Silva 2007, Review of Economics and Statistics 89(4)).

A rule is a function of numbers, named after its result; its arguments are named after the values that it
reads (``quality``: the firm; ``city_talent``: the firm's city; ``city_tier_…``: its tier in that
city; ``supplier_…``/``customer_…``: its two partners in the chain; ``prospect_…``: the customer's
city; ``home_…``: the founder's home; ``nation_…``: the country; a parameter; ``draw_…``: a uniform
number in [0, 1)). Equations follow the numbering M1-M8 of the model description.
"""

from agents.agent_columns import FirmColumns
from agents.columns import Column
from agents.elementary import exp, log, logistic, power
from agents.view import AgentView

MOST_WORTH = 100.0  # log points of supply: what the last tier makes of it is still a number

TIERS = ("design and software", "components", "systems", "applications and manufacturing")

COLUMNS = (
    Column("city", "row", "city in which the firm works", index_of="cities"),
    Column("home", "row", "city in which the founder lives", index_of="cities"),
    Column("home_tier", "row", "the firm's tier in the founder's home", index_of="city_tiers"),
    Column("tier", "row", "tier of the industry chain, 0 upstream to 3 final", index_of="tiers"),
    Column("city_tier", "row", "the firm's tier in its city", index_of="city_tiers"),
    Column("supplier", "row", "partner one tier upstream", index_of="firms"),
    Column("customer", "row", "partner one tier downstream", index_of="firms"),
    Column("prospect", "row", "the customer's city", index_of="cities"),
    Column("prospect_tier", "row", "the firm's tier in the customer's city", index_of="city_tiers"),
    Column("alive", "0 or 1", "1 while the founder runs a firm"),
    Column("age", "quarters", "quarters since the firm was founded"),
    Column("quality", "log points", "productivity of the firm's product lines, in levels"),
    Column("adopter", "0 or 1", "1 if research is done with compute and data"),
    Column("eligible", "0 or 1", "1 if the firm may use the city's compute vouchers", start=1.0),
    Column("supply", "quality units", "quality-weighted supply, exp(θ·quality)"),
    Column("revenue", "money/quarter", "sales to all cities"),
    Column("lines", "lines", "product lines: sales relative to those of an average firm", start=1.0),
    Column("value_added", "money/quarter", "sales less purchases from other firms"),
    Column("profit", "money/quarter", "value added less wages, taxes, talent and compute"),
    Column("digital_revenue", "money/quarter", "sales of a firm that uses compute"),
    Column("research_spending", "money/quarter", "budget for talent and compute"),
    Column("compute_spending", "money/quarter", "payments of the firm itself for compute"),
    Column("labour_spending", "money/quarter", "payments of the firm for talent"),
    Column("own_intensity", "innovations/line/quarter", "arrival rate from own research"),
    Column("partner_innovation", "innovations/quarter", "partners' chance of innovating last quarter"),
    Column(
        "conversion_intensity",
        "innovations/line/quarter",
        "arrival rate from converting partners' innovations",
    ),
    Column("innovation_probability", "1/quarter", "chance that a product line innovates this quarter"),
    Column("own_innovations", "innovations/quarter", "expected innovations from own research, all lines"),
    Column("converted_innovations", "innovations/quarter", "expected converted innovations, all lines"),
    Column("innovations", "innovations/quarter", "expected innovations, all lines"),
    Column("realised_innovations", "innovations/quarter", "innovations that happened, all lines"),
    Column("innovated", "0 or 1", "1 if the firm innovated this quarter"),
    Column("entering", "0 or 1", "the founder starts a firm"),
    Column("exiting", "0 or 1", "the firm closes"),
    Column("relocating", "0 or 1", "the firm moves to its customer's city"),
)


class Firm(AgentView, FirmColumns):
    """A firm of the industry chain, as Mesa sees it: a view of one row."""

    table_name = "firms"


# ── Product market (M4) ──────────────────────────────────────────────────────────────────────────


def supply(quality, technique_quality, city_compute_depth, quality_elasticity):
    """Quality-weighted supply that the firm brings to every market it reaches, e^(θ·a), quality units.

    a: quality of the firm plus the contributions of its technique of production and of the city's compute to
    its capital (0 without techniques and without that effect).
    """
    worth = quality_elasticity * (quality + technique_quality + city_compute_depth)
    return exp(worth if worth < MOST_WORTH else MOST_WORTH)


def revenue(supply, city_tier_unit_revenue):
    """Sales, money/quarter: supply times the earnings of a unit in the cities that the firm reaches."""
    return supply * city_tier_unit_revenue


def digital_revenue(revenue, adopter):
    """Sales that count as digital, money/quarter: those of firms that work with compute."""
    return revenue * adopter


def lines(revenue, nation_mean_revenue):
    """Product lines of the firm: its sales relative to those of an average firm in the last quarter.

    [Klette & Kortum 2004, Journal of Political Economy 112(5)]
    """
    return revenue / (nation_mean_revenue + 1e-12)


def value_added(revenue, city_tier_upstream, purchase_factor, intermediate_share):
    """Sales less purchases one tier upstream, sales·(1 − s·π), money/quarter.

    s: intermediate share, π: purchases relative to the average firm's (1 without rungs). A firm that no goods
    of the tier before reach, as in the first tier, buys from no other.
    """
    return revenue * (1.0 - city_tier_upstream * intermediate_share * purchase_factor)


def profit(value_added, labour_spending, compute_spending, labour_share, tax_rate):
    """Income of the owner, money/quarter: value added·(1 − labour share − tax rate) less research."""
    return value_added * (1.0 - labour_share - tax_rate) - labour_spending - compute_spending


def final_reach(distance, origin_adoption_share, final_trade_reach, digital_trade):
    """Share of the origin's supply that final demand in the destination sees, e^(−d·(1 − ζ·digital)/δ).

    d: distance, δ: reach, km; digital: share of the origin's firms that work with compute.
    """
    return exp(-distance * (1.0 - digital_trade * origin_adoption_share) / final_trade_reach)


def intermediate_reach(distance, origin_adoption_share, intermediate_trade_reach, digital_trade):
    """The same for deliveries between firms, which travel farther."""
    return exp(-distance * (1.0 - digital_trade * origin_adoption_share) / intermediate_trade_reach)


# ── Adoption of compute (M2) ─────────────────────────────────────────────────────────────────────


def adoption_gain(
    eligible,
    city_tier_plain_cost,
    city_tier_adopter_cost,
    city_tier_unaided_cost,
    industry_intensity,
    city_data,
    research_returns,
    data_elasticity,
):
    """Gain in research profit that a firm expects of working with compute and data, log points.

    Cheaper research counts in full, κ·μ/(1−μ)·ln(c₀/c_A), κ: compute intensity of the firm's industry; better
    data by half of its value at the optimum, ½·ξ/(1−μ)·ln(data/0.8), relative to the data that plain research
    needs. [prototype; the ½ and the 0.8 are judgement: the value of data is not known before its use]
    """
    with_compute = city_tier_adopter_cost if eligible > 0.5 else city_tier_unaided_cost
    cheaper = research_returns / (1.0 - research_returns) * log(city_tier_plain_cost / with_compute)
    cheaper = cheaper * industry_intensity
    better = 0.5 * data_elasticity / (1.0 - research_returns) * log(city_data / 0.8)
    return cheaper + better


def adoption_cost(
    revenue,
    city_business_environment,
    city_adoption_share,
    city_rural_share,
    nation_mean_revenue,
    nation_advice,
    adoption_base_cost,
    adoption_environment_cost,
    adoption_peer_effect,
    adoption_size_cost,
    digital_divide,
    rural_access,
):
    """Cost of working with compute, log points of research profit.

    Dearer where the business environment is poor, for small firms and where many live in the countryside
    without access, cheaper where many neighbours do it already (peer effect).
    """
    smallness = power((nation_mean_revenue + 1e-9) / (revenue + 1e-9), 0.5)
    return (
        adoption_base_cost
        + adoption_environment_cost * (1.0 - city_business_environment)
        - adoption_peer_effect * city_adoption_share
        + adoption_size_cost * smallness
        - nation_advice
        + digital_divide * (1.0 - rural_access) * city_rural_share
    )


def adopter(
    adopter,
    age,
    adoption_gain,
    adoption_cost,
    adoption_hazard,
    abandonment_hazard,
    choice_scale,
    draw_adoption,
):
    """1 if the firm works with compute next quarter: a reversible choice, logistic in gain − cost.

    A firm that was just founded chooses at once.
    """
    advantage = (adoption_gain - adoption_cost) / choice_scale
    considers = adoption_hazard if age > 0.5 else 1.0
    adopts = 1.0 if draw_adoption < considers * logistic(advantage) else 0.0
    keeps = 0.0 if draw_adoption < abandonment_hazard * logistic(-advantage) else 1.0
    return keeps if adopter > 0.5 else adopts


# ── Entry, exit, relocation ──────────────────────────────────────────────────────────────────────


def entering(
    home_business_environment,
    home_permit_speed,
    home_tier_unit_revenue,
    home_hosted_tasks,
    home_compute_bill,
    nation_mean_supply,
    nation_mean_revenue,
    entry_rate,
    entry_elasticity,
    task_seeding,
    draw_entry,
):
    """1 if the founder starts a firm at home: likelier with a good environment, fast permits and sales.

    Chance h·(0.4 + 0.8·environment)·1.4·permits·(s/s̄)^ε·(1 + ς·v) per quarter. s: sales that a firm of
    average supply would have there, s̄: mean sales of firms. At average conditions the factor of environment
    and permits is about 1 [judgement]. v: share of visiting tasks in the compute of the city; digital firms
    start where tasks are computed [document 001].
    """
    sales = home_tier_unit_revenue * nation_mean_supply
    prospects = power((sales + 1e-9) / (nation_mean_revenue + 1e-9), entry_elasticity)
    chance = entry_rate * (0.4 + 0.8 * home_business_environment) * 1.4 * home_permit_speed * prospects
    visiting = home_hosted_tasks / (home_hosted_tasks + home_compute_bill + 1e-9)
    return 1.0 if draw_entry < chance * (1.0 + task_seeding * visiting) else 0.0


def exiting(lines, age, exit_rate, exit_elasticity, exit_hump, draw_exit):
    """1 if the firm closes: likelier the less it sells, and likeliest at an age of three years.

    Chance h·(n + 0.001)^−ε·(1 + b·a·e^(1−a)) per quarter. n: product lines, a: age in units of three years.
    """
    years = age / 12.0
    young = 1.0 + exit_hump * years * exp(1.0 - years)
    chance = exit_rate * power(lines + 1e-3, -exit_elasticity) * young
    return 1.0 if draw_exit < chance else 0.0


def relocating(
    lines,
    city_tier_unit_revenue,
    prospect_tier_unit_revenue,
    city_tier_adopter_cost,
    prospect_tier_adopter_cost,
    research_returns,
    relocation_rate,
    relocation_cost,
    relocation_scale,
    draw_relocation,
):
    """1 if the firm moves to its customer's city: a rare choice, logistic in log profit gain − cost.

    The chance falls with the number of product lines, 1/(1 + n): large firms have more to move. [judgement]
    """
    market = log((prospect_tier_unit_revenue + 1e-9) / (city_tier_unit_revenue + 1e-9))
    research = research_returns * log(city_tier_adopter_cost / prospect_tier_adopter_cost)
    chance = relocation_rate * logistic((market + research - relocation_cost) / relocation_scale)
    return 1.0 if draw_relocation < chance / (1.0 + lines) else 0.0


def age(age):
    """Quarters since the firm was founded."""
    return age + 1.0
