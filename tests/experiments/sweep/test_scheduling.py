"""The driver: progress, a full disk, too many failures."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import (
    StoppedError,
    Sweep,
    scheduling,
)
from experiments.sweep import sweep as sweep_module
from experiments.sweep.chunk import Task
from experiments.sweep.executors import InProcess
from experiments.sweep.scheduling import Progress, TooManyFailuresError, drive
from tests.support.sweeps import failing, make, same


def test_progress_tells_its_speed_and_what_is_left(monkeypatch) -> None:
    progress = Progress(10, started=100.0)
    monkeypatch.setattr(scheduling.time, "monotonic", lambda: 102.0)
    assert progress.seconds_left == float("inf")  # before the first chunk is back
    progress.done, progress.own = 6, 4  # two of the six are of another process
    assert progress.per_second == 2.0
    assert progress.seconds_left == 2.0
    monkeypatch.setattr(scheduling.time, "monotonic", lambda: 100.0)
    assert progress.per_second == 0.0


@pytest.mark.parametrize("start", [0.0, 6.0])
def test_the_first_forecast_of_many_workers_is_near(monkeypatch, start: float) -> None:
    """40 chunks of ten runs on eight workers that need time to start: 50 s of work, told within a tenth."""
    progress = Progress(400, started=100.0, workers=8)
    monkeypatch.setattr(scheduling.time, "monotonic", lambda: 110.0 + start)
    progress.done, progress.own, progress.chunks, progress.spent = 10, 10, 1, 10.0
    assert progress.seconds_left == pytest.approx(40.0, rel=0.1)
    monkeypatch.setattr(scheduling.time, "monotonic", lambda: 150.0 + start)
    progress.done, progress.own, progress.chunks, progress.spent = 400, 400, 40, 400.0
    assert progress.seconds_left == 0.0


def test_what_a_disk_does_besides_being_full_is_raised_as_it_is(done: Sweep) -> None:
    class Failing:
        def run(self, tasks: Any) -> Any:
            yield from ()
            raise OSError(errno.EIO, "Input/output error")

    tasks = iter([Task(str(done.folder), 0, done.experiment.run, "")])
    with pytest.raises(OSError, match="Input/output error"):
        scheduling.drive(Failing(), tasks, Progress(2), 0, lambda *_: None, lambda task: 2)


def test_a_full_disk_stops_the_sweep_and_it_continues_later(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    sweep = make(tmp_path / "s")
    calls = 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoppedError, match="the disk is full after 3 of 12 runs: make room"):
        sweep.run()
    assert not list(sweep.folder.rglob("*.part"))
    monkeypatch.undo()
    sweep.run()
    assert same(sweep, truth)


def test_too_many_failures_stop_the_sweep(tmp_path: Path) -> None:
    with pytest.raises(TooManyFailuresError, match=r"more than the 0 that run.max_failures allows"):
        failing(tmp_path / "s", max_failures=0).run()


def test_two_drivers_at_once_do_no_harm(tmp_path: Path, truth: Sweep) -> None:
    one, other = make(tmp_path / "s"), make(tmp_path / "s")
    tasks: list[Task] = []
    store = one._prepare(1, False)
    other._prepare(1, False)
    model = sweep_module.model_fingerprint()
    for number in [*store.missing(), *store.missing()]:
        tasks.append(Task(str(one.folder), number, one.experiment.run, model))
    drive(InProcess(), tasks, Progress(12), 0)
    assert same(one, truth)
    assert one.runs["run"].tolist() == list(range(12))
