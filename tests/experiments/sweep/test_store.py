"""The store: what it holds, refuses and survives."""

from __future__ import annotations

import json
import os
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import (
    Sweep,
    SweepError,
)
from experiments.sweep.store import Store
from experiments.sweep.store_page import FROZEN, _hash
from tests.support.sweeps import make, same


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


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(SweepError, match="holds files that do not belong to a store"):
        make(tmp_path).run()


def test_a_store_that_another_process_began_meanwhile_is_taken(done: Sweep, tmp_path: Path) -> None:
    frozen = done.store.frozen
    first = Store.create(tmp_path / "s", frozen)
    again = Store.create(tmp_path / "s", frozen)
    assert again.frozen.text() == first.frozen.text()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "runs").mkdir()  # one that was interrupted before its first page
    assert Store.create(tmp_path / "other", frozen).frozen.points == frozen.points


def test_a_chunk_killed_between_its_files_is_not_counted(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    sweep = make(tmp_path / "s")
    written = Store.write_table
    count = 0

    def die_before_the_mark(self: Store, path: Path, table: Any) -> None:
        nonlocal count
        count += path.parent.name == "metrics"
        if count == 2:
            raise KeyboardInterrupt
        written(self, path, table)

    monkeypatch.setattr(Store, "write_table", die_before_the_mark)
    with pytest.raises(KeyboardInterrupt):
        sweep.run()
    assert (sweep.folder / "finals" / "c00001.parquet").exists()
    assert len(sweep.finals) == len(sweep.runs) == 3
    monkeypatch.undo()
    sweep.run()
    assert same(sweep, truth)


def test_a_file_without_its_end_counts_as_missing(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s")
    sweep.run()
    mark = sweep.folder / "metrics" / "c00002.parquet"
    mark.write_bytes(mark.read_bytes()[:-20])
    assert sweep.status().missing == 3
    sweep.run()
    assert same(sweep, truth)


def test_a_part_that_another_process_takes_for_a_dead_writers_is_written_again(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    """The clock of one machine jumps ahead by a day: what others write at that moment looks old."""
    sweep, fsync, swept = make(tmp_path / "s"), os.fsync, []

    def meanwhile(handle: int) -> None:
        fsync(handle)
        if len(swept) < 1 and Store.exists(sweep.folder):
            swept.append(handle)
            with monkeypatch.context() as clock:
                clock.setattr(time, "time", lambda: 4e9)
                Store(sweep.folder).sweep_up()

    monkeypatch.setattr(os, "fsync", meanwhile)
    sweep.run()
    assert swept
    assert same(sweep, truth)


def test_unfinished_files_of_writers_that_are_gone_are_removed(done: Sweep) -> None:
    old, young, lost = (done.folder / "runs" / f".{name}.part" for name in ("old", "young", "lost"))
    for path in (old, young):
        path.write_bytes(b"")
    os.utime(old, (time.time() - 4_000.0,) * 2)
    lost.symlink_to("nowhere")  # as if another process had removed it meanwhile
    done.store.sweep_up()
    assert not old.exists()
    assert young.exists()
    for path in (young, lost):
        path.unlink()


@pytest.mark.parametrize("table", ["runs", "finals", "panel", "twin_metrics", "metrics", "design", "unit"])
def test_a_changed_bit_in_any_file_is_noticed(tmp_path: Path, twins: Sweep, table: str) -> None:
    folder = Path(shutil.copytree(twins.folder, tmp_path / "s"))
    path = folder / f"{table}.parquet"
    path = path if path.exists() else folder / table / "c00001.parquet"
    content = bytearray(path.read_bytes())
    for place in (len(content) // 3, len(content) - 40):
        changed = content.copy()
        changed[place] ^= 4
        path.write_bytes(changed)
        store = Store(folder)
        with pytest.raises(SweepError, match=rf"{path.name} is damaged"):
            store.check()
        if table != "unit":
            with pytest.raises(SweepError, match=rf"{path.name} is damaged"):
                Sweep(store.frozen.experiment, folder).sql(f"select count(*) from {table}")


def test_files_that_changed_places_are_noticed(tmp_path: Path, twins: Sweep) -> None:
    folder = Path(shutil.copytree(twins.folder, tmp_path / "s"))
    one, other = (folder / "panel" / f"c0000{k}.parquet" for k in (0, 1))
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    with pytest.raises(SweepError, match="is damaged: its bytes are not those that were written"):
        Store(folder).check()


def test_a_sound_store_is_compared_once(twins: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    store = twins.store
    size = sum(path.stat().st_size for path in store.folder.rglob("*.parquet"))
    assert store.check() == size
    monkeypatch.setattr("experiments.storage.parquet.check", pytest.fail)
    assert store.check() == size
