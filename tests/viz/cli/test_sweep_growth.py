"""`computeleap sweep extend`: what it shows, and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.sweep_commands import call


def test_extend_runs_what_is_new(tmp_path: Path, store: Path) -> None:
    folder = Path(shutil.copytree(store, tmp_path / "s"))
    words = ("extend", str(folder), "--replications", "3", "--add", "traffic_scale=2", "--workers", "0")
    answer = call(*words)
    assert answer.exit_code == 0
    assert "is extended from 8 to 18 runs" in answer.stderr
    assert "8 of 18 runs are stored already" in answer.stderr
    assert answer.stdout == f"18 of 18 runs are stored in {folder}.\n"
    again = call(*words)
    assert (again.exit_code, again.stdout) == (0, answer.stdout)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name what is added"),
        (("--add", "traffic_scale"), "is not FACTOR=VALUE"),
        (("--add", "traffic_scale=1,,2"), "is not FACTOR=VALUE"),
        (("--replications", "1"), "has 2 seeds already"),
    ],
)
def test_what_cannot_be_added_is_answered_with_a_sentence(store: Path, words, said: str) -> None:
    answer = call("extend", str(store), *words)
    assert answer.exit_code == 2
    assert said in answer.stderr
