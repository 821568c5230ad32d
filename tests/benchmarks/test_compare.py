"""The comparison of tools: who is timed, who is not and why, and the table of it."""

from __future__ import annotations

import argparse
import json
from typing import ClassVar

import numpy as np
import pytest

from benchmarks import YARDSTICK, Tool, compare
from benchmarks.compare import markdown
from benchmarks.tool_process import WorkerError
from benchmarks.tools.reduced_economy import MEASURES


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


def test_table_says_what_was_not_timed():
    import pandas as pd

    timed = dict(steps=60, rounds=7, ns_min=12.0, ns_median=13.0, wall_ns_median=13.0, ratio=1.0, peak_mb=5.0)
    timed |= dict(first_seconds=0.3, import_seconds=0.1, lines=100.0, status="timed")
    table = pd.DataFrame(
        [
            {"tool": YARDSTICK, "label": "C", "firms": 1_000, **timed},
            {
                "tool": "agentpy",
                "label": "agentpy",
                "firms": 1_000,
                "status": "failed the gate: total_output",
            },
        ]
    )
    about = {"steps": 60, "rounds": 7, "gate": {"c": "passed"}}
    text = markdown(table, about)
    assert "| C | 12.0 / 13.0 | 1.00 | 5 | 0.3 | 100 |" in text
    assert "agentpy: failed the gate: total_output." in text
