"""The facts about firms, cities and compute that the economy is judged by, measured from runs with real centres.

A row is *calibrated* where the figure was used to set the model, *built in* where the base year or a parameter
imposes it, and otherwise a validation. A fact with several rows is met if all of them hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from experiments.measures.effect_tables import mean_and_se
from experiments.measures.findings import HOLDS
from experiments.measures.published_targets import target
from experiments.validation import firm_estimators as estimate
from experiments.validation.economy_run import EconomyRun
from experiments.validation.rows import NOT_CLAIMED, Row, ValidationRuns, estimate_row, range_verdict

SCENARIO = "actual"
VALIDATE, CALIBRATE, BUILT_IN = "validation", "calibration", "built in"
WANTED = 14  # of the facts
COMPUTE_YEARS = (2016, 2027)
PRICE_YEARS = (2010, 2022)
Measure = Callable[[EconomyRun], float]


@dataclass(frozen=True)
class Fact:
    """A published figure and its measure; NaN where a run does not reach the year.

    Attributes:
        number: Of the fact in the list of eighteen; 0 for a figure outside it.
        use: Kind of the row.
        why: What a failure is owed to, or what would be needed.
    """

    number: int
    id: str
    quantity: str
    unit: str
    published: float
    low: float
    high: float
    use: str
    source: str
    measure: Measure
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


_E30, _H3, _E18, _E18B, _E15 = (target(name) for name in ("E30", "H3", "E18", "E18b", "E15"))
_AI, _HUB, _SHARE = (target(name) for name in ("G13", "G14", "B3b"))
_GENERAL = (target("B1b").value / target("B1a").value) ** 0.2 - 1.0
_INTELLIGENT, _HUBS, _ADOPTERS = (target(name) for name in ("B2d", "B4", "A8"))
_DIGITAL, _GRANTS = target("E32"), target("E17")
_SHOCKS = "shocks to quality (quality_shock, size_volatility) and entry decide it"
_PROGRESS = "progress_intelligent and the growth of real income decide it"

# fmt: off
FACTS: tuple[Fact, ...] = (
    Fact(1, "X1", "tail exponent of firms' sales, largest 5 %, 2022", "exponent", 1.06, 1.0, 1.5, CALIBRATE,
         "Axtell 2001, Science 293(5536)", _figure("tail"), _SHOCKS),
    Fact(2, "X2", "R&D on sales, firms of 2022, city fixed effects", "elasticity", 1.0, 0.9, 1.1, BUILT_IN,
         "Cohen 2010, Handbook of the Economics of Innovation 1 (general knowledge, check); the research rule", _figure("research_within"),
         "costs of research differ between firms of a city by more than in the data"),
    Fact(0, "X2-pooled", "the same without fixed effects", "elasticity", 1.0, 0.9, 1.1, BUILT_IN,
         "Cohen 2010 (general knowledge, check)", _figure("research_pooled"),
         "research conditions of cities go with the size of their firms"),
    Fact(3, "X3", "growth of sales of firms older than a year, 2015-16: Subbotin b", "shape", 1.0, 0.8, 1.2, BUILT_IN,
         "Bottazzi & Secchi 2006, RAND Journal of Economics 37(2); bounds judgement", _figure("subbotin"),
         "quarterly Laplace shocks add up over the year, and b rises towards the normal's 2"),
    Fact(3, "X3-size", "fall of the s.d. of growth with size: slope of logs over deciles", "elasticity", -0.175, -0.2, -0.15, BUILT_IN,
         "Stanley et al. 1996, Nature 379; size_volatility", _figure("volatility"),
         "volatility falls only for firms above one product line"),
    Fact(4, "X4-entry", "entry rate, mean of 2010-20", "1/year", 0.10, 0.08, 0.12, CALIBRATE,
         "issue of the rebuilt economy: 8-12 % (general knowledge, check)", _mean_rate("entrants", 2010, 2020), "entry_rate"),
    Fact(4, "X4-exit", "exit rate, mean of 2010-20", "1/year", 0.10, 0.08, 0.12, CALIBRATE,
         "the same", _mean_rate("exits", 2010, 2020), "exit_rate"),
    Fact(5, "X5", "R&D to GDP, 2022", "fraction", 0.0254, 0.02, 0.04, CALIBRATE,
         "National Bureau of Statistics of China 2023 (general knowledge, check)", _ratio("research", "gdp", 2022), "innovation_value"),
    Fact(6, "X6", "innovation on R&D across cities, 2022", "elasticity", 0.6, 0.3, 0.9, VALIDATE,
         "knowledge production functions of regions: Jaffe 1989; Bottazzi & Peri 2003 (general knowledge, check)",
         _figure("innovation_research"), "research of a city is a sum over its firms' product lines, each with few returns to scale"),
    Fact(7, "H3", _H3.quantity, _H3.unit, _H3.value, _H3.low, _H3.high, BUILT_IN, f"{_H3.source}; μ·χ at σ = 1",
         _figure("H3"), "research_returns × compute_weight"),
    Fact(8, "E18", f"{_E18.quantity}: innovations of 2005-15", _E18.unit, _E18.value, 0.20, 0.26, VALIDATE,
         f"{_E18.source}; bounds: the issue's; grants to January 2014 set the model", _figure("E18"), "advantage_fading"),
    Fact(8, "E18b", f"{_E18B.quantity}: innovations of 2005-15", _E18B.unit, _E18B.value, 0.9 * _E18B.value, 1.1 * _E18B.value, VALIDATE,
         f"{_E18B.source}; bounds ±10 %, judgement; grants to January 2014 set the model", _figure("E18b"), "advantage_fading"),
    Fact(8, "E30", f"{_E30.quantity}: innovations of adopters", _E30.unit, _E30.value, 0.5, 1.0, VALIDATE,
         f"{_E30.source}; bounds: the issue's", _figure("E30"), "adoption would have to gather in fewer cities"),
    Fact(9, "X9", "wage of talent, East over West, 2022", "ratio", 1.27, 1.2, 1.5, CALIBRATE,
         "wages of urban units (general knowledge, check); wage_gradient sets the base year", _figure("wage_east_west"), "wage_gradient"),
    Fact(10, "X10", "talent that works away from its home city, 2022", "fraction", 0.25, 0.15, 0.35, CALIBRATE,
         "about a quarter (general knowledge, check)", _figure("away"), "home_premium"),
    Fact(11, "X11-2005", "firms that work with compute, 2005", "fraction", 0.1, 0.0, 0.15, CALIBRATE,
         "a diffusion curve: below 15 % (issue of the rebuilt economy)", _nation("adoption", 2005), "adoption_base_cost"),
    Fact(11, "X11-2030", "firms that work with compute, 2030", "fraction", 0.8, 0.6, 0.95, VALIDATE,
         "a diffusion curve: a large majority, not all [judgement]", _nation("adoption", 2030), "adoption_base_cost"),
    Fact(11, "X11-bend", "year of the fastest diffusion", "year", 2017, 2010, 2025, VALIDATE,
         "a diffusion curve bends within the period [judgement]", lambda run: estimate.inflection_year(run.years, run.nation["adoption"]),
         "adoption rises along a line or a concave curve"),
    Fact(12, "X12", "growth of compute used, 2016-27, EFLOPS at FP16", "1/year", 0.30, 0.25, 0.35, CALIBRATE,
         "B1-B3 and CAICT 2021-23 (model/data/national_compute.csv); bounds: the issue's", _growth("eflops", *COMPUTE_YEARS), "progress_basic"),
    Fact(12, "B1b", "growth of general compute, 2022-27", "1/year", _GENERAL, 0.8 * _GENERAL, 1.2 * _GENERAL, CALIBRATE,
         f"{target('B1b').source}: 54.5 and 117.3 EFLOPS; bounds ±20 %, judgement", _growth("eflops_basic", 2022, 2027), "progress_basic"),
    Fact(12, "B2d", "growth of intelligent compute, 2022-27", "1/year", _INTELLIGENT.value, 0.8 * _INTELLIGENT.value, 1.2 * _INTELLIGENT.value, CALIBRATE,
         f"{_INTELLIGENT.source}; bounds ±20 %, judgement", _growth("eflops_intelligent", 2022, 2027), "progress_intelligent"),
    Fact(13, "X13", "doubling of intelligent compute per money, list price at constant prices, 2010-22", "years", 2.3, 2.1, 2.5, CALIBRATE,
         "Hobbhahn & Besiroglu 2022, Epoch AI (general knowledge, check)", partial(doubling, "list_intelligent", True), _PROGRESS),
    Fact(0, "X13-paid", "the same, price paid at constant prices", "years", 2.3, 2.1, 2.5, VALIDATE,
         "the same", partial(doubling, "paid_intelligent", True), _PROGRESS),
    Fact(0, "X13-list-income", "the same, list price in money of the model, a share of national income", "years", 2.3, 2.1, 2.5, CALIBRATE,
         "the same", partial(doubling, "list_intelligent", False), _PROGRESS),
    Fact(0, "X13-paid-income", "the same, price paid in money of the model", "years", 2.3, 2.1, 2.5, VALIDATE,
         "the same", partial(doubling, "paid_intelligent", False), _PROGRESS),
    Fact(14, "B3b", f"{_SHARE.quantity}: share of the bill for compute", _SHARE.unit, _SHARE.value, 0.27, 0.37, VALIDATE,
         f"{_SHARE.source}; bounds judgement", _figure("intelligent_bill"), "deep_learning_pull and language_model_pull"),
    Fact(15, "X15", "use of centres, 2024, all kinds by EFLOPS", "fraction", 0.45, 0.30, 0.63, CALIBRATE,
         "G13 and G14", _figure("use"), "capacity_basic"),
    Fact(0, "G13", f"{_AI.quantity}, 2024", _AI.unit, _AI.value, _AI.low, _AI.high, CALIBRATE, _AI.source, _figure("use_intelligent"), "capacity_intelligent"),
    Fact(0, "G14", f"{_HUB.quantity}, 2024: basic compute", _HUB.unit, _HUB.value, _HUB.low, _HUB.high, CALIBRATE, _HUB.source, _figure("use_basic"), "capacity_basic"),
    Fact(16, "E15", f"{_E15.quantity}, 2022", _E15.unit, _E15.value, -1.5, -1.2, VALIDATE,
         f"{_E15.source}; bounds: the issue's; imposed on the base year alone", _figure("rank_size"), "cities spread further apart after the base year"),
    Fact(0, "E15-base", f"{_E15.quantity}, base quarter", _E15.unit, _E15.value, -1.5, -1.2, BUILT_IN,
         f"{_E15.source}; bounds: the issue's", _figure("base_rank_size"), "GDP of the base year is recovered"),
    Fact(0, "E17", _GRANTS.quantity, _GRANTS.unit, _GRANTS.value, _GRANTS.low, _GRANTS.high, VALIDATE, _GRANTS.source, _figure("E17"),
         "innovation would have to spread faster between provinces"),
    Fact(0, "E32", f"{_DIGITAL.quantity}: innovations of adopters", _DIGITAL.unit, _DIGITAL.value, _DIGITAL.low, _DIGITAL.high, VALIDATE, _DIGITAL.source,
         _growth("digital_innovation", 2013, 2021), "patents grow with the propensity to file, which the model does not have"),
    Fact(0, "A8", f"{_ADOPTERS.quantity}: value added of adopters", _ADOPTERS.unit, _ADOPTERS.value, 0.9 * _ADOPTERS.value, 1.1 * _ADOPTERS.value, VALIDATE,
         f"{_ADOPTERS.source}; bounds ±10 %, judgement", _ratio("digital_value", "gdp", 2022), "the share of adopters and of local services"),
    Fact(0, "B4", f"{_HUBS.quantity}: capacity in hubs over all capacity, cloud included", _HUBS.unit, _HUBS.value, _HUBS.low, _HUBS.high, VALIDATE, _HUBS.source,
         _figure("hub_share"), "the cloud is large, since hubs opened late"),
)
# fmt: on
BETA = (17, "E5", "beta slope 2010-22")  # a row of the observed decade
SPILLOVER = (18, "D1", "")  # a row of the distance profile


def fact_rows(runs: ValidationRuns) -> list[Row]:
    """Return a row for each of ``FACTS``; there are none in a quick validation."""
    if runs.quick:
        return []
    found = [pair[0] for pair in runs.economies(SCENARIO)]
    return [fact_row(fact, found) for fact in FACTS]


def fact_row(fact: Fact, found: Sequence[EconomyRun]) -> Row:
    """Return the row of a fact from the runs of all seeds."""
    measured = mean_and_se(fact.measure(run) for run in found)
    if not math.isfinite(measured["mean"]):
        verdict, reason = NOT_CLAIMED, "these runs do not reach the years, or these cities are not the real ones"
    else:
        verdict = range_verdict(measured["mean"], measured["se"], fact.low, fact.high)
        reason = "" if verdict == HOLDS else fact.why
    bounds = f" ({fact.low:.3g} to {fact.high:.3g})" if fact.low < fact.high else ""
    published = (f"{fact.published:.4g}{bounds}", fact.source)
    return estimate_row(
        fact.id, fact.use, fact.quantity, fact.unit, published, measured, verdict, SCENARIO, reason
    )


def count_row(rows: Sequence[Row]) -> Row:
    """Return the row that counts the facts that hold, among rows of which each belongs to one at most."""
    verdicts: dict[int, list[str]] = {}
    numbers = {fact.id: fact.number for fact in FACTS if fact.number}
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
    published = (f"at least {WANTED} of {SPILLOVER[0]}", "issue of the rebuilt economy")
    reason = "" if verdict == HOLDS else f"not met: {', '.join(f'fact {number}' for number in missed)}"
    return estimate_row("FACTS", VALIDATE, "facts that hold", "facts", published, count, verdict, SCENARIO, reason)
