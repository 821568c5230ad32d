"""The page of a store: what it says, and what is refused."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import Sweep, SweepError
from experiments.sweep.store import Store
from experiments.sweep.store_page import FROZEN, _hash, newest_page, number_of, numbered


def test_the_first_page_says_where_a_store_comes_from(truth: Sweep) -> None:
    page = json.loads((truth.folder / "experiment.json").read_text(encoding="utf-8"))
    assert page["experiment"]["seeds"] == 2
    assert set(page["fingerprints"]) == {"model", "rules", "data"}
    assert {"versions", "git_commit", "git_patch", "machine", "command"} <= set(page["provenance"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: [values], "is damaged: it holds no table of settings"),
        (
            lambda values: {**values, "format": 2},
            f"was written by ComputeLeap {version('computeleap')} in format 2, not 4: ",
        ),
        (lambda values: {"format": 0}, "was written by ComputeLeap of another version in format 0, not 4: "),
        (lambda values: {**values, "points": 3}, "was changed after it was written"),
        (lambda values: signed({**values, "what": 3}), "is damaged: TypeError: "),
        (lambda values: signed({k: v for k, v in values.items() if k != "experiment"}), "KeyError: 'exp"),
    ],
)
def test_a_store_whose_first_page_is_damaged_is_refused(done: Sweep, tmp_path: Path, change, said) -> None:
    values = json.loads((done.folder / FROZEN).read_text(encoding="utf-8"))
    (tmp_path / FROZEN).write_text(json.dumps(change(values)), encoding="utf-8")
    with pytest.raises(SweepError) as caught:
        Store(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / FROZEN} ")
    assert said in str(caught.value)


def signed(values: dict[str, Any]) -> dict[str, Any]:
    """With the hash that goes with them."""
    rest = {name: value for name, value in values.items() if name != "sha256"}
    return {**rest, "sha256": _hash(rest)}


def test_a_first_page_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / FROZEN).write_text("{", encoding="utf-8")
    with pytest.raises(SweepError, match="cannot be read: Expecting property name"):
        Store(tmp_path)
    with pytest.raises(SweepError, match="is not the store of a sweep: it has no"):
        Store(tmp_path / FROZEN)


def test_pages_are_numbered(tmp_path: Path) -> None:
    assert [numbered(FROZEN, k) for k in (0, 2)] == ["experiment.json", "experiment.2.json"]
    assert [number_of(numbered("design.parquet", k)) for k in (0, 2)] == [0, 2]
    for k in (1, 2, 4):  # one of them is missing
        (tmp_path / numbered(FROZEN, k)).touch()
    assert newest_page(tmp_path) == "experiment.2.json"


def test_a_page_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FROZEN)
    with pytest.raises(SweepError, match="is a folder or a device, not a file"):
        Store(tmp_path)
