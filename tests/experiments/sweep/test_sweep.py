"""A sweep: every run once, the same bits, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.sweep import (
    Sweep,
    SweepError,
    chunk,
    identity,
    open_store,
)
from experiments.sweep import sweep as sweep_module
from experiments.sweep.chunk import Task
from experiments.sweep.executors import InProcess, Reports
from experiments.sweep.measures import EFFECTS, METRICS
from experiments.sweep.store import Store
from tests.support.cli import python
from tests.support.programs import PROGRAMS
from tests.support.sweeps import failing, make, same


class DyingExecutor(InProcess):
    """Runs some chunks, then is killed in the middle of another, as a process is."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks

    def run(self, tasks: Iterable[Task]) -> Reports:
        yield from super().run(islice(tasks, self.left))
        raise KeyboardInterrupt


def test_a_sweep_fills_its_store(truth: Sweep) -> None:
    status = truth.status()
    assert (status.total, status.done, status.failed, status.missing) == (12, 12, 0, 0)
    runs, finals, metrics = truth.runs, truth.finals, truth.metrics
    assert runs["run"].tolist() == finals["run"].tolist() == list(range(12))
    assert runs["point"].tolist() == [run // 2 for run in range(12)]
    assert runs["seed"].tolist() == [1, 2] * 6
    assert runs["key"].nunique() == 12
    assert finals["capacity_scale"].tolist() == [0.5] * 4 + [1.0] * 4 + [2.0] * 4
    assert metrics.groupby("run")["year"].apply(list).tolist() == [[2005, 2006]] * 12
    assert set(METRICS) <= set(metrics.columns)
    late = metrics.groupby("run")["innovation"].mean()
    np.testing.assert_allclose(late, finals["innovation"], rtol=1e-6)
    assert (finals["innovation"] > 0).all()


def test_a_store_is_opened_without_its_file(truth: Sweep) -> None:
    again = open_store(truth.folder)
    assert again.experiment == truth.experiment
    assert again.digest() == truth.digest()
    with pytest.raises(SweepError, match="is not the store of a sweep"):
        open_store(truth.folder.parent)


def test_panels_are_kept_for_chosen_runs_only(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", twin=True, record={"panel": "replication = 1 and capacity_scale > 1.5"})
    sweep.run()
    panel = sweep.panel
    assert sorted(panel["run"].unique()) == [9, 11]
    assert panel.groupby(["run", "arm", "year"]).size().tolist() == [12] * 8
    total = panel[(panel["run"] == 9) & (panel["arm"] == "with")].groupby("year")["innovation"].sum()
    metrics = sweep.metrics.set_index("run").loc[9]
    np.testing.assert_allclose(total, metrics["innovation"], rtol=1e-5)
    assert set(EFFECTS) <= set(sweep.finals.columns)
    assert (sweep.sql("select centres from twin_metrics")["centres"] == 0).all()


def test_only_the_metrics_asked_for_are_kept(tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", record={"metrics": ["theil", "innovation"]})
    sweep.run()
    assert list(sweep.metrics.columns) == ["run", "point", "replication", "year", "theil", "innovation"]


def test_seeds_are_common_or_each_runs_own(tmp_path: Path) -> None:
    own = make(tmp_path / "s", first_seed=5, common_random_numbers=False, seeds=3)
    own.run()
    assert own.runs["seed"].nunique() == 18


def test_a_killed_sweep_continues_and_ends_with_the_same_bytes(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s")
    for chunks in (1, 0, 2):
        with pytest.raises(KeyboardInterrupt):
            sweep.run(on=DyingExecutor(chunks))
    assert sweep.status().done == 9
    heard: list[int] = []
    sweep.run(on_progress=lambda progress, report: heard.append(progress.done))
    assert heard == [9, 12]
    assert same(sweep, truth)
    assert sweep.digest() == truth.digest()


def test_a_sweep_that_is_complete_runs_nothing(truth: Sweep) -> None:
    assert truth.run(on=DyingExecutor(0)).done == 12


def test_shards_fill_one_store(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s")
    for k in (3, 1, 2):
        make(tmp_path / "s").run(shard=(k, 3))
    assert sweep.status().missing == 0
    assert same(sweep, truth)
    with pytest.raises(SweepError, match="shard cannot be 4/3"):
        sweep.run(shard=(4, 3))


def test_a_different_chunk_size_gives_the_same_digest(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s", run={"chunk": 5})
    sweep.run()
    assert not same(sweep, truth)
    assert sweep.digest() == truth.digest()


def test_another_experiment_is_refused(truth: Sweep) -> None:
    with pytest.raises(SweepError, match=r"another experiment: it differs in until, seeds"):
        make(truth.folder, seeds=3, until=2007).run()
    # Limits of the runner are no part of the experiment.
    assert make(truth.folder, run={"timeout": 60.0}).run().missing == 0


def test_another_model_is_refused_unless_told(tmp_path: Path, monkeypatch: Any) -> None:
    sweep = make(tmp_path / "s")
    with pytest.raises(KeyboardInterrupt):
        sweep.run(on=DyingExecutor(1))
    for module in (sweep_module, identity):
        monkeypatch.setattr(module, "model_fingerprint", lambda: "another")
    with pytest.raises(SweepError, match=r"the model changed since .* was begun"):
        make(tmp_path / "s").run()
    monkeypatch.setattr(chunk, "model_fingerprint", lambda: "another")
    chunk._contexts.clear()
    assert make(tmp_path / "s").run(allow_change=True).missing == 0
    assert len(Store(tmp_path / "s").frozen.changes) == 1
    chunk._contexts.clear()


def test_retry_replaces_failed_rows(tmp_path: Path, monkeypatch: Any) -> None:
    sweep, truth = make(tmp_path / "s"), make(tmp_path / "t")
    truth.run()
    simulate = chunk.StoreContext.simulate

    def fail(self: Any, run: int, timeout: float | None = None) -> Any:
        if run in (4, 10):
            raise MemoryError("for once")
        return simulate(self, run, timeout)

    monkeypatch.setattr(chunk.StoreContext, "simulate", fail)
    assert make(tmp_path / "s", run={"chunk": 3, "max_failures": 9}).run().failed == 2
    monkeypatch.undo()
    assert sweep.retry().by_status == {"ok": 12}
    runs = sweep.runs
    assert runs["run"].tolist() == list(range(12))
    assert runs.loc[runs["attempt"] == 1, "run"].tolist() == [4, 10]
    assert sweep.digest() == truth.digest()
    pd.testing.assert_frame_equal(sweep.finals, truth.finals)


def test_rerun_gives_the_stored_run_and_raises_what_failed(truth: Sweep, tmp_path: Path) -> None:
    found = truth.rerun(7)
    assert found.finals["theil"] == truth.finals.set_index("run").loc[7, "theil"]
    again = truth.rerun(7, "interpreted").finals
    np.testing.assert_array_equal(list(again.values()), list(found.finals.values()))
    with pytest.raises(SweepError, match="there is no run 12: runs are 0 to 11"):
        truth.rerun(12)
    sweep = failing(tmp_path / "s")
    sweep.run()
    with pytest.raises(ValueError, match="traffic_basic cannot be"):
        sweep.rerun(6)


def test_the_simulator_is_a_function_of_theta_years_seed(truth: Sweep) -> None:
    simulate = truth.simulator(["innovation", "theil"])
    found = simulate([0.5, 0.05], 2, 2)
    stored = truth.metrics[truth.metrics["run"] == 3]
    assert found.shape == (2, 2)
    np.testing.assert_allclose(found, stored[["innovation", "theil"]], rtol=1e-6)
    with pytest.raises(ValueError, match="theta must have 2 values"):
        simulate([0.5], 2, 1)
    with pytest.raises(SweepError, match="did you mean theil"):
        truth.simulator(["teil"])


def test_importing_experiments_imports_no_sweep() -> None:
    answer = python(str(PROGRAMS / "loaded_modules.py"), "pandas mesa distributed duckdb", "experiments")
    assert "LOADED []" in answer.stderr


def test_runs_and_shards_that_do_not_exist_are_refused(done: Sweep) -> None:
    for shard in ((0, 2), (3, 2)):
        with pytest.raises(SweepError, match=f"shard cannot be {shard[0]}/2: write k/n with k from 1 to n"):
            done.run(shard=shard)
    for run in (-1, 4):
        with pytest.raises(SweepError, match=f"there is no run {run}: runs are 0 to 3"):
            done.rerun(run)
    with pytest.raises(SweepError, match="there is no metric 'xyzzy'; there are innovation, "):
        done.simulator(["xyzzy"])
    simulate = done.simulator(["innovation"])
    with pytest.raises(ValueError, match="theta must have 1 values, one for each of talent_mobility"):
        simulate([1.0, 2.0], 1, 1)
