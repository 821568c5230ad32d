"""Processes that do jobs: one that dies is replaced, one that hangs is ended, none outlives its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from agents.user_error import UserError
from experiments.study import worker_pool
from experiments.study.worker_pool import DEATHS, DIED, WorkerPool, iter_results
from tests import ROOT
from tests.support.cli import python
from tests.support.programs import PROGRAMS
from tests.support.worker_jobs import Deadly, Unreadable, dies, doubles, doubles_first, hangs, raises


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def test_a_process_that_is_killed_is_replaced_and_its_job_done_again(tmp_path: Path) -> None:
    found = dict(iter_results(partial(dies, str(tmp_path)), range(6), 2))
    assert found == {0: 0, 1: 2, 2: 4, 3: DIED, 4: 8, 5: 10}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_takes_too_long_is_ended_and_the_others_continue(workers: int) -> None:
    found = dict(iter_results(partial(hangs, 1), range(4), workers, timeout=3.0))
    assert found == {0: 0, 1: "it took longer than 3 s and was ended", 2: 4, 3: 6}


@pytest.mark.parametrize("jobs", [4, 2 * DEATHS])
def test_processes_that_all_die_are_noticed(jobs: int) -> None:
    assert dict(iter_results(Deadly(), range(jobs), 2)) == dict.fromkeys(range(jobs), DIED)


@pytest.mark.parametrize(
    ("job", "kind", "text"),
    [(1, ValueError, "job 1 is wrong"), (2, RuntimeError, "BadJobError: job 2: is wrong too")],
)
def test_what_a_job_raises_is_raised_here(job: int, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind) as caught:
        list(WorkerPool(raises, [0, job]).run(1))
    assert str(caught.value) == text


def test_jobs_are_taken_only_as_workers_are_free() -> None:
    taken: list[int] = []
    results = WorkerPool(doubles, (taken.append(job) or job for job in range(100))).run(2)  # type: ignore[func-returns-value]
    assert next(results)[0] in (0, 1)
    assert len(taken) == 3
    results.close()


def test_no_process_outlives_one_that_was_killed(tmp_path: Path) -> None:
    """They end though each is in the middle of a job that never ends."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = ROOT / "tests" / "support" / "programs" / "hanging_workers.py"
    with subprocess.Popen([sys.executable, str(program), str(tmp_path)], cwd=ROOT, env=env) as parent:
        wait_until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
        parent.kill()
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    wait_until(lambda: not any(map(alive, workers)))


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1]
    except OSError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60.0
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_with_one_worker_jobs_are_done_here() -> None:
    assert list(iter_results(doubles, [1, 3])) == [(1, 2), (3, "no run of 3")]
    assert multiprocessing.active_children() == []


def test_ctrl_c_as_processes_start_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    start = worker_pool._start_worker

    def disturbed(function: bytes) -> Any:
        worker = start(function)
        os.kill(os.getpid(), signal.SIGINT)
        return worker

    monkeypatch.setattr(worker_pool, "_start_worker", disturbed)
    try:
        found = dict(iter_results(Deadly(), [1], 2))
    except KeyboardInterrupt:
        pytest.fail("a process that was just started is forgotten")
    assert found == {1: DIED}
    with pytest.raises(KeyboardInterrupt):  # later it is heard again
        os.kill(os.getpid(), signal.SIGINT)


def test_signals_are_deferred_in_the_main_thread_alone() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def look() -> None:
        with worker_pool._signals_deferred():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert seen == [before, signal.SIG_IGN]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_deferred_signal_comes_when_the_block_has_ended(name: str) -> None:
    events: list[str] = []
    number = getattr(signal, name)
    before = signal.signal(number, lambda *_: events.append("signal"))
    try:
        with worker_pool._signals_deferred():
            os.kill(os.getpid(), number)
            events.append("end of the block")
        assert events == ["end of the block", "signal"]
        os.kill(os.getpid(), number)
        assert events[2:] == ["signal"]
    finally:
        signal.signal(number, before)


def test_a_worker_imports_nothing_heavy_before_it_unpickles_its_function() -> None:
    answer = python(str(PROGRAMS / "loaded_modules.py"), "numpy pandas mesa", "experiments.study.worker_pool")
    assert "LOADED []" in answer.stderr


def script(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A program that somebody runs as it is."""
    path = ROOT / "tests" / "support" / "programs" / name
    return subprocess.run(
        [sys.executable, path, *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_script_needs_no_guard(workers: str) -> None:
    """Its workers do not run it again, and a function larger than a pipe reaches them."""
    ended = script("unguarded_script.py", workers)
    assert ended.stdout == "the script runs\n[(0, 0), (1, 2), (2, 4), (3, 6)]\n"
    assert ended.returncode == 0, ended.stderr


def test_a_script_whose_own_functions_workers_need_is_told_to_guard_its_code() -> None:
    assert script("unguarded_script_with_rules.py").stdout == f"{worker_pool.UNGUARDED}\n"


def test_rules_of_a_notebook_are_told_to_go_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rule:
        """A function of a session without a file."""

    session = ModuleType("__main__")
    Rule.__module__, Rule.__qualname__, session.Rule = "__main__", "Rule", Rule
    monkeypatch.setitem(sys.modules, "__main__", session)
    with pytest.raises(UserError, match=r"that a notebook or a session defines: .* %%writefile mine\.py"):
        WorkerPool(Rule, range(2))


def test_what_cannot_be_sent_is_told() -> None:
    with pytest.raises(UserError, match="this cannot be sent to worker processes"):
        WorkerPool(lambda job: job, range(2))


def test_a_function_that_a_worker_cannot_find_is_one_error() -> None:
    with pytest.raises(ZeroDivisionError):
        dict(iter_results(Unreadable(), range(3), 2))


def test_a_worker_that_dies_as_it_starts_lets_no_other_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_pool, "_work", os._exit)  # the worker cannot even be given its connection
    found = dict(iter_results(partial(doubles_first, bytes(10**6)), range(2), 2))
    assert found == {0: DIED, 1: DIED}
