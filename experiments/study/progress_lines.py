"""Progress of a study as plain lines of text."""

from __future__ import annotations

import time
from collections.abc import Callable

LINES_APART = 10.0  # seconds between lines


class ProgressLines:
    """Progress as plain lines: the first run, the last, and one every few seconds between."""

    def __init__(self, total: int, notify: Callable[[str], None]) -> None:
        self.total, self.notify, self.done = total, notify, 0
        self.started, self.last_line = time.perf_counter(), float("-inf")

    def __call__(self, run: object) -> None:
        """Count a run that has ended."""
        self.done += 1
        now = time.perf_counter()
        if self.done < self.total and now - self.last_line < LINES_APART:
            return
        self.last_line, spent = now, now - self.started
        left = spent / self.done * (self.total - self.done)
        tail = f"about {left:.0f} s left" if self.done < self.total else f"{spent:.0f} s"
        self.notify(f"{self.done} of {self.total} runs done, {tail}")
