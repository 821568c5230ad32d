"""Rows of the validation, each a published figure or sign, the model's value and a verdict; runs for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypedDict, cast

import pandas as pd

from experiments.measures.findings import FAILS, HOLDS, UNDECIDED
from experiments.questions.question_catalogue import KEPT_MEASURES
from experiments.study.results import Results
from experiments.study.study import Study, twin_arms
from model.country.country import Country
from model.extensions.extended_model import Extensions
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

NOT_CLAIMED = "not claimed"
VERDICTS = (HOLDS, FAILS, UNDECIDED, NOT_CLAIMED)
KINDS = ("analytic", "invariant", "sign", "validation", "calibration")


class RowRecord(TypedDict):
    """A row as ``validation.json`` holds it."""

    id: str
    kind: str
    quantity: str
    unit: str
    published: str
    source: str
    measured: float | None
    se: float | None
    seeds: int
    verdict: str
    scenario: str
    reason: str


@dataclass(frozen=True)
class Row:
    """A target with its verdict.

    Attributes:
        kind: One of ``KINDS``.
        published: Value, range or sign, as text.
        measured: The model's value, with standard error ``se`` over ``seeds`` (NaN and 0 if there are none).
        reason: If the target is missed, the cause and the mechanism that would be needed.
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

    def plain(self) -> RowRecord:
        """Return the row for JSON, with None for NaN."""
        values = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }
        return cast(RowRecord, values)


class ValidationInterrupted(Exception):  # noqa: N818 - no error
    """Ctrl-C before the runs of the validation had ended."""


@dataclass
class ValidationRuns:
    """Runs of the model for the functions that make rows; a run that several rows need is made once.

    Attributes:
        run: A function that carries out a study.
        quick: Use few seeds, and omit rows that need many.
    """

    parameters: Parameters
    until: int
    country: Country
    seeds: tuple[int, ...]
    run: Callable[[Study], Results]
    quick: bool = False
    threads: int = 1
    extension: Extensions = None
    _twins: dict[str, Results] = field(default_factory=dict)

    def arms(self, arms: Mapping[str, Scenario], most_seeds: int | None = None) -> Results:
        """Run arms with all seeds, or the first ``most_seeds`` of them.

        Raises ValidationInterrupted after Ctrl-C, RuntimeError if a run failed: verdicts need all runs.
        """
        seeds = self.seeds[:most_seeds]
        where = (self.parameters, self.until, self.country, self.threads)
        results = self.run(Study(arms, seeds, *where, KEPT_MEASURES, self.extension))
        if results.interrupted:
            raise ValidationInterrupted
        if results.failures:
            (seed, arm), why = next(iter(results.failures.items()))
            raise RuntimeError(f"{len(results.failures)} runs failed; seed {seed} {arm}: {why}")
        return results

    def twins(self, scenario: str | Scenario, most_seeds: int | None = None) -> Results:
        """Return the runs of a scenario and its twin, with all seeds or the first ``most_seeds``."""
        wanted = find_scenario(scenario)
        if wanted.name not in self._twins:
            found = self.arms(twin_arms({wanted.name: wanted}), most_seeds).point(wanted.name)
            self._twins[wanted.name] = found
        return self._twins[wanted.name]

    def changed(self, **changes: Any) -> ValidationRuns:
        """Return a copy with some fields changed and no runs yet."""
        return replace(self, **changes, _twins={})


def range_verdict(measured: float, error: float, low: float, high: float) -> str:
    """Return ``holds`` within [low, high], ``undecided`` if two standard errors reach it, else ``fails``.

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


def estimate_row(
    identity: str,
    kind: str,
    quantity: str,
    unit: str,
    published: tuple[str, str],
    estimate: Mapping[str, float] | pd.Series,
    verdict: str,
    scenario: str = "",
    reason: str = "",
) -> Row:
    """Return a row from what is published and its source, and an estimate with mean, se and seeds."""
    mean, error, seeds = float(estimate["mean"]), float(estimate["se"]), int(estimate["seeds"])
    return Row(identity, kind, quantity, unit, *published, mean, error, seeds, verdict, scenario, reason)


def exact_row(
    identity: str,
    kind: str,
    quantity: str,
    deviation: float,
    tolerance: float,
    source: str,
    unit: str = "relative deviation",
) -> Row:
    """Return a row for an identity that holds if ``deviation`` does not exceed ``tolerance``."""
    estimate = {"mean": deviation, "se": math.nan, "seeds": 0}
    published = (f"at most {tolerance:g}", source)
    if deviation <= tolerance:  # false for NaN
        return estimate_row(identity, kind, quantity, unit, published, estimate, HOLDS)
    bug = "an identity of the program itself is broken: this is a bug"
    return estimate_row(identity, kind, quantity, unit, published, estimate, FAILS, reason=bug)
