"""``Study``: the runs that answer one question, each an arm (a scenario) with a seed.

Draws are tied to (seed, stream, quarter, agent). Two arms of one seed are therefore the same to the bit until
something that their scenarios or parameters change makes itself felt; whatever differs afterwards is caused
by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from model.country.country import Country
from model.extensions.extended_model import Extensions, extended
from model.parameters import Parameters
from model.records import RECORDED
from model.scenarios.scenario import Scenario

WITH, WITHOUT = "with", "without"  # the arms of twins: the scenario, and the same without its centres


class Run(NamedTuple):
    """The name of a run within its study."""

    seed: int
    arm: str

    def __str__(self) -> str:
        return f"seed {self.seed} {self.arm}"


@dataclass(frozen=True)
class Study:
    """Arms to run with every seed through the end of the year ``until``.

    Attributes:
        arms: Name of an arm → its scenario, which may change parameters; ``twins(scenario)`` for a pair of
            twins.
        seeds: Every arm runs with each of them.
        parameters: Parameters before a scenario's own changes.
        until: Last year.
        country: Cities, centres and network of every run.
        threads: Threads of a run.
        measures: Columns of cities that are recorded, in addition to those that extensions add.
        extension: User-defined rules, parameters and agents, as ``RegionalModel`` takes them, in every run.
        check_invariants: Check all invariants after every quarter.
        arms_of: Seed → names of the arms that it runs; None: every seed runs every arm.
    """

    arms: Mapping[str, Scenario]
    seeds: tuple[int, ...]
    parameters: Parameters
    until: int
    country: Country
    threads: int = 1
    measures: tuple[str, ...] = RECORDED
    extension: Extensions = None
    check_invariants: bool = False
    arms_of: Mapping[int, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        whole = extended(self.extension)
        object.__setattr__(self, "extension", whole.extensions)  # the text of now, though its file may change
        object.__setattr__(self, "parameters", whole.coerce_parameters(self.parameters))

    @property
    def scenario(self) -> Scenario:
        """The scenario of a pair of twins. Raises KeyError if there is no arm ``with``."""
        return self.arms[WITH]

    @property
    def runs(self) -> list[Run]:
        """All runs, seed by seed."""
        own = self.arms_of
        return [Run(seed, arm) for seed in self.seeds for arm in (self.arms if own is None else own[seed])]


def twins(scenario: Scenario, against: str = "none") -> dict[str, Scenario]:
    """Return the arms of a pair of twins: the scenario, and the same country without its centres.

    against: ``own`` leaves out the scenario's own openings alone.
    """
    own = against == "own"
    return {WITH: scenario, WITHOUT: replace(scenario, places=(), openings=()) if own else scenario.twin()}


def twin_arms(points: Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Return two arms for each named scenario: itself (``NAME with``) and its twin (``NAME without``)."""
    return {
        f"{name} {arm}": scenario for name, point in points.items() for arm, scenario in twins(point).items()
    }


def changed(scenario: Scenario, changes: Mapping[str, float]) -> Scenario:
    """Return the scenario with further changes of parameters, which come on top of its own."""
    return replace(scenario, parameters={**scenario.parameters, **changes})
