"""Scenarios: which centres open where and when, and which parameters differ. Frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from agents.names import nearest
from model.draws import stream_key, uniforms

QUARTER_PATTERN = re.compile(r"^(\d{4})(?:Q([1-4]))?$")


class ScenarioError(ValueError):
    """A scenario that does not exist or cannot be."""


@dataclass(frozen=True)
class Opening:
    """A centre that opens: row of its city, kind of compute, quarter (from the first year), relative size."""

    centre_id: str
    city: int
    kind: str
    quarter: int
    size: float = 1.0


@dataclass(frozen=True)
class Scenario:
    """What is done to the economy.

    ``centres`` says which centres open: ``actual`` those of the centre table at their dates, ``none``
    none, ``random`` ``random_hosts`` cities outside the core, drawn anew for each seed. ``openings``
    are further ones. ``changes`` are parameters that differ from their defaults. The twin of a
    scenario opens nothing and changes nothing else.
    """

    name: str
    meaning: str
    centres: str = "none"
    random_hosts: int = 8
    random_opens: str = "2010Q1"
    changes: Mapping[str, float] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()

    def twin(self) -> Scenario:
        """The same world in which no centre opens."""
        return replace(self, name=f"{self.name}-twin", centres="none", openings=())


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("actual", "the real centres open at their real dates", "actual"),
        Scenario("none", "no centre ever opens", "none"),
        Scenario(
            "random_hosts",
            "eight centres, each of all three kinds, in cities drawn outside the core anew for each seed",
            "random",
        ),
        Scenario(
            "chain",
            "firms climb and fall between rungs of value added while the real centres open",
            "actual",
            changes={"chain_leap": 0.5},
        ),
        Scenario(
            "paradigm",
            "a new technique that has to be learned arrives in 2012, while the real centres open",
            "actual",
            changes={"paradigm_arrival": 2012.0},
        ),
    )
}


def find_scenario(wanted: str | Scenario) -> Scenario:
    """The scenario of that name (or the value itself).

    Raises:
        ScenarioError: no scenario has that name; the text names the nearest.
    """
    if isinstance(wanted, Scenario):
        return wanted
    if wanted in SCENARIOS:
        return SCENARIOS[wanted]
    near = nearest(str(wanted), SCENARIOS, cutoff=0.4)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(SCENARIOS)}"
    raise ScenarioError(f"there is no scenario {wanted!r}; {hint}")


def quarter_of(date: str, start_year: int) -> int:
    """Quarters from the first quarter of ``start_year`` to a date like ``2016Q2`` or ``2016`` (its first)."""
    match = QUARTER_PATTERN.match(date.strip())
    if not match:
        raise ScenarioError(f"{date!r} is no quarter: write 2016Q2 or 2016")
    return (int(match[1]) - start_year) * 4 + int(match[2] or 1) - 1


def date_of(quarter: int, start_year: int) -> str:
    """The date of a quarter, like ``2016Q2``."""
    return f"{start_year + quarter // 4}Q{quarter % 4 + 1}"


def core_cities(cities: pd.DataFrame) -> np.ndarray:
    """Rows of the core: the tenth of cities with the largest GDP of 2010 (at least one)."""
    order = np.argsort(-cities["gdp_2010"].to_numpy(), kind="stable")
    return np.sort(order[: max(1, len(order) // 10)])


def openings_of(
    scenario: Scenario, cities: pd.DataFrame, centres: pd.DataFrame, start_year: int, seed: int
) -> tuple[Opening, ...]:
    """The centres that open in a run of the scenario, by seed, in order of opening."""
    found = list(scenario.openings)
    if scenario.centres == "actual":
        row_of = {int(city): row for row, city in enumerate(cities["city_id"])}
        for centre in centres.itertuples():
            if isinstance(centre.opened, str) and int(centre.city_id) in row_of:
                quarter = quarter_of(centre.opened, start_year)
                row = row_of[int(centre.city_id)]
                found.append(
                    Opening(str(centre.centre_id), row, str(centre.kind), quarter, float(centre.capacity))
                )
    elif scenario.centres == "random":
        outside = np.setdiff1d(np.arange(len(cities)), core_cities(cities))
        luck = uniforms(stream_key(seed, "scenario.random_hosts", 0), np.arange(len(cities)))[outside]
        hosts = np.sort(outside[np.argsort(luck, kind="stable")[: scenario.random_hosts]])
        quarter = quarter_of(scenario.random_opens, start_year)
        found += [
            Opening(f"R{row}-{kind}", int(row), kind, quarter, 1.0 / len(KINDS))
            for row in hosts
            for kind in KINDS
        ]
    elif scenario.centres != "none":
        raise ScenarioError(
            f"scenario {scenario.name}: centres {scenario.centres!r} is not actual, none or random"
        )
    return tuple(sorted(found, key=lambda opening: opening.quarter))
