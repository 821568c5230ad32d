"""Immutable state of the runs at the end of a quarter, from which the page is drawn.

The page draws in one thread while another steps the models, so it never reads a model. Columns are copied;
the past is read from lists that only grow, up to the quarter of the snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from experiments.measures.effect_tables import percent_change
from experiments.measures.twin_pairs import Pair
from model import RegionalModel
from model.country.country import Country
from viz.app.explore.run_options import ALL
from viz.number_text import number

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
        ranks: Ranks of the cities in innovation, (C,) each.
    """

    innovation: list[float] = field(default_factory=list)
    gdp: list[float] = field(default_factory=list)
    use: list[npt.NDArray[np.float64]] = field(default_factory=list)
    theil: list[float] = field(default_factory=list)
    sigma: list[float] = field(default_factory=list)
    ranks: list[npt.NDArray[np.float64]] = field(default_factory=list)


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
        return np.mean(past, axis=0) if past else arm.cities[name]

    def series(self, arm: Arm, name: str, row: int) -> np.ndarray:
        """Return a recorded column of one city in all quarters, (T,)."""
        return np.array([values[row] for values in arm.past[name][: self.quarter]])

    @property
    def pair(self) -> Pair:
        """The last four quarters as one year of a pair of runs; the hosts are the treated cities."""
        arms = (
            {name: self.recent_mean(arm, name)[None] for name in arm.past} for arm in (self.run, self.twin)
        )
        return Pair(0, np.array([self.start_year + self.quarter // YEAR]), self.treated, *arms)

    def effect(self, name: str = "innovation", how: str = "log") -> np.ndarray:
        """Return the effect on each city over four quarters, (C,).

        how: ``log`` for 100·ln ratio, ``difference`` for 100 × difference, ``rungs`` for the difference.
        """
        treated, control = self.recent_mean(self.run, name), self.recent_mean(self.twin, name)
        if how != "log":
            return (1.0 if how == "rungs" else 100.0) * (treated - control)
        both = (treated > 0) & (control > 0)
        ratio = np.divide(treated, control, out=np.ones_like(treated), where=both)
        return np.where(both, 100.0 * np.log(ratio), np.nan)

    @property
    def summary(self) -> str:
        """The national totals and their difference from the twin, as a sentence."""
        run, twin, quarter = self.run.totals, self.twin.totals, self.quarter
        change = percent_change(run.innovation[quarter], twin.innovation[quarter])
        richer = percent_change(run.gdp[quarter], twin.gdp[quarter])
        gap = percent_change(run.theil[quarter], twin.theil[quarter])
        return (
            f"{number(run.innovation[quarter], 1)} innovations a quarter, {number(change, 1, signed=True)} % "
            f"against the twin; real GDP {number(richer, 2, signed=True)} %; "
            f"Theil index {number(run.theil[quarter], 3)}, {number(gap, 1, signed=True)} %."
        )


def make_arm(run: RegionalModel, totals: Totals) -> Arm:
    """Copy the current state of a run."""
    state = run.state
    known = [name for name in RECORDED if name in state["cities"]]  # mechanisms may be off
    absent = np.zeros(state["cities"].rows)
    columns = {name: frozen(state["cities"][name] if name in known else absent) for name in RECORDED}
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
