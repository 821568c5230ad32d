"""The yardstick in C."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from benchmarks.tools import c_model, numpy_model
from benchmarks.tools.reduced_economy import MOVE_CHANCE, MOVE_EVERY
from model.engine.draws import stream_key, uniforms


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
