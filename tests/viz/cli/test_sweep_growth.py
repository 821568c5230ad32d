"""`computeleap sweep extend`, `merge`, `compact` and `recompute`: what they show, and its exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.sweep_commands import call, change_model, write


def test_extend_runs_what_is_new(tmp_path: Path, store: Path) -> None:
    folder = Path(shutil.copytree(store, tmp_path / "s"))
    words = ("extend", str(folder), "--seeds", "3", "--add", "traffic_scale=2", "--workers", "0")
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
        (("--seeds", "1"), "has 2 seeds already"),
    ],
)
def test_what_cannot_be_added_is_answered_with_a_sentence(store: Path, words, said: str) -> None:
    answer = call("extend", str(store), *words)
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_two_halves_are_merged_and_put_together(tmp_path: Path) -> None:
    file, halves = write(tmp_path), [str(tmp_path / name) for name in ("a", "b")]
    for k, half in enumerate(halves, start=1):
        assert call("run", str(file), "--shard", f"{k}/2", "--store", half).exit_code == 0
    answer = call("merge", *halves)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert (
        answer.stdout
        == f"4 runs of {halves[1]} are now in {halves[0]}.\n8 of 8 runs are stored in {halves[0]}.\n"
    )
    assert call("merge", *halves).stdout.startswith("0 runs of")
    assert call("compact", halves[0]).stdout == "4 files of each table are now 1.\n"
    assert call("compact", halves[0]).stdout == "1 file of each table is now 1.\n"
    assert "8 of 8 runs are stored" in call("status", halves[0]).stdout


def test_a_store_of_another_experiment_is_not_merged(tmp_path: Path, store: Path) -> None:
    other = write(tmp_path)
    other.write_text(other.read_text().replace("firms = 100", "firms = 120"))
    assert call("run", str(other), "--shard", "1/4", "--store", str(tmp_path / "o")).exit_code == 0
    answer = call("merge", str(store), str(tmp_path / "o"))
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "holds another experiment" in answer.stderr
    assert "it differs in parameters" in answer.stderr


def test_chosen_points_of_a_changed_model_are_recomputed(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(store, tmp_path / "s"))
    answer = call("recompute", str(folder), "--points", "0")
    assert answer.exit_code == 2
    assert "of this model, these rules and data: nothing is recomputed" in answer.stderr
    change_model(monkeypatch)
    answer = call(
        "recompute", str(folder), "--points", "0,2-2", "--where", "replication = 1", "--workers", "0"
    )
    assert answer.exit_code == 0, answer.stderr
    assert f"the runs of the earlier model are kept in {folder / 'former' / '0'}" in answer.stderr
    assert answer.stdout == f"8 of 8 runs are stored in {folder}.\n"
    sql = "select run, change from runs where change > 0"
    assert call("query", str(folder), sql, "--csv").stdout.split() == ["run,change", "1,1", "5,1"]
    answer = call("recompute", str(folder), "--workers", "0")
    assert (answer.exit_code, answer.stdout) == (0, f"8 of 8 runs are stored in {folder}.\n")
    assert "former/1" in answer.stderr


@pytest.mark.parametrize("words", ["x", "3-1", "1,,2", "-1", ""])
def test_numbers_of_points_are_checked(store: Path, words: str) -> None:
    answer = call("recompute", str(store), f"--points={words}")
    assert answer.exit_code == 2
    assert "is not a list of numbers and spans, such as 0,4-7" in answer.stderr
