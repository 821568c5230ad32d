"""What a store, its queries and the places where runs are made do at their edges."""

from __future__ import annotations

import builtins
import errno
import json
import os
import pickle
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.pages.sweep_measures_page import with_measures
from experiments.study import run_identity as identity
from experiments.sweep import Sweep, SweepError, chunk, from_values, queries
from experiments.sweep import isolated_run as alone
from experiments.sweep import scheduling as driver
from experiments.sweep.analysis.calibration_targets import read_targets
from experiments.sweep.analysis.optimisation import optimise
from experiments.sweep.analysis.replications import Replications
from experiments.sweep.chunk import Task
from experiments.sweep.scheduling import Progress
from experiments.sweep.store import FROZEN, Store, _hash

VALUES: dict[str, Any] = {
    "name": "t", "replications": 2, "run": {"chunk": 2},
    "base": {"cities": "synthetic:12", "until": 2005, "parameters": {"firms": 60, "burn_in": 0}},
    "design": {"factors": {"talent_mobility": [0.0, 0.05]}},
}  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A finished sweep of two points, two runs each."""
    sweep = from_values(VALUES, tmp_path_factory.mktemp("done") / "store")
    sweep.run()
    return sweep


# ── The store ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: [values], "is damaged: it holds no table of settings"),
        (lambda values: {**values, "format": 1}, "was written by another version of ComputeLeap"),
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
    with pytest.raises(SweepError, match="is no store of a sweep: it has no"):
        Store(tmp_path / FROZEN)


def test_unfinished_files_of_writers_that_are_gone_are_removed(done: Sweep, monkeypatch) -> None:
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


def test_queries_that_are_none_are_refused(done: Sweep, tmp_path: Path) -> None:
    with pytest.raises(SweepError, match=r"the query cannot be answered: .*nothing_of_that_name"):
        done.sql("select * from nothing_of_that_name")
    target = tmp_path / "t.csv"
    for sql in (
        "",
        "-- a word",
        "create table t (a integer)",
        f"copy (select 1) to '{target}'",
        "set threads=1",
    ):
        with pytest.raises(SweepError, match="the query selects nothing: begin it with select"):
            done.sql(sql)
    assert not target.exists()
    assert done.sql("from runs select count(*) as n")["n"].tolist() == [4]
    assert len(done.sql("pivot (select point, seed from runs) on point using count(*)")) == 2


def test_a_store_that_cannot_be_viewed_says_so(done: Sweep, monkeypatch) -> None:
    monkeypatch.setattr(queries, "_source", lambda *_: "read_parquet('no_such_file.parquet')")
    with pytest.raises(SweepError, match=r"store cannot be read: .*no_such_file"):
        queries.connect(done.store)


def test_excel_has_its_limits(done: Sweep, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(queries, "EXCEL_ROWS", 3)
    with pytest.raises(SweepError, match=r"runs has 4 rows, more than the 3 of an Excel sheet: take .csv"):
        done.export("runs", tmp_path / "runs.xlsx")
    monkeypatch.setattr(queries, "EXCEL_ROWS", 4)
    without(monkeypatch, "openpyxl")
    with pytest.raises(SweepError, match="Excel files need openpyxl"):
        done.export("runs", tmp_path / "runs.xlsx")


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """As if a package were not installed."""
    real = builtins.__import__

    def importing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(f"No module named {package!r}")
        return real(name, *rest, **more)

    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", importing)


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


def test_a_front_needs_two_objectives(done: Sweep) -> None:
    with pytest.raises(SweepError, match="a front needs two objectives at least"):
        optimise(done, "innovation:max")
    with pytest.raises(SweepError, match="innovation stands twice among the objectives"):
        optimise(done, "innovation:max,innovation:min")


def test_a_page_without_the_block_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no block from <!-- measures"):
        with_measures("a page")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 3", "must hold tables [targets.NAME], each a target, and nothing else"),
        ("[targets]", "must hold tables [targets.NAME]"),
        ("targets.theil = 3", "targets.theil must be a table with value and se or tolerance, not 3"),
        ("targets.theil.valeu = 3", "there is no key targets.theil.valeu; did you mean value?"),
        ("targets.theil.xyzzy = 3", "there is no key targets.theil.xyzzy; there are "),
        ("targets.theil = {value = 1, se = -1}", "targets.theil.se cannot be below 0, as -1 is"),
        ("targets.theil = {value = 1, se = 1, metric = 3}", "targets.theil.metric must be a text in quotes"),
        (
            "targets.theil = {value = true, se = 1}",
            "targets.theil.value must be a number, at most 1e+100 from 0, not True",
        ),
    ],
)
def test_targets_that_cannot_be_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SweepError) as caught:
        read_targets(tmp_path / "t.toml")
    assert said in str(caught.value)
    assert "t.toml" in str(caught.value)


# ── Where runs are made ──────────────────────────────────────────────────────────────────────────


def test_a_run_in_a_process_of_its_own_comes_back_by_pipe(done: Sweep, monkeypatch, tmp_path: Path) -> None:
    target = os.open(tmp_path / "answer", os.O_CREAT | os.O_RDWR)
    kept = [os.dup(number) for number in (1, 2)]
    monkeypatch.setattr(sys, "argv", ["alone", str(done.folder), "1", "None"])

    def leaving(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", leaving)
    try:
        os.dup2(target, 1)
        with pytest.raises(SystemExit, match="0"):
            alone.main()
    finally:
        for number, real in zip((1, 2), kept, strict=True):
            os.dup2(real, number)
            os.close(real)
        os.close(target)
    found = pickle.loads((tmp_path / "answer").read_bytes())
    assert found.status == "ok"
    assert pickle.dumps(found.result.finals) == pickle.dumps(done.rerun(1).finals)


@pytest.mark.parametrize("answer", [b"", b"no pickle", pickle.dumps("no outcome")])
def test_a_process_that_answers_nonsense_has_died(done: Sweep, monkeypatch, answer: bytes) -> None:
    monkeypatch.setattr(
        chunk,
        "subprocess",
        SimpleNamespace(run=lambda *_, **__: SimpleNamespace(stdout=answer, returncode=-9)),
    )
    task = Task(str(done.folder), 0, done.experiment.run, "", alone=True)
    found = chunk.attempt(task, 1)
    assert found.status == "died"
    assert found.result is None
    assert found.key == done.runs["key"][1]


def test_progress_tells_its_speed_and_what_is_left(monkeypatch) -> None:
    progress = Progress(10, started=100.0)
    monkeypatch.setattr(driver.time, "monotonic", lambda: 102.0)
    assert progress.seconds_left == float("inf")  # before the first chunk is back
    progress.done, progress.own = 6, 4  # two of the six are of another process
    assert progress.per_second == 2.0
    assert progress.seconds_left == 2.0
    monkeypatch.setattr(driver.time, "monotonic", lambda: 100.0)
    assert progress.per_second == 0.0


def test_what_a_disk_does_besides_being_full_is_raised_as_it_is(done: Sweep) -> None:
    class Failing:
        def run(self, tasks: Any) -> Any:
            yield from ()
            raise OSError(errno.EIO, "Input/output error")

    tasks = iter([Task(str(done.folder), 0, done.experiment.run, "")])
    with pytest.raises(OSError, match="Input/output error"):
        driver.drive(Failing(), tasks, Progress(2), 0, lambda *_: None, lambda task: 2)


def test_outside_a_clone_or_without_git_nothing_is_said_of_it(monkeypatch, tmp_path: Path) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(identity, "ROOT", tmp_path)
    assert identity._git("rev-parse", "HEAD") is None
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(identity.subprocess, "run", failing)
    assert identity._git("rev-parse", "HEAD") is None


def test_a_point_whose_only_run_is_left_out_keeps_it() -> None:
    values = np.array([[[1.0], [3.0]], [[5.0], [np.nan]]])
    found = Replications(("innovation",), np.arange(2), values, False, "")
    assert found.means().ravel().tolist() == [2.0, 5.0]
    assert found.means(without=0).ravel().tolist() == [3.0, 5.0]
    assert found.means(without=1).ravel().tolist() == [1.0, 5.0]
    assert found.runs().tolist() == [2, 1]


def test_a_store_that_another_process_began_meanwhile_is_taken(done: Sweep, tmp_path: Path) -> None:
    frozen = done.store.frozen
    first = Store.create(tmp_path / "s", frozen)
    again = Store.create(tmp_path / "s", frozen)
    assert again.frozen.text() == first.frozen.text()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "runs").mkdir()  # one that was interrupted before its first page
    assert Store.create(tmp_path / "other", frozen).frozen.points == frozen.points


def test_texts_in_netcdf_are_numbers_with_a_list(done: Sweep, tmp_path: Path) -> None:
    from scipy.io import netcdf_file

    assert done.export("runs", tmp_path / "runs.nc") == 4
    with netcdf_file(tmp_path / "runs.nc", mmap=False) as file:
        status = file.variables["status"]
        assert status.values.decode() == "ok"
        assert status[:].tolist() == [0, 0, 0, 0]
        assert file.variables["seed"][:].tolist() == done.runs["seed"].tolist()


def test_a_store_of_no_chunk_has_empty_tables(tmp_path: Path) -> None:
    sweep = from_values({**VALUES, "twin": True}, tmp_path / "s")
    sweep._prepare(1, False)
    assert sweep.status().missing == 4
    for name in ("runs", "finals", "metrics"):
        assert len(queries.table(sweep.store, name)) == 0
    assert sweep.design["talent_mobility"].tolist() == [0.0, 0.05]
    assert isinstance(sweep.failed, pd.DataFrame)
    assert np.array_equal(list(sweep.store.missing()), [0, 1])
