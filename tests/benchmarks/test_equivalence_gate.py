"""The gate as a command."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks import REFERENCE, TOOLS, Tool
from benchmarks import equivalence_gate as gate
from benchmarks.equivalence_gate import failures, judge, sample
from benchmarks.tools import numpy_model
from benchmarks.tools.reduced_economy import MEASURES


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


SEEDS, OTHER_SEEDS = range(1, 9), range(101, 109)


@pytest.fixture(scope="module")
def reference():
    return sample(TOOLS[REFERENCE], SEEDS, firms=500, steps=20)


def test_gate_passes_the_reference_with_other_seeds(reference):
    assert failures(judge(reference, sample(TOOLS[REFERENCE], OTHER_SEEDS, firms=500, steps=20))) == ""


@pytest.mark.parametrize(
    ("name", "value", "measure"),
    [
        ("RATE", 0.045, "total_innovations"),
        ("GAIN", 1.02, "mean_ln_productivity"),
        ("CAPITAL_POWER", 0.34, "total_output"),
        ("MOVE_CHANCE", 0.5, "largest_city"),
    ],
)
def test_gate_fails_another_economy(reference, monkeypatch, name, value, measure):
    if name == "RATE":
        runs = [_with_rate(value, seed) for seed in OTHER_SEEDS]
        other = {key: [run[key] for run in runs] for key in MEASURES}
    else:
        monkeypatch.setattr(numpy_model, name, value)
        other = sample(TOOLS[REFERENCE], OTHER_SEEDS, firms=500, steps=20)
    assert measure in failures(judge(reference, other))


def _with_rate(rate: float, seed: int) -> dict[str, float]:
    state = numpy_model.prepare(500, seed, rate)
    numpy_model.advance(state, 20)
    return numpy_model.measures(state)


def test_gate_fails_a_tool_that_ignores_its_seed(reference):
    same = [TOOLS[REFERENCE].run(500, 20, 5)] * len(SEEDS)
    wrong = failures(judge(reference, {key: [run[key] for run in same] for key in MEASURES}))
    assert "total_innovations" in wrong


def test_gate_fails_what_is_not_a_number(reference):
    broken = {**reference, "total_output": [float("nan")] * len(SEEDS)}
    assert "total_output" in failures(judge(reference, broken))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", [name for name in TOOLS if name != REFERENCE])
def test_tool_runs_the_same_economy(reference, name):
    tool = TOOLS[name]
    if tool.missing():
        pytest.skip(tool.missing())
    assert failures(judge(reference, sample(tool, OTHER_SEEDS, firms=500, steps=20))) == ""
    assert tool.load().SOURCE_LINES > 10
