"""Progress of a study: the time that is left, and plain lines of text."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from experiments.study.counted import duration

LINES_APART = 10.0  # seconds between lines


class RemainingTime:
    """The time that a number of runs still takes in some processes, from the runs that have ended.

    Runs of one process follow each other: the oldest that is running is the one that ended. The first run of
    each process includes the start of the process, so it counts only until others have ended.
    """

    def __init__(self, total: int, workers: int = 1) -> None:
        self.total, self.workers = total, max(1, min(workers, total))
        self.done = 0
        self.first = time.perf_counter()
        self._starts = deque([self.first] * self.workers)
        self._first, self._later = 0.0, 0.0  # time spent in the first run of each process, and in later ones

    def ended(self) -> None:
        """Count a run that has ended."""
        now = time.perf_counter()
        spent = now - self._starts.popleft()
        self._starts.append(now)
        if self.done < self.workers:
            self._first += spent
        else:
            self._later += spent
        self.done += 1

    @property
    def spent(self) -> float:
        """Return the time since the start, s."""
        return time.perf_counter() - self.first

    @property
    def seconds(self) -> float:
        """Return the time left, s; infinite before a run has ended."""
        if not self.done:
            return float("inf")
        later = self.done - self.workers
        each = self._later / later if later > 0 else self._first / self.done
        left, now = self.total - self.done, time.perf_counter()
        running = list(self._starts)[: min(left, self.workers)]
        under_way = sum(min(now - start, each) for start in running)
        return max(0.0, left * each - under_way) / self.workers

    def text(self) -> str:
        """Return ``about 3 min left``; ``at most`` while the start of the processes is part of it."""
        if self.done >= self.total:
            return duration(self.spent)
        if not self.done:
            return "starting"
        return f"{'about' if self.done > self.workers else 'at most'} {duration(self.seconds)} left"


class ProgressLines:
    """Progress as plain lines: the first run, the last, and one every few seconds between."""

    def __init__(self, total: int, notify: Callable[[str], None], workers: int = 1) -> None:
        self.notify, self.time, self.last_line = notify, RemainingTime(total, workers), float("-inf")

    def __call__(self, run: object) -> None:
        """Count a run that has ended."""
        self.time.ended()
        done, total, now = self.time.done, self.time.total, time.perf_counter()
        if done == total or now - self.last_line >= LINES_APART:
            self.last_line = now
            self.notify(f"{done} of {total} runs done, {self.time.text()}")
