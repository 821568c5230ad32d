"""Packs: the same results from fewer files, whatever interrupts the packing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep import Sweep, SweepError, open_store
from experiments.sweep.compact import compact_store
from experiments.sweep.store import Store
from tests.support.sweeps import failing


@pytest.fixture
def copied(truth: Sweep, tmp_path: Path) -> Sweep:
    """A copy of a finished sweep of four chunks."""
    return open_store(shutil.copytree(truth.folder, tmp_path / "s"))


def test_a_pack_holds_what_its_chunks_held(copied: Sweep, truth: Sweep) -> None:
    assert copied.compact() == (4, 1)
    assert [path.name for path in copied.store.files("metrics")] == ["p00000-00003.parquet"]
    assert copied.digest() == truth.digest()
    for name in ("runs", "finals", "metrics"):
        pd.testing.assert_frame_equal(getattr(copied, name), getattr(truth, name))
    assert copied.run().missing == 0
    assert copied.compact() == (1, 1)
    assert copied.store.has("c00002")
    assert not copied.store.has("c00004")


def test_packs_have_a_largest_size(copied: Sweep, truth: Sweep) -> None:
    assert compact_store(copied.store, 12) == (4, 2)
    assert copied.digest() == truth.digest()


@pytest.mark.parametrize("at", range(12))
def test_an_interruption_loses_nothing(
    copied: Sweep, truth: Sweep, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """At any file that is written or removed."""
    written, unlink, count = Store.write_table, Path.unlink, 0

    def counted() -> None:
        nonlocal count
        count += 1
        if count > at:
            raise KeyboardInterrupt

    def write(self: Store, path: Path, table) -> None:
        counted()
        written(self, path, table)

    def remove(self: Path, missing_ok: bool = False) -> None:
        if self.suffix == ".parquet":
            counted()
        unlink(self, missing_ok)

    monkeypatch.setattr(Store, "write_table", write)
    monkeypatch.setattr(Path, "unlink", remove)
    with pytest.raises(KeyboardInterrupt):
        copied.compact()
    monkeypatch.undo()
    assert copied.status().done == 12
    assert copied.digest() == truth.digest()
    copied.compact()
    assert len(list(copied.folder.glob("finals/*.parquet"))) == 1
    assert copied.digest() == truth.digest()


def test_runs_are_tried_again_after_packing(tmp_path: Path) -> None:
    sweep = failing(tmp_path / "s")
    assert sweep.run().failed == 2
    assert sweep.compact()[1] == 1
    assert sweep.retry().failed == 2
    assert len(sweep.store.stored()) > 1
    assert sweep.runs["attempt"].max() == 1
    before = sweep.digest()
    assert sweep.compact()[1] == 1
    assert (sweep.status().done, sweep.status().failed, sweep.digest()) == (8, 2, before)
    assert sweep.retry().failed == 2
    assert sweep.runs["attempt"].max() == 2


def test_a_store_goes_on_growing_after_packing(copied: Sweep) -> None:
    copied.compact()
    larger = copied.extend(seeds=3)
    assert larger.run().missing == 0
    digest = larger.digest()
    larger.compact()
    assert len(larger.store.stored()) == 1
    assert larger.digest() == digest


def test_a_damaged_file_is_not_packed(copied: Sweep) -> None:
    path = copied.folder / "finals" / "c00001.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SweepError, match=r"c00001.parquet is damaged"):
        copied.compact()
    assert path.exists()
