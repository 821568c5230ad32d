"""What the page draws: the runs at the end of a quarter, which nothing changes any more.

The page draws in one thread while another steps, so it never sees a model. Columns are copied; what happened
before is read from lists that only grow, as far as the snapshot goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from experiments.measures.effects import percent_change
from model import RegionalModel
from viz.app.explore.run_options import ALL
from viz.number_text import number

Flow = tuple[int, int, float]  # from, to (rows of cities), amount

YEAR = 4  # quarters over which the effect on a city is averaged
# Recorded columns of cities that the page reads; the others are not kept, so that memory stays small.
KEPT = ("innovation", "firms", "entrants", "talent", "wage", "adoption_share", "attention", "ip_protection",
        "data", "compute_price", "compute_use")  # fmt: skip
CENTRES = ("city", "kind", "opens", "operating", "capacity", "utilisation", "price", "load", "dedicated",
           "industry")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Country:
    """What all sessions of a server share and none changes: C cities, known centres, the network."""

    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    links: np.ndarray  # (L, 2) rows of the cities that a link joins
    path: str = ""  # the visitor's own table, if it is not the shipped one

    def __deepcopy__(self, memo: object) -> Country:
        return self


@dataclass(frozen=True, eq=False)
class Arm:
    """One run at the end of a quarter. ``past`` has lists that grow: arrays (C,) of every quarter run.

    ``centres``: columns of the P centres. ``totals``: innovation, Theil index and σ at the ends of quarters
    0 to T, lists that grow as well, and ranks of the cities in innovation (C,).
    """

    cities: Mapping[str, np.ndarray]
    centres: Mapping[str, np.ndarray]
    names: tuple[str, ...]  # centre_id of each
    link_load: np.ndarray
    link_capacity: np.ndarray
    past: Mapping[str, list[np.ndarray]]
    totals: Mapping[str, list[Any]]

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
    """The runs as they were at the end of a quarter: the one that is watched, and its twin."""

    country: Country
    title: str
    quarter: int
    start_year: int
    date: str  # like 2016Q2; "" before the first quarter
    run: Arm
    twin: Arm
    against: str
    own: tuple[tuple[int, int, int], ...]  # (row of the city, kind, quarter) of the visitor's own centres
    flows: tuple[Flow, ...] = ()  # the largest of the run, if they are shown
    twin_flows: tuple[Flow, ...] = ()

    def __deepcopy__(self, memo: object) -> Snapshot:
        return self  # nothing in it can change

    @property
    def times(self) -> np.ndarray:
        """Ends of the quarters, in years, (T+1,); the first is the start of the first year."""
        return self.start_year + np.arange(self.quarter + 1) / 4

    @property
    def treated(self) -> np.ndarray:
        """Rows of the cities with an open centre that the twin has not, ascending."""
        if self.against == ALL:
            return self.run.hosts
        return np.unique([city for city, _, quarter in self.own if quarter < self.quarter]).astype(int)

    def lately(self, arm: Arm, name: str) -> np.ndarray:
        """Mean of a recorded column over the last four quarters, (C,)."""
        past = arm.past[name][max(0, self.quarter - YEAR) : self.quarter]
        return np.mean(past, axis=0) if past else arm.cities[name]

    def series(self, arm: Arm, name: str, row: int) -> np.ndarray:
        """A recorded column of one city in all quarters run, (T,)."""
        return np.array([values[row] for values in arm.past[name][: self.quarter]])

    def effect(self, name: str = "innovation", how: str = "log") -> np.ndarray:
        """Effect on each city over the last four quarters, (C,): 100·ln ratio, or 100 × difference."""
        treated, control = self.lately(self.run, name), self.lately(self.twin, name)
        if how == "difference":
            return 100.0 * (treated - control)
        both = (treated > 0) & (control > 0)
        ratio = np.divide(treated, control, out=np.ones_like(treated), where=both)
        return np.where(both, 100.0 * np.log(ratio), np.nan)

    @property
    def summary(self) -> str:
        """What the two runs say, in a sentence."""
        now = {name: (self.run.totals[name][self.quarter], self.twin.totals[name][self.quarter])
               for name in ("innovation", "theil")}  # fmt: skip
        change, gap = (percent_change(*now[name]) for name in ("innovation", "theil"))
        return (
            f"{number(now['innovation'][0], 1)} innovations a quarter, {number(change, 1, signed=True)} % "
            f"against the twin; Theil index {number(now['theil'][0], 3)}, {number(gap, 1, signed=True)} %."
        )


def arm_of(run: RegionalModel, totals: Mapping[str, list[Any]]) -> Arm:
    """A run as it is now."""
    state = run.state
    arrays = state.arrays
    return Arm(
        cities=MappingProxyType({name: frozen(state["cities"][name]) for name in KEPT}),
        centres=MappingProxyType({name: frozen(state["providers"][name]) for name in CENTRES}),
        names=tuple(opening.centre_id for opening in run.openings),
        link_load=frozen(arrays["link_load"]),
        link_capacity=frozen(arrays["link_capacity"]),
        past=MappingProxyType(run.history),
        totals=totals,
    )


def frozen(values: Any) -> np.ndarray:
    """A copy that cannot be written."""
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array
