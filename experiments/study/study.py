"""Twin runs: the same country and the same luck, with and without the scenario's centres.

Draws are tied to (seed, stream, quarter, agent), so the two runs of a pair are the same to the bit
until the first centre opens, and whatever differs afterwards is caused by centres. A pair is the plan with
two arms; ``experiments.study.run_study`` has plans with any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import networkx as nx
import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from model.extensions.extended_model import Extensions, extended
from model.parameters import Parameters
from model.regional_model import BUILT_RECORDED, PROVIDER_RECORDED, RECORDED, RegionalModel
from model.scenarios.scenario import Scenario, date_of

# Flows are added up over the year, everything else is averaged.
FLOWS = frozenset({
    "innovation", "own_innovation", "conversion_innovation", "realised_innovation", "entrants", "exits",
    "revenue", "research_spending", "compute_use", "hosted_tasks", "voucher_paid", "value_added",
    "climbs", "falls",
})  # fmt: skip
DATES = frozenset({"new_since"})  # these as they are at the end of the year
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
        """Columns of cities that are kept, beside those that extensions add."""
        ...

    @property
    def extension(self) -> Extensions:
        """Extensions of the model that every run has."""
        ...

    @property
    def check(self) -> bool:
        """Whether all invariants are held after every quarter."""
        ...


@dataclass(frozen=True)
class Study:
    """What is to be run: one scenario and its twin for every seed, through the end of ``until``.

    ``extension``: rules, parameters, agents of one's own, as ``RegionalModel`` takes them, in both runs of a
    pair.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    parameters: Parameters
    until: int
    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    threads: int = 1
    measures: tuple[str, ...] = RECORDED
    extension: Extensions = None
    check: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", extended(self.extension).settle(self.parameters))

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
    model = model_of(plan, seed, arm)
    cities = model.cities["city_id"].to_numpy()
    at_start = {name: model.state["cities"][name].copy() for name in AT_START}
    start = pd.DataFrame({"seed": seed, "city_id": cities, **at_start})
    model.run_until(plan.until)
    centres = yearly_centres(model)
    centres.insert(0, "seed", seed)
    return Record(yearly_cities(model, plan, seed, arm), centres, start)


def try_run(plan: Runs, run: tuple[int, str]) -> Record | str:
    """Return the record of one run (seed, arm), or, if it failed, a text that says why."""
    try:
        return run_one(plan, *run)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def model_of(plan: Runs, seed: int, arm: str) -> RegionalModel:
    """The model of one run at time 0."""
    return RegionalModel(
        plan.parameters, plan.arms[arm], seed, cities=plan.cities, centres=plan.centres,
        network=plan.network, threads=plan.threads, extension=plan.extension, check_invariants=plan.check,
    )  # fmt: skip


def yearly_cities(model: RegionalModel, plan: Runs, seed: int, arm: str) -> pd.DataFrame:
    """The panel of ``Record`` of a run that is over."""
    wanted = (*plan.measures, *model.extended.recorded)
    kept = tuple(name for name in wanted if name in model.history)  # mechanisms may be off
    panel = yearly(model, kept, model.history, model.cities["city_id"].to_numpy(), "city_id")
    panel.insert(0, "seed", seed)
    panel.insert(1, "arm", arm)
    return panel


def yearly_centres(model: RegionalModel) -> pd.DataFrame:
    """Yearly records of the centres, those built in the course of the run included.

    centre_id, city_id, kind, opened, capacity (of the year), year, then the recorded measures. A row of the
    table of centres may be used by one centre after another; a centre is a row and the quarter it opens,
    and its year is the one in whose last quarter it stands.
    """
    start, ids = model.parameters.start_year, model.cities["city_id"].to_numpy()
    known = [opening.centre_id for opening in model.openings]
    rows = model.state["providers"].rows
    frame = yearly(model, PROVIDER_RECORDED, model.provider_history, np.arange(rows), "row")
    if not model.parameters.building_slots:
        facts = {
            "city": np.array([opening.city for opening in model.openings], dtype=int),
            "kind": np.array([KINDS.index(opening.kind) for opening in model.openings], dtype=int),
            "opens": np.array([opening.quarter for opening in model.openings], dtype=int),
            "capacity": model.state["providers"]["capacity"],
        }
        for name, values in facts.items():
            frame[name] = values[frame["row"]]
    else:
        years = len(frame) // rows
        for name in BUILT_RECORDED:
            frame[name] = np.array(model.provider_history[name])[3 : 4 * years : 4].ravel()
        frame = frame[frame["taken"] > 0.5].drop(columns=["taken", "public"])
    opens = frame["opens"].astype(int)
    city = frame["city"].astype(int)
    names = [
        known[row] if row < len(known) else f"B{row - len(known) + 1}-{date_of(quarter, start)}"
        for row, quarter in zip(frame["row"], opens, strict=True)
    ]
    found = pd.DataFrame({
        "centre_id": np.array(names, dtype=object),
        "city_id": ids[city] if len(frame) else np.array([], dtype=int),
        "kind": np.array(KINDS, dtype=object)[frame["kind"].astype(int)],
        "opened": np.array([date_of(quarter, start) for quarter in opens], dtype=object),
        "capacity": frame["capacity"].to_numpy(),
        "year": frame["year"].to_numpy(),
    })  # fmt: skip
    return found.assign(**{name: frame[name].to_numpy() for name in PROVIDER_RECORDED})


def yearly(
    model: RegionalModel,
    names: Sequence[str],
    history: Mapping[str, list[Any]],
    ids: np.ndarray,
    id_name: str,
) -> pd.DataFrame:
    """Quarterly records to one row per year and agent: flows added, dates kept, all else averaged."""
    years = len(history[names[0]]) // 4
    start = model.parameters.start_year
    frame: dict[str, Any] = {
        "year": np.repeat(np.arange(start, start + years), len(ids)),
        id_name: np.tile(ids, years),
    }
    for name in names:
        values = np.array(history[name][: 4 * years]).reshape(years, 4, len(ids))
        if name in DATES:
            frame[name] = values[:, -1].ravel()
        else:
            frame[name] = (values.sum(axis=1) if name in FLOWS else values.mean(axis=1)).ravel()
    return pd.DataFrame(frame)
