"""What a sweep will cost."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from experiments.sweep import Sweep, forecast
from tests.support.sweeps import make


def test_without_a_chunk_size_one_is_found(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s", run={})
    plan = sweep.plan(workers=2)
    assert (plan.points, plan.runs, plan.chunk) == (6, 12, 2)
    assert 0 < plan.seconds(2) < plan.seconds(1)
    assert not sweep.folder.exists()
    sweep.run()
    assert sweep.digest() == truth.digest()


def test_the_predicted_size_is_near_the_real_one(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", until=2030, run={"chunk": 12})
    sweep.run()
    real = sum(path.stat().st_size for path in sweep.folder.rglob("c*.parquet"))
    assert 0.5 < sweep.plan().bytes / real < 2.0


def test_a_rule_that_never_ends_is_ended_in_the_forecast_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a timeout pilots run in a process that can be ended; one that is counts as long as the timeout."""
    asked = []

    def ending(function, jobs, timeout):
        asked.append(timeout)
        assert pickle.loads(pickle.dumps(function))(jobs[0])[0] == 3  # years
        yield from ((job, "it took longer" if job.number else (3, 0.5)) for job in jobs)

    monkeypatch.setattr(forecast, "iter_results", ending)
    plan = make(tmp_path / "s", run={"timeout": 5, "chunk_seconds": 10}, until=2007).plan()
    assert asked == [2 * 5 + 5 + 120]
    assert plan.seconds_per_run == 5
