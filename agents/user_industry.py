"""Seven industries of users, which differ in compute, in their mix of kinds and in whom they serve.

How rules are written and named: see ``agents/firm.py``. A firm belongs to a tier of the chain and, in runs
with ``industries``, to an industry [document 003]. Those that serve consumers over the internet need more of
their compute at once; industry can wait [document 001].
"""

from agents.columns import Column

ON = "industries"

INDUSTRIES = ("internet", "finance", "manufacturing", "health", "telecom", "energy", "transport")
# Share of firms; compute and intelligent compute in it, to those of an average firm; sales to consumers over
# the internet [judgement, all four; documents 001 and 003 give the order, not the numbers].
FIRMS = (0.08, 0.12, 0.45, 0.08, 0.05, 0.12, 0.10)
INTENSITY = (2.2, 1.5, 0.7, 0.9, 1.3, 0.7, 0.7)
INTELLIGENCE = (1.3, 0.9, 0.9, 1.1, 0.8, 0.7, 1.1)
CONSUMERS = (0.8, 0.5, 0.1, 0.5, 0.7, 0.1, 0.3)
USUAL_CONSUMERS = 0.39  # their part in the compute of these firms at equal sales

INDUSTRY_COLUMNS = (
    Column("intensity", "ratio", "share of compute in research, to that of an average firm", 1.0, when=ON),
    Column("intelligence", "ratio", "intelligent compute in it, to that of an average firm", 1.0, when=ON),
    Column("consumers", "fraction", "part of its sales to consumers over the internet", when=ON),
)
FIRM_COLUMNS = (
    Column("industry", "row", "industry of the firm", index_of="industries", when=ON),
    Column("consumer_spending", "money/quarter", "compute for consumers over the internet", when=ON),
    Column("tilted_spending", "money/quarter", "compute, weighted by its intelligence", when=ON),
)
CITY_TIER_COLUMNS = (
    Column("tilted_spending", "money/quarter", "compute, weighted by its intelligence", when=ON),
    Column("intelligent_tilt", "ratio", "intelligent compute in the bill, to that of the tier", 1.0, when=ON),
)
SERVICE_COLUMNS = (Column("usual_share", "fraction", "share at the usual mix of users", when=ON),)
NATION_COLUMNS = (
    Column("consumer_spending", "money/quarter", "firms' compute for consumers over the internet", when=ON),
    Column("firm_compute", "money/quarter", "firms' payments for compute", when=ON),
)


def consumer_spending(compute_spending, industry_consumers):
    """Payments for compute that serves consumers over the internet, money/quarter."""
    return compute_spending * industry_consumers


def tilted_spending(compute_spending, industry_intelligence):
    """Payments for compute, weighted by the intelligence of the firm's industry, money/quarter."""
    return compute_spending * industry_intelligence


def intelligent_tilt(tilted_spending, compute_spending, tier_weight_intelligent, tier_weight_basic):
    """Intelligent compute in the bill of a city's firms of a tier, to the tier's own; basic gives way."""
    tilt = tilted_spending / compute_spending if compute_spending > 0.0 else 1.0
    most = 1.0 + tier_weight_basic / (tier_weight_intelligent + 1e-9)
    return tilt if tilt < most else most


def share(usual_share, real_time, nation_consumer_spending, nation_firm_compute, consumer_haste):
    """Share of the class in the use of its kind: real-time work r·(1 + h·(c − c̄)), at most 1; batch the rest.

    c: part of compute that serves consumers over the internet, c̄: usual one, h: haste.
    """
    consumers = (
        nation_consumer_spending / nation_firm_compute if nation_firm_compute > 0.0 else USUAL_CONSUMERS
    )
    at_once = usual_share if real_time > 0.5 else 1.0 - usual_share
    at_once = at_once * (1.0 + consumer_haste * (consumers - USUAL_CONSUMERS))
    at_once = at_once if at_once < 1.0 else 1.0
    return at_once if real_time > 0.5 else 1.0 - at_once
