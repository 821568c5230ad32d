"""Rows of the validation, each a published figure or sign, the model's value and a verdict; runs for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NotRequired, TypedDict, cast

import numpy as np
import pandas as pd

from experiments.measures.findings import FAILS, HOLDS, UNDECIDED
from experiments.measures.robust_effects import FRAGILE
from experiments.questions.question_catalogue import KEPT_MEASURES
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT, Run, Study, twin_arms, twins
from experiments.validation.economy_run import EconomyRun, run_economy
from model.country.country import Country
from model.extensions.extended_model import Extensions
from model.parameters import Parameters
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

NOT_CLAIMED = "not claimed"
VERDICTS = (HOLDS, FRAGILE, FAILS, UNDECIDED, NOT_CLAIMED)
KINDS = (
    "analytic",
    "invariant",
    "sign",
    "switch",
    "parameters",
    "robustness",
    "validation",
    "calibration",
    "built in",
)
KEPT = (*KEPT_MEASURES, "gdp", "real_gdp", "people")  # recorded of every city
Economies = Mapping[Run, EconomyRun | str]


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
    tag: NotRequired[str]


@dataclass(frozen=True)
class Row:
    """A target with its verdict.

    Attributes:
        kind: One of ``KINDS``.
        published: Value, range or sign, as text.
        measured: The model's value, with standard error ``se`` over ``seeds`` (NaN and 0 if there are none).
        reason: If the target is missed, the cause and the mechanism that would be needed.
        tag: Of a sign: ``emergent``, ``built in``, ``absent`` or ``undecided``; otherwise empty.
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
    tag: str = ""

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


def run_each(study: Study) -> Economies:
    """Run all economies of a study in this process."""
    return {run: run_economy(study, run) for run in study.runs}


@dataclass
class ValidationRuns:
    """Runs of the model for the functions that make rows; a run that several rows need is made once.

    Attributes:
        run: A function that carries out a study.
        quick: Use few seeds, and omit rows that need many.
        run_economies: A function that runs the economies of a study and returns their figures.
    """

    parameters: Parameters
    until: int
    country: Country
    seeds: tuple[int, ...]
    run: Callable[[Study], Results]
    quick: bool = False
    threads: int = 1
    extension: Extensions = None
    run_economies: Callable[[Study], Economies] = run_each
    _twins: dict[str, Results] = field(default_factory=dict)
    _economies: dict[str, list[tuple[EconomyRun, EconomyRun]]] = field(default_factory=dict)

    def arms(self, arms: Mapping[str, Scenario], most_seeds: int | None = None) -> Results:
        """Run arms with all seeds, or the first ``most_seeds`` of them.

        Raises ValidationInterrupted after Ctrl-C, RuntimeError if a run failed: verdicts need all runs.
        """
        results = self.run(self._study(arms, most_seeds))
        if results.interrupted:
            raise ValidationInterrupted
        if results.failures:
            (seed, arm), why = next(iter(results.failures.items()))
            raise RuntimeError(f"{len(results.failures)} runs failed; seed {seed} {arm}: {why}")
        return results

    def kept(self, name: str, arms: Mapping[str, Scenario]) -> Results:
        """Return ``arms`` with all seeds, run once for each name."""
        if name not in self._twins:
            self._twins[name] = self.arms(arms)
        return self._twins[name]

    def economy_arms(
        self, arms: Mapping[str, Scenario], most_seeds: int | None = None
    ) -> dict[Run, EconomyRun]:
        """Run arms for their figures, with all seeds or the first ``most_seeds``.

        Raises:
            RuntimeError: A run failed; the message has its error.
        """
        study = self._study(arms, most_seeds)
        found = self.run_economies(study)
        ended = {run: result for run, result in found.items() if isinstance(result, EconomyRun)}
        for run in study.runs:
            if run not in ended:
                raise RuntimeError(f"{len(study.runs) - len(ended)} runs failed; {run}: {found.get(run)}")
        return ended

    def economies(self, scenario: str) -> list[tuple[EconomyRun, EconomyRun]]:
        """Return the economies of a scenario and of its twin, one pair for each seed."""
        if scenario not in self._economies:
            ended = self.economy_arms(twins(find_scenario(scenario)))
            self._economies[scenario] = [
                (ended[Run(seed, WITH)], ended[Run(seed, WITHOUT)]) for seed in self.seeds
            ]
        return self._economies[scenario]

    def _study(self, arms: Mapping[str, Scenario], most_seeds: int | None) -> Study:
        where = (self.parameters, self.until, self.country, self.threads)
        return Study(arms, self.seeds[:most_seeds], *where, KEPT, self.extension)

    def twins(self, scenario: str | Scenario, most_seeds: int | None = None) -> Results:
        """Return the runs of a scenario and its twin, with all seeds or the first ``most_seeds``."""
        wanted = find_scenario(scenario)
        if wanted.name not in self._twins:
            found = self.arms(twin_arms({wanted.name: wanted}), most_seeds).point(wanted.name)
            self._twins[wanted.name] = found
        return self._twins[wanted.name]

    def changed(self, **changes: Any) -> ValidationRuns:
        """Return a copy with some fields changed and no runs yet."""
        return replace(self, **changes, _twins={}, _economies={})


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


def ratio_of_means(above: Sequence[float], below: Sequence[float]) -> dict[str, float]:
    """Return mean(above)/mean(below) over seeds, its standard error by the delta method, and the seeds."""
    one, other = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    defined = np.isfinite(one) & np.isfinite(other)
    one, other = one[defined], other[defined]
    if not len(one) or other.mean() == 0.0:
        return {"mean": math.nan, "se": math.nan, "seeds": 0}
    ratio = float(one.mean() / other.mean())
    left = one - ratio * other
    error = (
        float(left.std(ddof=1) / (abs(other.mean()) * math.sqrt(len(left)))) if len(left) > 1 else math.nan
    )
    return {"mean": ratio, "se": error, "seeds": len(one)}


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
    tag: str = "",
) -> Row:
    """Return a row from what is published and its source, and an estimate with mean, se and seeds."""
    mean, error, seeds = float(estimate["mean"]), float(estimate["se"]), int(estimate["seeds"])
    return Row(identity, kind, quantity, unit, *published, mean, error, seeds, verdict, scenario, reason, tag)


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
