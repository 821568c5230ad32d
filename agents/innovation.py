"""Research and innovation of firms: budgets, innovations of their own and converted ones, quality (M1, M5).

How rules are written and named: see ``agents/firm.py``. A firm has product lines, its sales relative to those
of an average firm; every line innovates at the same rate, so research and innovation are in proportion to
sales. [Klette & Kortum 2004, Journal of Political Economy 112(5)]
"""

from agents.elementary import exp, log, power


def research_productivity(adopter, city_plain_productivity, city_adopter_productivity):
    """Research productivity X of the firm's city for its way of working, with compute or without, ratio."""
    return city_adopter_productivity if adopter > 0.5 else city_plain_productivity


def eligible(revenue, nation_mean_revenue, voucher_small_firms, small_firm_size):
    """1 if the firm may use vouchers: all firms, or, where they are for small ones, one that sells little."""
    small = revenue < small_firm_size * nation_mean_revenue
    return 1.0 if small or voucher_small_firms < 0.5 else 0.0


def research_cost(
    adopter,
    eligible,
    city_tier_plain_cost,
    city_tier_adopter_cost,
    city_tier_unaided_cost,
    industry_intensity,
):
    """Cost c of one unit of research input for the firm's way of working, money: c₀, or c₀·(c_A/c₀)^κ.

    κ: compute intensity of the firm's industry; 1 without industries, where that is c_A. At σ = 1 the share
    of compute is then κ·χ.
    """
    with_compute = city_tier_adopter_cost if eligible > 0.5 else city_tier_unaided_cost
    if industry_intensity != 1.0:
        with_compute = city_tier_plain_cost * power(with_compute / city_tier_plain_cost, industry_intensity)
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

    R = n·(μ·λ₀·X·V·c^−μ)^(1/(1−μ)), in proportion to sales. n: product lines, λ(r) = λ₀·X·(r/c)^μ: rate of a
    line, V = v·(sales of a line)·(value factor)·(½ + IP): value of an innovation. The value factor is value
    added per unit of sales, relative to the average firm's (1 without rungs).
    [Klette & Kortum 2004, Journal of Political Economy 112(5)]
    """
    value = innovation_value * nation_mean_revenue * value_factor * (0.5 + city_ip_protection)
    scale = research_returns * base_intensity * research_productivity * value
    best = lines * power(scale * power(research_cost, -research_returns), 1.0 / (1.0 - research_returns))
    most = research_ceiling * value_added
    return best if best < most else most


def compute_spending(
    research_spending, adopter, eligible, city_tier_compute_share, city_tier_unaided_share, industry_intensity
):
    """Part of the research budget that buys compute, money/quarter (net of vouchers), at most 95 % of it."""
    share = city_tier_compute_share if eligible > 0.5 else city_tier_unaided_share
    if industry_intensity != 1.0:
        share = share * industry_intensity if share * industry_intensity < 0.95 else 0.95
    return research_spending * adopter * share


def aided_spending(compute_spending, eligible):
    """Payments for compute of a firm that may use vouchers, money/quarter; else 0."""
    return compute_spending * eligible


def labour_spending(research_spending, compute_spending):
    """Part of the research budget that pays talent, money/quarter."""
    return research_spending - compute_spending


def own_intensity(
    research_spending, lines, research_cost, research_productivity, base_intensity, research_returns
):
    """Arrival rate of own innovations in a product line, λ₀·X·(R/(n·c))^μ, innovations/line/quarter."""
    effort = research_spending / (research_cost * lines + 1e-300)
    return base_intensity * research_productivity * power(effort, research_returns)


def partner_innovation(
    supplier_innovation_probability,
    supplier_alive,
    customer_innovation_probability,
    customer_alive,
):
    """Innovations of the two partners per product line in the last quarter: sum of their chances."""
    return supplier_innovation_probability * supplier_alive + customer_innovation_probability * customer_alive


def conversion_intensity(
    partner_innovation,
    adopter,
    city_permit_speed,
    city_conversion_ease,
    conversion_probability,
    plain_absorption,
):
    """Arrival rate of converted innovations in a product line, κ·absorption·permits·ease·p, 1/quarter.

    A partner's novelty (p of them a quarter) is put to use. Firms that work with compute absorb fully, others
    in part; slow permits hold conversion back, and it is easier where labour is cheap.
    """
    absorption = 1.0 if adopter > 0.5 else plain_absorption
    speed = city_permit_speed * city_conversion_ease
    return conversion_probability * absorption * speed * partner_innovation


def innovation_probability(own_intensity, conversion_intensity):
    """Chance that a product line of the firm innovates this quarter, 1 − e^−λ. λ: innovations per quarter.

    The central equation of the model: λ = λ₀·X·(r/c)^μ + κ·absorption·permits·ease·(partners' innovations).
    r: research budget per line. Compute lowers c, data and talent raise X, talent's wage is in c, partners
    bring the rest.
    [Klette & Kortum 2004, Journal of Political Economy 112(5)]
    """
    return 1.0 - exp(-(own_intensity + conversion_intensity))


def innovated(draw_success, innovation_probability):
    """1 if the firm innovates: this quarter's draw is below the chance."""
    return 1.0 if draw_success < innovation_probability else 0.0


def own_innovations(own_intensity, lines):
    """Expected innovations from own research in all product lines, λ·n, innovations/quarter."""
    return own_intensity * lines


def converted_innovations(conversion_intensity, lines):
    """Expected converted innovations in all product lines, λ·n, innovations/quarter."""
    return conversion_intensity * lines


def innovations(own_innovations, converted_innovations):
    """Expected innovations in all product lines, innovations/quarter."""
    return own_innovations + converted_innovations


def realised_innovations(innovations, innovated, innovation_probability):
    """Innovations that happened in all product lines, innovations/quarter; their mean is what is expected."""
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
    shock_chance,
    size_volatility,
    draw_shock,
):
    """Quality next quarter, q + g + s·(innovations per line of the country) + gain + shock, log points.

    g: common progress, s: knowledge spillover. An own innovation raises quality by γ, a converted one by
    ``conversion_step`` of that: the mean gain is γ·(λ_own + step·λ_converted). With the chance p a shock
    hits the firm, from a Laplace distribution with mean 0 and standard deviation σ/√p: rare shocks keep
    growth over a year Laplace, where shocks in every quarter would add up towards a normal distribution. In a
    firm of many lines successes and shocks offset each other: of the gain the part n^−β depends on success (n
    at least 1), and the shock is n^−β as large (n at least 0.1, below which no firm lasts).
    [Stanley et al. 1996, Nature 379; Bottazzi & Secchi 2006, RAND Journal of Economics 37(2)]
    """
    mean_gain = quality_step * (own_intensity + conversion_step * conversion_intensity)
    uncertain = power(lines, -size_volatility) if lines > 1.0 else 1.0
    success = innovated / (innovation_probability + 1e-300)
    gain = mean_gain * (1.0 - uncertain + uncertain * success)
    tail = 2.0 * (draw_shock if draw_shock < 0.5 else 1.0 - draw_shock)  # uniform, 0 to 1
    size = -log(tail / shock_chance + 1e-12) if tail < shock_chance else 0.0  # exponential
    spread = power(lines if lines > 0.1 else 0.1, -size_volatility)
    scale = quality_shock * power(0.5 / shock_chance, 0.5) * spread
    shock = scale * size if draw_shock > 0.5 else -scale * size
    return quality + common_progress + knowledge_spillover * nation_mean_innovation + gain + shock
