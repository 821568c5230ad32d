"""Twin runs: the same country and the same luck, with and without the scenario's centres.

Draws are tied to (seed, stream, quarter, agent), so the two runs of a pair are the same to the bit
until the first centre opens, and whatever differs afterwards is caused by centres. A pair is the plan with
two arms; ``experiments.arms`` has plans with any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import networkx as nx
import numpy as np
import pandas as pd

from model.parameters import Parameters
from model.regional_model import PROVIDER_RECORDED, RECORDED, RegionalModel
from model.scenario import Scenario, date_of

# Flows are added up over the year, everything else is averaged.
FLOWS = frozenset({
    "innovation", "own_innovation", "conversion_innovation", "realised_innovation", "entrants", "exits",
    "revenue", "research_spending", "compute_use", "hosted_tasks", "voucher_paid",
})  # fmt: skip
WITH, WITHOUT = "with", "without"
# What is noted of every city at time 0, the start of the first reported quarter.
AT_START = (
    "business_environment", "data_openness", "redundancy", "fiscal_decentralisation", "market", "talent",
    "firms", "adoption_share", "innovation",
)  # fmt: skip


class Runs(Protocol):
    """What ``run_one`` has to know: the arms, and what all of them share."""

    @property
    def arms(self) -> Mapping[str, Scenario]:
        """The scenario of each arm, by the arm's name."""
        ...

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of every arm."""
        ...

    @property
    def parameters(self) -> Parameters:
        """Parameters before a scenario's own changes."""
        ...

    @property
    def until(self) -> int:
        """Last year."""
        ...

    @property
    def cities(self) -> pd.DataFrame:
        """Table of cities."""
        ...

    @property
    def centres(self) -> pd.DataFrame:
        """Table of centres."""
        ...

    @property
    def network(self) -> nx.Graph[int]:
        """Compute network."""
        ...

    @property
    def threads(self) -> int:
        """Threads of a run."""
        ...

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns of cities that are kept."""
        ...


@dataclass(frozen=True)
class Study:
    """What is to be run: one scenario and its twin for every seed, through the end of ``until``."""

    scenario: Scenario
    seeds: tuple[int, ...]
    parameters: Parameters
    until: int
    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    threads: int = 1
    measures: tuple[str, ...] = RECORDED

    @property
    def arms(self) -> dict[str, Scenario]:
        """The two arms of a pair."""
        return {WITH: self.scenario, WITHOUT: self.scenario.twin()}


@dataclass(frozen=True)
class Record:
    """What is kept of one run.

    ``panel``: seed, arm, year, city_id, then the measures (flows per year, stocks as the year's mean).
    ``centres``: seed, centre_id, city_id, kind, opened, capacity, year, then the recorded measures of
    centres. ``start``: seed, city_id, then the columns ``AT_START`` at time 0.
    """

    panel: pd.DataFrame
    centres: pd.DataFrame
    start: pd.DataFrame


@dataclass
class TwinResults:
    """Yearly results of all pairs.

    ``panel`` (its arms ``with`` and ``without``), ``centres`` (of the runs with centres) and ``start`` (of
    the runs without) are those of ``Record``, all seeds. ``failures``: run → what went wrong.
    """

    study: Study
    panel: pd.DataFrame
    centres: pd.DataFrame
    failures: Mapping[str, str] = field(default_factory=dict)
    start: pd.DataFrame = field(default_factory=pd.DataFrame)


def run_one(plan: Runs, seed: int, arm: str) -> Record:
    """One run: its yearly city panel, its yearly table of centres, and its cities at time 0."""
    model = RegionalModel(
        plan.parameters, plan.arms[arm], seed, cities=plan.cities, centres=plan.centres,
        network=plan.network, threads=plan.threads,
    )  # fmt: skip
    cities = model.cities["city_id"].to_numpy()
    at_start = {name: model.state["cities"][name].copy() for name in AT_START}
    start = pd.DataFrame({"seed": seed, "city_id": cities, **at_start})
    model.run_until(plan.until)
    panel = yearly(model, plan.measures, model.history, cities, "city_id")
    panel.insert(0, "seed", seed)
    panel.insert(1, "arm", arm)
    ids = np.array([opening.centre_id for opening in model.openings], dtype=object)
    centres = yearly(model, PROVIDER_RECORDED, model.provider_history, ids, "centre_id")
    first = model.parameters.start_year
    facts = pd.DataFrame({
        "centre_id": ids,
        "city_id": [int(model.cities["city_id"].iloc[o.city]) for o in model.openings],
        "kind": [o.kind for o in model.openings],
        "opened": [date_of(o.quarter, first) for o in model.openings],
        "capacity": model.state["providers"]["capacity"],
    })  # fmt: skip
    centres = facts.merge(centres, on="centre_id") if len(facts) else facts
    centres.insert(0, "seed", seed)
    return Record(panel, centres, start)


def yearly(
    model: RegionalModel,
    names: Sequence[str],
    history: Mapping[str, list[Any]],
    ids: np.ndarray,
    id_name: str,
) -> pd.DataFrame:
    """Quarterly records to one row per year and agent: flows added, all else averaged over the year."""
    years = len(history[names[0]]) // 4
    start = model.parameters.start_year
    frame: dict[str, Any] = {
        "year": np.repeat(np.arange(start, start + years), len(ids)),
        id_name: np.tile(ids, years),
    }
    for name in names:
        values = np.array(history[name][: 4 * years]).reshape(years, 4, len(ids))
        frame[name] = (values.sum(axis=1) if name in FLOWS else values.mean(axis=1)).ravel()
    return pd.DataFrame(frame)
