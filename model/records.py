"""What a run records every quarter: columns of cities, centres and kinds of compute, national totals."""

from __future__ import annotations

import functools
from typing import Protocol

from model.engine.state import State

# Recorded for every city in every quarter; measures of mechanisms that are off are left out.
RECORDED = (
    "innovation",
    "own_innovation",
    "conversion_innovation",
    "realised_innovation",
    "firms",
    "entrants",
    "exits",
    "talent",
    "wage",
    "adoption_share",
    "attention",
    "ip_protection",
    "digital_governance",
    "data",
    "data_stock",
    "revenue",
    "gdp",
    "real_gdp",
    "spending",
    "people",
    "labour_wage",
    "price_level",
    "research_spending",
    "compute_use",
    "basic_use",
    "intelligent_use",
    "super_use",
    "compute_bill",
    "compute_price",
    "hosted_tasks",
    "voucher_paid",
    "government_bill",
    "centre_investment",
    "value_added",
    "climbs",
    "falls",
    "chain_position",
    "chain_level",
    "chain_tiers",
    "chain_length",
    "chain_density",
    "chain_locality",
    "chain_mode",
    "technique_share",
    "old_productivity",
    "new_productivity",
    "new_since",
)
PROVIDER_RECORDED = (
    "operating",
    "capacity",
    "price",
    "load",
    "served",
    "overflow",
    "utilisation",
    "revenue",
    "surplus",
    "capital_cost",
    "power_use",
    "green_power",
)
# Where centres are built and fail during a run, a row may belong to several centres in turn.
BUILT_RECORDED = ("city", "kind", "opens", "public", "taken")

# Prices and capacities of the time, from which the records of a centre that is not open yet follow.
KIND_RECORDED = ("cost_level", "standard_capacity", "cloud_price")


class HasState(Protocol):
    """The member of a ``RegionalModel`` that totals read."""

    state: State


def _sum(table: str, column: str, model: HasState) -> float:
    return float(model.state[table][column].sum())


# Totals of the country that Mesa collects; none has the name of a parameter, which mesa.batch_run would lose.
TOTALS = {
    "innovations": functools.partial(_sum, "cities", "innovation"),
    "active_firms": functools.partial(_sum, "firms", "alive"),
    "adopters": functools.partial(_sum, "cities", "adopters"),
    "open_centres": functools.partial(_sum, "providers", "operating"),
}
