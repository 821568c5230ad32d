"""The driver: hands out the chunks that a store lacks, and stops when it should.

It holds numbers of chunks and receipts, never results: its memory does not grow with the number of runs.
"""

from __future__ import annotations

import errno
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from experiments.sweep.chunk import Receipt, Task
from experiments.sweep.errors import StoppedError
from experiments.sweep.executors import Executor
from experiments.sweep.experiment_file import Limits

FULL = (errno.ENOSPC, errno.EDQUOT)


class TooManyFailuresError(StoppedError):
    """More runs failed than the experiment allows."""


@dataclass
class Progress:
    """How far a sweep has come. Runs of other processes are seen when their chunks come up."""

    total: int
    done: int = 0
    failed: int = 0
    own: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def per_second(self) -> float:
        """Runs of this driver per second so far."""
        spent = time.monotonic() - self.started
        return self.own / spent if spent > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Time left at this speed, s; infinite before the first chunk is back."""
        return (self.total - self.done) / self.per_second if self.own else float("inf")


def failures_allowed(limits: Limits, runs: int) -> int:
    """Failed runs at which the sweep goes on; one more stops it."""
    most = limits.max_failures
    return int(most * runs) if most < 1 else int(most)


def drive(
    executor: Executor,
    tasks: Iterable[Task],
    progress: Progress,
    allowed: int,
    tell: Callable[[Progress, Receipt | None], None] = lambda progress, receipt: None,
    size_of: Callable[[Task], int] = lambda task: 0,
) -> None:
    """Run the tasks; ``tell`` hears of each receipt. Stored results stay whatever happens.

    Raises StoppedError for a full disk, TooManyFailuresError, or what went wrong in a worker.
    """
    coming, away = iter(tasks), 0
    tell(progress, None)
    while True:
        for task in _some(coming, executor.slots - away):
            executor.submit(task)
            away += 1
        if not away:
            return
        try:
            task, receipt = executor.next()
        except OSError as error:
            if error.errno in FULL:
                raise StoppedError(
                    f"the disk is full after {progress.done:,} of {progress.total:,} runs: make room and "
                    "give the same command again"
                ) from None
            raise
        away -= 1
        progress.done += size_of(task)
        progress.own += receipt.ok + receipt.failed
        progress.failed += receipt.failed
        tell(progress, receipt)
        if progress.failed > allowed:
            raise TooManyFailuresError(
                f"{progress.failed:,} runs failed, more than the {allowed:,} that run.max_failures allows: "
                f"the sweep stops after {progress.done:,} of {progress.total:,} runs"
            )


def _some(coming: Iterator[Task], count: int) -> Iterator[Task]:
    return itertools.islice(coming, max(0, count))
