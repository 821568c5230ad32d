"""What a sweep will cost."""

from __future__ import annotations

from pathlib import Path

from experiments.sweep import (
    Sweep,
)
from tests.support.sweeps import make


def test_without_a_chunk_size_one_is_found(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s", run={})
    plan = sweep.plan(workers=2)
    assert (plan.points, plan.runs, plan.chunk) == (6, 12, 2)
    assert 0 < plan.seconds(2) < plan.seconds(1)
    assert not sweep.folder.exists()
    sweep.run()
    assert sweep.digest() == truth.digest()


def test_the_predicted_size_is_near_the_real_one(truth: Sweep, tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", until=2030, run={"chunk": 12})
    sweep.run()
    real = sum(path.stat().st_size for path in sweep.folder.rglob("c*.parquet"))
    assert 0.5 < sweep.plan().bytes / real < 2.0
