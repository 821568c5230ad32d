"""Sweeps that are killed: the programs that kill them, made small."""

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

from benchmarks import killed_sweeps
from tests.support.long_version import LONG

SLEEPS = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


def test_one_point_of_the_tormented_experiment_fails_and_no_other(tmp_path):
    file = killed_sweeps.write_experiment(tmp_path, 10, chunk=4)
    words = killed_sweeps.command(file, tmp_path / "s", "--workers", "0")
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
    assert [row.endswith("2.0,900000.0") for row in rows[1:]].index(True) == killed_sweeps.FAILING


def test_a_store_is_compared_with_the_truth(done, tmp_path):
    import shutil

    copied = tmp_path / "copy"
    shutil.copytree(done, copied)
    found = killed_sweeps.compare(copied, done)
    assert found["runs"] == found["ok"] == 4
    assert found["files"] == found["files_of_the_same_bytes"] > 0
    assert not killed_sweeps.is_whole(found)  # the experiment of the torment has one run that fails
    assert killed_sweeps.is_whole({**found, "failed": 1})
    for name in ("missing", "twice"):
        assert not killed_sweeps.is_whole({**found, "failed": 1, name: 1})
    for name in ("same_rows", "same_digest"):
        assert not killed_sweeps.is_whole({**found, "failed": 1, name: False})
    some = next((copied / "metrics").glob("*.parquet"))
    some.unlink()
    lost = killed_sweeps.compare(copied, done)
    assert lost["missing"] == 2
    assert lost["files_of_the_same_bytes"] == lost["files"] - 1


def test_waiting_ends_when_the_driver_does_or_patience(done, tmp_path):
    assert killed_sweeps.stored(done) == 2
    assert killed_sweeps.stored(tmp_path) == 0
    idle = subprocess.Popen(SLEEPS)
    assert killed_sweeps.wait_for(idle, done, 2)
    with pytest.raises(TimeoutError, match="no chunk for 0 s"):
        killed_sweeps.wait_for(idle, tmp_path, 1, patience=0.05)
    assert idle.wait() == -9
    assert not killed_sweeps.wait_for(idle, tmp_path, 1)


def test_only_workers_are_killed_as_workers():
    rng = np.random.default_rng(1)
    child = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', '{}']); time.sleep(60)"
    )
    code = "import time; spawn_main = time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-S", "-c", child.format(code)])
    try:
        while not killed_sweeps.workers_of(parent.pid):
            time.sleep(0.02)
        assert killed_sweeps.kill_one_worker(parent.pid, rng)
        while killed_sweeps.workers_of(parent.pid):
            time.sleep(0.02)
        assert not killed_sweeps.kill_one_worker(parent.pid, rng)
        assert parent.poll() is None
    finally:
        parent.kill()
        parent.wait()
    assert killed_sweeps.workers_of(parent.pid) == []


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
    monkeypatch.setattr(killed_sweeps, "start", lambda words: Driver(tmp_path / "s", int(words[0])))
    monkeypatch.setattr(killed_sweeps, "kill_one_worker", lambda pid, rng: not killed.append(pid))
    monkeypatch.setattr(killed_sweeps.time, "sleep", lambda seconds: None)
    rng = np.random.default_rng(1)
    found = killed_sweeps.torment(["30"], tmp_path / "s", 30, drivers=2, workers=2, rng=rng, crew=77)
    assert found == {"drivers": 2, "workers": 2, "exit": 3}
    assert killed == [77, 77]
    assert Driver.lives == 3
    # A driver that ends before its time is not started again.
    found = killed_sweeps.torment(["30"], tmp_path / "s", 300, drivers=1, workers=1, rng=rng)
    assert found["drivers"] == 0
    monkeypatch.setattr(killed_sweeps, "torment", lambda *_: {"drivers": 1, "workers": 0, "exit": 3})
    assert killed_sweeps._shards(tmp_path / "e.toml", tmp_path / "s", 30, 4, rng) == {
        "drivers": 3,
        "workers": 0,
        "exit": 3,
    }


def test_every_trial_is_compared_with_the_undisturbed_one(tmp_path, monkeypatch, capsys):
    calls = []
    whole = dict(runs=4, ok=3, failed=1, missing=0, twice=0, files=3, files_of_the_same_bytes=3)
    whole |= dict(same_rows=True, same_digest=True)
    ended = SimpleNamespace(wait=lambda timeout=None: 3)
    monkeypatch.setattr(killed_sweeps, "start", lambda words: calls.append(words[8:]) or ended)
    monkeypatch.setattr(
        killed_sweeps, "torment", lambda words, *_: calls.append(words[8:]) or {"exit": 3, "drivers": 1}
    )
    monkeypatch.setattr(killed_sweeps, "compare", lambda store, truth: whole)
    monkeypatch.setattr(killed_sweeps, "dask_cluster", lambda: _cluster())
    mounts = []
    monkeypatch.setattr(
        killed_sweeps, "subprocess", SimpleNamespace(run=lambda words, check: _mounted(words, mounts))
    )
    monkeypatch.setattr(killed_sweeps.os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "argv", ["killed_sweeps", "8", "2", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as left:
        killed_sweeps.main()
    assert left.value.code == 0
    found = json.loads((tmp_path / "out" / "killed_sweeps.json").read_text(encoding="utf-8"))
    assert found["nothing_lost"] is True
    assert list(found["trials"]) == [
        "one process, undisturbed",
        "1 worker processes",
        "2 worker processes",
        "external Dask scheduler",
        "shards",
        "two drivers at once",
        "full disk",
    ]
    assert ["--scheduler", "tcp://here"] in calls
    assert [words[0] for words in mounts] == ["mount", "mount", "cp", "umount"]
    whole["missing"] = 1
    monkeypatch.setattr(killed_sweeps.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as left:
        killed_sweeps.main()
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
    driver = killed_sweeps.start(SLEEPS)
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

    monkeypatch.setattr(killed_sweeps, "subprocess", SimpleNamespace(Popen=Process, DEVNULL=None))
    with killed_sweeps.dask_cluster(3) as (address, crew):
        assert (address, crew) == ("tcp://127.0.0.1:9", 12)
    assert started[1][4:7] == ["tcp://127.0.0.1:9", "--nworkers", "3"]
    assert ended == ["worker", "scheduler"]


@LONG
@pytest.mark.slow
def test_killed_sweeps_lose_nothing(tmp_path: Path) -> None:
    """Drivers and workers are killed, and every run is stored once, with the same bits.

    The script has 2,000 runs.
    """
    found = dict(killed_sweeps.trials(tmp_path, runs=40, kills=1, chunk=4, worker_counts=(1, 2)))
    wanted = {"2 worker processes", "external Dask scheduler", "shards", "two drivers at once"}
    assert {"1 worker processes", *wanted} <= set(found)
    for name, result in found.items():
        if "runs" in result:
            assert killed_sweeps.is_whole(result), (name, result)
            assert result["exit"] == killed_sweeps.SOME_FAILED
    assert sum(result.get("drivers", 0) for result in found.values()) >= 3
