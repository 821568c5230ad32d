"""Tables and columns of the regional economy, and the prefixes that lead from a row to another."""

from __future__ import annotations

from agents import (
    centre_carbon,
    chips,
    city_government,
    closed_economy,
    compute_depth,
    compute_institutions,
    compute_provider,
    firm,
    research_cost,
    talent_training,
    technique,
    user_industry,
    value_chain,
    wages,
)
from agents.columns import Column
from model.engine.schema import PairTable, Schema

NATION_COLUMNS = (
    Column("quarter", "quarter", "quarters since the first reported one (negative in the burn-in)"),
    Column("firms", "firms", "firms at work"),
    Column("revenue", "money/quarter", "sales of all firms"),
    Column("mean_revenue", "money/quarter", "mean sales of a firm", start=1.0),
    Column("supply", "quality units", "supply of all firms"),
    Column("mean_supply", "quality units", "mean supply of a firm", start=1.0),
    Column("quality", "log points", "sum of the firms' qualities"),
    Column("mean_quality", "log points", "mean quality of firms"),
    Column("base_quality", "log points", "mean quality of firms in the base year"),
    Column("innovation", "innovations/quarter", "expected innovations of all firms"),
    Column("mean_innovation", "innovations/line/quarter", "expected innovations per product line"),
    Column("frontier", "log points", "growth of mean quality since the base year"),
    Column(
        "intelligent_pull", "ratio", "demand for intelligent compute, to that before deep learning", start=1.0
    ),
    Column("people", "people", "people of the country"),
    Column("mean_labour_wage", "money/person/quarter", "mean income of labour", start=1.0),
    Column("mean_compute_price", "money/compute", "mean price of compute", start=1.0),
    Column("price_level", "ratio", "price of consumption, to that of the base year", start=1.0),
    Column("central_tax", "money/quarter", "tax of the central government"),
    Column(
        "centre_balance",
        "money/quarter",
        "its part of the profits of centres, and what they buy elsewhere",
    ),
    Column("receipts", "money/quarter", "compute delivered, paid by customers in the next quarter"),
    Column("product", "money/quarter", "national product: value added of firms, services and compute"),
    Column("income", "money/quarter", "national income"),
    Column("expenditure", "money/quarter", "final demand for goods, services and compute"),
    Column("budget", "money/quarter", "free budgets of all cities"),
    Column("budget_per_firm", "money/quarter", "free budgets per firm", start=0.1),
    Column("mean_talent", "talent", "mean talent of a city"),
    Column("grants", "money", "paid by the state for centres since the start", when="building_slots"),
    Column("failures", "centres/quarter", "centres that closed", when="building_slots"),
    Column("exchange_fees", "money/quarter", "fees paid to the compute exchange", when="exchange"),
    *compute_institutions.NATION_COLUMNS,
)

REGIONAL = Schema(
    tables={
        "firms": firm.COLUMNS
        + value_chain.FIRM_COLUMNS
        + technique.FIRM_COLUMNS
        + closed_economy.FIRM_COLUMNS
        + user_industry.FIRM_COLUMNS,
        "cities": city_government.COLUMNS
        + value_chain.CITY_COLUMNS
        + technique.CITY_COLUMNS
        + closed_economy.CITY_COLUMNS
        + talent_training.CITY_COLUMNS
        + centre_carbon.CITY_COLUMNS
        + compute_depth.CITY_COLUMNS
        + compute_institutions.CITY_COLUMNS,
        "tiers": research_cost.TIER_COLUMNS,
        "city_tiers": research_cost.CITY_TIER_COLUMNS
        + value_chain.CITY_TIER_COLUMNS
        + user_industry.CITY_TIER_COLUMNS,
        "industries": user_industry.INDUSTRY_COLUMNS,
        "providers": compute_provider.COLUMNS
        + closed_economy.PROVIDER_COLUMNS
        + centre_carbon.PROVIDER_COLUMNS
        + compute_institutions.PROVIDER_COLUMNS,
        "kinds": compute_provider.KIND_COLUMNS + chips.KIND_COLUMNS,
        "services": compute_provider.SERVICE_COLUMNS + user_industry.SERVICE_COLUMNS,
        "offers": compute_provider.OFFER_COLUMNS,
        "city_kinds": compute_provider.CITY_KIND_COLUMNS,
        "city_services": compute_provider.CITY_SERVICE_COLUMNS,
        "city_pairs": wages.CITY_PAIR_COLUMNS,
        "city_offers": compute_provider.CITY_OFFER_COLUMNS + compute_institutions.CITY_OFFER_COLUMNS,
        "nation": NATION_COLUMNS + user_industry.NATION_COLUMNS + compute_depth.NATION_COLUMNS,
    },
    through={
        "firms": {
            "city_tier_": ("city_tiers", "city_tier"),
            "city_": ("cities", "city"),
            "home_tier_": ("city_tiers", "home_tier"),
            "home_": ("cities", "home"),
            "prospect_tier_": ("city_tiers", "prospect_tier"),
            "prospect_": ("cities", "prospect"),
            "supplier_": ("firms", "supplier"),
            "customer_": ("firms", "customer"),
            "tier_": ("tiers", "tier"),
            "industry_": ("industries", "industry"),
        },
        "city_tiers": {"city_": ("cities", "city"), "tier_": ("tiers", "tier")},
        "providers": {"city_": ("cities", "city"), "kind_": ("kinds", "kind")},
        "city_kinds": {"city_": ("cities", "city"), "kind_": ("kinds", "kind")},
        "services": {"kind_": ("kinds", "kind")},
        "offers": {"provider_": ("providers", "provider"), "service_": ("services", "service")},
        "city_services": {"city_": ("cities", "city"), "service_": ("services", "service")},
    },
    pairs={
        "city_pairs": PairTable(("origin_", "cities"), ("destination_", "cities"), {}),
        "city_offers": PairTable(
            ("city_", "cities"),
            ("offer_", "offers"),
            {"provider_": ("providers", "provider"), "service_": ("services", "service")},
        ),
    },
    whole={
        "firm_": "firms",
        "city_tier_": "city_tiers",
        "city_kind_": "city_kinds",
        "city_service_": "city_services",
        "city_offer_": "city_offers",
        "city_": "cities",
        "tier_": "tiers",
        "industry_": "industries",
        "kind_": "kinds",
        "service_": "services",
        "offer_": "offers",
        "provider_": "providers",
        "pair_": "city_pairs",
        "nation_": "nation",
    },
)
