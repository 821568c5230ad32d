"""The programs that measure, made small: what they ask, what they write, and what they refuse."""

from __future__ import annotations

import argparse
import json
import os
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from benchmarks import Tool, compare, full_model
from benchmarks import __main__ as benchmark
from benchmarks import equivalence_gate as gate
from benchmarks.tool_process import Runner, WorkerError, _memory
from benchmarks.tools import engine_model
from benchmarks.tools.reduced_economy import MEASURES
from model.engine.engine import Engine
from model.step import QUARTER


class Pretended:
    """A worker that answers at once and keeps the requests in ``asked``."""

    asked: ClassVar[list[tuple[str, str, dict]]] = []
    broken = ""

    def __init__(self, tool, core):
        self.tool, self.core = tool, core

    def ask(self, do, **what):
        self.asked.append((self.tool, do, what))
        if self.tool == self.broken:
            raise WorkerError("it fell over")
        if do == "about":
            return {"import_seconds": 0.2, "lines": 40, "versions": {"numpy": "2"}}
        if do == "gate":
            draws = np.random.default_rng(what["seeds"][0])
            return {"sample": {name: draws.normal(10.0, 1.0, 20).tolist() for name in MEASURES}}
        assert do == "round"
        spent = 1e-9 * what["firms"] * what["steps"] * (2.0 if self.tool == "numpy" else 1.0)
        return {"cpu": spent, "wall": spent, "whole": spent, "peak_mb": 3.0}

    def close(self):
        self.asked.append((self.tool, "close", {}))


@pytest.fixture
def pretended(monkeypatch):
    monkeypatch.setattr(Pretended, "asked", [])
    monkeypatch.setattr(Pretended, "broken", "")
    monkeypatch.setattr(compare, "Worker", Pretended)
    for tool in ("c", "numpy", "mesa"):
        monkeypatch.setitem(compare.TOOLS, tool, Present(tool))
    absent = Tool("absent", "Absent", "no_module_of_this_name")
    monkeypatch.setitem(compare.TOOLS, "absent", absent)
    return Pretended


class Present(Tool):
    """A tool that is there."""

    def __init__(self, name):
        super().__init__(name, f"the {name}", "benchmarks.tools.numpy_model", most_firms=500)

    def missing(self):
        return None


def test_compare_times_who_passes_the_gate_and_says_why_others_are_not(pretended, tmp_path, capsys):
    pretended.broken = "mesa"
    words = ["--tools", "numpy", "c", "mesa", "absent", "--firms", "100", "1000", "--rounds", "3"]
    compare.main([*words, "--steps", "20", "--out", str(tmp_path)])
    written = json.loads((tmp_path / "compare.json").read_text(encoding="utf-8"))
    rows = {(row["tool"], row["firms"]): row for row in written["rows"]}
    assert rows["c", 100]["ns_min"] == pytest.approx(1.0)
    assert rows["numpy", 100]["ratio"] == pytest.approx(2.0)
    assert rows["numpy", 100]["rounds"] == 3
    assert rows["c", 1000]["status"] == "too slow to be timed above 500 firms"
    assert rows["mesa", 100]["status"] == "failed: it fell over"
    assert rows["absent", 100]["status"] == "skipped: no_module_of_this_name is not written yet"
    order = [row["tool"] for row in written["rows"]]
    assert order.index("c") < order.index("numpy") < order.index("absent")  # the fastest first
    # One process for the gate and one for each size that is timed, and all are closed.
    assert sum(do == "close" for tool, do, _ in pretended.asked if tool == "numpy") == 2
    text = (tmp_path / "compare.md").read_text(encoding="utf-8")
    assert "| the numpy | 2.0 / 2.0 |" in text
    assert text in capsys.readouterr().out


def test_a_tool_of_another_economy_is_not_timed(pretended, monkeypatch):
    ask = pretended.ask

    def other(self, do, **what):
        found = ask(self, do, **what)
        if self.tool == "c" and do == "gate":
            found["sample"]["total_output"] = [2.0 * value for value in found["sample"]["total_output"]]
        return found

    monkeypatch.setattr(pretended, "ask", other)
    status, _ = compare.admit(["numpy", "c"], 0)
    assert status["numpy"] == "passed"
    assert status["c"].startswith("failed the gate: total_output")


def test_a_tool_that_falls_over_while_it_is_timed_is_named(pretended):
    given = argparse.Namespace(core=0, steps=20, rounds=2, budget=1.0)
    about = {"c": {"import_seconds": 0.1, "lines": 5}}
    pretended.broken = "numpy"
    rows = compare.race(["c", "numpy"], 100, given, about)
    assert rows["numpy"] == {"status": "failed: it fell over"}
    assert rows["c"]["status"] == "timed"
    assert rows["c"]["ratio"] == 1.0


def test_the_gate_as_a_command(monkeypatch, capsys):
    monkeypatch.setattr(gate, "REFERENCE_SEEDS", range(1, 9))
    monkeypatch.setattr(gate, "SEEDS", range(11, 19))
    monkeypatch.setattr(gate.sample, "__defaults__", (100, 8))
    assert gate.main(["--tools", "numpy", "--firms", "100"]) == 0
    assert "numpy        passed; furthest: " in capsys.readouterr().out
    tools = {
        "numpy": gate.TOOLS["numpy"],
        "absent": Tool("absent", "Absent", "no_module_of_this_name"),
        "broken": SimpleNamespace(missing=lambda: None, run=lambda *_: 1 / 0),
        "constant": SimpleNamespace(missing=lambda: None, run=lambda *_: dict.fromkeys(MEASURES, 1.0)),
    }
    monkeypatch.setattr(gate, "TOOLS", tools)
    assert gate.main(["--tools", *list(tools)[1:]]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "absent       skipped: no_module_of_this_name is not written yet"
    assert said[1] == "broken       FAILED with ZeroDivisionError: division by zero"
    assert said[2].startswith("constant     FAILED: total_output")


def test_a_tool_says_why_it_cannot_run(tmp_path, monkeypatch):
    assert Tool("a", "A", "benchmarks.tools.numpy_model", ("no_such_package",)).missing() == (
        "no_such_package is not installed"
    )
    (tmp_path / "breaks_on_import.py").write_text("raise RuntimeError('wrong version of a friend')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert Tool("b", "B", "breaks_on_import").missing() == (
        "RuntimeError on import: wrong version of a friend"
    )


def test_the_worker_refuses_a_tool_that_cannot_run_and_tells_versions(monkeypatch):
    monkeypatch.setitem(compare.TOOLS, "absent", Tool("absent", "Absent", "no_module_of_this_name"))
    with pytest.raises(WorkerError, match="not written yet"):
        Runner("absent")
    named = Tool("named", "N", "benchmarks.tools.numpy_model", ("numpy", "agents"))
    monkeypatch.setitem(compare.TOOLS, "named", named)
    runner = Runner("named")
    assert runner.about()["versions"] == {"numpy": np.__version__, "agents": "unknown"}
    assert runner.gate([1], 50, 2)["sample"]["total_output"] == [named.run(50, 2, 1)["total_output"]]
    assert _memory("VmRSS") > 10.0
    assert _memory("NoSuchKey") > 10.0  # the peak of the process, where the system does not tell


def test_the_engines_economy_has_the_same_bits_interpreted():
    compiled = engine_model.economy(120, 3, 0.03)
    state = engine_model.economy(120, 3, 0.03).state
    other = Engine(engine_model.STEP, state, engine_model.RULES, {"rate": 0.03}, 3, mode="interpreted")
    for engine in (compiled, other):
        engine.run(0, 10)
    for table in ("firms", "cities", "nation"):
        for column in state[table]:
            np.testing.assert_array_equal(state[table][column], compiled.state[table][column], column)
    assert state["nation"]["innovations"][0] > 0


def test_a_quarter_is_timed_by_event():
    row = full_model.phases(12, 200, repeats=1)
    always = {event.name for event in QUARTER if event.when is None}
    assert always <= row["events_ms"].keys() <= {event.name for event in QUARTER}
    times = list(row["events_ms"].values())
    assert times == sorted(times, reverse=True)
    assert row["quarter_ms"] == pytest.approx(sum(times))
    assert row["ns_per_firm"] == pytest.approx(1e6 * row["quarter_ms"] / 200)


def test_two_threads_are_timed_against_one():
    row = full_model.threads(12, 200, repeats=1)
    assert row["speed_up"] == pytest.approx(row["wall_ms_1"] / row["wall_ms_2"])


def test_the_exponent_of_growth_is_that_of_the_two_largest():
    rows = [dict(firms=f, quarter_ms=ms) for f, ms in ((400, 16.0), (100, 9.0), (200, 4.0))]
    assert full_model.growth(rows, "firms") == pytest.approx(2.0)


def test_the_full_model_is_measured_printed_and_written(monkeypatch, tmp_path, capsys):
    def phases(cities, firms, repeats=7):
        return dict(
            cities=cities,
            firms=firms,
            quarter_ms=float(cities * firms),
            ns_per_firm=1.0,
            state_mb=2.0,
            events_ms={"pay": 1.5, "meet": 0.5},
        )

    commands = []
    monkeypatch.setattr(full_model, "phases", phases)
    monkeypatch.setattr(
        full_model, "threads", lambda cities, firms: dict(firms=firms, speed_up=1.5, wall_ms_2=2.0)
    )
    monkeypatch.setattr(
        full_model, "subprocess", SimpleNamespace(run=lambda words, **_: commands.append(words))
    )
    target = tmp_path / "there" / "full.json"
    monkeypatch.setattr(sys, "argv", ["full_model", str(target), "--large"])
    full_model.main()
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["by_firms"][-1]["firms"] == 10_000_000
    assert found["exponent_firms"] == pytest.approx(1.0)
    assert [row["cities"] for row in found["by_cities"]] == [60, 338, 1_000, 3_000, 10_000]
    assert len(commands) == 9
    said = capsys.readouterr().out
    assert "largest events, ms" in said
    assert len(full_model.measure()["by_firms"]) == len(full_model.FIRMS)


def test_all_benchmarks_or_those_named(monkeypatch, capsys):
    done = []
    monkeypatch.setattr(benchmark.compare, "main", lambda words: done.append("compare"))
    monkeypatch.setattr(benchmark.full_model, "main", lambda: done.append(f"full {sys.argv[1:]}"))
    monkeypatch.setattr(sys, "argv", ["bench"])
    benchmark.main()
    assert done == ["compare", "full []"]
    monkeypatch.setattr(sys, "argv", ["bench", "full"])
    benchmark.main()
    assert done[2:] == ["full []"]
    monkeypatch.setattr(sys, "argv", ["bench", "quickly"])
    with pytest.raises(SystemExit) as left:
        benchmark.main()
    assert left.value.code == 2
    assert "'quickly' is not a benchmark; choose from compare, full" in capsys.readouterr().err


def test_a_worker_that_dies_is_told_in_its_own_last_words(monkeypatch):
    from benchmarks import tool_process as worker

    code = "import sys; print('first'); sys.stderr.write('out of memory\\n'); sys.exit(3)"
    monkeypatch.setattr(worker.sys, "executable", "/bin/sh")
    real = worker.subprocess.Popen
    monkeypatch.setattr(
        worker.subprocess, "Popen", lambda words, **more: real([sys_executable(), "-S", "-c", code], **more)
    )
    made = worker.Worker("numpy", None)
    assert made.process.stdout.readline() == "first\n"
    with pytest.raises(WorkerError, match="the worker ended with code 3: out of memory"):
        made.answer()
    with pytest.raises(WorkerError, match="the worker ended with code 3: no message"):
        made.ask("about")
    made.close()


def sys_executable():
    return os.readlink("/proc/self/exe")


def test_what_the_machine_does_not_tell_is_unknown(monkeypatch):
    from benchmarks.tools import c_model

    assert compare._first("/proc/no such file", "MemTotal") == ""

    def missing():
        raise OSError("no gcc")

    monkeypatch.setattr(c_model, "gcc_version", missing)
    assert compare.machine()["gcc"] == "not installed"


def test_what_compiles_for_a_number_of_steps_is_timed_at_that_number():
    """The first call costs 10 s more than the second, and one of all steps 12 s more than it should."""
    wholes = iter([11.0, 1.0, 100.0])

    class Compiling:
        def ask(self, do, firms, steps, seed):
            return {"cpu": 0.5, "wall": 1.0, "whole": next(wholes), "peak_mb": 1.0}

    racer = compare.Racer("numpy", 100, Compiling())
    racer.warm_up(steps=60, rounds=2, budget=1000.0)
    assert racer.steps == 60
    cost = 1.0 / 10 * 60 + 0.5
    assert racer.first_seconds == pytest.approx(100.0 - cost)


def test_a_table_tells_of_rounds_that_were_cut_short():
    import pandas as pd

    row = dict(
        tool="c",
        label="C",
        firms=9,
        steps=20,
        rounds=2,
        ns_min=1.0,
        ns_median=1.0,
        ratio=1.0,
        peak_mb=1.0,
        first_seconds=0.0,
        lines=9,
        status="timed",
    )
    text = compare.markdown(pd.DataFrame([row]), {"steps": 60, "rounds": 7, "gate": {}})
    assert "- C at 9 firms: 2 rounds of 20 steps." in text
