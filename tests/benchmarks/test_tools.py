"""The benchmark's gate can fail, and its models are the same economy. Nothing is timed."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from benchmarks import REFERENCE, TOOLS, YARDSTICK
from benchmarks.compare import Racer, markdown
from benchmarks.equivalence_gate import failures, judge, sample
from benchmarks.tool_process import Worker, WorkerError
from benchmarks.tools import c_model, engine_model, numpy_model
from benchmarks.tools.reduced_economy import CITIES, MEASURES, MOVE_CHANCE, MOVE_EVERY, source_lines, start
from model.engine.draws import stream_key, uniforms

SEEDS, OTHER_SEEDS = range(1, 9), range(101, 109)


@pytest.fixture(scope="module")
def reference():
    return sample(TOOLS[REFERENCE], SEEDS, firms=500, steps=20)


def test_first_state_is_that_of_the_number_of_firms_alone():
    one, two = start(700), start(700)
    one.capital[:] = 0.0
    assert two.capital.min() >= 1.0
    assert start(700).capital[:5].tolist() == two.capital[:5].tolist()
    assert two.city.dtype == np.int32
    assert 0 <= two.city.min() <= two.city.max() < CITIES
    np.testing.assert_allclose(two.gravity.sum(axis=1), 1.0)


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


class KeyedDraws:
    """Stands for NumPy's generator and gives the draws that the yardstick makes."""

    def __init__(self, seed: int, firms: int) -> None:
        self.seed, self.firms, self.calls, self.step = seed, np.arange(firms), [], -1

    def random(self, count: int) -> np.ndarray:
        follows = self.calls and (self.step + 1) % MOVE_EVERY == 0 and self.calls[-1] != "where"
        stream = {"success": "moves", "moves": "where"}[self.calls[-1]] if follows else "success"
        self.step += stream == "success"
        self.calls.append(stream)
        who = self.movers if stream == "where" else self.firms
        draws = uniforms(stream_key(self.seed, stream, self.step), who)
        if stream == "moves":
            self.movers = np.flatnonzero(draws < MOVE_CHANCE)
        assert len(draws) == count
        return draws


@pytest.mark.skipif(c_model.missing() is not None, reason=f"no yardstick here: {c_model.missing()}")
@pytest.mark.parametrize("strict", [False, True])
def test_yardstick_equals_numpy_given_the_same_draws(strict):
    firms, steps, seed = 3_001, 21, 7
    numpy = numpy_model.prepare(firms, seed)
    numpy.rng = KeyedDraws(seed, firms)
    numpy_model.advance(numpy, steps)
    compiled = c_model.prepare(firms, seed, strict=strict)
    c_model.advance(compiled, 13)
    c_model.advance(compiled, steps - 13)
    assert numpy.rng.calls.count("where") == 2
    np.testing.assert_array_equal(compiled.first.city, numpy.city)
    for name in ("productivity", "capital", "talent", "data"):
        np.testing.assert_allclose(getattr(compiled.first, name), getattr(numpy, name), rtol=1e-11)
    expected, found = numpy_model.measures(numpy), c_model.measures(compiled)
    assert found["total_innovations"] == expected["total_innovations"] > 0
    assert found == pytest.approx(expected, rel=1e-11)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed")
def test_yardstick_is_not_compiled_with_fast_math():
    # It would switch denormal numbers off for the whole process.
    for strict in (False, True):
        assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(c_model.flags(strict))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", [name for name in TOOLS if name != REFERENCE])
def test_tool_runs_the_same_economy(reference, name):
    tool = TOOLS[name]
    if tool.missing():
        pytest.skip(tool.missing())
    assert failures(judge(reference, sample(tool, OTHER_SEEDS, firms=500, steps=20))) == ""
    assert tool.load().SOURCE_LINES > 10


def test_lines_are_code_between_the_marks(tmp_path):
    path = tmp_path / "some_model.py"
    path.write_text(
        'import os\n\n# --- model ---\n\n\ndef f(x):\n    """Say.\n\n    More.\n    """\n'
        "    # why\n    y = (\n        x\n    )\n\n    return y\n\n\n# --- benchmark ---\nz = 1\n"
    )
    assert source_lines(path) == 5


def test_worker_answers_and_reports_errors():
    worker = Worker(REFERENCE, None)
    try:
        assert worker.ask("about")["lines"] == numpy_model.SOURCE_LINES
        found = Racer(REFERENCE, 200, worker)
        found.warm_up(steps=20, rounds=2, budget=5.0)
        found.round(seed=1)
        row = found.row(worker.ask("about"))
        assert row["steps"] == 20
        assert row["ns_min"] > 0.0
        with pytest.raises(WorkerError, match="TypeError"):
            worker.ask("round", firms="many")
    finally:
        worker.close()


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


def test_steps_in_one_call_are_single_steps():
    whole, single = (TOOLS["engine"].prepare(300, 4) for _ in range(2))
    engine_model.advance(whole, 11)
    for _ in range(11):
        engine_model.advance(single, 1)
    assert engine_model.measures(whole) == engine_model.measures(single)
