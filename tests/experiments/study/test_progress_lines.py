"""Progress as lines: the first run, the last, and one now and then."""

from __future__ import annotations

import pytest

from experiments.study import progress_lines
from experiments.study.progress_lines import ProgressLines, RemainingTime


def test_the_first_and_the_last_run_have_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    progress = ProgressLines(3, lines.append)
    for run in ("a", "b", "c"):
        progress(run)
    assert [line.split(",")[0] for line in lines] == ["1 of 3 runs done", "3 of 3 runs done"]
    assert lines[0].endswith(" s left")
    monkeypatch.setattr(progress_lines, "LINES_APART", 0.0)
    progress = ProgressLines(3, lines.append)
    progress("a")
    progress("b")
    assert [line.split(",")[0] for line in lines[2:]] == ["1 of 3 runs done", "2 of 3 runs done"]


@pytest.mark.parametrize(("workers", "start"), [(1, 0.0), (4, 0.0), (8, 0.0), (8, 5.0)])
def test_the_time_left_is_that_of_all_processes(
    monkeypatch: pytest.MonkeyPatch, workers: int, start: float
) -> None:
    """Forty runs of ten seconds each: as soon as one has ended the rest is told, within a tenth later on."""
    clock = Clock()
    monkeypatch.setattr(progress_lines, "time", clock)
    left = RemainingTime(40, workers)
    assert left.seconds == float("inf")
    whole = start + 400.0 / workers
    for done in range(1, 41):
        clock.now = start + 10.0 * -(-done // workers) + 0.001 * done
        left.ended()
        truth = whole - clock.now
        if done > workers:
            assert left.seconds == pytest.approx(max(0.0, truth), abs=0.1 * whole)
        else:
            assert truth - 1.0 <= left.seconds <= 1.7 * whole
            assert done == 40 or left.text().startswith("at most")


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now
