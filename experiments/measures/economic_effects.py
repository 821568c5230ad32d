"""The economy with and without centres: the chain by group of cities, compute by year, what centres cost.

A table whose measures were not recorded, or belong to a mechanism that is off, is empty.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures.twin_pairs import FEWEST_FIRMS, WINDOW_YEARS, Pair, mean_and_se

KINDS_OF_USE = {
    "basic_use": "basic compute",
    "intelligent_use": "intelligent compute",
    "super_use": "supercomputing",
    "compute_use": "all compute",
}
PRICE = "price of compute"
COSTS = (
    ("centres", "capacity of centres: depreciation and interest", "% of GDP"),
    ("centres_total", "the same, over all years", "% of a year's GDP"),
    ("gain", "real GDP gained", "% of GDP"),
    ("gain_total", "the same, over all years", "% of a year's GDP"),
    ("per_money", "real GDP gained per money spent on capacity, all years", "money/money"),
)


def chain_by_group(found: list[Pair]) -> pd.DataFrame:
    """Return the place of groups of cities in the chain in the last years: group, rung, climb, value_added.

    ``rung``: mean rung of the group's firms without centres; ``climb``: effect on it; ``value_added``: effect
    on the group's value added, %; then their standard errors and the number of seeds.
    """
    columns = ["group", "rung", "climb", "climb_se", "value_added", "value_added_se", "seeds"]
    if not _have(found, "chain_position", "value_added"):
        return pd.DataFrame(columns=columns)
    rows = []
    for group in ("host cities", "other cities", "whole country (total)"):
        before, climbs, changes = [], [], []
        for pair in found:
            cities = (pair.host_flags() == (group == "host cities")) | (group == "whole country (total)")
            rungs = [_mean_rung(arm, cities) for arm in (pair.with_centres, pair.without)]
            before.append(rungs[1])
            climbs.append(rungs[0] - rungs[1])
            changes.append(pair.group_effect(cities, "value_added"))
        climb, change = mean_and_se(climbs), mean_and_se(changes)
        rung = mean_and_se(before)["mean"]
        rows.append((group, rung, climb["mean"], climb["se"], change["mean"], change["se"], change["seeds"]))
    return pd.DataFrame(rows, columns=columns)


def _mean_rung(arm: dict[str, np.ndarray], cities: np.ndarray) -> float:
    """Return the mean rung of the firms of some cities in the last years; NaN if they have none."""
    firms, rung = (arm[name][-WINDOW_YEARS:, cities] for name in ("firms", "chain_position"))
    return float((firms * rung).sum() / firms.sum()) if firms.sum() > 0 else float("nan")


def chain_by_city(found: list[Pair], cities: pd.DataFrame) -> pd.DataFrame:
    """Return each city's place in the industry chain and value added in the last years, one row per city.

    city_id, name_en, name_zh, host (share of seeds), firms; ``position``: mean rung without centres, and the
    change that they cause with its standard error; ``value_added``: share of the country's without centres;
    ``value_added_effect``, %: 100·ln of the ratio of the sums over seeds. Empty where rungs are off.
    """
    named = cities[["city_id", "name_en", "name_zh"]].reset_index(drop=True)
    if not _have(found, "firms", "chain_position", "value_added"):
        columns = ("host", "firms", "position", "position_change", "position_se")
        named = named.iloc[:0].assign(**dict.fromkeys(columns, np.array([])))
        return named.assign(value_added=np.array([]), value_added_effect=np.array([]))
    named["host"] = np.mean([pair.host_flags() for pair in found], axis=0)
    named["firms"] = np.mean([pair.late("firms")[1] for pair in found], axis=0)
    rungs = np.array([pair.late("chain_position") for pair in found])
    named["position"] = rungs[:, 1].mean(axis=0)
    changes = [mean_and_se(of_city) for of_city in (rungs[:, 0] - rungs[:, 1]).T]
    named["position_change"] = [change["mean"] for change in changes]
    named["position_se"] = [change["se"] for change in changes]
    treated, control = np.sum([pair.late("value_added") for pair in found], axis=0)
    named["value_added"] = control / control.sum() if control.sum() > 0 else 0.0
    defined = (treated > 0) & (control > 0)
    ratio = np.divide(treated, control, out=np.ones_like(treated), where=defined)
    named["value_added_effect"] = np.where(defined, 100.0 * np.log(ratio), np.nan)
    return named


def rising(chain: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the cities of ``FEWEST_FIRMS`` firms whose mean rung rises most through the centres."""
    up = chain[(chain["position_change"] > 0) & (chain["firms"] >= FEWEST_FIRMS)]
    return up.sort_values(["position_change", "city_id"], ascending=[False, True]).head(count)


def compute_by_year(found: list[Pair]) -> pd.DataFrame:
    """Return use and price of compute by year: year, quantity, unit, with, without, change, se.

    Use is that of all cities, compute/year; the price is weighted by the cities' bills, money/compute. Means
    over seeds; the change is 100·ln(with/without), seed by seed.
    """
    columns = ["year", "quantity", "unit", "with", "without", "change", "se"]
    if not _have(found, *KINDS_OF_USE, "compute_bill", "compute_price"):
        return pd.DataFrame(columns=columns)
    rows = []
    for label, unit in (
        *((name, "compute/year") for name in KINDS_OF_USE.values()),
        (PRICE, "money/compute"),
    ):
        both = np.array(
            [[_yearly(arm, label) for arm in (pair.with_centres, pair.without)] for pair in found]
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            change = 100.0 * np.log(both[:, 0] / both[:, 1])  # (S, T)
        for k, year in enumerate(found[0].years):
            one = mean_and_se(change[:, k])
            treated, control = both[:, :, k].mean(axis=0)
            rows.append((int(year), label, unit, treated, control, one["mean"], one["se"]))
    return pd.DataFrame(rows, columns=columns)


def _yearly(arm: dict[str, np.ndarray], label: str) -> np.ndarray:
    """Return a quantity of ``compute_by_year`` in each year, (T,)."""
    if label == PRICE:
        bills = arm["compute_bill"] + 1e-300
        return np.exp((bills * np.log(arm["compute_price"])).sum(axis=1) / bills.sum(axis=1))
    name = next(name for name, shown in KINDS_OF_USE.items() if shown == label)
    return arm[name].sum(axis=1)


def centre_costs(found: list[Pair]) -> pd.DataFrame:
    """Return what the centres cost and what the country gains: quantity, label, unit, mean, se, seeds.

    Money is a share of national income, so both are given in % of a year's GDP. The gain is that of real GDP,
    of which only differences between the runs of a pair count; no future gain or cost is discounted.
    """
    columns = ["quantity", "label", "unit", "mean", "se", "seeds"]
    if not _have(found, "gdp", "real_gdp", "centre_investment"):
        return pd.DataFrame(columns=columns)
    values: dict[str, list[float]] = {name: [] for name, _, _ in COSTS}
    for pair in found:
        spent, gained = _spent_and_gained(pair)
        late = slice(-WINDOW_YEARS, None)
        values["centres"].append(float(spent[late].mean()))
        values["centres_total"].append(float(spent.sum()))
        values["gain"].append(float(gained[late].mean()))
        values["gain_total"].append(float(gained.sum()))
        values["per_money"].append(float(gained.sum() / spent.sum()) if spent.sum() > 0 else float("nan"))
    rows = [
        {"quantity": name, "label": label, "unit": unit, **mean_and_se(values[name])}
        for name, label, unit in COSTS
    ]
    return pd.DataFrame(rows, columns=columns)


def _spent_and_gained(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    """Return spending on the capacity of centres and the gain of real GDP by year, each % of GDP, (T,)."""
    treated, control = pair.with_centres, pair.without
    spent = (treated["centre_investment"] - control["centre_investment"]).sum(axis=1)
    gained = treated["real_gdp"].sum(axis=1) / control["real_gdp"].sum(axis=1) - 1.0
    return 100.0 * spent / treated["gdp"].sum(axis=1), 100.0 * gained


def centres_by_year(centres: pd.DataFrame | None) -> pd.DataFrame:
    """Return capacity and use of the centres by year, means over seeds: year, kind, capacity, served, use.

    centres: ``Results.centres``. ``capacity`` of centres at work and ``served``: compute/year; ``use``: the
    second over the first, of all centres of the kind together (``all``: of all kinds).
    """
    columns = ["year", "kind", "capacity", "served", "use"]
    if centres is None or not {"operating", "served", "capacity"} <= set(centres.columns) or not len(centres):
        return pd.DataFrame(columns=columns)
    own = centres.assign(room=4.0 * centres["capacity"] * centres["operating"], done=4.0 * centres["served"])
    seeds = own["seed"].nunique()
    frames = []
    for kind, part in (("all", own), *own.groupby("kind", sort=True)):
        summed = part.groupby("year", as_index=False)[["room", "done"]].sum()
        room, done = summed["room"].to_numpy() / seeds, summed["done"].to_numpy() / seeds
        use = np.divide(done, room, out=np.full(len(room), np.nan), where=room > 0)
        of_kind = {"year": summed["year"], "kind": kind, "capacity": room, "served": done, "use": use}
        frames.append(pd.DataFrame(of_kind))
    return pd.concat(frames, ignore_index=True)[columns]


def _have(found: list[Pair], *names: str) -> bool:
    """Return whether all pairs have these measures."""
    return bool(found) and all(
        name in arm for pair in found for name in names for arm in (pair.with_centres, pair.without)
    )
