"""Rungs of value added within a tier of the industry chain: how firms climb, fall back and look for partners.

A tier says what a firm makes, a rung how: from assembly in the traditional mode (0) to design led by
data (4). A higher rung brings a larger share of value added in sales. The whole mechanism exists only in
runs in which the parameter ``chain_leap`` is above 0; in all others its columns are left out and read as
their start, which is neutral. How rules are written and named: see ``agents/firm.py``.
"""

from agents.columns import Column
from agents.elementary import exp

RUNGS = ("assembly", "processing", "own components", "own design", "design led by data")
TOP = 4.0
AVERAGE = 2.0  # the rung at which a firm buys what an average firm buys from the tier upstream

ON = "chain_leap"

FIRM_COLUMNS = (
    Column("rung", "rung", "rung of value added within the tier, 0 to 4", when=ON),
    Column("relatedness", "0-1", "nearness of the city's firms to the rung above", when=ON),
    Column("climb_chance", "1/quarter", "chance of climbing a rung", when=ON),
    Column("fall_chance", "1/quarter", "chance of falling back a rung", when=ON),
    Column("climbed", "0 or 1", "1 if the firm climbed a rung this quarter", when=ON),
    Column("fell", "0 or 1", "1 if the firm fell back a rung this quarter", when=ON),
    Column(
        "purchase_factor",
        "ratio",
        "purchases upstream per unit of sales, to the average firm's",
        start=1.0,
        when=ON,
    ),
    Column(
        "value_factor", "ratio", "value added per unit of sales, to the average firm's", start=1.0, when=ON
    ),
    Column("purchases", "quality units", "supply weighted with the purchase factor", when=ON),
    Column("weighted_sales", "money/quarter", "sales times the value factor", when=ON),
    Column("supplier_search", "0-1", "candidate supplier that is considered, 0: none", when=ON),
    Column("customer_search", "0-1", "candidate customer that is considered, 0: none", when=ON),
)

CITY_TIER_COLUMNS = (
    Column("purchases", "quality units", "supply weighted with the purchase factor", when=ON),
    Column(
        "purchase_ratio", "ratio", "purchases per unit of sales, to the average firm's", start=1.0, when=ON
    ),
)

CITY_COLUMNS = (
    Column("climbs", "firms/quarter", "firms that climbed a rung", when=ON),
    Column("falls", "firms/quarter", "firms that fell back a rung", when=ON),
    Column("weighted_sales", "money/quarter", "sales times the value factor", when=ON),
    Column("value_added", "money/quarter", "sales less purchases of the city's firms", when=ON),
    Column(
        "value_factor", "ratio", "value added per unit of sales, to the average firm's", start=1.0, when=ON
    ),
    Column("chain_position", "rung", "mean rung of the city's firms", when=ON),
    Column("chain_level", "rung", "mean rung weighted by sales", when=ON),
    Column("chain_tiers", "tiers", "effective number of tiers, by sales: 1 to 4", when=ON),
    Column("chain_length", "tiers", "tiers traced upstream through partners at work, by sales", when=ON),
    Column("chain_density", "links/firm", "partners at work per firm, 0 to 2", when=ON),
    Column("chain_locality", "fraction", "part of those partners that are in the same city", when=ON),
    Column("chain_mode", "fraction", "share of sales by firms that work with compute", when=ON),
)


# ── What a rung brings ───────────────────────────────────────────────────────────────────────────


def purchase_factor(rung, rung_margin, intermediate_share):
    """Purchases per unit of sales relative to the average firm's, 1 + δ·(2 − rung).

    Limited such that purchases take at most 99 % of sales.
    """
    factor = 1.0 + rung_margin * (AVERAGE - rung)
    factor = factor if factor > 0.0 else 0.0
    most = 0.99 / (intermediate_share + 1e-9)
    return factor if factor < most else most


def value_factor(purchase_factor, intermediate_share):
    """Value added per unit of sales relative to the average firm's, (1 − s·π)/(1 − s), π the purchase factor.

    1 on rung 2. s: intermediate share.
    """
    return (1.0 - intermediate_share * purchase_factor) / (1.0 - intermediate_share)


def purchases(supply, purchase_factor):
    """Supply weighted with the purchase factor: the firm's part of its city's demand upstream."""
    return supply * purchase_factor


def purchase_ratio(purchases, supply):
    """Purchases per unit of sales of a city's firms in a tier, relative to the average firm's."""
    return purchases / supply if supply > 0.0 else 1.0


def weighted_sales(revenue, value_factor):
    """Sales times the value factor: value added, in units of the part of sales that an average firm keeps."""
    return revenue * value_factor


# ── Climbing and falling back ────────────────────────────────────────────────────────────────────


def climb_chance(
    rung,
    quality,
    adopter,
    relatedness,
    nation_mean_quality,
    chain_leap,
    rung_threshold,
    rung_spacing,
    digital_climb,
):
    """Chance of climbing this quarter, 1 − exp(−λ·excess·relatedness·(1 + digital_climb·adopter)).

    excess: rungs by which quality, relative to the country's mean, is above the threshold of the rung above,
    (quality − mean − Θ)/spacing, else 0. Θ = threshold + spacing·rung. Relatedness: firms learn new
    activities where neighbours have near ones.
    [Hidalgo et al. 2007, Science 317; Boschma 2017, Regional Studies 51(3)]
    """
    excess = (quality - nation_mean_quality - rung_threshold) / rung_spacing - rung
    excess = excess if excess > 0.0 and rung < TOP - 0.5 else 0.0
    return 1.0 - exp(-chain_leap * excess * relatedness * (1.0 + digital_climb * adopter))


def fall_chance(rung, quality, nation_mean_quality, rung_loss, rung_threshold, rung_spacing):
    """Chance of falling back this quarter, 1 − exp(−loss·missing).

    missing: rungs by which quality, relative to the country's mean, is below the threshold of the firm's own
    rung, (Θ − quality + mean)/spacing, else 0. Θ = threshold + spacing·(rung − 1).
    """
    short = rung - 1.0 - (quality - nation_mean_quality - rung_threshold) / rung_spacing
    short = short if short > 0.0 and rung > 0.5 else 0.0
    return 1.0 - exp(-rung_loss * short)


def climbed(age, climb_chance, draw_rung):
    """1 if the firm climbs; not in the quarter in which it was founded."""
    return 1.0 if draw_rung < climb_chance and age > 0.5 else 0.0


def fell(age, fall_chance, draw_rung):
    """1 if the firm falls back. The same draw as for climbing: at no quality are both possible."""
    return 1.0 if draw_rung < fall_chance and age > 0.5 else 0.0


def rung(rung, age, climbed, fell):
    """Rung next quarter, 0 to 4; a firm that was just founded starts at 0."""
    moved = rung + climbed - fell if age > 0.5 else 0.0
    moved = moved if moved > 0.0 else 0.0
    return moved if moved < TOP else TOP


def supplier_search(climbed, rewiring, draw_supplier_search):
    """Which candidate a firm that climbed looks at as a new supplier, in (0, 1]; 0: it looks at none."""
    return 1.0 - draw_supplier_search / rewiring if climbed > 0.5 and draw_supplier_search < rewiring else 0.0


def customer_search(climbed, rewiring, draw_customer_search):
    """Which candidate a firm that climbed looks at as a new customer, in (0, 1]; 0: it looks at none."""
    return 1.0 - draw_customer_search / rewiring if climbed > 0.5 and draw_customer_search < rewiring else 0.0
