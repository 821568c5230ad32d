"""The engine's form of the benchmark's economy."""

from __future__ import annotations

import numpy as np

from benchmarks import TOOLS
from benchmarks.tools import engine_model
from model.engine.engine import Engine


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


def test_steps_in_one_call_are_single_steps():
    whole, single = (TOOLS["engine"].prepare(300, 4) for _ in range(2))
    engine_model.advance(whole, 11)
    for _ in range(11):
        engine_model.advance(single, 1)
    assert engine_model.measures(whole) == engine_model.measures(single)
