"""Techniques of production, learned by doing: an old one and, from a date on, a new one.

After Brezis, Krugman and Tsiddon (1993), American Economic Review 83(5): 1211-1219. What a technique is
worth in a city rises with the city's experience in it. The new one starts below what experienced cities
get from the old one and ends above: whoever has much experience to lose takes it up late or never. The
mechanism exists only in runs in which the parameter ``paradigm_arrival`` is above 0. How rules are
written and named: see ``agents/firm.py``.
"""

from agents.columns import Column
from agents.elementary import exp, logistic, power

TAKEN_UP = 0.1  # share of a city's sales at which the new technique counts as taken up

ON = "paradigm_arrival"

FIRM_COLUMNS = (
    Column("technique", "0 or 1", "1 if the firm works with the new technique", when=ON),
    Column("technique_quality", "log points", "contribution of the technique to quality", when=ON),
    Column("technique_gain", "quarters of sales", "gain of changing the technique, less its cost", when=ON),
)

CITY_COLUMNS = (
    Column("old_experience", "quarters of sales", "experience in the old technique", when=ON),
    Column("new_experience", "quarters of sales", "experience in the new technique", when=ON),
    Column(
        "old_reached", "quarters of sales", "experience in the old technique, with other cities'", when=ON
    ),
    Column(
        "new_reached", "quarters of sales", "experience in the new technique, with other cities'", when=ON
    ),
    Column("old_productivity", "log points", "contribution of the old technique to quality here", when=ON),
    Column("new_productivity", "log points", "contribution of the new technique to quality here", when=ON),
    Column("new_revenue", "money/quarter", "sales of firms that work with the new technique", when=ON),
    Column("technique_share", "fraction", "their share in sales", when=ON),
    Column(
        "new_since", "year", "first year in which the new technique had a tenth of sales; 0: not yet", when=ON
    ),
)


def intelligent_pull(
    quarter, start_year, deep_learning_pull, language_model_pull, physical_ai_pull, physical_ai_year
):
    """Demand for intelligent compute relative to that before deep learning, ratio.

    1 + a·logistic(year − 2014) + b·logistic((year − 2024)/0.8) + c·logistic(year − y − 2): it rises as firms
    take up the techniques of 2012 (deep learning), 2022 (large language models) and of the year y (physical
    AI: robots and vehicles; c = 0 leaves it out) within a few years of their arrival. [judgement]
    """
    year = start_year + 0.25 * quarter
    deep = deep_learning_pull * logistic((year - 2014.0) / 1.0)
    physical = physical_ai_pull * logistic(year - physical_ai_year - 2.0)
    return 1.0 + deep + language_model_pull * logistic((year - 2024.0) / 0.8) + physical


# ── Learning by doing ────────────────────────────────────────────────────────────────────────────


def old_productivity(old_reached, old_start, old_limit, learning_rate):
    """Contribution of the old technique to quality, A₀ + (A₁ − A₀)·(1 − exp(−η·Q)), log points."""
    return old_start + (old_limit - old_start) * (1.0 - exp(-learning_rate * old_reached))


def new_productivity(
    new_reached,
    compute_price,
    new_start,
    new_limit,
    learning_rate,
    nation_mean_compute_price,
    compute_learning,
):
    """The same for the new technique, which is learned the faster the cheaper compute is.

    η·(mean price of compute in the country / price in the city)^ε.
    """
    speed = learning_rate * power(nation_mean_compute_price / compute_price, compute_learning)
    return new_start + (new_limit - new_start) * (1.0 - exp(-speed * new_reached))


def technique_quality(technique, city_old_productivity, city_new_productivity):
    """Contribution of the firm's technique to its quality in the market, log points."""
    return city_new_productivity if technique > 0.5 else city_old_productivity


def new_revenue(revenue, technique):
    """Sales made with the new technique."""
    return revenue * technique


def technique_share(new_revenue, revenue):
    """Share of the city's sales that are made with the new technique."""
    return new_revenue / revenue if revenue > 0.0 else 0.0


def old_experience(old_experience, new_revenue, revenue, firms, nation_mean_revenue):
    """Experience in the old technique grows by the quarter's sales with it per firm, over the country's mean.

    Practice of the firms of a city counts, so that a city is not experienced for being large. One unit is
    a quarter of sales of an average firm.
    """
    old = revenue - new_revenue if revenue > new_revenue else 0.0
    return old_experience + old / ((firms + 1e-9) * (nation_mean_revenue + 1e-9))


def new_experience(new_experience, new_revenue, firms, nation_mean_revenue):
    """Experience in the new technique, in the same units."""
    return new_experience + new_revenue / ((firms + 1e-9) * (nation_mean_revenue + 1e-9))


def new_since(new_since, technique_share, nation_quarter, start_year):
    """Year, with quarters as fractions, in which the new technique first had a tenth of sales; 0: not yet."""
    now = start_year + 0.25 * nation_quarter
    return now if new_since < 0.5 and technique_share >= TAKEN_UP else new_since


# ── Choice of technique ──────────────────────────────────────────────────────────────────────────


def technique_gain(
    technique,
    age,
    city_old_productivity,
    city_new_productivity,
    city_wage,
    quality_elasticity,
    payback_horizon,
    switching_cost,
):
    """Gain of changing to the other technique over the payback horizon, less the cost, in quarters of sales.

    b·(e^(θ·difference) − 1) − cost·wage: the firm expects what the techniques yield in its city today to
    last. Retraining is paid at local wages; a firm that was just founded has nothing to unlearn, and
    compares the new technique with the old one.
    """
    difference = city_new_productivity - city_old_productivity
    founded = age < 0.5
    sign = -1.0 if technique > 0.5 and age > 0.5 else 1.0
    cost = 0.0 if founded else switching_cost * city_wage
    return payback_horizon * (exp(quality_elasticity * sign * difference) - 1.0) - cost


def technique(
    technique,
    technique_gain,
    age,
    nation_quarter,
    start_year,
    paradigm_arrival,
    technique_hazard,
    technique_scale,
    technique_lock_in,
    draw_technique,
):
    """Technique next quarter, 0 old or 1 new: a change is logistic in its gain.

    Firms at work reconsider with the hazard, new ones choose at once. Before the arrival all work with the
    old one; without lock-in all work with the new one from the arrival on.
    """
    founded = age < 0.5
    now = 0.0 if founded else technique
    reconsiders = 1.0 if founded else technique_hazard
    changes = draw_technique < reconsiders * logistic(technique_gain / technique_scale)
    chosen = 1.0 - now if changes else now
    chosen = chosen if technique_lock_in > 0.5 else 1.0
    return chosen if nation_quarter >= 4.0 * (paradigm_arrival - start_year) else 0.0
