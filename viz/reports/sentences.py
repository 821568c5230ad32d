"""Sentences on the results of a run, made from its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.results.write_results import Summary
from viz.number_text import estimate, number, one_line, sign_of, verdict

OVERTAKING = 5.0  # places gained on average that count as overtaking

GAP_WORDS = {
    1: "the gap widens beyond two standard errors",
    -1: "the gap narrows beyond two standard errors",
    0: "not distinguishable from zero",
}


def any_host(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Return whether any city hosts a centre in any seed."""
    return bool((tables["cities"]["host"] > 0).any())


def pairs_of(tables: Mapping[str, pd.DataFrame]) -> int:
    """Return the number of pairs of runs behind the tables."""
    return int(tables["effects"]["seeds"].max())


def last_years(summary: Summary) -> str:
    """Return the years over which effects are averaged, like ``2018–2022``."""
    first = max(summary["first_year"], summary["last_year"] - WINDOW_YEARS + 1)
    return f"{first}–{summary['last_year']}"


def effect(row: pd.Series, unit: str = "%") -> str:
    """Return ``+0.75 ± 0.05 % (positive beyond two standard errors)`` for a row with mean and se."""
    words = verdict(row["mean"], row["se"])
    value = estimate(row["mean"], row["se"])
    return f"{value} {unit} ({words})"


def abstract(summary: Summary, tables: Mapping[str, pd.DataFrame], centres: str) -> str:
    """Return one paragraph: the design, and every main result with its sign, size and uncertainty."""
    pairs = pairs_of(tables)
    design = (
        f"Each of {pairs} pairs of simulated runs" if pairs > 1 else "One pair of simulated runs"
    ) + f" covers {summary['cities']} mainland cities from {summary['first_year']} to {summary['last_year']}"
    if not any_host(tables):
        return (
            f"{design}. No centre opens in the scenario “{summary['scenario']}” in these years, so both runs "
            "of a pair are the same and there is no effect to report."
        )
    parts = (
        f"{design}. Both runs of a pair share all random draws; in one of them {centres} of the scenario "
        f"“{summary['scenario']}” open ({summary['meaning']}), in the other none does.",
        _totals(f"In {last_years(summary)} expected innovations change", tables["effects"]),
        _totals("Real GDP changes", tables["gdp"][tables["gdp"]["measure"] == "real_gdp"]),
        _distance(tables["distance"]),
        _channels(tables["channels"]),
        _gap(tables["gap"]),
        _overtaking(tables["ranks"]),
        _strength(tables["host_strength"]),
        _costs(tables["costs"]),
    )
    return " ".join(part for part in parts if part)


def _by(frame: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    """Return rows with a defined mean, by label."""
    if "mean" not in frame:
        return {}
    return {str(row[column]): row for _, row in frame[frame["mean"].notna()].iterrows()}


def _totals(start: str, effects: pd.DataFrame) -> str:
    rows = _by(effects, "group")
    changes = [
        f"by {effect(rows[group])} in {where}"
        for group, where in (
            ("host cities", "host cities"),
            ("other cities", "other cities"),
            ("whole country (total)", "the country’s total"),
        )
        if group in rows
    ]
    return f"{start} {_join(changes)}." if changes else ""


def _distance(distance: pd.DataFrame) -> str:
    rows = list(_by(distance, "band_km").items())
    if len(rows) < 2:
        return ""
    signs = [sign_of(row["mean"], row["se"]) for _, row in rows]
    (near, first), (far, last) = rows[0], rows[-1]
    near, far = near.replace("-", "–"), far.replace("-", "–")
    counts = f"{signs.count(1)} gain and {signs.count(-1)} lose"
    clear = f"; of {len(rows)} distance bands {counts} beyond two standard errors"
    return (
        f"Among cities without a centre the effect on innovation runs from {effect(first)} at {near} km from "
        f"the nearest centre to {effect(last)} at {far} km{clear if distance['se'].notna().any() else ''}."
    )


def _channels(channels: pd.DataFrame) -> str:
    rows = _by(channels, "channel")
    names: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for name, row in rows.items():
        names[sign_of(row["mean"], row["se"])].append(name)
    if not names[1] and not names[-1]:
        return (
            f"None of the {len(rows)} channels in host cities is distinguishable from zero." if rows else ""
        )
    changes = [
        f"{len(names[sign])} {verb} beyond two standard errors ({', '.join(names[sign])})"
        for sign, verb in ((1, "rise"), (-1, "fall"))
        if names[sign]
    ]
    rest = f"; {len(names[0])} not distinguishable from zero" if names[0] else ""
    return f"Of the {len(rows)} channels in host cities, {_join(changes)}{rest}."


def _gap(gap: pd.DataFrame) -> str:
    rows = _by(gap, "index")
    changes = []
    for index in ("Theil", "Gini"):
        if index in rows:
            row = rows[index]
            known = pd.notna(row["se"])
            meaning = GAP_WORDS[sign_of(row["mean"], row["se"])] if known else verdict(row["mean"], row["se"])
            changes.append(f"the {index} index by {estimate(row['mean'], row['se'])} % ({meaning})")
    return (
        f"Between cities, the centres change {_join(changes)} of its value without them." if changes else ""
    )


def _overtaking(ranks: pd.DataFrame) -> str:
    best = ranks.loc[ranks["gain"].idxmax()]
    movers = ranks[ranks["gain"] >= OVERTAKING]
    hosts = int((movers["host"] > 0).sum())
    clear = sum(sign_of(gain, error) > 0 for gain, error in zip(movers["gain"], movers["se"], strict=True))
    count = f"{len(movers) or 'No'} {'city gains' if len(movers) == 1 else 'cities gain'}"
    text = f"{count} {number(OVERTAKING, 0)} places or more in innovation on average"
    if len(movers):
        known = movers["se"].notna().any()
        text += f" ({hosts} with a centre{f', {clear} beyond two standard errors' if known else ''})"
    if not best["gain"] > 0:
        return text + "."
    row = {"mean": best["gain"], "se": best["se"]}
    return f"{text}; the largest gain is that of {one_line(best['name_en'])}, {effect(row, 'places')}."


def _strength(host_strength: pd.DataFrame) -> str:
    rows = _by(host_strength, "measure")
    innovation = rows.get("effect on innovation, %: weak - strong")
    places = rows.get("places gained: weak - strong")
    if innovation is None or places is None:
        return ""
    return (
        f"The effect on weak hosts less that on strong hosts is {effect(innovation)}, and the difference in "
        f"places gained {effect(places, 'places')}."
    )


def _costs(costs: pd.DataFrame) -> str:
    rows = _by(costs, "quantity")
    if not {"centres", "per_money"} <= set(rows):
        return ""
    cost, gain = (estimate(rows[of]["mean"], rows[of]["se"], False) for of in ("centres", "per_money"))
    return (
        f"The capacity of the centres costs {cost} % of GDP a year, and over all years the country gains "
        f"{gain} money of real GDP for each money spent on it."
    )


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
