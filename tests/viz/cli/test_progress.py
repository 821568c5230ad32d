"""Progress of runs: lines where the output is no terminal."""

from __future__ import annotations

import pytest

from viz.cli.progress import progress


def test_a_pipe_gets_lines_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(2) as finished:
        finished("run 1")
        finished("run 2")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("2 of 2 runs done")
    assert "\x1b" not in err
