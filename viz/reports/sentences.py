"""Sentences on the results of a run, made from its tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from experiments.measures.number_text import estimate, number, sign_of
from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.results.write_results import Summary

OVERTAKING = 5.0  # places gained on average that count as overtaking

VERBS = {1: "raise", -1: "lower", 0: "change"}
INNOVATION = (
    ("host cities", "innovation in host cities"),
    ("other cities", "that in other cities"),
    ("whole country (total)", "the country’s total"),
)


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


def abstract(summary: Summary, tables: Mapping[str, pd.DataFrame], centres: str) -> str:
    """Return one paragraph: the design, three sentences of findings, and one of what they do not show.

    Errors are over seeds; ranges in brackets are those of the table ``uncertainty``, if the study has it.
    """
    pairs = pairs_of(tables)
    design = (
        f"Each of {pairs} pairs of simulated runs" if pairs > 1 else "One pair of simulated runs"
    ) + f" covers {summary['cities']} mainland cities from {summary['first_year']} to {summary['last_year']}"
    if not any_host(tables):
        return (
            f"{design}. No centre opens in the scenario “{summary['scenario']}” in these years, so both runs "
            "of a pair are the same and there is no effect to report."
        )
    known = spans(tables)
    brackets = "; in brackets, the 90 % range over parameters that published figures do not rule out"
    errors = f"mean ± standard error over seeds{brackets if known else ''}"
    errors = f" ({errors if pairs > 1 else 'one seed, no standard error'})"
    parts = (
        f"{design}. Both runs of a pair share all random draws; in one of them {centres} of the scenario "
        f"“{summary['scenario']}” open ({summary['meaning']}), in the other none does.",
        _totals(f"In {last_years(summary)} the centres ", errors, tables, known),
        _where(tables, known),
        _how(tables),
        _not_shown(tables, known),
    )
    return " ".join(part for part in parts if part)


def spans(tables: Mapping[str, pd.DataFrame]) -> dict[tuple[str, str], pd.Series]:
    """Return (table, label) → the row of ``uncertainty`` of an effect, of those that have a range."""
    if "uncertainty" not in tables:
        return {}
    frame = tables["uncertainty"]
    return {(row["table"], row["label"]): row for _, row in frame[frame["low"].notna()].iterrows()}


def span_text(row: pd.Series | None) -> str:
    """Return `` [+0.50 to +3.61]``, the 90 % range over parameters, or nothing if there is none."""
    return "" if row is None else f" [{number(row['low'], 2, True)} to {number(row['high'], 2, True)}]"


def _by(frame: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    """Return rows with a defined mean, by label."""
    if "mean" not in frame:
        return {}
    return {str(row[column]): row for _, row in frame[frame["mean"].notna()].iterrows()}


def _size(row: pd.Series, what: str, span: pd.Series | None) -> str:
    """Return ``WHAT by 1.90 ± 0.17 % [+0.50 to +3.61]``; an unclear sign says so."""
    sign = sign_of(row["mean"], row["se"])
    size = estimate(sign * row["mean"] if sign else row["mean"], row["se"], signed=not sign)
    unclear = "" if sign or not pd.notna(row["se"]) else " (not distinguishable from zero)"
    return f"{what} by {size} %{span_text(span)}{unclear}"


def _totals(
    start: str,
    errors: str,
    tables: Mapping[str, pd.DataFrame],
    known: Mapping[tuple[str, str], pd.Series],
) -> str:
    """Return how much innovation and real GDP change, and where."""
    gdp = _by(tables["gdp"][tables["gdp"]["measure"] == "real_gdp"], "group")
    rows = _by(tables["effects"], "group")
    whole = INNOVATION[-1][0]
    changes = [("effects", group, what, rows[group]) for group, what in INNOVATION if group in rows]
    changes += [("gdp", whole, "real GDP", gdp[whole])] if whole in gdp else []
    clauses, before = [], ""
    for table, label, what, row in changes:
        verb = VERBS[sign_of(row["mean"], row["se"])]
        said = _size(row, what, known.get((table, label)))
        clauses.append(said if verb == before else f"{verb} {said}")
        before = verb
    return f"{start}{_join(clauses)}{errors}." if clauses else ""


def _where(tables: Mapping[str, pd.DataFrame], known: Mapping[tuple[str, str], pd.Series]) -> str:
    """Return what happens near and far from centres, and to the gap."""
    rows = list(_by(tables["distance"], "band_km").items())
    parts = []
    if len(rows) > 1:
        signs = [sign_of(row["mean"], row["se"]) for _, row in rows]
        ends = " and ".join(
            f"{estimate(row['mean'], row['se'])} %{span_text(known.get(('distance', name)))} at "
            f"{name.replace('-', '–')} km"
            for name, row in (rows[0], rows[-1])
        )
        counts = f" ({signs.count(1)} of {len(rows)} distance bands gain clearly, {signs.count(-1)} lose)"
        told = counts if tables["distance"]["se"].notna().any() else ""
        parts.append(f"among cities without a centre innovation changes by {ends} from the nearest{told}")
    gaps = _by(tables["gap"], "index")
    for index, where in (("Theil", "between cities"), ("Theil between regions", "between regions")):
        if index in gaps:
            row = gaps[index]
            verb = {1: "widens", -1: "narrows", 0: "does not change clearly"}[sign_of(row["mean"], row["se"])]
            change = f"{estimate(row['mean'], row['se'])} %{span_text(known.get(('gap', index)))}"
            parts.append(f"the gap {where} {verb if pd.notna(row['se']) else 'changes'} (Theil, {change})")
    text = _join(parts)
    return f"{text[0].upper()}{text[1:]}." if parts else ""


def _how(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return which channels move, for whom a centre works, who overtakes, and what it costs."""
    rows = _by(tables["channels"], "channel")
    names: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for name, row in rows.items():
        names[sign_of(row["mean"], row["se"])].append(name)
    moves = [
        f"{_join(names[sign])} {verb}{'s' if len(names[sign]) == 1 else ''}"
        for sign, verb in ((1, "rise"), (-1, "fall"))
        if names[sign]
    ]
    parts = [f"in host cities {_join(moves)}"] if moves else []
    if rows and not moves:
        parts = [f"none of the {len(rows)} channels in host cities moves clearly"]
    strength = _by(tables["host_strength"], "measure").get("effect on innovation, %: weak - strong")
    if strength is not None:
        size, clear = estimate(strength["mean"], strength["se"]), sign_of(strength["mean"], strength["se"])
        parts.append(f"weak hosts gain {size} points against strong ones{'' if clear else ' (not clear)'}")
    movers = tables["ranks"][tables["ranks"]["gain"] >= OVERTAKING]
    hosts = int((movers["host"] > 0).sum())
    cities = "city gains" if len(movers) == 1 else "cities gain"
    which = f", {hosts} of them with a centre" if len(movers) else ""
    parts.append(f"{len(movers) or 'no'} {cities} {number(OVERTAKING, 0)} places or more{which}")
    costs = _by(tables["costs"], "quantity")
    if {"centres", "per_money"} <= set(costs):
        cost, gain = (estimate(costs[of]["mean"], costs[of]["se"], False) for of in ("centres", "per_money"))
        parts.append(
            f"the capacity costs {cost} % of GDP a year, and a unit of money spent on it gives {gain} of "
            "real GDP"
        )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _not_shown(tables: Mapping[str, pd.DataFrame], known: Mapping[tuple[str, str], pd.Series]) -> str:
    """Return what the numbers do not show."""
    fragile = [label for (_, label), row in known.items() if row["verdict"] == "fragile"]
    some = f"{', '.join(fragile[:3])}{', …' if len(fragile) > 3 else ''}"
    signs = "a sign that differs" if len(fragile) == 1 else f"{len(fragile)} signs that differ"
    shaky = f"{signs} between such parameters ({some}), " if fragile else ""
    scope = "" if known else "how far the sizes hang on parameters without a published value, "
    return (
        f"Not shown are {shaky}{scope}what an actual city would gain, whose institutions are drawn, and "
        "whatever is wrong in the rules themselves."
    )


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
