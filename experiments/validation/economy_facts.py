"""The facts about firms, cities and compute that the economy is judged by, measured with the real centres.

A row is *calibrated* where the figure was used to set the model, *built in* where the base year or a
parameter imposes it, and otherwise a validation. A fact with several rows is met if all of them hold.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

import pandas as pd

from experiments.measures.findings import HOLDS
from experiments.measures.published_targets import target
from experiments.measures.twin_pairs import mean_and_se
from experiments.validation import firm_estimators as estimate
from experiments.validation.economy_run import EconomyRun
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row, range_verdict

SCENARIO = "actual"
KINDS = {"validate": "validation", "calibrate": "calibration", "built in": "built in"}  # by use
WANTED = 14  # of the facts
PRICE_YEARS = (2010, 2022)
Measure = Callable[[EconomyRun], float]


@dataclass(frozen=True)
class Fact:
    """A published figure: a row of ``model/data/economy_facts.csv``.

    Attributes:
        number: Of the fact in the list of eighteen; 0 for a figure outside it.
        kind: Of the row.
        why: What a failure is owed to, or the parameter that decides it.
    """

    number: int
    id: str
    quantity: str
    unit: str
    value: float
    low: float
    high: float
    kind: str
    source: str
    why: str


def _figure(name: str) -> Measure:
    return lambda run: run.figures.get(name, math.nan)


def _nation(name: str, year: int) -> Measure:
    return lambda run: run.of(name, year)


def _ratio(one: str, other: str, year: int) -> Measure:
    return lambda run: run.of(one, year) / run.of(other, year)


def _mean_rate(name: str, first: int, last: int) -> Measure:
    def measure(run: EconomyRun) -> float:
        used = (run.years >= first) & (run.years <= last)
        return float((run.nation[name][used] / run.nation["firms"][used]).mean()) if used.any() else math.nan

    return measure


def _growth(name: str, first: int, last: int) -> Measure:
    return lambda run: estimate.annual_growth(run.of(name, first), run.of(name, last), last - first)


def doubling(price: str, real: bool, run: EconomyRun) -> float:
    """Return the years in which compute per money doubles, in money of the model or at constant prices."""
    first, last = PRICE_YEARS
    start, end = (
        run.of(price, year) / (run.of("price_level", year) if real else 1.0) for year in PRICE_YEARS
    )
    return estimate.doubling_years(start, end, last - first)


# Fact → its measure; NaN where a run does not reach the year.
MEASURES: dict[str, Measure] = {
    "X1": _figure("tail"),
    "X2": _figure("research_within"),
    "X2-pooled": _figure("research_pooled"),
    "X3": _figure("subbotin"),
    "X3-size": _figure("volatility"),
    "X4-entry": _mean_rate("entrants", 2010, 2020),
    "X4-exit": _mean_rate("exits", 2010, 2020),
    "X5": _ratio("research", "gdp", 2022),
    "X6": _figure("innovation_research"),
    "H3": _figure("H3"),
    "E18": _figure("E18"),
    "E18b": _figure("E18b"),
    "E30": _figure("E30"),
    "X9": _figure("wage_east_west"),
    "X10": _figure("away"),
    "X11-2005": _nation("adoption", 2005),
    "X11-2030": _nation("adoption", 2030),
    "X11-bend": lambda run: estimate.inflection_year(run.years, run.nation["adoption"]),
    "X12": _growth("eflops", 2016, 2027),
    "B1b": _growth("eflops_basic", 2022, 2027),
    "B2d": _growth("eflops_intelligent", 2022, 2027),
    "X13": partial(doubling, "list_intelligent", True),
    "X13-paid": partial(doubling, "paid_intelligent", True),
    "X13-list-income": partial(doubling, "list_intelligent", False),
    "X13-paid-income": partial(doubling, "paid_intelligent", False),
    "B3b": _figure("intelligent_bill"),
    "X15": _figure("use"),
    "G13": _figure("use_intelligent"),
    "G14": _figure("use_basic"),
    "E15": _figure("rank_size"),
    "E15-base": _figure("base_rank_size"),
    "E17": _figure("E17"),
    "E32": _growth("digital_innovation", 2013, 2021),
    "A8": _ratio("digital_value", "gdp", 2022),
    "B4": _figure("hub_share"),
}
BETA = (17, "E5", "beta slope 2010-22")  # a row of the observed decade
SPILLOVER = (18, "D1", "")  # a row of the distance profile


@functools.cache
def facts() -> tuple[Fact, ...]:
    """Return the facts, in the order of the file."""
    with resources.files("model").joinpath("data/economy_facts.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, keep_default_na=False)
    return tuple(_fact(row) for row in table.to_dict("records"))


def _fact(row: dict[Any, str]) -> Fact:
    known = None if row["value"] else target(row["id"])
    texts = (row["quantity"], row["unit"], row["source"])
    bounds = [row[name] or (getattr(known, name) if known else row["value"]) for name in ("low", "high")]
    if known:
        ours = (known.quantity, known.unit, known.source)
        quantity, _, source = (
            f"{their}{joint}{own}" if own else their
            for their, joint, own in zip(ours, (": ", "", "; "), texts, strict=True)
        )
        texts = (quantity, known.unit, source)
    quantity, unit, source = texts
    value, low, high = (float(number) for number in (known.value if known else row["value"], *bounds))
    number = int(row["fact"] or 0)
    return Fact(number, row["id"], quantity, unit, value, low, high, KINDS[row["use"]], source, row["why"])


def fact_rows(runs: ValidationRuns) -> list[Row]:
    """Return a row for each of ``facts``; there are none in a quick validation."""
    if runs.quick:
        return []
    found = [pair[0] for pair in runs.economies(SCENARIO)]
    return [fact_row(fact, found) for fact in facts()]


def fact_row(fact: Fact, found: Sequence[EconomyRun]) -> Row:
    """Return the row of a fact from the runs of all seeds."""
    measured = mean_and_se(MEASURES[fact.id](run) for run in found)
    if not math.isfinite(measured["mean"]):
        verdict, reason = (
            NOT_CLAIMED,
            "these runs do not reach the years, or these cities are not the real ones",
        )
    else:
        verdict = range_verdict(measured["mean"], measured["se"], fact.low, fact.high)
        reason = "" if verdict == HOLDS else fact.why
    bounds = f" ({fact.low:.4g} to {fact.high:.4g})" if fact.low < fact.high else ""
    published = (f"{fact.value:.4g}{bounds}", fact.source)
    return estimate_row(
        fact.id, fact.kind, fact.quantity, fact.unit, published, measured, verdict, SCENARIO, reason
    )


def count_row(rows: Sequence[Row]) -> Row:
    """Return the row that counts the facts that hold, among rows of which each belongs to one at most."""
    verdicts: dict[int, list[str]] = {}
    numbers = {fact.id: fact.number for fact in facts() if fact.number}
    for row in rows:
        number = numbers.get(row.id, 0) if row.scenario == SCENARIO else 0
        for other, identity, quantity in (BETA, SPILLOVER):
            if row.id == identity and row.scenario == SCENARIO and quantity in row.quantity:
                number = other
        if number:
            verdicts.setdefault(number, []).append(row.verdict)
    met = [number for number, found in verdicts.items() if all(one == HOLDS for one in found)]
    missed = sorted(set(range(1, SPILLOVER[0] + 1)) - set(met))
    count = {"mean": float(len(met)), "se": math.nan, "seeds": 0}
    verdict = range_verdict(len(met), math.nan, WANTED, SPILLOVER[0])
    published = (f"at least {WANTED} of {SPILLOVER[0]}", "the aim of model version 3")
    reason = "" if verdict == HOLDS else f"not met: {', '.join(f'fact {number}' for number in missed)}"
    return estimate_row(
        "FACTS", "validation", "facts that hold", "facts", published, count, verdict, SCENARIO, reason
    )
