"""The runs of a chunk: what fails, kills its process or stands still is a row."""

from __future__ import annotations

import pickle
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.sweep import (
    Sweep,
    SweepError,
    chunk,
)
from experiments.sweep import sweep as sweep_module
from experiments.sweep.chunk import Task
from tests.support.sweeps import failing, make


def test_a_worker_with_another_model_refuses(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s")
    sweep._prepare(1, False)
    with pytest.raises(SweepError, match="another version of the model"):
        chunk.run_chunk(Task(str(sweep.folder), 0, sweep.experiment.run, "another"))


def test_a_run_that_fails_is_a_row_and_the_others_continue(tmp_path: Path) -> None:
    sweep = failing(tmp_path / "s")
    status = sweep.run()
    assert status.by_status == {"failed": 2, "ok": 6}
    failed = sweep.failed
    assert failed["run"].tolist() == [6, 7]
    assert "traffic_basic cannot be 1800000" in failed["error"].iloc[0]
    assert "Traceback" in failed["traceback"].iloc[0]
    assert len(sweep.finals) == 6
    assert sweep.metrics["run"].nunique() == 6
    assert np.isfinite(sweep.finals["innovation"]).all()


def test_retries_try_a_run_again_at_once(tmp_path: Path, monkeypatch: Any) -> None:
    simulate, tried = chunk.StoreContext.simulate, []

    def fail_once(self: Any, run: int, timeout: float | None = None) -> Any:
        tried.append(run)
        if tried.count(run) == 1:
            raise OSError("a network file system that was away")
        return simulate(self, run, timeout)

    monkeypatch.setattr(chunk.StoreContext, "simulate", fail_once)
    assert make(tmp_path / "s", run={"chunk": 3, "retries": 1}).run().failed == 0
    assert len(tried) == 24


def test_a_run_over_its_time_is_a_row(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", until=2060, run={"chunk": 12, "timeout": 0.02, "max_failures": 12})
    assert sweep.run().by_status == {"timeout": 12}
    assert sweep.runs["error"].str.startswith("longer than 0.02 s").all()
    assert len(sweep.metrics) == 0


def test_a_run_that_kills_its_process_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os\nfrom model import Rules, interpreted\n\n"
        "@interpreted\ndef wage(wage):\n    os._exit(9)\n\nrules = Rules(wage=wage)\n"
    )
    sweep = make(
        tmp_path / "s",
        design={"factors": {"rules": ["default", "deadly:rules"]}},
        folder=str(tmp_path),
        seeds=1,
        run={"chunk": 2},
    )
    sweep._prepare(1, False)
    task = Task(str(sweep.folder), 0, sweep.experiment.run, sweep_module.model_fingerprint(), alone=True)
    report = chunk.run_chunk(task)
    assert (report.ok, report.failed) == (1, 1)
    runs = sweep.runs
    assert runs["status"].tolist() == ["ok", "died"]
    assert "exit status 9" in runs["error"].iloc[1]


@pytest.mark.parametrize("answer", [b"", b"no pickle", pickle.dumps("no outcome")])
def test_a_process_that_answers_nonsense_has_died(done: Sweep, monkeypatch, answer: bytes) -> None:
    monkeypatch.setattr(
        chunk,
        "subprocess",
        SimpleNamespace(run=lambda *_, **__: SimpleNamespace(stdout=answer, returncode=-9)),
    )
    task = Task(str(done.folder), 0, done.experiment.run, "", alone=True)
    found = chunk.attempt(task, 1)
    assert found.status == "died"
    assert found.result is None
    assert found.key == done.runs["key"][1]


def test_a_run_that_does_not_end_is_given_up_and_the_others_continue(
    tmp_path: Path, monkeypatch: Any
) -> None:
    (tmp_path / "still.py").write_text(
        "from model import Rules, interpreted\n\n"
        "@interpreted\ndef wage(wage):\n    while wage > 0.0:\n        pass\n\nrules = Rules(wage=wage)\n"
    )
    monkeypatch.setattr(chunk, "patience", lambda timeout: timeout)
    sweep = make(
        tmp_path / "s",
        design={"factors": {"rules": ["still:rules", "default"]}},
        seeds=1,
        folder=str(tmp_path),
        run={"chunk": 3, "timeout": 3.0, "max_failures": 2},
    )
    assert sweep.run().by_status == {"ok": 1, "timeout": 1}
    assert sweep.failed["error"].tolist() == ["longer than 3 s: it hung within a year"]
    assert not chunk._stuck  # the loop was ended, so this process can go on


def test_what_follows_a_run_that_cannot_be_ended_has_a_process_of_its_own(
    tmp_path: Path, monkeypatch: Any
) -> None:
    """As after a loop in compiled code, which hears nothing; here it hears only when the test is over."""
    over, simulate = threading.Event(), chunk.StoreContext.simulate

    def stand_still(self: Any, run: int, timeout: float | None = None) -> Any:
        if run == 0:
            over.wait()
        return simulate(self, run, timeout)

    monkeypatch.setattr(chunk.StoreContext, "simulate", stand_still)
    monkeypatch.setattr(chunk, "patience", lambda timeout: 1.0)
    monkeypatch.setattr(chunk, "_stuck", set())
    own: list[int] = []
    monkeypatch.setattr(
        chunk, "_run_isolated", lambda task, run: own.append(run) or chunk._tried(task.store, run, None)
    )
    sweep = make(tmp_path / "s", seeds=1, run={"chunk": 3, "timeout": 60.0, "max_failures": 2})
    try:
        assert sweep.run().by_status == {"ok": 5, "timeout": 1}
    finally:
        over.set()
    assert own == [1, 2, 3, 4, 5]
