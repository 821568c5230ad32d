"""A row of the validation: a published figure or sign beside what the model gives, and a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import networkx as nx
import pandas as pd

from experiments.measures.findings import FAILS, HOLDS, UNDECIDED
from experiments.study.run_study import ArmResults, Plan, twin_arms
from experiments.study.study import TwinResults
from model.extensions.extended_model import Extensions
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

NOT_CLAIMED = "not claimed"
VERDICTS = (HOLDS, FAILS, UNDECIDED, NOT_CLAIMED)
KINDS = ("analytic", "invariant", "sign", "validation", "calibration")
MEASURES = (
    "innovation", "firms", "entrants", "talent", "adoption_share", "attention", "ip_protection", "data",
    "revenue", "compute_use", "compute_price",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One target and what became of it.

    ``kind``: one of ``KINDS``. ``published``: value, range or sign as a text; ``measured`` with its standard
    error over ``seeds`` (NaN and 0 where there are none). ``reason``: where it does not hold, why, and which
    mechanism would be needed.
    """

    id: str
    kind: str
    quantity: str
    unit: str
    published: str
    source: str
    measured: float
    se: float
    seeds: int
    verdict: str
    scenario: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.verdict not in VERDICTS:
            raise ValueError(f"row {self.id}: kind {self.kind!r}, verdict {self.verdict!r} do not exist")

    def plain(self) -> dict[str, Any]:
        """The row for JSON, which has no NaN."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }


class Interrupted(Exception):  # noqa: N818 - no error
    """Ctrl-C before the runs that rows need had ended."""


@dataclass
class Context:
    """What providers of rows may ask for: runs of the model, each made once however many rows need it.

    ``run`` carries out a plan. ``quick``: fewer seeds, and only rows that say something with few.
    """

    parameters: Parameters
    until: int
    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    seeds: tuple[int, ...]
    run: Callable[[Plan], ArmResults]
    quick: bool = False
    threads: int = 1
    extension: Extensions = None
    _twins: dict[str, TwinResults] = field(default_factory=dict)

    def arms(self, arms: Mapping[str, Scenario], most_seeds: int | None = None) -> ArmResults:
        """Run arms with the seeds of the context, or the first ``most_seeds`` of them.

        Raises Interrupted after Ctrl-C, RuntimeError if a run failed: a verdict must not rest on a part.
        """
        results = self.run(
            Plan(
                arms, self.seeds[:most_seeds], self.parameters, self.until, self.cities, self.centres,
                self.network, self.threads, MEASURES, self.extension,
            )
        )  # fmt: skip
        if results.interrupted:
            raise Interrupted
        if results.failures:
            (seed, arm), why = next(iter(results.failures.items()))
            raise RuntimeError(f"{len(results.failures)} runs failed; seed {seed} {arm}: {why}")
        return results

    def twins(self, scenario: str | Scenario, most_seeds: int | None = None) -> TwinResults:
        """The twin study of a scenario with all seeds, or the first ``most_seeds``, run once."""
        wanted = find_scenario(scenario)
        if wanted.name not in self._twins:
            found = self.arms(twin_arms({wanted.name: wanted}), most_seeds).point(wanted.name)
            assert found is not None  # no run failed
            self._twins[wanted.name] = found
        return self._twins[wanted.name]

    def changed(self, **changes: Any) -> Context:
        """The same with some fields changed, and no runs yet."""
        return replace(self, **changes, _twins={})


def range_verdict(measured: float, error: float, low: float, high: float) -> str:
    """``holds`` within [low, high]; ``undecided`` if two standard errors reach it; else ``fails``.

    A figure without a range, low = high, holds if two standard errors reach it.
    """
    if not math.isfinite(measured):
        return UNDECIDED
    if low <= measured <= high:
        return HOLDS
    reach = 2.0 * error if math.isfinite(error) else 0.0
    if not (measured + reach >= low and measured - reach <= high):
        return FAILS
    return HOLDS if low == high else UNDECIDED


def exact_row(
    identity: str, kind: str, quantity: str, deviation: float, tolerance: float, source: str,
    unit: str = "relative deviation",
) -> Row:  # fmt: skip
    """A row for something that must hold to rounding: a deviation that must not exceed a tolerance."""
    holds = deviation <= tolerance  # NaN does not
    return Row(
        identity, kind, quantity, unit, f"at most {tolerance:g}", source, deviation, math.nan, 0,
        HOLDS if holds else FAILS,
        reason="" if holds else "the program does not keep an identity of its own: this is a bug",
    )  # fmt: skip
