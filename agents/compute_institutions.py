"""Institutions of the compute market: scheduler, common units, retailers, exchange platforms, tax relief.

How rules are written and named: see ``agents/firm.py``. Each mechanism is off by default and has a switch,
the parameter of its columns' ``when``. Their markets are in ``model/economy``: ``market_regulation``,
``exchange_platforms``, ``network_building``, ``credit_market``.
"""

from agents.columns import Column
from agents.elementary import exp, power

UNIT_SPREAD = 3.4641016151377544  # √12: a uniform draw times this has a standard deviation of 1

CITY_COLUMNS = (
    Column("standard", "0 or 1", "1 if the city's users work in common units", when="standard_year"),
    Column("platform", "0 or 1", "platform on which the city buys: 1 is the rival's", when="rival_platform"),
    Column("fee_ratio", "ratio", "fee of its platform, to exchange_fee", start=1.0, when="rival_platform"),
)
PROVIDER_COLUMNS = (
    Column("certified", "0 or 1", "1 if the centre is registered in common units", when="standard_year"),
    Column("both_platforms", "0 or 1", "1 if it is listed on both platforms", when="rival_platform"),
    Column("standing_charge", "money/compute", "fixed part of the tariff, a unit sold", when="tariff"),
    Column("relieved", "fraction", "part of the city's share that it is spared", when="tax_relief"),
    Column("ordered", "ratio", "its size while it is being built", when="construction_capacity"),
)
CITY_OFFER_COLUMNS = (
    Column(
        "scheduler_view",
        "ratio",
        "price as the scheduler sees it, to the price",
        start=1.0,
        when="scheduler_error",
    ),
    Column("premium", "ratio", "price to this city, to the posted one", start=1.0, when="market_power"),
    Column("retailed", "0 or 1", "1 if the city buys through a retailer", when="retail_margin"),
)
NATION_COLUMNS = (
    Column("carriage", "money/quarter", "paid to the network for carriage", when="carriage_fee"),
    Column("network_fund", "money", "of the network's builder, for links", when="carriage_fee"),
    Column("link_capacity", "Tbit/s", "capacity of all links", when="carriage_fee"),
    Column("retail_income", "money/quarter", "margins of retailers of compute", when="retail_margin"),
    Column("first_fee", "ratio", "first platform's fee, to exchange_fee", start=1.0, when="rival_platform"),
    Column("rival_fee", "ratio", "the rival's fee, to exchange_fee", start=1.0, when="rival_platform"),
    Column("rival_share", "fraction", "the rival's part of the turnover", when="rival_platform"),
    Column("concentration", "fraction", "Herfindahl index of the centres' sales", when="regulator"),
    Column("markup", "fraction", "mean price of centres over full cost, less 1", when="regulator"),
    Column("regulating", "0 or 1", "1 if the regulator acts", when="regulator"),
    Column("standard_share", "fraction", "compute of cities in common units", when="standard_year"),
    Column("certified_share", "fraction", "capacity that is certified", when="standard_year"),
    Column("adopters", "firms", "firms that work with compute", when="consulting"),
    Column("advice", "log points", "cut in the cost of adoption by consultants", when="consulting"),
    Column("lender_equity", "money", "equity of the lender to builders", when="lender_leverage"),
    Column("loans", "money", "lent to builders", when="lender_leverage"),
    Column("loan_losses", "money/quarter", "lost on failed builders", when="lender_leverage"),
    Column("credit_premium", "1/year", "what the lender adds to the hurdle", when="lender_leverage"),
    Column("city_credit", "fraction", "part of its cost that a city may borrow", when="lender_leverage"),
    Column("backlog", "ratio", "standard centres on order", when="construction_capacity"),
    Column("builders", "centres/quarter", "capacity of construction", when="construction_capacity"),
    Column(
        "building_price",
        "ratio",
        "price of building, to that without a backlog",
        start=1.0,
        when="construction_capacity",
    ),
    Column("building_wait", "quarters", "wait for a builder", when="construction_capacity"),
)


# ── Scheduler ────────────────────────────────────────────────────────────────────────────────────


def scheduler_view(provider_utilisation, draw_view, scheduler_error, scheduler_skill, scheduler_balance):
    """Price of an offer as the scheduler sees it, e^(σ·(1 − s)·z + b·load), ratio.

    It aims at the cheapest centre that is not full: b weighs load, σ is its error (z: mean 0, variance 1), of
    which its skill s removes a part.
    """
    error = scheduler_error * (1.0 - scheduler_skill) * UNIT_SPREAD * (draw_view - 0.5)
    load = provider_utilisation if provider_utilisation < 1.0 else 1.0
    return exp(error + scheduler_balance * load)


# ── Common units ─────────────────────────────────────────────────────────────────────────────────


def standard(
    standard,
    adoption_share,
    nation_certified_share,
    nation_quarter,
    interoperability_friction,
    standard_year,
    standard_effect,
    standard_cost,
    standard_hazard,
    start_year,
    draw_standard,
):
    """1 if the city's users work in common units: they join, for good, when the gain exceeds the cost.

    Gain: the friction saved with the certified part of the centres (network effect). The cost is shared by
    the firms that work with compute. [Katz & Shapiro 1985, American Economic Review 75(3)]
    """
    gain = interoperability_friction * standard_effect * nation_certified_share * adoption_share
    date = 4.0 * (standard_year - start_year)
    joins = nation_quarter >= date and gain > standard_cost and draw_standard < standard_hazard
    return 1.0 if standard > 0.5 or joins else 0.0


def certified(
    certified,
    operating,
    public,
    nation_standard_share,
    nation_quarter,
    interoperability_friction,
    standard_year,
    standard_effect,
    standard_cost,
    standard_hazard,
    start_year,
    draw_certified,
):
    """1 if the centre is registered in common units: public ones from the date on, private ones by gain.

    Gain: the friction saved with the part of compute that is used in common units.
    """
    gain = interoperability_friction * standard_effect * nation_standard_share
    wants = public > 0.5 or (gain > standard_cost and draw_certified < standard_hazard)
    joins = operating > 0.5 and nation_quarter >= 4.0 * (standard_year - start_year) and wants
    return 1.0 if certified > 0.5 or joins else 0.0


# ── Retailers ────────────────────────────────────────────────────────────────────────────────────


def retailed(
    hosted,
    city_standard,
    provider_certified,
    interoperability_friction,
    standard_effect,
    retail_margin,
    retail_service,
):
    """1 if a city buys a distant centre's compute through a retailer, because that is cheaper.

    A retailer pools purchases, which saves a part of the friction, and takes a margin.
    """
    lost = interoperability_friction * (1.0 - standard_effect * city_standard * provider_certified)
    pooled = (1.0 + lost * (1.0 - retail_service)) * (1.0 + retail_margin)
    return 1.0 if hosted < 0.5 and pooled < 1.0 + lost else 0.0


# ── Exchange platforms ───────────────────────────────────────────────────────────────────────────


def both_platforms(operating, capacity, load, price, unit_cost, capital_cost, maximum_load, platform_listing):
    """1 if a provider lists on the other platform too: what it expects to sell there exceeds the cost.

    It expects half of its free capacity at its present margin; listing costs a part of its capital cost.
    """
    gain = 0.5 * (maximum_load * capacity - load) * (price - unit_cost)
    return 1.0 if operating > 0.5 and gain > platform_listing * capital_cost else 0.0


# ── Tariff, tax relief ───────────────────────────────────────────────────────────────────────────


def standing_charge(capital_cost, capacity, load, tariff, tariff_floor):
    """Fixed part of the tariff, r·(capital cost)/(sold, at least a part of capacity), money/compute.

    The variable part is marginal cost; customers together pay the part r of capital, as for water and power.
    [Coase 1946, Economica 13(51)]
    """
    least = tariff_floor * capacity
    units = load if load > least else least
    return tariff * capital_cost / units if units > 0.0 else 0.0


def relieved(opens, public, nation_quarter, tax_relief, tax_holiday):
    """Part of the city's share in its profit that a private centre is spared in its first quarters."""
    young = nation_quarter < opens + tax_holiday
    return tax_relief if public < 0.5 and young else 0.0


# ── Consulting ───────────────────────────────────────────────────────────────────────────────────


def advice(nation_adopters, nation_firms, consulting):
    """Cut in the cost of adoption by consultants, net of their fee, log points: c·(share of adopters).

    They serve the whole country and have learned from all firms that they have served.
    """
    return consulting * nation_adopters / nation_firms if nation_firms > 0.0 else 0.0


# ── Construction ─────────────────────────────────────────────────────────────────────────────────


def ordered(size, built, operating):
    """Size of a centre while it is being built, standard centres."""
    return size if built > 0.5 and operating < 0.5 else 0.0


def builders(builders, nation_backlog, building_lag, construction_capacity, construction_growth):
    """Capacity of construction, centres/quarter: it closes a part of the gap to what is on order."""
    now = builders if builders > 0.0 else construction_capacity
    wanted = nation_backlog / building_lag
    return now + construction_growth * (wanted - now) if wanted > now else now


def building_price(builders, nation_backlog, building_lag, construction_elasticity):
    """Price of building to that without a backlog, (backlog/(capacity·lag))^ε, at least 1, ratio."""
    busy = nation_backlog / (builders * building_lag)
    return power(busy, construction_elasticity) if busy > 1.0 else 1.0


def building_wait(builders, nation_backlog, building_lag):
    """Wait for a builder, backlog/capacity beyond the usual time of building, quarters."""
    wait = nation_backlog / builders - building_lag
    return wait if wait > 0.0 else 0.0
