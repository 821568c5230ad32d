"""The measurements of sweeps, made small."""

from __future__ import annotations

import json
import os
import sys
from types import SimpleNamespace

import pytest

from benchmarks import killed_sweeps, sweep_overhead
from experiments.sweep import open_store
from experiments.sweep.chunk import ChunkReport, Task
from tests.support.sweeps import tiny

LONG = pytest.mark.skipif(
    os.environ.get("RELIABILITY") != "measured", reason="part of make reliability, which measures coverage"
)


@LONG
def test_the_overhead_is_of_the_same_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_overhead, "small", tiny)
    monkeypatch.setattr(sweep_overhead, "TRIES", 1)
    found = sweep_overhead.overhead(tmp_path, twin=False, runs=4)
    assert found["in_all_ms"] > found["model_ms"] > 0.0
    added = 100.0 * (found["in_all_ms"] / found["model_ms"] - 1.0)
    assert found["overhead_percent"] == pytest.approx(added)
    assert sweep_overhead.simulate.RegionalModel is sweep_overhead.RegionalModel  # the timed one is gone


def test_a_pretended_chunk_leaves_its_mark_alone(tmp_path):
    sweep = tiny(tmp_path / "s")
    sweep._prepare(1, False)
    receipt = sweep_overhead.pretend(Task(str(sweep.folder), 1, sweep.experiment.run, ""))
    assert receipt == ChunkReport(1, 2, 0, 0.0)
    assert killed_sweeps.stored(tmp_path / "s") == 1
    assert not list((tmp_path / "s" / "runs").glob("*"))


def test_a_driver_of_pretended_runs_tells_its_peak(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sweep_overhead, "small", lambda folder, runs, chunk: tiny(folder, runs, 2))
    monkeypatch.setattr(sweep_overhead.executors, "run_chunk", sweep_overhead.executors.run_chunk)
    driven = []
    monkeypatch.setattr(sweep_overhead.Sweep, "_drive", lambda self, tasks, *_: driven.extend(tasks))
    monkeypatch.setattr(sys, "argv", ["sweeps", "--drive", str(tmp_path / "d"), "4"])
    sweep_overhead.main()
    found = json.loads(capsys.readouterr().out)
    assert (found["runs"], found["chunks"]) == (4, 2)
    assert [task.chunk for task in driven] == [0, 1]
    assert 20.0 < found["peak_mb"] < 20_000.0
    monkeypatch.setattr(sweep_overhead, "Path", lambda _: SimpleNamespace(exists=lambda: False))
    assert sweep_overhead.peak_megabytes() > 20.0  # of a system without /proc


@LONG
def test_a_large_store_is_whole_and_its_queries_are_timed(tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_overhead, "TRIES", 1)
    store = sweep_overhead.large_store(tmp_path / "one", runs=1_000, metrics=3, years=2)
    assert store.frozen.runs == 1_000
    assert list(store.missing()) == []
    counted = open_store(tmp_path / "one").sql("select count(*) as n, min(year) as first from metrics")
    assert counted.to_dict("records") == [{"n": 2_000, "first": 2005}]
    monkeypatch.setattr(sweep_overhead, "large_store", lambda folder: store)
    found = sweep_overhead.queries(tmp_path)
    assert found["runs"] == 1_000
    assert found["megabytes"] > 0.0
    assert len(found) == 8


def test_the_sweeps_are_measured_and_written(tmp_path, monkeypatch, capsys):
    commands = []

    def run(words, **_):
        commands.append(words)
        return SimpleNamespace(stdout='a word of another\n{"runs": 1000, "peak_mb": 200.0}\n')

    monkeypatch.setattr(sweep_overhead, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(sweep_overhead, "overhead", lambda folder, twin: {"overhead_percent": 5.0 + twin})
    monkeypatch.setattr(sweep_overhead, "queries", lambda folder: {"runs": 9})
    target = tmp_path / "there" / "sweep_overhead.json"
    monkeypatch.setattr(sys, "argv", ["sweeps", str(target)])
    sweep_overhead.main()
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["overhead_with_twins"] == {"overhead_percent": 6.0}
    assert found["driver_memory"] == [{"runs": 1000, "peak_mb": 200.0}] * 3
    assert [words[-1] for words in commands] == ["1000", "10000", "100000"] + [
        "--help"
    ] * sweep_overhead.TRIES
    assert "versions" not in json.loads(capsys.readouterr().out.rpartition("written to")[0])
