"""What must hold at the end of every quarter: nothing is lost and nothing appears.

Each identity takes the tables of an economy and answers by how much it is missed, relative to the largest
number that takes part: rounding alone leaves about 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from model.state import State

TOLERANCE = 1e-9


def deviation(one: Any, other: Any) -> float:
    """Largest deviation of two arrays, relative to the larger one's largest value."""
    first, second = np.atleast_1d(one).astype(float), np.atleast_1d(other).astype(float)
    size = max(np.abs(first).max(initial=0.0), np.abs(second).max(initial=0.0))
    return float(np.abs(first - second).max(initial=0.0) / size) if size > 0 else 0.0


def _compute(state: State) -> float:
    centre = state["providers"]
    if not centre.rows:
        return 0.0
    offers = state["offers"]
    flow = state["city_offers"]["flow"].reshape(-1, offers.rows).sum(axis=0)
    of_centre = np.bincount(offers["provider"].astype(int), offers["load"], centre.rows)
    return max(
        deviation(flow, offers["load"]),
        deviation(of_centre, centre["load"]),
        deviation(centre["served"] + centre["overflow"], centre["load"]),
        float(np.max((centre["served"] - centre["capacity"]) / np.maximum(centre["capacity"], 1e-300))),
    )


def _money(state: State) -> float:
    city = state["cities"]
    received = state["providers"]["revenue"].sum() + state["city_services"]["cloud_bill"].sum()
    paid = state["city_tiers"]["compute_spending"].sum() + city["voucher_paid"].sum()
    spent = city["labour_demand"].sum() + state["city_tiers"]["compute_spending"].sum()
    return max(deviation(paid, received), deviation(spent, city["research_spending"].sum()))


def _sales(state: State) -> float:
    count = state["cities"].rows
    cell = {
        name: state["city_tiers"][name].reshape(count, -1)
        for name in ("supply", "unit_revenue", "competition", "demand")
    }
    sold = (cell["supply"] * cell["unit_revenue"]).sum(axis=0)
    return deviation(sold, np.where(cell["competition"] > 0, cell["demand"], 0.0).sum(axis=0))


def _talent(state: State) -> float:
    city = state["cities"]
    workers = state["city_pairs"]["workers"].reshape(city.rows, city.rows)
    return max(
        deviation(workers.sum(axis=1), city["talent_endowment"]),
        deviation(workers.sum(axis=0), city["talent"]),
    )


IDENTITIES: dict[str, tuple[str, Callable[[State], float]]] = {
    "compute": ("compute bought = delivered + bought in; delivered within capacity", _compute),
    "money": ("paid for compute = received; research budgets = talent + compute", _money),
    "sales": ("sales = demand in every tier", _sales),
    "talent": ("everyone who calls a city home works in one city", _talent),
}


def _endowment(state: State, start: State) -> float:
    return deviation(state["cities"]["talent_endowment"], start["cities"]["talent_endowment"])


# By how much a stock that nothing adds to differs from what it was at an earlier time.
CONSTANTS: dict[str, tuple[str, Callable[[State, State], float]]] = {
    "endowment": ("talent of every home is constant", _endowment),
}


def not_finite(state: State) -> list[str]:
    """Columns that hold an infinite or undefined number, as ``table.column``."""
    return [
        f"{name}.{column}"
        for name, table in state.tables.items()
        for column in table
        if not np.isfinite(table[column]).all()
    ]
