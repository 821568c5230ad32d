"""The base year as observed, and shares of electricity in operating cost, which parameters imply."""

from __future__ import annotations

import math
from dataclasses import replace

from agents.compute_provider import unit_cost
from experiments.measures.findings import HOLDS
from experiments.measures.published_targets import PublishedTarget, target
from experiments.measures.twin_pairs import mean_and_se
from experiments.validation.rows import (
    Row,
    ValidationRuns,
    estimate_row,
    exact_row,
    range_verdict,
)

TOLERANCE = 1e-6
BUILT_IN = "built in"
# Figure of a run, target, part of its quantity.
SPREADS = (("base_sigma", "E1", "2010"), ("base_east_west", "E13b", ""))
MARGIN = 0.05  # of figures without bounds [judgement]
EMPTY = (
    "a city whose firms have all closed leaves its share to the others; with few firms this is a small city"
)
SPLIT = (
    "people of a city are split from its province's by a rule (docs/data.md), so that GDP per head is less "
    "spread than in the source's 296 cities"
)


def base_year_rows(runs: ValidationRuns) -> list[Row]:
    """Return errors of GDP by city, spreads of GDP per head, and electricity in cost; none if quick."""
    if runs.quick:
        return []
    found = [pair[0].figures for pair in runs.economies("actual")]
    worst = max((figures.get("base_error", math.nan) for figures in found), default=math.nan)
    source = "model/data/city_accounts_2015.csv and provinces.csv"
    words = "largest error of an observed city's share of GDP in the base quarter, the first reported"
    gdp = exact_row("BASE-gdp", BUILT_IN, words, worst, TOLERANCE, source)
    rows = [replace(gdp, reason=EMPTY) if gdp.verdict != HOLDS else gdp]
    for name, identity, part in SPREADS:
        known = target(identity, part)
        measured = mean_and_se(figures.get(name, math.nan) for figures in found)
        rows.append(_spread(f"{identity}-base", f"{known.quantity}, base quarter", known, measured))
    return [*rows, *power_rows(runs)]


def _spread(identity: str, quantity: str, known: PublishedTarget, measured: dict[str, float]) -> Row:
    low, high = (1.0 - MARGIN) * known.value, (1.0 + MARGIN) * known.value
    verdict = range_verdict(measured["mean"], measured["se"], low, high)
    reason = "" if verdict == HOLDS else SPLIT
    published = (f"{known.value:g} ({low:.3g} to {high:.3g})", f"{known.source}; bounds ±5 %, judgement")
    return estimate_row(identity, BUILT_IN, quantity, known.unit, published, measured, verdict, "", reason)


def power_rows(runs: ValidationRuns) -> list[Row]:
    """Return the share of electricity in a centre's operating cost, west and east (G5w, G5e)."""
    rows = []
    for identity, tariff in (("G5w", "electricity_west"), ("G5e", "electricity_east")):
        known, given = target(identity), runs.parameters
        price = getattr(given, tariff)
        power = given.electricity_use * given.power_usage_effectiveness * price
        whole = unit_cost(
            price, 1.0, given.service_cost, given.electricity_use, given.power_usage_effectiveness
        )
        low, high = (
            (known.low, known.high) if known.low < known.high else (known.value - 0.05, known.value + 0.05)
        )
        share = {"mean": power / whole, "se": math.nan, "seeds": 0}
        verdict = range_verdict(share["mean"], math.nan, low, high)
        why = (
            "" if verdict == HOLDS else "one split of cost serves both regions: electricity_use, service_cost"
        )
        published = (f"{known.value:g} ({low:g} to {high:g})", f"{known.source}; bounds ±0.05, judgement")
        rows.append(
            estimate_row(identity, BUILT_IN, known.quantity, known.unit, published, share, verdict, "", why)
        )
    return rows
