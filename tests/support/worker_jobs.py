"""Functions for the workers of a pool, in a module that a worker can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


class BadJobError(Exception):
    """An error that cannot be unpickled: its constructor takes another number of arguments."""

    def __init__(self, job: int, text: str) -> None:
        super().__init__(f"job {job}: {text}")


class Deadly:
    """A function that kills the process that unpickles it, as the system does when memory runs out."""

    def __reduce__(self) -> tuple[object, ...]:
        return signal.raise_signal, (signal.SIGKILL,)

    def __call__(self, job: object) -> None:
        raise AssertionError("it is unpickled before it is called")


def doubles(job: int) -> int | str:
    """Return twice the job; for job 3 a text, as functions do that report a failure."""
    return f"no run of {job}" if job == 3 else 2 * job


def dies(marks: str, job: int) -> int:
    """Kill the process at job 2 the first time, at job 3 every time."""
    mark = Path(marks) / f"{job}"
    if job == 3 or (job == 2 and not mark.exists()):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * job


def hangs(bad: int, job: int) -> int:
    """Hang at one job."""
    while job == bad:
        time.sleep(60.0)
    return 2 * job


def raises(job: int) -> int:
    """Raise an error that can be pickled at job 1, one that cannot at job 2."""
    if job == 1:
        raise ValueError("job 1 is wrong")
    if job == 2:
        raise BadJobError(job, "is wrong too")
    return job


def leaves_its_number_and_hangs(folder: str, job: int) -> None:
    """Write a file named after the process, then hang."""
    (Path(folder) / f"{os.getpid()}.pid").touch()
    while True:
        time.sleep(60.0)


def doubles_first(ballast: bytes, job: int) -> int:
    """Return twice the job; the ballast makes the function larger than a pipe."""
    return 2 * job


class Unreadable:
    """A function that fails as a worker unpickles it, like one whose module is not there."""

    def __reduce__(self) -> tuple[object, ...]:
        return divmod, (1, 0)

    def __call__(self, job: int) -> int:
        return job
