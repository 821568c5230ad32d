"""Two stores become one: shards, seeds and values of two places, and nothing of another model."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.sweep import Sweep, SweepError, from_values, open_store
from experiments.sweep.merge import Merged
from experiments.sweep.store import Store
from tests.support.sweeps import SMALL, VALUES, make


def part(folder: Path, shard: tuple[int, int], **changes: Any) -> Sweep:
    """A sweep of which a part has run."""
    sweep = make(folder, **changes)
    sweep.run(shard=shard)
    return sweep


def test_shards_of_two_places_become_one(tmp_path: Path, truth: Sweep) -> None:
    one, two = (part(tmp_path / str(k), (k, 2)) for k in (1, 2))
    before = {path: path.read_bytes() for path in two.folder.rglob("*.parquet")}
    assert one.merge(two.folder) == Merged(6, 0)
    assert one.digest() == truth.digest()
    kept = ["run", "point", "replication", "seed", "key", "status", "attempt"]
    pd.testing.assert_frame_equal(one.runs[kept], truth.runs[kept])
    assert {path: path.read_bytes() for path in two.folder.rglob("*.parquet")} == before
    assert one.merge(two.folder) == Merged(0, 0)


def test_chunks_of_another_size_are_cut_anew(tmp_path: Path, truth: Sweep) -> None:
    one = part(tmp_path / "1", (1, 2))
    two = part(tmp_path / "2", (1, 1), run={"chunk": 5})
    two.compact()
    assert one.merge(two.folder) == Merged(6, 0)
    assert one.digest() == truth.digest()


def test_runs_that_fill_no_chunk_are_left_to_be_run(tmp_path: Path, truth: Sweep) -> None:
    one = part(tmp_path / "1", (1, 2))
    two = part(tmp_path / "2", (2, 6), run={"chunk": 2})  # runs 2 and 3, of which 3 is missing in the first
    assert one.merge(two.folder) == Merged(0, 1)
    one.run()
    assert one.digest() == truth.digest()


def test_seeds_of_two_places_become_one_range(tmp_path: Path) -> None:
    one = from_values(VALUES, tmp_path / "1")
    two = from_values({**VALUES, "first_seed": 3, "seeds": 3}, tmp_path / "2")
    whole = from_values({**VALUES, "seeds": 5}, tmp_path / "w")
    for sweep in (one, two, whole):
        sweep.run()
    with pytest.raises(SweepError, match="merge the other way round"):
        two.merge(one.folder)
    assert one.merge(two.folder) == Merged(6, 0)
    merged = open_store(one.folder)
    assert merged.status().missing == 0
    assert merged.digest() == whole.digest()
    pd.testing.assert_frame_equal(merged.finals, whole.finals)
    far = from_values({**VALUES, "first_seed": 9}, tmp_path / "far")
    far._prepare(1, False)
    with pytest.raises(SweepError, match="seeds 6 to 8 are in neither store"):
        merged.merge(far.folder)


def test_values_of_two_places_become_one_design(tmp_path: Path, truth: Sweep) -> None:
    factors = SMALL["design"]["factors"]
    one = make(tmp_path / "1", design={"factors": {**factors, "capacity_scale": [0.5]}})
    two = make(tmp_path / "2", design={"factors": {**factors, "capacity_scale": [1.0, 2.0]}})
    for sweep in (one, two):
        sweep.run()
    assert one.merge(two.folder) == Merged(8, 0)
    merged = open_store(one.folder)
    assert merged.status().missing == 0
    pd.testing.assert_frame_equal(merged.finals, truth.finals)
    assert merged.run().missing == 0  # it is the sweep of its experiment
    odd = make(tmp_path / "3", design={"factors": {"capacity_scale": [9.0], "talent_mobility": [0.01]}})
    odd._prepare(1, False)
    with pytest.raises(SweepError, match="are no full factorial design"):
        merged.merge(odd.folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": 2005}, "holds another experiment than .*: it differs in until"),
        ({"design": {"factors": {"capacity_scale": [1.0]}}}, "other factors: talent_mobility"),
        ({"common_random_numbers": False}, "it differs in common_random_numbers"),
    ],
)
def test_another_experiment_is_refused(tmp_path: Path, truth: Sweep, changes, said: str) -> None:
    folder = shutil.copytree(truth.folder, tmp_path / "s")
    other = make(tmp_path / "o", **changes)
    other._prepare(1, False)
    with pytest.raises(SweepError, match=said):
        open_store(folder).merge(other.folder)


def test_runs_of_another_model_are_refused(tmp_path: Path, truth: Sweep) -> None:
    folder, other = (shutil.copytree(truth.folder, tmp_path / name) for name in ("s", "o"))
    store = Store(other)
    frozen = store.frozen
    for kind, value in {"model": "other", "data": {"synthetic:12": "other"}}.items():
        store.rewrite(replace(frozen, fingerprints={**frozen.fingerprints, kind: value}))
        with pytest.raises(SweepError, match=f"was run with (another|other) {kind}"):
            open_store(folder).merge(other)
    store.rewrite(frozen)
    file = store.files("runs")[0]
    rows = store.read(file)
    store.write_table(file, rows.set_column(4, "key", [["x"] * len(rows)]))
    with pytest.raises(
        SweepError, match=r"3 runs have other keys .* the first of them replication 0 of point 0"
    ):
        open_store(folder).merge(other)


def test_runs_with_seeds_of_their_own_need_one_design(tmp_path: Path) -> None:
    values = {**VALUES, "common_random_numbers": False}
    one = from_values(values, tmp_path / "1")
    for sweep in (one, from_values({**values, "seeds": 3}, tmp_path / "2")):
        sweep.run()
    assert one.merge(tmp_path / "2") == Merged(2, 0)
    assert open_store(tmp_path / "1").digest() == open_store(tmp_path / "2").digest()
    turned = {**values, "design": {"factors": {"talent_mobility": [0.05, 0.0]}}}
    from_values(turned, tmp_path / "3")._prepare(1, False)
    with pytest.raises(SweepError, match="only stores of one design can be merged"):
        open_store(tmp_path / "1").merge(tmp_path / "3")
    from_values({**values, "first_seed": 2}, tmp_path / "4")._prepare(1, False)
    with pytest.raises(SweepError, match="they differ in first_seed"):
        open_store(tmp_path / "1").merge(tmp_path / "4")
