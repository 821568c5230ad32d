"""Firms: research and innovation, adoption of compute, entry, exit and relocation.

A row of the table is a founder who lives in a home city; while ``alive`` is 1 the founder runs a
firm, which may have moved elsewhere. Local founders who start at home are the rule in the data on
entrepreneurship (Michelacci & Silva 2007, Review of Economics and Statistics 89(4)).

A rule is a function of numbers, named after its result; its arguments are named after the values that it
reads (``quality``: the firm; ``city_talent``: the firm's city; ``city_tier_…``: its tier in that
city; ``supplier_…``/``customer_…``: its two partners in the chain; ``prospect_…``: the customer's
city; ``home_…``: the founder's home; ``nation_…``: the country; a parameter; ``draw_…``: a uniform
number in [0, 1)). Equations follow the numbering M1-M8 of the model description.
"""

from agents.columns import Column
from agents.elementary import exp, log, logistic, power
from agents.view import AgentView

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


class Firm(AgentView):
    """A firm of the industry chain, as Mesa sees it: a view of one row."""

    table_name = "firms"


# ── Product market (M4) ──────────────────────────────────────────────────────────────────────────


def supply(quality, technique_quality, quality_elasticity):
    """Quality-weighted supply exp(θ·a) that the firm brings to every market it reaches.

    a is the firm's quality plus the contribution of its technique of production (0 without techniques).
    """
    return exp(quality_elasticity * (quality + technique_quality))


def revenue(supply, city_tier_unit_revenue):
    """Sales, money/quarter: supply times the earnings of a unit in the cities that the firm reaches."""
    return supply * city_tier_unit_revenue


def digital_revenue(revenue, adopter):
    """Sales that count as digital: those of firms which work with compute."""
    return revenue * adopter


def lines(revenue, nation_mean_revenue):
    """Product lines of the firm: its sales relative to the average firm's. [Klette & Kortum 2004]"""
    return revenue / (nation_mean_revenue + 1e-12)


def value_added(revenue, tier, purchase_factor, intermediate_share):
    """Sales less purchases one tier upstream, money/quarter; the first tier buys from no other."""
    bought = intermediate_share * purchase_factor if tier > 0.5 else 0.0
    return revenue * (1.0 - bought)


def profit(value_added, labour_spending, compute_spending, labour_share, tax_rate):
    """Income of the owner, money/quarter: value added less production wages, tax and research."""
    return value_added * (1.0 - labour_share - tax_rate) - labour_spending - compute_spending


def final_reach(distance, origin_adoption_share, final_trade_reach, digital_trade):
    """Share of the origin's supply that final demand in the destination sees, exp(−d(1 − ζ·digital)/δ)."""
    return exp(-distance * (1.0 - digital_trade * origin_adoption_share) / final_trade_reach)


def intermediate_reach(distance, origin_adoption_share, intermediate_trade_reach, digital_trade):
    """The same for deliveries between firms, which travel farther."""
    return exp(-distance * (1.0 - digital_trade * origin_adoption_share) / intermediate_trade_reach)


# ── Research and innovation (M1, M5) ─────────────────────────────────────────────────────────────


def research_productivity(adopter, city_plain_productivity, city_adopter_productivity):
    """Research productivity X of the firm's city for its way of working (with or without compute)."""
    return city_adopter_productivity if adopter > 0.5 else city_plain_productivity


def eligible(revenue, nation_mean_revenue, voucher_small_firms, small_firm_size):
    """1 if the firm may use vouchers: all firms, or, where they are for small ones, one that sells little."""
    small = revenue < small_firm_size * nation_mean_revenue
    return 1.0 if small or voucher_small_firms < 0.5 else 0.0


def research_cost(adopter, eligible, city_tier_plain_cost, city_tier_adopter_cost, city_tier_unaided_cost):
    """Cost c of one unit of the research input, money."""
    with_compute = city_tier_adopter_cost if eligible > 0.5 else city_tier_unaided_cost
    return with_compute if adopter > 0.5 else city_tier_plain_cost


def research_spending(
    lines,
    value_added,
    value_factor,
    research_productivity,
    research_cost,
    city_ip_protection,
    nation_mean_revenue,
    innovation_value,
    base_intensity,
    research_returns,
    research_ceiling,
):
    """Budget R that maximises n·λ(R/n)·V − R, money/quarter, at most a share of value added.

    n are product lines, λ(r) = λ₀·X·(r/c)^μ the rate per line and V = v·sales of a line·value_factor·(½ + IP)
    the value of an innovation, so R = n·(μ·λ₀·X·V·c^−μ)^(1/(1−μ)): research in proportion to sales.
    value_factor: value added per unit of sales, to the average firm's (1 without rungs).
    [Klette & Kortum 2004, Journal of Political Economy 112(5)]
    """
    value = innovation_value * nation_mean_revenue * value_factor * (0.5 + city_ip_protection)
    scale = research_returns * base_intensity * research_productivity * value
    best = lines * power(scale * power(research_cost, -research_returns), 1.0 / (1.0 - research_returns))
    most = research_ceiling * value_added
    return best if best < most else most


def compute_spending(research_spending, adopter, eligible, city_tier_compute_share, city_tier_unaided_share):
    """Part of the research budget that buys compute, money/quarter (net of vouchers)."""
    share = city_tier_compute_share if eligible > 0.5 else city_tier_unaided_share
    return research_spending * adopter * share


def aided_spending(compute_spending, eligible):
    """The same if the firm may use vouchers."""
    return compute_spending * eligible


def labour_spending(research_spending, compute_spending):
    """Part of the research budget that pays talent, money/quarter."""
    return research_spending - compute_spending


def own_intensity(
    research_spending, lines, research_cost, research_productivity, base_intensity, research_returns
):
    """Arrival rate of own innovations in a product line, 1/quarter: λ₀·X·(R/(n·c))^μ, n lines."""
    effort = research_spending / (research_cost * lines + 1e-300)
    return base_intensity * research_productivity * power(effort, research_returns)


def partner_innovation(
    supplier_innovation_probability,
    supplier_alive,
    customer_innovation_probability,
    customer_alive,
):
    """Chance, summed over the two partners, that they innovated last quarter."""
    return supplier_innovation_probability * supplier_alive + customer_innovation_probability * customer_alive


def conversion_intensity(
    partner_innovation,
    adopter,
    city_permit_speed,
    city_conversion_ease,
    conversion_probability,
    plain_absorption,
):
    """Arrival rate of follow-on innovations in a product line, 1/quarter: a partner's novelty is put to use.

    Firms that work with compute absorb fully, others in part; slow permits hold conversion back, and it is
    easier where labour is cheap.
    """
    absorption = 1.0 if adopter > 0.5 else plain_absorption
    speed = city_permit_speed * city_conversion_ease
    return conversion_probability * absorption * speed * partner_innovation


def innovation_probability(own_intensity, conversion_intensity):
    """Chance that a product line of the firm innovates this quarter, 1 − exp(−λ). λ: innovations per quarter.

    The central equation of the model: λ = λ₀·X·(r/c)^μ + κ·absorption·permits·(partners' innovations), r
    the research budget per line. Compute lowers c, data and talent raise X, talent's wage is in c, partners
    bring the rest.
    [Klette & Kortum 2004, Journal of Political Economy 112(5)]
    """
    return 1.0 - exp(-(own_intensity + conversion_intensity))


def innovated(draw_success, innovation_probability):
    """1 if this quarter's draw falls under the chance of innovating."""
    return 1.0 if draw_success < innovation_probability else 0.0


def own_innovations(own_intensity, lines):
    """Expected innovations from own research in all product lines, per quarter."""
    return own_intensity * lines


def converted_innovations(conversion_intensity, lines):
    """Expected converted innovations in all product lines, per quarter."""
    return conversion_intensity * lines


def innovations(own_innovations, converted_innovations):
    """Expected innovations in all product lines, per quarter."""
    return own_innovations + converted_innovations


def realised_innovations(innovations, innovated, innovation_probability):
    """Innovations that happened in all product lines; their mean is the expected number."""
    return innovations * innovated / (innovation_probability + 1e-300)


def quality(
    quality,
    innovated,
    innovation_probability,
    own_intensity,
    conversion_intensity,
    lines,
    nation_mean_innovation,
    quality_step,
    conversion_step,
    common_progress,
    knowledge_spillover,
    quality_shock,
    size_volatility,
    draw_shock,
):
    """Quality next quarter, in levels: common progress, innovations and a shock with Laplace distribution.

    What others find out spills over to all firms: s times the country's innovations per line.
    An own innovation raises quality by γ, a converted one by ``conversion_step`` of that. In a firm of many
    lines successes and shocks offset each other: the part n^−β of the gain that is uncertain, and the shock,
    fall with the number of lines n; the mean gain does not. [Stanley et al. 1996, Nature 379; Bottazzi &
    Secchi 2006, RAND Journal of Economics 37(2)]
    """
    mean_gain = quality_step * (own_intensity + conversion_step * conversion_intensity)
    uncertain = power(lines, -size_volatility) if lines > 1.0 else 1.0
    success = innovated / (innovation_probability + 1e-300)
    gain = mean_gain * (1.0 - uncertain + uncertain * success)
    away = draw_shock - 0.5
    size = -log(1.0 - 2.0 * (away if away > 0.0 else -away) + 1e-12) * 0.7071067811865476
    shock = quality_shock * uncertain * (size if away > 0.0 else -size)
    return quality + common_progress + knowledge_spillover * nation_mean_innovation + gain + shock


# ── Adoption of compute (M2) ─────────────────────────────────────────────────────────────────────


def adoption_gain(
    eligible,
    city_tier_plain_cost,
    city_tier_adopter_cost,
    city_tier_unaided_cost,
    city_data,
    research_returns,
    data_elasticity,
):
    """Gain in research profit that a firm expects of working with compute and data, log points.

    Cheaper research counts in full, μ/(1−μ)·ln(c₀/c_A); better data by half of its value at the
    optimum, ½·ξ/(1−μ)·ln(data/0.8), relative to the data that plain research needs. [prototype; the ½ and
    the 0.8 are judgement: the value of data is not known before its use]
    """
    with_compute = city_tier_adopter_cost if eligible > 0.5 else city_tier_unaided_cost
    cheaper = research_returns / (1.0 - research_returns) * log(city_tier_plain_cost / with_compute)
    better = 0.5 * data_elasticity / (1.0 - research_returns) * log(city_data / 0.8)
    return cheaper + better


def adoption_cost(
    revenue,
    city_business_environment,
    city_adoption_share,
    nation_mean_revenue,
    adoption_base_cost,
    adoption_environment_cost,
    adoption_peer_effect,
    adoption_size_cost,
):
    """Cost of working with compute, log points of research profit.

    Dearer where the business environment is poor and for small firms, cheaper where many neighbours
    do it already (peer effect).
    """
    smallness = power((nation_mean_revenue + 1e-9) / (revenue + 1e-9), 0.5)
    return (
        adoption_base_cost
        + adoption_environment_cost * (1.0 - city_business_environment)
        - adoption_peer_effect * city_adoption_share
        + adoption_size_cost * smallness
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
    nation_mean_supply,
    nation_mean_revenue,
    entry_rate,
    entry_elasticity,
    draw_entry,
):
    """1 if the founder starts a firm at home: likelier with a good environment, fast permits, profit.

    Profit is judged by the sales that a firm of average supply would have there.
    """
    sales = home_tier_unit_revenue * nation_mean_supply
    prospects = power((sales + 1e-9) / (nation_mean_revenue + 1e-9), entry_elasticity)
    chance = entry_rate * (0.4 + 0.8 * home_business_environment) * 1.4 * home_permit_speed * prospects
    return 1.0 if draw_entry < chance else 0.0


def exiting(lines, age, exit_rate, exit_elasticity, exit_hump, draw_exit):
    """1 if the firm closes: likelier the less it sells, and likeliest in its third year.

    Chance h·n^−ε·(1 + b·a·e^(1−a)), n sales relative to the average firm's, a age in units of three years.
    """
    years = age / 12.0
    young = 1.0 + exit_hump * years * exp(1.0 - years)
    chance = exit_rate * power(lines + 1e-3, -exit_elasticity) * young
    return 1.0 if draw_exit < chance else 0.0


def relocating(
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
    """1 if the firm moves to its customer's city: a rare choice, logistic in log profit gain − cost."""
    market = log((prospect_tier_unit_revenue + 1e-9) / (city_tier_unit_revenue + 1e-9))
    research = research_returns * log(city_tier_adopter_cost / prospect_tier_adopter_cost)
    chance = relocation_rate * logistic((market + research - relocation_cost) / relocation_scale)
    return 1.0 if draw_relocation < chance else 0.0


def age(age):
    """Quarters since the firm was founded."""
    return age + 1.0
