"""Rows have verdicts, and the runs behind them are made once."""

from __future__ import annotations

import math

import pytest

from experiments.study.results import Results
from experiments.study.run_arms import run_arms
from experiments.study.study import Run, Study
from experiments.validation import ROWS, validate
from experiments.validation.rows import Row, ValidationInterrupted, ValidationRuns, exact_row, range_verdict
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import SCENARIOS
from tests.support.validation_row import row


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (0.14, 0.0, "holds"),
        (0.17, 0.5, "holds"),
        (0.13, 0.01, "undecided"),
        (0.13, 0.004, "fails"),
        (0.19, 0.01, "undecided"),
        (0.2, math.nan, "fails"),
        (math.nan, 0.1, "undecided"),
    ],
)
def test_a_range_is_not_widened(value: float, error: float, verdict: str) -> None:
    assert range_verdict(value, error, 0.14, 0.17) == verdict


def test_a_figure_without_a_range_is_met_to_two_errors() -> None:
    assert range_verdict(2.0, 0.01, 2.01, 2.01) == "holds"
    assert range_verdict(2.0, 0.004, 2.01, 2.01) == "fails"


def test_an_identity_holds_to_rounding_or_is_a_bug() -> None:
    assert exact_row("I", "invariant", "q", 1e-10, 1e-9, "s").verdict == "holds"
    for deviation in (2e-9, math.nan):
        broken = exact_row("I", "invariant", "q", deviation, 1e-9, "s")
        assert broken.verdict == "fails"
        assert "bug" in broken.reason


def test_rows_have_kinds_and_verdicts_that_exist() -> None:
    with pytest.raises(ValueError, match="kind 'guess'"):
        row(kind="guess")
    with pytest.raises(ValueError, match="verdict 'maybe'"):
        row(verdict="maybe")


def test_runs_are_made_once_and_a_part_is_no_ground_for_a_verdict(context: ValidationRuns) -> None:
    plans: list[Study] = []

    def run(study: Study) -> Results:
        plans.append(study)
        return run_arms(study)

    counting = context.changed(run=run, until=2005)
    first, again = counting.twins("random_hosts"), counting.twins(SCENARIOS["random_hosts"])
    assert first is again
    assert len(plans) == 1
    counting.arms({"one": Scenario("none", "none")}, most_seeds=1)
    assert plans[1].seeds == (1,)
    failing = context.changed(run=lambda study: Results(study, {}, {Run(1, "none with"): "memory"}))
    with pytest.raises(RuntimeError, match="1 runs failed; seed 1 none with: memory"):
        failing.twins("none")
    with pytest.raises(ValidationInterrupted):
        context.changed(run=lambda study: Results(study, interrupted=True)).twins("none")


def test_rows_are_made_by_functions_of_the_context(context: ValidationRuns) -> None:
    def mine(given: ValidationRuns) -> list[Row]:
        assert given is context
        return [row(id="X1")]

    assert [one.id for one in validate(context, [mine, mine])] == ["X1", "X1"]
    assert all(callable(make_rows) for make_rows in ROWS)
