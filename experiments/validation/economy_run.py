"""One run of the economy as the facts need it: the nation by year, figures of firms and cities by date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.compute_provider import KINDS
from agents.innovation import own_intensity
from experiments.measures.inequality import sigma, top_share
from experiments.measures.panel_checks import Floats
from experiments.measures.twin_pairs import WINDOW_YEARS
from experiments.study.one_run import model_of
from experiments.study.study import Run, Study
from experiments.validation import firm_estimators as estimate
from model.economy.centre_tables import STANDARD_EFLOPS
from model.regional_model import RegionalModel

YEAR = 2022  # of cross-sections of firms and cities
GROWTH_YEARS = (2015, 2016)  # between which sales of firms are compared
BLOCKCHAIN_YEAR = 2018  # of row E30
USE_YEAR = 2024  # of use and share of kinds
PATENT_QUARTERS = ((2012, 3), (2016, 1))  # at the end of which grants are counted, besides the end of 2015
PATENT_YEARS = 41 / 12  # from October 2012 to March 2016
CAPITALS = ("Beijing", "Shenzhen")
LARGE_CITIES = (
    *("Beijing", "Tianjin", "Shanghai", "Chongqing", "Changchun", "Chengdu", "Dalian", "Guangzhou"),
    *("Hangzhou", "Harbin", "Jinan", "Nanjing", "Ningbo", "Qingdao", "Shenyang", "Shenzhen", "Wuhan"),
    *("Xi'an", "Xiamen"),
)
PERTURBED = 400  # firms whose rule is perturbed for row H3
STEP = 1e-4
OBSERVED = "observed share 2015"


@dataclass(frozen=True)
class EconomyRun:
    """The part of a run that is kept.

    Attributes:
        nation: Name → (T,), by year: flows of the year, means of stocks and prices.
        figures: Name → a figure of firms or cities; those of years that the run does not reach are missing.
        innovation: Mean of the last years, innovations/year, (C,).
        hosts: Rows of cities that have a centre by the end, (H,).
    """

    years: np.ndarray
    nation: dict[str, Floats]
    figures: dict[str, float]
    innovation: Floats
    hosts: np.ndarray

    def of(self, name: str, year: int) -> float:
        """Return a figure of the nation in a year; NaN if the run does not reach it."""
        row = np.flatnonzero(self.years == year)
        return float(self.nation[name][row[0]]) if len(row) and name in self.nation else float("nan")

    def late(self, name: str) -> float:
        """Return the mean of a figure of the nation over the last years."""
        return float(self.nation[name][-WINDOW_YEARS:].mean())


def run_economy(study: Study, run: Run) -> EconomyRun | str:
    """Run one arm with one seed; return what the facts need, or, if it failed, a text that says why."""
    try:
        return record_economy(model_of(study, *run), study.until)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def record_economy(
    model: RegionalModel, until: int, watch: Callable[[RegionalModel], None] = lambda model: None
) -> EconomyRun:
    """Run a model from time 0 through the end of a year, and return what the facts need.

    watch: Called after every quarter.
    """
    recorder = _Recorder(model)
    years = range(model.parameters.start_year, until + 1)
    for year in years:
        for quarter in range(1, 5):
            model.step()
            watch(model)
            recorder.add_quarter(year, quarter)
        recorder.end_year(year)
    reached = 4 * len(years)
    hosts = sorted({opening.city for opening in model.openings if opening.quarter < reached})
    return EconomyRun(
        np.array(years),
        {name: np.array(values) for name, values in recorder.nation.items()},
        recorder.figures,
        np.mean(recorder.innovation[-WINDOW_YEARS:], axis=0),
        np.array(hosts, dtype=int),
    )


class _Recorder:
    def __init__(self, model: RegionalModel) -> None:
        self.model = model
        self.nation: dict[str, list[float]] = defaultdict(list)
        self.figures: dict[str, float] = {"dear_volume": 0.0}
        self.innovation: list[Floats] = []  # by year
        self.sales: dict[int, Floats] = {}
        size = model.parameters.firms / 10_000
        self.eflops = np.array(
            [
                STANDARD_EFLOPS[kind] / max(getattr(model.parameters, f"capacity_{kind}") * size, 1e-12)
                for kind in KINDS
            ]
        )  # EFLOPS at FP16 for compute a quarter
        self.row_of = {name: row for row, name in enumerate(model.cities["name_en"])}
        self.region = model.cities["region"].to_numpy()
        self.cumulated = np.zeros(len(model.cities))
        self.before = self.cumulated
        self._clear()

    def _clear(self) -> None:
        cities, firms = len(self.model.cities), self.model.state["firms"].rows
        self.year: dict[str, float] = defaultdict(float)
        self.by_city = {name: np.zeros(cities) for name in ("innovation", "research", "gdp", "digital")}
        self.by_firm = {name: np.zeros(firms) for name in ("sales", "research")}
        self.kinds = {
            name: np.zeros(len(KINDS))
            for name in ("demand", "bill", "list", "served", "capacity", "hubs", "cloud")
        }

    # ── Every quarter ────────────────────────────────────────────────────────────────────────────

    def add_quarter(self, year: int, quarter: int) -> None:
        """Add the quarter that has just been run."""
        state = self.model.state
        city, firm, nation = state["cities"], state["firms"], state["nation"]
        alive, digital = firm["alive"] > 0.5, firm["compute_spending"] > 0.0
        price = float(nation["price_level"][0])
        flows = {
            "gdp": city["gdp"].sum(),
            "real_gdp": city["real_gdp"].sum(),
            "real_digital": city["digital_revenue"].sum() / price,
            "real_investment": city["centre_investment"].sum() / price,
            "research": city["research_spending"].sum(),
            "innovation": city["innovation"].sum(),
            "entrants": city["entrants"].sum(),
            "exits": city["exits"].sum(),
            "digital_value": firm["value_added"][alive & digital].sum(),
        }
        stocks = {
            "price_level": price,
            "firms": city["firms"].sum(),
            "adoption": city["adopters"].sum() / max(city["firms"].sum(), 1.0),
        }
        for name, value in flows.items():
            self.year[name] += float(value)
        for name, level in stocks.items():
            self.year[name] += 0.25 * float(level)
        at = firm["city"].astype(np.int64)
        made = np.bincount(at, firm["innovations"] * (alive & digital), len(self.region))
        for name, values in (
            ("innovation", city["innovation"]),
            ("research", city["research_spending"]),
            ("gdp", city["gdp"]),
            ("digital", made),
        ):
            self.by_city[name] += values
        self.year["digital_innovation"] += float(made.sum())
        self.by_firm["sales"] += np.where(alive, firm["revenue"], 0.0)
        self.by_firm["research"] += np.where(alive, firm["research_spending"], 0.0)
        self._add_compute()
        self.cumulated = self.cumulated + city["innovation"]
        if (year, quarter) == PATENT_QUARTERS[0]:
            self.before = self.cumulated
        if (year, quarter) == PATENT_QUARTERS[1]:
            self._patents()
        if self.model.quarter == 1:
            self._base_year()

    def _add_compute(self) -> None:
        state = self.model.state
        demand = state["city_kinds"]["demand"].reshape(-1, len(KINDS))
        self.kinds["demand"] += demand.sum(axis=0)
        self.kinds["bill"] += (demand * state["city_kinds"]["price"].reshape(-1, len(KINDS))).sum(axis=0)
        self.kinds["list"] += 0.25 * state["kinds"]["cloud_price"]
        self.kinds["cloud"] += state["kinds"]["cloud_demand"]
        centre = state["providers"]
        if not centre.rows:
            return
        at_work, kind = centre["operating"] > 0.5, centre["kind"].astype(np.int64)
        known = [opening.centre_id.startswith("H") for opening in self.model.openings]
        hub = np.array(known + [False] * (centre.rows - len(known)))
        for name, values, where in (
            ("served", centre["served"], at_work),
            ("capacity", centre["capacity"], at_work),
            ("hubs", centre["capacity"], at_work & hub),
        ):
            self.kinds[name] += np.bincount(kind, values * where, len(KINDS))
        self.figures["dear_volume"] = max(self.figures["dear_volume"], dear_volume(state))

    # ── Every year ───────────────────────────────────────────────────────────────────────────────

    def end_year(self, year: int) -> None:
        """Close the year, and take the figures that belong to it."""
        quarterly = self.kinds["demand"] * self.eflops / 4.0
        for kind, units, price, paid in zip(
            KINDS,
            quarterly,
            self.kinds["list"],
            _ratio(self.kinds["bill"], self.kinds["demand"]),
            strict=True,
        ):
            self.year |= {f"eflops_{kind}": units, f"list_{kind}": price, f"paid_{kind}": paid}
        self.year["eflops"] = float(quarterly.sum())
        served, capacity = (float((self.kinds[name] * self.eflops).sum()) for name in ("served", "capacity"))
        self.year |= {"served": served / 4.0, "capacity": capacity / 4.0}
        for name, value in self.year.items():
            self.nation[name].append(float(value))
        self.innovation.append(self.by_city["innovation"])
        self.sales[year] = self.by_firm["sales"]
        for when, take in (
            (2015, self._patents_of_the_decade),
            (GROWTH_YEARS[1], self._growth),
            (BLOCKCHAIN_YEAR, self._blockchain),
            (YEAR, self._cross_section),
            (USE_YEAR, self._use),
        ):
            if year == when:
                take()
        self._clear()

    def _share(self, names: tuple[str, ...], values: Floats) -> float:
        rows = [self.row_of[name] for name in names if name in self.row_of]
        total = float(values.sum())
        return float(values[rows].sum()) / total if len(rows) == len(names) and total > 0 else float("nan")

    def _patents_of_the_decade(self) -> None:
        self.figures["E18"] = self._share(CAPITALS, self.cumulated)
        self.figures["E18b"] = self._share(LARGE_CITIES, self.cumulated)

    def _patents(self) -> None:
        province = np.unique(self.model.cities["province"].to_numpy(), return_inverse=True)[1]
        people = np.bincount(province, self.model.cities["population_2010"].to_numpy(dtype=float))
        before, after = (np.bincount(province, grants) for grants in (self.before, self.cumulated))
        used = (people > 0) & (before > 0)
        growth = np.log(after[used] / before[used]) / PATENT_YEARS
        self.figures["E17"] = estimate.slope(growth, np.log(before[used] / people[used]))

    def _growth(self) -> None:
        if GROWTH_YEARS[0] not in self.sales:
            return
        before, after = (self.sales[year] for year in GROWTH_YEARS)
        firm = self.model.state["firms"]
        used = (firm["alive"] > 0.5) & (firm["age"] >= 8) & (before > 0) & (after > 0)
        growth = np.log(after[used] / before[used])
        self.figures["subbotin"] = estimate.subbotin_shape(growth)
        self.figures["growth_sd"] = float(growth.std()) if len(growth) else float("nan")
        fall, spread = estimate.volatility_slope(growth, before[used])
        self.figures["volatility"] = fall
        if len(spread):
            self.figures["sd_smallest"], self.figures["sd_largest"] = float(spread[0]), float(spread[-1])

    def _blockchain(self) -> None:
        self.figures["E30"] = top_share(self.by_city["digital"], 5)

    def _cross_section(self) -> None:
        firm, city = self.model.state["firms"], self.model.state["cities"]
        sales, research = self.by_firm["sales"], self.by_firm["research"]
        whole = (firm["alive"] > 0.5) & (firm["age"] >= 4)
        self.figures["tail"] = estimate.tail_exponent(sales[whole])
        used = whole & (sales > 0) & (research > 0)
        logs = np.log(research[used]), np.log(sales[used])
        self.figures["research_pooled"] = estimate.slope(*logs)
        self.figures["research_within"] = estimate.slope(*logs, firm["city"][used].astype(np.int64))
        made, spent = self.by_city["innovation"], self.by_city["research"]
        both = (made > 0) & (spent > 0)
        self.figures["innovation_research"] = estimate.slope(np.log(made[both]), np.log(spent[both]))
        self.figures["H3"] = compute_elasticity(self.model)
        self.figures["rank_size"] = estimate.rank_size_slope(self.by_city["gdp"])
        self.figures["wage_east_west"] = _weighted_ratio(city["wage"], city["talent"], self.region)
        workers = self.model.state["city_pairs"]["workers"].reshape(len(self.region), -1)
        self.figures["away"] = float(1.0 - np.trace(workers) / max(workers.sum(), 1e-300))

    def _use(self) -> None:
        bill, total = self.kinds["bill"], float(self.kinds["bill"].sum())
        self.figures["intelligent_bill"] = float(bill[1]) / total if total > 0 else float("nan")
        use = _ratio(self.kinds["served"], self.kinds["capacity"])
        self.figures |= {f"use_{kind}": float(value) for kind, value in zip(KINDS, use, strict=True)}
        served, capacity, hubs, cloud = (
            float((self.kinds[name] * self.eflops).sum()) for name in ("served", "capacity", "hubs", "cloud")
        )
        self.figures["use"] = served / capacity if capacity > 0 else float("nan")
        self.figures["hub_share"] = hubs / (capacity + cloud) if capacity + cloud > 0 else float("nan")

    def _gdp_error(self) -> float:
        """Return the largest relative error of an observed city's share of GDP."""
        city, table = self.model.state["cities"], self.model.cities
        share, wanted = city["gdp"] / city["gdp"].sum(), city["market"] / city["market"].sum()
        basis = table.get("gdp_2010_basis")
        known = wanted > 0
        observed = known if basis is None else known & (basis == OBSERVED).to_numpy()
        observed = observed if observed.any() else known  # a table of the user's has one source
        return float(np.abs(share[observed] / wanted[observed] - 1.0).max(initial=0.0))

    def _base_year(self) -> None:
        """Take the figures of the base quarter, the first that is reported."""
        city = self.model.state["cities"]
        self.figures["base_error"] = self._gdp_error()
        lived = city["people"] > 0
        head = city["gdp"][lived] / city["people"][lived]
        self.figures["base_sigma"] = sigma(head)
        self.figures["base_east_west"] = _weighted_ratio(head, city["people"][lived], self.region[lived])
        self.figures["base_rank_size"] = estimate.rank_size_slope(city["gdp"])


def _ratio(one: Floats, other: Floats) -> Floats:
    return np.where(other > 0, one / np.where(other > 0, other, 1.0), np.nan)


def _weighted_ratio(values: Any, weights: Any, region: np.ndarray) -> float:
    """Return the weighted mean in the region east over that in the region west; NaN if either is empty."""
    means = []
    for name in ("east", "west"):
        here = region == name
        total = float(weights[here].sum())
        means.append(float((values[here] * weights[here]).sum()) / total if total > 0 else float("nan"))
    return means[0] / means[1] if means[1] > 0 else float("nan")


def dear_volume(state: Any) -> float:
    """Return the share of contracted compute that costs more, delivered, than the commercial cloud."""
    count = state["offers"].rows
    flow = state["city_offers"]["flow"].reshape(-1, count)
    asked = state["city_offers"]["delivered_price"].reshape(-1, count)
    services = state["services"].rows
    cloud = state["city_services"]["cloud_delivered_price"].reshape(-1, services)
    dearer = asked > cloud[:, state["offers"]["service"].astype(np.int64)] * (1.0 + 1e-9)
    total = float(flow.sum())
    return float(flow[dearer].sum()) / total if total > 0 else 0.0


def compute_elasticity(model: RegionalModel) -> float:
    """Return the elasticity of adopters' own innovations to compute with their talent held fixed (row H3).

    A budget R with compute K in it becomes R + ε·K; the rule for own innovations is applied to both.
    """
    firm, given = model.state["firms"], model.parameters
    used = np.flatnonzero(
        (firm["alive"] > 0.5)
        & (firm["compute_spending"] > 0)
        & (firm["own_intensity"] > 0)
        & (firm["lines"] > 0)
    )
    used = used[np.linspace(0, len(used) - 1, min(PERTURBED, len(used))).astype(int)] if len(used) else used
    gain, weight = 0.0, 0.0
    for row in used:
        budget, lines = float(firm["research_spending"][row]), float(firm["lines"][row])
        more = budget + STEP * float(firm["compute_spending"][row])
        plain, raised = (
            own_intensity(money, lines, 1.0, 1.0, given.base_intensity, given.research_returns)
            for money in (budget, more)
        )
        innovations = float(firm["own_intensity"][row]) * lines
        gain += innovations * (raised / plain - 1.0) / STEP
        weight += innovations
    return gain / weight if weight > 0 else float("nan")
