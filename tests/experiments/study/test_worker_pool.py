"""Processes that do jobs: one that dies is replaced, one that hangs is ended, none outlives its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from experiments.study import worker_pool as crew
from experiments.study.worker_pool import DIED, each
from tests import ROOT


def dies_at(marks: str, job: int) -> int:
    """Job 2 ends its process the first time, job 3 every time."""
    mark = Path(marks) / f"{job}"
    if job == 3 or (job == 2 and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * job


def hangs_at(bad: int, job: int) -> int:
    while job == bad:
        time.sleep(60.0)
    return 2 * job


class _Found:
    """Pickled as a call that imports this file: the processes do not import it as pytest does."""

    def __init__(self, name: str, *args: Any) -> None:
        self.name, self.args = name, args

    def __reduce__(self) -> Any:
        place = f"__import__('sys').path.insert(0, {str(Path(__file__).parent)!r})"
        call = f"__import__('functools').partial(__import__('test_crew').{self.name}, *{self.args!r})"
        return eval, (f"[{place}, {call}][1]",)

    def __call__(self, job: Any) -> Any:
        raise AssertionError("called in the processes alone")


def test_a_process_that_is_killed_is_replaced_and_its_job_done_again(tmp_path: Path) -> None:
    found = dict(each(_Found("dies_at", str(tmp_path)), range(6), 2))
    assert found == {0: 0, 1: 2, 2: 4, 3: DIED, 4: 8, 5: 10}
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_takes_too_long_is_ended_and_the_others_go_on(workers: int) -> None:
    found = dict(each(_Found("hangs_at", 1), range(4), workers, timeout=3.0))
    assert found == {0: 0, 1: "it took longer than 3 s and was ended", 2: 4, 3: 6}
    assert multiprocessing.active_children() == []


def test_no_process_outlives_one_that_was_killed(tmp_path: Path) -> None:
    """They end though each is in the middle of a job that never ends."""
    code = (
        "import sys; sys.path[:0] = ['.', 'tests/experiments']\n"
        "from test_crew import _Found\nfrom experiments.study.worker_pool import each\n"
        "if __name__ == '__main__':\n    list(each(_Found('tells_and_hangs', sys.argv[1]), range(2), 2))\n"
    )
    (tmp_path / "parent.py").write_text(code)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, str(tmp_path / "parent.py"), str(tmp_path)]
    with subprocess.Popen(words, cwd=ROOT, env=env) as parent:
        wait_until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
        parent.kill()
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    wait_until(lambda: not any(map(alive, workers)))


def tells_and_hangs(folder: str, job: int) -> None:
    (Path(folder) / f"{os.getpid()}.pid").touch()
    while True:
        time.sleep(60.0)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1]
    except OSError:
        return False


def wait_until(true: Any) -> None:
    end = time.monotonic() + 60.0
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def doubled(job: int) -> Any:
    return f"no run of {job}" if job == 3 else 2 * job


def test_with_one_worker_jobs_are_done_here() -> None:
    assert list(each(doubled, [1, 3])) == [(1, 2), (3, "no run of 3")]
    assert multiprocessing.active_children() == []


def test_only_the_first_thread_is_kept_from_hearing_an_interruption() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def look() -> None:
        with crew._unheard():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert seen == [before, signal.SIG_IGN]
    assert signal.getsignal(signal.SIGINT) is before
