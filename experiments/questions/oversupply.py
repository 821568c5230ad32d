"""Oversupply of compute: capacity from a fraction to a multiple, sold far and near.

All capacities are multiplied alike; the twin without centres is the same for all multiples. Figures are means
of the last years of a run, then over seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS, cost_level, unit_cost
from experiments.measures.twin_pairs import WINDOW_YEARS, Pair, log_change, mean_and_se, pairs
from experiments.study.results import Results
from experiments.study.study import WITHOUT, changed
from model.economy.centre_tables import by_region
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

MULTIPLES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)
CAPACITIES = ("capacity_basic", "capacity_intelligent", "capacity_super")
ACCESS = {"network": {}, "local": {"remote_access": 0.0}}
REFERENCE_USE = 0.80  # at which document 004 states the contribution to innovation (A7)
MARGIN = 0.01  # a price within 1 % of cost is at cost; a surplus within 1 % of the price is none
SPENT = 0.1  # capacity that adds less than a tenth of what it adds at best adds next to nothing

# Measure → meaning, unit. All per year.
MEASURES = {
    "utilisation": ("compute delivered over capacity", "fraction"),
    "price": ("posted price, weighted by capacity", "money/compute"),
    "price_over_cost": ("posted price over marginal cost", "ratio"),
    "effect_hosts": ("effect on innovation of host cities", "%"),
    "contribution": ("1 − exp(−effect on hosts): the centre's share of the hosts' innovation", "fraction"),
    "effect_country": ("effect on the country's innovation", "%"),
    "social_return": ("extra innovations of the country per unit of capacity", "innovations/compute"),
    "private_return": ("operating surplus of the centres per unit of capacity", "money/compute"),
    "net_return": ("the same less depreciation and interest", "money/compute"),
    "compute_use": ("effect on compute used in the country", "%"),
    "gdp": ("effect on real GDP", "%"),
    "revenue": ("effect on sales of all firms", "%"),
    "digital_revenue": ("effect on sales × share of adopters, summed over cities", "%"),
}


def arm_name(access: str, multiple: float) -> str:
    """Return the name of an arm."""
    return f"{access} {multiple:g}"


def arms(
    scenario: Scenario,
    parameters: Parameters,
    multiples: tuple[float, ...] = MULTIPLES,
    access: tuple[str, ...] = tuple(ACCESS),
) -> dict[str, Scenario]:
    """Return the arms: the twin, and the scenario at each multiple of capacity and each access."""
    own = scenario.applied_to(parameters)
    found = {WITHOUT: scenario.twin()}
    for way in access:
        for multiple in multiples:
            sizes = {name: multiple * getattr(own, name) for name in CAPACITIES}
            found[arm_name(way, multiple)] = changed(scenario, {**sizes, **ACCESS[way]})
    return found


def oversupply(
    results: Results, multiples: tuple[float, ...] = MULTIPLES, access: tuple[str, ...] = tuple(ACCESS)
) -> pd.DataFrame:
    """Return a row for each access, multiple and seed, with capacity and ``MEASURES``."""
    rows: list[dict[str, Any]] = []
    for way in access:
        for multiple in multiples:
            twins = results.pair(arm_name(way, multiple), WITHOUT)
            if twins.records:
                rows += [{"access": way, "multiple": multiple, **row} for row in _by_seed(twins)]
    return pd.DataFrame(rows)


def _by_seed(twins: Results) -> list[dict[str, float]]:
    last = twins.study.until - WINDOW_YEARS
    rows = []
    for pair in pairs(twins):
        working = twins.centres[twins.centres["seed"] == pair.seed]
        if len(working):  # without centres the table has no years
            working = working[(working["year"] > last) & (working["operating"] > 0)]
        own = twins.study.scenario.applied_to(twins.study.parameters)
        supply = market(working, own, twins.study.country.cities)
        with_centres, without = pair.late("innovation")
        on_hosts = pair.group_effect(pair.hosts)
        extra = float(with_centres.sum() - without.sum())
        capacity = supply.pop("capacity")
        surplus, capital = supply.pop("surplus"), supply.pop("capital_cost")
        rows.append(
            {
                "seed": pair.seed,
                "capacity": capacity,
                **supply,
                "effect_hosts": on_hosts,
                "contribution": float(1.0 - np.exp(-on_hosts / 100.0)),
                "effect_country": log_change(with_centres, without),
                "social_return": extra / capacity if capacity > 0 else float("nan"),
                "private_return": surplus / capacity if capacity > 0 else float("nan"),
                "net_return": (surplus - capital) / capacity if capacity > 0 else float("nan"),
                "compute_use": log_change(*pair.late("compute_use")),
                "gdp": log_change(*pair.late("real_gdp")),
                "revenue": log_change(*pair.late("revenue")),
                "digital_revenue": log_change(*_digital(pair)),
            }
        )
    return rows


def market(centres: pd.DataFrame, parameters: Parameters, cities: pd.DataFrame) -> dict[str, float]:
    """Capacity, utilisation, prices, surplus and capital cost of centres, from their yearly table, per year.

    The table averages quarters, so flows of a year are four times what it says.
    """
    years = max(1, centres["year"].nunique()) if len(centres) else 1
    size = centres["capacity"].to_numpy(dtype=float) if len(centres) else np.zeros(0)
    total = size.sum()
    if total <= 0:
        unknown = float("nan")
        names = ("utilisation", "price", "price_over_cost")
        return {"capacity": 0.0, "surplus": 0.0, "capital_cost": 0.0, **dict.fromkeys(names, unknown)}
    where = cities.set_index("city_id").loc[centres["city_id"]]
    tariff = by_region(where, parameters, "electricity")
    cost = np.vectorize(unit_cost, otypes=[float])(
        tariff,
        cost_levels(centres, parameters),
        parameters.service_cost,
        parameters.electricity_use,
        parameters.power_usage_effectiveness,
    )
    price = centres["price"].to_numpy(dtype=float)
    return {
        "capacity": 4.0 * total / years,
        "surplus": 4.0 * float(centres["surplus"].sum()) / years,
        "capital_cost": 4.0 * float(centres["capital_cost"].sum()) / years,
        "utilisation": float(centres["served"].sum() / total),
        "price": float((price * size).sum() / total),
        "price_over_cost": float((price / cost * size).sum() / total),
    }


def cost_levels(centres: pd.DataFrame, parameters: Parameters) -> np.ndarray:
    """Return the cost of compute relative to the first reported quarter, mean of the year of each row."""
    progress = np.array([getattr(parameters, f"progress_{kind}") for kind in KINDS])
    of_row = progress[[KINDS.index(kind) for kind in centres["kind"]]]
    first = 4.0 * (centres["year"].to_numpy() - parameters.start_year)
    level = np.vectorize(cost_level, otypes=[float])
    return np.mean([level(of_row, first + quarter, 1.0) for quarter in range(4)], axis=0)


def _digital(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    (sold, sold_without), (share, share_without) = pair.late("revenue"), pair.late("adoption_share")
    return sold * share, sold_without * share_without


def curve(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Return means over seeds: access, multiple, measure, mean, se, seeds; and the marginal social return.

    ``marginal_social``: extra innovations per unit of capacity added since the multiple before (of the first,
    since none).
    """
    rows = []
    for way, of_access in by_seed.groupby("access", sort=False):
        before: pd.DataFrame | None = None
        for multiple, here in of_access.groupby("multiple"):
            own = here.set_index("seed")
            extra = own["social_return"] * own["capacity"]
            added = own["capacity"]
            if before is not None:
                extra = extra - before["social_return"] * before["capacity"]
                added = added - before["capacity"]
            values = {name: own[name] for name in MEASURES} | {"marginal_social": extra / added}
            rows += [
                {"access": way, "multiple": multiple, "measure": name, **mean_and_se(series)}
                for name, series in values.items()
            ]
            before = own
    return pd.DataFrame(rows)


def at_use(by_seed: pd.DataFrame, measure: str, use: float = REFERENCE_USE) -> dict[str, float]:
    """Return a measure where utilisation falls through ``use`` as capacity grows, interpolated by seed.

    Mean, se and number of the seeds in which it does; the mean is NaN if these are less than half of all.
    by_seed: rows of one access.
    """
    found: list[float] = []
    for _, own in by_seed.groupby("seed"):
        ordered = own.sort_values("multiple")
        used, values = ordered["utilisation"].to_numpy(), ordered[measure].to_numpy()
        crossing = np.flatnonzero((used[:-1] >= use) & (used[1:] < use))
        if len(crossing):
            k = int(crossing[0])
            part = (used[k] - use) / (used[k] - used[k + 1])
            found.append(float(values[k] + part * (values[k + 1] - values[k])))
    known = mean_and_se(found)
    enough = 2 * len(found) >= by_seed["seed"].nunique()
    return known if enough else {"mean": float("nan"), "se": float("nan"), "seeds": len(found)}


def thresholds(curves: pd.DataFrame) -> pd.DataFrame:
    """Return where more capacity ceases to pay, by access: quantity, multiple (NaN if not within the range).

    Quantities: the multiple at which the social return per unit is largest; the first at which more capacity
    adds less than ``SPENT`` of the innovation that it adds at best, past that best; and the first at which
    the price is at cost, at which the surplus per unit is none (both within ``MARGIN`` of the price), and at
    which centres do not earn their capital.
    """
    rows = []
    for way, of_access in curves.groupby("access", sort=False):
        wide = of_access.pivot(index="multiple", columns="measure", values="mean")
        marginal, social = wide["marginal_social"], wide["social_return"]
        past = marginal.index > marginal.idxmax() if marginal.notna().any() else marginal.index < 0
        found = {
            "largest social return per unit": social.idxmax() if social.notna().any() else float("nan"),
            "more adds next to no innovation": _first((marginal < SPENT * marginal.max()) & past),
            "price at marginal cost": _first(wide["price_over_cost"] - 1.0 <= MARGIN),
            "no surplus": _first(wide["private_return"] <= MARGIN * wide["price"]),
            "capital not earned": _first(wide["net_return"] < 0.0),
        }
        rows += [
            {"access": way, "quantity": quantity, "multiple": float(multiple)}
            for quantity, multiple in found.items()
        ]
    return pd.DataFrame(rows)


def _first(true: pd.Series) -> float:
    hits = true[true]
    return float(hits.index[0]) if len(hits) else float("nan")


def elasticities(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Return readings of a macro multiplier (network access): reading, mean, se, seeds.

    *To capacity*: change of the log as capacity doubles from 1 to 2, over ln 2. *To compute used*: log effect
    of the centres over their log effect on compute used, at multiple 1.
    """
    own = by_seed[by_seed["access"] == "network"].set_index("multiple")
    rows = []
    for name, words in (
        ("effect_country", "innovation"),
        ("gdp", "real GDP"),
        ("revenue", "sales"),
        ("digital_revenue", "digital sales"),
    ):
        once, twice = (
            own.loc[[multiple]].set_index("seed") for multiple in (1.0, 2.0) if multiple in own.index
        )
        to_capacity = (twice[name] - once[name]) / (100.0 * np.log(2.0))
        to_use = once[name] / once["compute_use"]
        rows.append({"reading": f"{words} to capacity, doubled", **mean_and_se(to_capacity)})
        rows.append({"reading": f"{words} to compute used", **mean_and_se(to_use)})
    return pd.DataFrame(rows)
