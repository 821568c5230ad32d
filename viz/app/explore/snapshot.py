"""Immutable state of the runs at the end of a quarter, from which the page is drawn.

The page draws in one thread while another steps the models, so it never reads a model. Columns are copied;
the past is read from lists that only grow, up to the quarter of the snapshot.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from agents.compute_provider import KINDS
from experiments.measures.inequality import sigma, theil
from experiments.measures.twin_pairs import Pair
from model import RegionalModel
from model.country.country import Country
from viz.app.explore.run_options import ALL

Flow = tuple[int, int, float]  # from, to (rows of cities), amount

YEAR = 4  # quarters over which the effect on a city is averaged
# Columns of cities that the page reads; no other is recorded, so that memory stays small.
RECORDED = (
    "innovation",
    "firms",
    "entrants",
    "talent",
    "wage",
    "adoption_share",
    "attention",
    "ip_protection",
    "data",
    "compute_price",
    "compute_use",
    "real_gdp",
    "people",
    "labour_wage",
    "price_level",
    "chain_position",
)
CENTRES = (
    "city",
    "kind",
    "opens",
    "operating",
    "capacity",
    "utilisation",
    "price",
    "load",
    "dedicated",
    "industry",
)


@dataclass(frozen=True, eq=False)
class Totals:
    """National measures at the ends of quarters 0 to T; the lists grow as a run proceeds.

    Attributes:
        innovation: Innovations of all cities per quarter.
        gdp: Real GDP of the country, money/quarter.
        use: Use of each kind of compute, (3,) each, compute/quarter.
        theil: Theil index of innovation between cities.
        sigma: Standard deviation of log innovation.
        recent_theil: Theil index of innovation over the last four quarters, the window of all effects.
        spent: Depreciation and interest of the centres' capacity, money/quarter.
        income: GDP of the country, money/quarter.
        power: Electricity of the centres, kWh·money/CNY/quarter.
        green_power: The green part of it.
        own: What extensions record of the country, by name.
    """

    innovation: list[float] = field(default_factory=list)
    gdp: list[float] = field(default_factory=list)
    use: list[npt.NDArray[np.float64]] = field(default_factory=list)
    theil: list[float] = field(default_factory=list)
    sigma: list[float] = field(default_factory=list)
    recent_theil: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    income: list[float] = field(default_factory=list)
    power: list[float] = field(default_factory=list)
    green_power: list[float] = field(default_factory=list)
    own: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Arm:
    """One run at the end of a quarter.

    Attributes:
        cities: Columns of the C cities.
        centres: Columns of the P centres.
        names: centre_id of each centre.
        link_load: Load of each link, (L,).
        link_capacity: Capacity of each link, (L,).
        past: Recorded columns of the cities, (C,) for each quarter; the lists grow.
        totals: National measures.
    """

    cities: Mapping[str, np.ndarray]
    centres: Mapping[str, np.ndarray]
    names: tuple[str, ...]
    link_load: np.ndarray
    link_capacity: np.ndarray
    past: Mapping[str, list[np.ndarray]]
    totals: Totals

    @property
    def open(self) -> np.ndarray:
        """Rows of the centres that are open."""
        return np.flatnonzero(self.centres["operating"] > 0.5)

    @property
    def hosts(self) -> np.ndarray:
        """Rows of the cities with an open centre, ascending."""
        return np.unique(self.centres["city"][self.open].astype(int))


@dataclass(frozen=True, eq=False)
class SeedPair:
    """A run with some seed and its twin: the last four quarters of the cities, and the national measures."""

    pair: Pair
    run: Totals
    twin: Totals


class Sample(Protocol):
    """Pairs of the same comparison with other seeds."""

    def seed_pairs(self, quarter: int, against: str) -> tuple[SeedPair, ...]:
        """Return the pairs of the seeds that have come to a quarter."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The run and its twin at the end of a quarter."""

    country: Country
    title: str
    quarter: int
    start_year: int
    date: str  # like 2016Q2; "" before the first quarter
    run: Arm
    twin: Arm
    against: str
    own: tuple[tuple[int, int, int], ...]  # (row of the city, kind, quarter) of the visitor's centres
    flows: tuple[Flow, ...] = ()  # the largest of the run, if they are shown
    twin_flows: tuple[Flow, ...] = ()
    seed: int = 1
    sample: Sample | None = None  # of other seeds

    @property
    def times(self) -> np.ndarray:
        """Ends of the quarters, in years, (T+1,); the first is the start of the first year."""
        return self.start_year + np.arange(self.quarter + 1) / 4

    @property
    def treated(self) -> np.ndarray:
        """Rows of the cities with an open centre that is not in the twin, ascending."""
        if self.against == ALL:
            return self.run.hosts
        return np.unique([city for city, _, quarter in self.own if quarter < self.quarter]).astype(int)

    def recent_mean(self, arm: Arm, name: str) -> np.ndarray:
        """Return the mean of a recorded column over the last four quarters, (C,)."""
        past = arm.past[name][max(0, self.quarter - YEAR) : self.quarter]
        return np.mean(past, axis=0) if past else arm.cities.get(name, np.zeros(len(self.country.cities)))

    def series(self, arm: Arm, name: str, row: int) -> np.ndarray:
        """Return a recorded column of one city in all quarters, (T,)."""
        return np.array([values[row] for values in arm.past[name][: self.quarter]])

    @functools.cached_property
    def seed_pairs(self) -> tuple[SeedPair, ...]:
        """The visitor's pair, and those of the other seeds that have come as far."""
        others = self.sample.seed_pairs(self.quarter, self.against) if self.sample else ()
        return (SeedPair(self.pair, self.run.totals, self.twin.totals), *others)

    @property
    def pairs(self) -> list[Pair]:
        """The pairs of ``seed_pairs``, as the tables of ``experiments.measures`` take them."""
        return [one.pair for one in self.seed_pairs]

    @functools.cached_property
    def pair(self) -> Pair:
        """The last four quarters as one year of a pair of runs; the hosts are the treated cities."""
        arms = (
            {name: self.recent_mean(arm, name)[None] for name in arm.past} for arm in (self.run, self.twin)
        )
        year = np.array([self.start_year + self.quarter // YEAR])
        return Pair(self.seed, year, self.treated, *arms)


def make_arm(run: RegionalModel, totals: Totals) -> Arm:
    """Copy the current state of a run."""
    state = run.state
    known = [name for name in RECORDED if name in state["cities"]]  # mechanisms may be off
    absent = np.zeros(state["cities"].rows)
    columns = {name: frozen(state["cities"][name] if name in known else absent) for name in RECORDED}
    own = {one.name: one for one in run.extended.reported if one.by == "city"}
    columns |= {name: frozen(run.extended.measure(one, state, "city")) for name, one in own.items()}
    return Arm(
        cities=MappingProxyType(columns),
        centres=MappingProxyType({name: frozen(state["providers"][name]) for name in CENTRES}),
        names=tuple(opening.centre_id for opening in run.openings),
        link_load=frozen(state.arrays["link_load"]),
        link_capacity=frozen(state.arrays["link_capacity"]),
        past=MappingProxyType(run.history),
        totals=totals,
    )


def frozen(values: npt.ArrayLike) -> np.ndarray:
    """Return a copy that cannot be written."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


def record_totals(model: RegionalModel, totals: Totals) -> None:
    """Add the national measures at the end of a model's current quarter."""
    cities = model.state["cities"]
    innovation, past = cities["innovation"], model.history["innovation"][-YEAR:]
    totals.innovation.append(float(innovation.sum()))
    totals.gdp.append(float(cities["real_gdp"].sum()))
    use = np.asarray(model.state["city_kinds"]["demand"], dtype=np.float64)
    totals.use.append(use.reshape(-1, len(KINDS)).sum(axis=0))
    totals.theil.append(theil(innovation))
    totals.sigma.append(sigma(innovation))
    totals.recent_theil.append(theil(np.mean(past, axis=0) if past else innovation))
    providers = model.state["providers"]
    totals.spent.append(float(cities["centre_investment"].sum()))
    totals.income.append(float(cities["gdp"].sum()))
    totals.power.append(float(providers["power_use"].sum()))
    totals.green_power.append(float(providers["green_power"].sum()))
    for name, value in own_numbers(model).items():
        totals.own.setdefault(name, []).append(value)


def own_numbers(model: RegionalModel) -> dict[str, float]:
    """Return what extensions record of the country: measures, and means of the columns of cities they add."""
    extended, cities = model.extended, model.state["cities"]
    found = {one.name: float(extended.measure(one, model.state, "nation")[0]) for one in extended.measures}
    columns = [name for name in extended.recorded if name not in found and name in cities]
    return found | {name: float(cities[name].mean()) for name in columns}


def kept_history(model: RegionalModel, columns: Iterable[str] = RECORDED) -> dict[str, list[np.ndarray]]:
    """Return the past of the columns that the page reads, and of what extensions record of cities."""
    recorded = (*columns, *model.extended.recorded)
    return {name: model.history[name] for name in recorded if name in model.history}
