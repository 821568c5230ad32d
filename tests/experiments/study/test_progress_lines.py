"""Progress as lines: the first run, the last, and one now and then."""

from __future__ import annotations

import pytest

from experiments.study import progress_lines
from experiments.study.progress_lines import ProgressLines


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
