"""The runner and its store: every run once, the same bits, whatever happens on the way."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import netcdf_file

from experiments.sweep import StoppedError, Sweep, SweepError, chunk, from_values, open_store
from experiments.sweep import store as store_module
from experiments.sweep import sweep as sweep_module
from experiments.sweep.chunk import Task
from experiments.sweep.executors import InProcess, Reports
from experiments.sweep.measures import EFFECTS, METRICS
from experiments.sweep.scheduling import Progress, TooManyFailuresError, drive
from experiments.sweep.store import Store
from tests import ROOT

BASE = {
    "scenario": "random_hosts", "cities": "synthetic:12", "until": 2006,
    "parameters": {"firms": 100, "burn_in": 0},
}  # fmt: skip
FACTORS = {"capacity_scale": [0.5, 1.0, 2.0], "talent_mobility": [0.0, 0.05]}


def make(store: Path, **changes: Any) -> Sweep:
    """Six points, two seeds each, in chunks of three runs."""
    values: dict[str, Any] = {
        "name": "t", "base": BASE, "replications": 2, "run": {"chunk": 3}, "design": {"factors": FACTORS}
    }  # fmt: skip
    return from_values({**values, **changes}, store)


def failing(folder: Path, **limits: Any) -> Sweep:
    """Four points of which one cannot be run: a product of allowed values is out of range."""
    factors = {"traffic_scale": [1.0, 2.0], "traffic_basic": [5.0, 900_000.0]}
    return make(folder, design={"factors": factors}, run={"chunk": 3, "max_failures": 2, **limits})


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """An undisturbed sweep."""
    sweep = make(tmp_path_factory.mktemp("truth") / "store")
    sweep.run()
    return sweep


class DyingExecutor(InProcess):
    """Runs some chunks, then is killed in the middle of another, as a process is."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks

    def run(self, tasks: Iterable[Task]) -> Reports:
        yield from super().run(islice(tasks, self.left))
        raise KeyboardInterrupt


def same(one: Sweep, other: Sweep) -> bool:
    """Whether two stores hold the same files, but for the times in ``runs``."""
    parts = [sorted(p.relative_to(s.folder) for p in s.folder.glob("[fm]*/*.parquet")) for s in (one, other)]
    return parts[0] == parts[1] and all(
        (one.folder / part).read_bytes() == (other.folder / part).read_bytes() for part in parts[0]
    )


# ── What a store holds ───────────────────────────────────────────────────────────────────────────


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


def test_the_first_page_says_where_a_store_comes_from(truth: Sweep) -> None:
    page = json.loads((truth.folder / "experiment.json").read_text(encoding="utf-8"))
    assert page["experiment"]["seeds"] == {"root": 1, "common": True}
    assert set(page["fingerprints"]) == {"model", "rules", "data"}
    assert {"versions", "git_commit", "git_patch", "machine", "command"} <= set(page["provenance"])


def test_sql_joins_factors_and_results(truth: Sweep) -> None:
    answer = truth.sql("select capacity_scale, count(*) as n from finals group by all order by 1")
    assert answer["n"].tolist() == [4, 4, 4]
    by_point = truth.sql("select point, year, avg(theil) as theil from metrics group by all")
    assert len(by_point) == 12
    with pytest.raises(SweepError, match=r"cannot be answered.*innovation"):
        truth.sql("select innovatoin from finals")


def test_a_store_is_opened_without_its_file(truth: Sweep) -> None:
    again = open_store(truth.folder)
    assert again.experiment == truth.experiment
    assert again.digest() == truth.digest()
    with pytest.raises(SweepError, match="is no store of a sweep"):
        open_store(truth.folder.parent)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "nc"])
def test_exports_hold_what_the_store_holds(truth: Sweep, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"finals.{ending}"
    assert truth.export("finals", target) == 12
    if ending == "nc":
        with netcdf_file(target, mmap=False) as file:
            found = np.array(file.variables["innovation"][:])
    else:
        read: dict[str, Any] = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
        found = read[ending](target)["innovation"].to_numpy()
    np.testing.assert_allclose(found, truth.finals["innovation"], rtol=1e-14)


def test_an_unknown_table_or_ending_is_refused(truth: Sweep, tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="there is no table 'final'"):
        truth.export("final", tmp_path / "a.csv")
    with pytest.raises(SweepError, match="must have a name that ends in"):
        truth.export("finals", tmp_path / "a.doc")


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
    own = make(tmp_path / "s", seeds={"root": 5, "common": False}, replications=3)
    own.run()
    assert own.runs["seed"].nunique() == 18


# ── Resuming ─────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_sweep_goes_on_and_ends_with_the_same_bytes(tmp_path: Path, truth: Sweep) -> None:
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


def test_a_chunk_killed_between_its_files_is_not_counted(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    sweep = make(tmp_path / "s")
    written = Store._write
    count = 0

    def die_before_the_mark(self: Store, path: Path, table: Any) -> None:
        nonlocal count
        count += path.parent.name == "metrics"
        if count == 2:
            raise KeyboardInterrupt
        written(self, path, table)

    monkeypatch.setattr(Store, "_write", die_before_the_mark)
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


def test_a_full_disk_stops_the_sweep_and_it_goes_on_later(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    sweep = make(tmp_path / "s")
    calls = 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store_module.os, "fsync", full)
    with pytest.raises(StoppedError, match="the disk is full after 3 of 12 runs: make room"):
        sweep.run()
    assert not list(sweep.folder.rglob("*.part"))
    monkeypatch.undo()
    sweep.run()
    assert same(sweep, truth)


def test_a_part_that_another_process_takes_for_a_dead_writers_is_written_again(
    tmp_path: Path, truth: Sweep, monkeypatch: Any
) -> None:
    """The clock of one machine jumps ahead by a day: what others write at that moment looks old."""
    sweep, fsync, swept = make(tmp_path / "s"), os.fsync, []

    def meanwhile(handle: int) -> None:
        fsync(handle)
        if len(swept) < 1:
            swept.append(handle)
            with monkeypatch.context() as clock:
                clock.setattr(store_module.time, "time", lambda: 4e9)
                Store(sweep.folder).sweep_up()

    monkeypatch.setattr(store_module.os, "fsync", meanwhile)
    sweep.run()
    assert swept
    assert same(sweep, truth)


def test_shards_fill_one_store(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s")
    for k in (3, 1, 2):
        make(tmp_path / "s").run(shard=(k, 3))
    assert sweep.status().missing == 0
    assert same(sweep, truth)
    with pytest.raises(SweepError, match="shard cannot be 4/3"):
        sweep.run(shard=(4, 3))


def test_two_drivers_at_once_do_no_harm(tmp_path: Path, truth: Sweep) -> None:
    one, other = make(tmp_path / "s"), make(tmp_path / "s")
    tasks: list[Task] = []
    store = one._prepare(1, False)
    other._prepare(1, False)
    model = sweep_module.model_fingerprint()
    for number in [*store.missing(), *store.missing()]:
        tasks.append(Task(str(one.folder), number, one.experiment.run, model))
    drive(InProcess(), tasks, Progress(12), 0)
    assert same(one, truth)
    assert one.runs["run"].tolist() == list(range(12))


def test_a_different_chunk_size_gives_the_same_digest(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s", run={"chunk": 5})
    sweep.run()
    assert not same(sweep, truth)
    assert sweep.digest() == truth.digest()


def test_without_a_chunk_size_one_is_found(tmp_path: Path, truth: Sweep) -> None:
    sweep = make(tmp_path / "s", run={})
    plan = sweep.plan(workers=2)
    assert (plan.points, plan.runs, plan.chunk) == (6, 12, 2)
    assert 0 < plan.seconds(2) < plan.seconds(1)
    assert not sweep.folder.exists()
    sweep.run()
    assert sweep.digest() == truth.digest()


def test_the_predicted_size_is_near_the_real_one(truth: Sweep, tmp_path: Path) -> None:
    sweep = make(tmp_path / "s", base={**BASE, "until": 2030}, replications=20, run={"chunk": 120})
    sweep.run()
    real = sum(path.stat().st_size for path in sweep.folder.rglob("c*.parquet"))
    assert 0.5 < sweep.plan().bytes / real < 2.0


# ── What a store refuses ─────────────────────────────────────────────────────────────────────────


def test_another_experiment_is_refused(truth: Sweep) -> None:
    with pytest.raises(SweepError, match=r"another experiment: it differs in base.until, replications"):
        make(truth.folder, replications=3, base={**BASE, "until": 2007}).run()
    # Limits of the runner are no part of the experiment.
    assert make(truth.folder, run={"timeout": 60.0}).run().missing == 0


def test_another_model_is_refused_unless_told(tmp_path: Path, monkeypatch: Any) -> None:
    sweep = make(tmp_path / "s")
    with pytest.raises(KeyboardInterrupt):
        sweep.run(on=DyingExecutor(1))
    monkeypatch.setattr(sweep_module, "model_fingerprint", lambda: "another")
    with pytest.raises(SweepError, match=r"the model changed since .* was begun"):
        make(tmp_path / "s").run()
    monkeypatch.setattr(chunk, "model_fingerprint", lambda: "another")
    chunk._contexts.clear()
    assert make(tmp_path / "s").run(allow_change=True).missing == 0
    assert len(Store(tmp_path / "s").frozen.changes) == 1
    chunk._contexts.clear()


def test_a_worker_with_another_model_refuses(truth: Sweep, tmp_path: Path) -> None:
    sweep = make(tmp_path / "s")
    sweep._prepare(1, False)
    with pytest.raises(SweepError, match="another version of the model"):
        chunk.run_chunk(Task(str(sweep.folder), 0, sweep.experiment.run, "another"))


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(SweepError, match="holds files that are no store"):
        make(tmp_path).run()


# ── Runs that fail ───────────────────────────────────────────────────────────────────────────────


def test_a_run_that_fails_is_a_row_and_the_others_go_on(tmp_path: Path) -> None:
    sweep = failing(tmp_path / "s")
    status = sweep.run()
    assert status.by_status == {"failed": 2, "ok": 6}
    failed = sweep.failed
    assert failed["run"].tolist() == [6, 7]
    assert "traffic_basic cannot be 1800000" in failed["error"].iloc[0]
    assert "Traceback" in failed["traceback"].iloc[0]
    assert len(sweep.finals) == 6
    assert sweep.metrics["run"].nunique() == 6
    assert np.isfinite(sweep.finals["innovation"]).all()


def test_too_many_failures_stop_the_sweep(tmp_path: Path) -> None:
    with pytest.raises(TooManyFailuresError, match=r"more than the 0 that run.max_failures allows"):
        failing(tmp_path / "s", max_failures=0).run()


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


def test_retries_try_a_run_again_at_once(tmp_path: Path, monkeypatch: Any) -> None:
    simulate, tried = chunk.StoreContext.simulate, []

    def fail_once(self: Any, run: int, timeout: float | None = None) -> Any:
        tried.append(run)
        if tried.count(run) == 1:
            raise OSError("a network file system that was away")
        return simulate(self, run, timeout)

    monkeypatch.setattr(chunk.StoreContext, "simulate", fail_once)
    assert make(tmp_path / "s", run={"chunk": 3, "retries": 1}).run().failed == 0
    assert len(tried) == 24


def test_a_run_over_its_time_is_a_row(tmp_path: Path) -> None:
    sweep = make(
        tmp_path / "s", base={**BASE, "until": 2060}, run={"chunk": 12, "timeout": 0.02, "max_failures": 12}
    )
    assert sweep.run().by_status == {"timeout": 12}
    assert sweep.runs["error"].str.startswith("longer than 0.02 s").all()
    assert len(sweep.metrics) == 0


def test_a_run_that_kills_its_process_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text(
        "import os\nfrom model import Rules, interpreted\n\n"
        "@interpreted\ndef wage(wage):\n    os._exit(9)\n\nrules = Rules(wage=wage)\n"
    )
    sweep = make(
        tmp_path / "s", design={"factors": {"rules": ["default", "deadly:rules"]}}, folder=str(tmp_path)
    )
    sweep._prepare(1, False)
    task = Task(str(sweep.folder), 0, sweep.experiment.run, sweep_module.model_fingerprint(), alone=True)
    report = chunk.run_chunk(task)
    assert (report.ok, report.failed) == (2, 1)
    runs = sweep.runs
    assert runs["status"].tolist() == ["ok", "ok", "died"]
    assert "exit status 9" in runs["error"].iloc[2]


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


# ── Calibrators, start ───────────────────────────────────────────────────────────────────────────


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
    code = "import sys, experiments; print(sorted({'pandas', 'mesa', 'distributed'} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


# ── Runs that stand still ────────────────────────────────────────────────────────────────────────


def test_a_run_that_stands_still_is_given_up_and_the_others_go_on(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "still.py").write_text(
        "from model import Rules, interpreted\n\n"
        "@interpreted\ndef wage(wage):\n    while wage > 0.0:\n        pass\n\nrules = Rules(wage=wage)\n"
    )
    monkeypatch.setattr(chunk, "patience", lambda timeout: timeout)
    sweep = make(
        tmp_path / "s", design={"factors": {"rules": ["still:rules", "default"]}}, replications=1,
        folder=str(tmp_path), run={"chunk": 3, "timeout": 3.0, "max_failures": 2},
    )  # fmt: skip
    assert sweep.run().by_status == {"ok": 1, "timeout": 1}
    assert sweep.failed["error"].tolist() == ["longer than 3 s: it stood still within a year"]
    assert not chunk._stuck  # the loop was ended, so this process can go on


def test_what_follows_a_run_that_cannot_be_ended_has_a_process_of_its_own(
    tmp_path: Path, monkeypatch: Any
) -> None:
    """As after a loop in compiled code, which hears nothing; here it hears only when the test is over."""
    over, simulate = threading.Event(), chunk.StoreContext.simulate

    def stand_still(self: Any, run: int, timeout: float | None = None) -> Any:
        if run == 0:
            over.wait()
        return simulate(self, run, timeout)

    monkeypatch.setattr(chunk.StoreContext, "simulate", stand_still)
    monkeypatch.setattr(chunk, "patience", lambda timeout: 1.0)
    monkeypatch.setattr(chunk, "_stuck", set())
    own: list[int] = []
    monkeypatch.setattr(
        chunk, "_run_isolated", lambda task, run: own.append(run) or chunk._tried(task.store, run, None)
    )
    sweep = make(tmp_path / "s", replications=1, run={"chunk": 3, "timeout": 60.0, "max_failures": 2})
    try:
        assert sweep.run().by_status == {"ok": 5, "timeout": 1}
    finally:
        over.set()
    assert own == [1, 2, 3, 4, 5]
