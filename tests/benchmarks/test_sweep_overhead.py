"""The programs that measure sweeps and torment them, made small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import killed_sweeps as chaos
from benchmarks import sweep_overhead as sweeps
from experiments.sweep import from_values, open_store
from experiments.sweep.chunk import ChunkReport, Task

TINY = {
    "name": "tiny", "replications": 2,
    "base": {"until": 2006, "cities": "synthetic:12", "parameters": {"firms": 60, "burn_in": 2}},
    "design": {"factors": {"substitution": [1.2, 2.0]}},
    "run": {"chunk": 2},
}  # fmt: skip
LONG = pytest.mark.skipif(
    os.environ.get("RELIABILITY") != "measured", reason="part of make reliability, which measures coverage"
)
SLEEPS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


def tiny(folder, runs=4, chunk=2, twin=False):
    given = {**TINY, "twin": twin, "replications": runs // 2, "run": {"chunk": chunk}}
    return from_values(given, folder)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The folder of a finished sweep of four runs."""
    folder = tmp_path_factory.mktemp("done") / "store"
    tiny(folder).run(workers=0)
    return folder


@LONG
def test_the_overhead_is_of_the_same_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeps, "small", tiny)
    monkeypatch.setattr(sweeps, "TRIES", 1)
    found = sweeps.overhead(tmp_path, twin=False, runs=4)
    assert found["in_all_ms"] > found["model_ms"] > 0.0
    added = 100.0 * (found["in_all_ms"] / found["model_ms"] - 1.0)
    assert found["overhead_percent"] == pytest.approx(added)
    assert sweeps.simulate.RegionalModel is sweeps.RegionalModel  # the timed one is gone


def test_a_pretended_chunk_leaves_its_mark_alone(tmp_path):
    sweep = tiny(tmp_path / "s")
    sweep._prepare(1, False)
    receipt = sweeps.pretend(Task(str(sweep.folder), 1, sweep.experiment.run, ""))
    assert receipt == ChunkReport(1, 2, 0, 0.0)
    assert chaos.stored(tmp_path / "s") == 1
    assert not list((tmp_path / "s" / "runs").glob("*"))


def test_a_driver_of_pretended_runs_tells_its_peak(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweeps, "small", lambda folder, runs, chunk: tiny(folder, runs, 2))
    monkeypatch.setattr(sweeps.executors, "run_chunk", sweeps.executors.run_chunk)
    driven = []
    monkeypatch.setattr(sweeps.Sweep, "_drive", lambda self, tasks, *_: driven.extend(tasks))
    monkeypatch.setattr(sys, "argv", ["sweeps", "--drive", str(tmp_path / "d"), "4"])
    sweeps.main()
    found = json.loads(capsys.readouterr().out)
    assert (found["runs"], found["chunks"]) == (4, 2)
    assert [task.chunk for task in driven] == [0, 1]
    assert 20.0 < found["peak_mb"] < 20_000.0
    monkeypatch.setattr(sweeps, "Path", lambda _: SimpleNamespace(exists=lambda: False))
    assert sweeps.peak_megabytes() > 20.0  # of a system without /proc


@LONG
def test_a_large_store_is_whole_and_its_queries_are_timed(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeps, "TRIES", 1)
    store = sweeps.large_store(tmp_path / "one", runs=1_000, metrics=3, years=2)
    assert store.frozen.runs == 1_000
    assert list(store.missing()) == []
    counted = open_store(tmp_path / "one").sql("select count(*) as n, min(year) as first from metrics")
    assert counted.to_dict("records") == [{"n": 2_000, "first": 2005}]
    monkeypatch.setattr(sweeps, "large_store", lambda folder: store)
    found = sweeps.queries(tmp_path)
    assert found["runs"] == 1_000
    assert found["megabytes"] > 0.0
    assert len(found) == 8


def test_the_sweeps_are_measured_and_written(tmp_path, monkeypatch, capsys):
    commands = []

    def run(words, **_):
        commands.append(words)
        return SimpleNamespace(stdout='a word of another\n{"runs": 1000, "peak_mb": 200.0}\n')

    monkeypatch.setattr(sweeps, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(sweeps, "overhead", lambda folder, twin: {"overhead_percent": 5.0 + twin})
    monkeypatch.setattr(sweeps, "queries", lambda folder: {"runs": 9})
    target = tmp_path / "there" / "sweeps.json"
    monkeypatch.setattr(sys, "argv", ["sweeps", str(target)])
    sweeps.main()
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["overhead_with_twins"] == {"overhead_percent": 6.0}
    assert found["driver_memory"] == [{"runs": 1000, "peak_mb": 200.0}] * 3
    assert [words[-1] for words in commands] == ["1000", "10000", "100000"] + ["--help"] * sweeps.TRIES
    assert "versions" not in json.loads(capsys.readouterr().out.rpartition("written to")[0])


# --- sweeps that are killed ---


def test_one_point_of_the_tormented_experiment_fails_and_no_other(tmp_path):
    file = chaos.write_experiment(tmp_path, 10, chunk=4)
    words = chaos.command(file, tmp_path / "s", "--workers", "0")
    assert words[2:] == [
        "viz",
        "sweep",
        "run",
        str(file),
        "--store",
        str(tmp_path / "s"),
        "--workers",
        "0",
    ]
    rows = (tmp_path / "points.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 11
    assert [row.endswith("2.0,900000.0") for row in rows[1:]].index(True) == chaos.FAILING


def test_a_store_is_held_against_the_truth(done, tmp_path):
    import shutil

    copied = tmp_path / "copy"
    shutil.copytree(done, copied)
    found = chaos.compare(copied, done)
    assert found["runs"] == found["ok"] == 4
    assert found["files"] == found["files_of_the_same_bytes"] > 0
    assert not chaos.is_whole(found)  # the experiment of the torment has one run that fails
    assert chaos.is_whole({**found, "failed": 1})
    for name in ("missing", "twice"):
        assert not chaos.is_whole({**found, "failed": 1, name: 1})
    for name in ("same_rows", "same_digest"):
        assert not chaos.is_whole({**found, "failed": 1, name: False})
    some = next((copied / "metrics").glob("*.parquet"))
    some.unlink()
    lost = chaos.compare(copied, done)
    assert lost["missing"] == 2
    assert lost["files_of_the_same_bytes"] == lost["files"] - 1


def test_waiting_ends_when_the_driver_does_or_patience(done, tmp_path):
    assert chaos.stored(done) == 2
    assert chaos.stored(tmp_path) == 0
    idle = subprocess.Popen(SLEEPS)
    assert chaos.wait_for(idle, done, 2)
    with pytest.raises(TimeoutError, match="no chunk for 0 s"):
        chaos.wait_for(idle, tmp_path, 1, patience=0.05)
    assert idle.wait() == -9
    assert not chaos.wait_for(idle, tmp_path, 1)


def test_only_workers_are_killed_as_workers():
    luck = np.random.default_rng(1)
    child = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', '{}']); time.sleep(60)"
    )
    code = "import time; spawn_main = time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-S", "-c", child.format(code)])
    try:
        while not chaos.workers_of(parent.pid):
            time.sleep(0.02)
        assert chaos.kill_one_worker(parent.pid, luck)
        while chaos.workers_of(parent.pid):
            time.sleep(0.02)
        assert not chaos.kill_one_worker(parent.pid, luck)
        assert parent.poll() is None
    finally:
        parent.kill()
        parent.wait()
    assert chaos.workers_of(parent.pid) == []


class Driver:
    """A driver that does a chunk each time somebody looks; the second life of it ends by itself."""

    lives = 0

    def __init__(self, folder, chunks):
        self.folder, self.chunks, self.pid, self.dead = folder, chunks, 1, False
        Driver.lives += 1

    def poll(self):
        place = self.folder / "metrics"
        place.mkdir(parents=True, exist_ok=True)
        done = len(list(place.iterdir()))
        if done == self.chunks or self.dead:
            return 0
        (place / f"{done}.parquet").write_bytes(b"")
        return None

    def send_signal(self, number):
        self.dead = True

    def wait(self, timeout=None):
        return 3


def test_drivers_and_workers_are_killed_after_further_chunks(tmp_path, monkeypatch):
    killed = []
    monkeypatch.setattr(Driver, "lives", 0)
    monkeypatch.setattr(chaos, "start", lambda words: Driver(tmp_path / "s", int(words[0])))
    monkeypatch.setattr(chaos, "kill_one_worker", lambda pid, luck: not killed.append(pid))
    monkeypatch.setattr(chaos.time, "sleep", lambda seconds: None)
    luck = np.random.default_rng(1)
    found = chaos.torment(["30"], tmp_path / "s", 30, drivers=2, workers=2, luck=luck, crew=77)
    assert found == {"drivers": 2, "workers": 2, "exit": 3}
    assert killed == [77, 77]
    assert Driver.lives == 3
    # A driver that ends before its time is not started again.
    found = chaos.torment(["30"], tmp_path / "s", 300, drivers=1, workers=1, luck=luck)
    assert found["drivers"] == 0
    monkeypatch.setattr(chaos, "torment", lambda *_: {"drivers": 1, "workers": 0, "exit": 3})
    assert chaos._shards(tmp_path / "e.toml", tmp_path / "s", 30, 4, luck) == {
        "drivers": 3,
        "workers": 0,
        "exit": 3,
    }


def test_every_trial_is_held_against_the_undisturbed_one(tmp_path, monkeypatch, capsys):
    calls = []
    whole = dict(runs=4, ok=3, failed=1, missing=0, twice=0, files=3, files_of_the_same_bytes=3)
    whole |= dict(same_rows=True, same_digest=True)
    monkeypatch.setattr(chaos, "start", lambda words: calls.append(words[8:]) or SimpleNamespace(
        wait=lambda timeout=None: 3
    ))  # fmt: skip
    monkeypatch.setattr(
        chaos, "torment", lambda words, *_: calls.append(words[8:]) or {"exit": 3, "drivers": 1}
    )
    monkeypatch.setattr(chaos, "compare", lambda store, truth: whole)
    monkeypatch.setattr(chaos, "dask_cluster", lambda: _cluster())
    mounts = []
    monkeypatch.setattr(
        chaos, "subprocess", SimpleNamespace(run=lambda words, check: _mounted(words, mounts))
    )
    monkeypatch.setattr(chaos.os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "argv", ["chaos", "8", "2", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as left:
        chaos.main()
    assert left.value.code == 0
    found = json.loads((tmp_path / "out" / "chaos.json").read_text(encoding="utf-8"))
    assert found["nothing_lost"] is True
    assert list(found["trials"]) == [
        "one process, undisturbed", "1 worker processes", "2 worker processes", "external Dask scheduler",
        "shards", "two drivers at once", "full disk",
    ]  # fmt: skip
    assert ["--scheduler", "tcp://here"] in calls
    assert [words[0] for words in mounts] == ["mount", "mount", "cp", "umount"]
    whole["missing"] = 1
    monkeypatch.setattr(chaos.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as left:
        chaos.main()
    assert left.value.code == 1
    assert "nothing lost: False" in capsys.readouterr().out


def _cluster():
    from contextlib import nullcontext

    return nullcontext(("tcp://here", 5))


def _mounted(words, mounts):
    mounts.append(words)
    if words[0] == "cp":
        Path(words[-1]).mkdir()


def test_a_driver_is_started_in_a_session_of_its_own():
    driver = chaos.start(SLEEPS)
    try:
        assert os.getsid(driver.pid) == driver.pid
    finally:
        driver.kill()
        driver.wait()


def test_a_cluster_is_a_scheduler_and_workers_that_end_with_it(monkeypatch):
    started, ended = [], []

    class Process:
        pid = 12

        def __init__(self, words, **_):
            self.part = words[3]
            started.append(words)
            if self.part == "scheduler":
                Path(words[-1]).write_text('{"address": "tcp://127.0.0.1:9"}', encoding="utf-8")

        def terminate(self):
            ended.append(self.part)

        def wait(self, timeout):
            assert ended[-1] == self.part

    monkeypatch.setattr(chaos, "subprocess", SimpleNamespace(Popen=Process, DEVNULL=None))
    with chaos.dask_cluster(3) as (address, crew):
        assert (address, crew) == ("tcp://127.0.0.1:9", 12)
    assert started[1][4:7] == ["tcp://127.0.0.1:9", "--nworkers", "3"]
    assert ended == ["worker", "scheduler"]
