"""The driver of a sweep: hands out chunks, counts what comes back, stops when it should.

It holds numbers of chunks and reports, never results: its memory does not grow with the number of runs.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field

from experiments.sweep.chunk import ChunkReport, Task
from experiments.sweep.errors import StoppedError
from experiments.sweep.executors import Executor
from experiments.sweep.experiment_file import Limits

FULL = (errno.ENOSPC, errno.EDQUOT)


class TooManyFailuresError(StoppedError):
    """More runs failed than the experiment allows."""


@dataclass
class Progress:
    """Progress of a sweep; runs of other drivers are seen when their chunks come up."""

    total: int
    done: int = 0
    failed: int = 0
    own: int = 0
    workers: int = 1
    spent: float = 0.0  # in chunks that have ended, s
    chunks: int = 0
    started: float = field(default_factory=time.monotonic)

    @property
    def per_second(self) -> float:
        """Runs of this driver per second so far."""
        spent = time.monotonic() - self.started
        return self.own / spent if spent > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Time left, s; infinite before the first chunk is back.

        Workers are busy until the last chunk: what they have begun, and not their start, is counted.
        """
        if not self.own:
            return float("inf")
        left, each = self.total - self.done, self.spent / self.own
        if not each:
            return left / self.per_second
        elapsed = time.monotonic() - self.started
        workers = max(float(self.workers), self.spent / elapsed if elapsed > 0 else 0.0)
        begun = max(0.0, min(workers * elapsed - self.spent, (workers - 1.0) * self.spent / self.chunks))
        return max(0.0, left * each - begun) / workers


OnProgress = Callable[[Progress, ChunkReport | None], None]
"""Called with the progress and the report of each chunk; with None before the first."""


def failures_allowed(limits: Limits, runs: int) -> int:
    """Return the number of failed runs that the sweep tolerates; one more stops it."""
    most = limits.max_failures
    return int(most * runs) if most < 1 else int(most)


def drive(
    executor: Executor,
    tasks: Iterable[Task],
    progress: Progress,
    allowed: int,
    on_progress: OnProgress = lambda progress, report: None,
    size_of: Callable[[Task], int] = lambda task: 0,
) -> None:
    """Run the tasks and call ``on_progress`` with each report. Stored results stay whatever happens.

    Raises StoppedError for a full disk, TooManyFailuresError, or what goes wrong in a worker.
    """
    progress.workers = max(1, getattr(executor, "workers", 1))
    on_progress(progress, None)
    try:
        with closing(executor.run(tasks)) as reports:
            for task, report in reports:
                progress.done += size_of(task)
                progress.own += report.ok + report.failed
                progress.spent += report.seconds
                progress.chunks += not report.skipped
                progress.failed += report.failed
                on_progress(progress, report)
                if progress.failed > allowed:
                    raise TooManyFailuresError(
                        f"{progress.failed:,} runs failed, more than the {allowed:,} that run.max_failures "
                        f"allows: the sweep stops after {progress.done:,} of {progress.total:,} runs"
                    )
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise StoppedError(
            f"the disk is full after {progress.done:,} of {progress.total:,} runs: make room and give the "
            "same command again"
        ) from None
