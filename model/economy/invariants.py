"""Invariants at the end of every quarter: accounts that add up and numbers within their bounds.

Each identity takes the tables of an economy and returns its error relative to the largest number involved;
rounding alone leaves about 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from model.engine.state import State

TOLERANCE = 1e-9


def deviation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return the largest difference between two arrays, relative to their largest absolute value."""
    first, second = (np.atleast_1d(np.asarray(array, dtype=float)) for array in (one, other))
    size = max(np.abs(first).max(initial=0.0), np.abs(second).max(initial=0.0))
    return float(np.abs(first - second).max(initial=0.0) / size) if size > 0 else 0.0


def _compute(state: State) -> float:
    centre = state["providers"]
    if not centre.rows:
        return 0.0
    # A centre that closed in this quarter has no contracts any more, and its row may already belong to one
    # that is being built: only rows in operation hold the deliveries of the quarter.
    open_rows = centre["operating"] > 0.5
    if centre["load"][~open_rows].any():
        return 1.0
    offers = state["offers"]
    seller = offers["provider"].astype(int)
    flow = state["city_offers"]["flow"].reshape(-1, offers.rows).sum(axis=0)
    of_centre = np.bincount(seller, offers["load"], centre.rows)
    served, capacity = centre["served"][open_rows], centre["capacity"][open_rows]
    return max(
        deviation(flow[open_rows[seller]], offers["load"][open_rows[seller]]),
        deviation(of_centre[open_rows], centre["load"][open_rows]),
        deviation(served + centre["overflow"][open_rows], centre["load"][open_rows]),
        float(np.max((served - capacity) / np.maximum(capacity, np.finfo(float).tiny), initial=0.0)),
    )


def _money(state: State) -> float:
    city = state["cities"]
    received = state["providers"]["revenue"].sum() + state["city_services"]["cloud_bill"].sum()
    for name in ("exchange_fees", "carriage", "retail_income"):
        received += state["nation"][name].sum() if name in state["nation"] else 0.0
    paid = state["city_tiers"]["compute_spending"].sum() + city["voucher_paid"].sum()
    paid += city["government_bill"].sum()
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


def _product(state: State) -> float:
    nation = state["nation"]
    product, income = nation["product"], nation["income"]
    return max(deviation(product, income), deviation(product, nation["expenditure"]))


OF_ACCOUNT = "the account of "
IDENTITIES: dict[str, tuple[str, Callable[[State], float]]] = {
    "compute": ("compute bought = delivered + bought in; delivered within capacity", _compute),
    "money": ("paid for compute = received; research budgets = talent + compute", _money),
    "sales": ("sales = demand in every tier", _sales),
    "product": ("national product = national income = expenditure", _product),
    "talent": ("everyone whose home is a city works in one city", _talent),
}


def _people(state: State, start: State) -> float:
    return deviation(state["cities"]["people"].sum(), start["cities"]["people"].sum())


def _endowment(state: State, start: State) -> float:
    return deviation(state["cities"]["talent_endowment"], start["cities"]["talent_endowment"])


# Errors of stocks that are constant over time.
CONSTANTS: dict[str, tuple[str, Callable[[State, State], float]]] = {
    "endowment": ("talent of every home is constant", _endowment),
    "people": ("the number of people in the country is constant", _people),
}


def not_finite(state: State) -> list[str]:
    """Return the columns with an infinite or undefined number, as ``table.column``."""
    return [
        f"{name}.{column}"
        for name, table in state.tables.items()
        for column in table
        if not np.isfinite(table[column]).all()
    ]


# Probabilities whose unit does not say that they lie between 0 and 1.
PROBABILITIES = {"firms": ("innovation_probability", "climb_chance", "fall_chance")}
NOT_NEGATIVE = {
    "firms": ("revenue", "research_spending", "compute_spending", "supply", "age"),
    "cities": (
        "talent",
        "wage",
        "firms",
        "innovation",
        "revenue",
        "data_stock",
        "compute_use",
        "compute_bill",
        "hosted_tasks",
        "voucher_paid",
        "people",
        "gdp",
        "real_gdp",
        "spending",
        "labour_wage",
        "price_level",
    ),
    "city_tiers": ("supply", "demand", "competition", "unit_revenue"),
    "city_kinds": ("price", "demand"),
    # The tender is the share of use that waits for a contract.
    "city_services": ("demand", "tender", "cloud_share", "cloud_bill", "cloud_delivered_price"),
    "providers": ("load", "served", "overflow", "price", "capacity", "power_use", "utilisation"),
    "offers": ("load", "gate_price"),
    "city_offers": ("flow", "share", "delivered_price"),
    "city_pairs": ("workers",),
}
UNIT_RANGE = ("0-1", "0 or 1")
SLACK = 1e-12  # by which rounding may carry a number beyond a bound


@dataclass(frozen=True)
class Breach:
    """A broken invariant: the column and row, or the account and its error."""

    where: str
    row: int | None
    value: float
    allowed: str

    def __str__(self) -> str:
        row = "" if self.row is None else f" of row {self.row}"
        return f"{self.where}{row} is {self.value:.6g}: {self.allowed}"


class InvariantError(RuntimeError):
    """A broken invariant, by a bug of the model or of a user-defined rule; the text says where."""


def breaches(state: State) -> Iterator[Breach]:
    """Yield columns with numbers that are infinite, undefined or out of bounds."""
    for name, table in state.tables.items():
        units = {column.name: column.unit for column in state.schema.tables[name]}
        for column in table:
            values = table[column]
            yield from _first(values, ~np.isfinite(values), f"{name}.{column}", "it must be a finite number")
            if units[column] in UNIT_RANGE or column in PROBABILITIES.get(name, ()):
                outside = (values < -SLACK) | (values > 1.0 + SLACK)
                yield from _first(values, outside, f"{name}.{column}", "it must lie between 0 and 1")
            elif column in NOT_NEGATIVE.get(name, ()):
                yield from _first(values, values < -SLACK, f"{name}.{column}", "it must not be negative")


def broken_accounts(state: State, exempt: Container[str] = ()) -> Iterator[Breach]:
    """Yield accounts that do not add up; ``exempt`` are those that an extension breaks on purpose."""
    for name, (meaning, missed) in IDENTITIES.items():
        if name not in exempt:
            by = missed(state)
            if not by <= TOLERANCE:
                yield Breach(f"{OF_ACCOUNT}{name}", None, by, f"{meaning}, but for rounding of {TOLERANCE:g}")


def _first(values: Any, wrong: Any, where: str, allowed: str) -> Iterator[Breach]:
    rows = np.flatnonzero(wrong)
    if len(rows):
        yield Breach(where, int(rows[0]), float(values[rows[0]]), allowed)
