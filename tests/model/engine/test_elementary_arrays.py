"""exp and log of arrays are those of numbers, and no run depends on NumPy's own."""

from __future__ import annotations

import numpy as np
import pytest

from agents import elementary
from model.engine import elementary_arrays
from tests.properties import result_hashes

VALUES = np.concatenate([np.linspace(-750.0, 720.0, 2_001), [0.0, -0.0, 1.0, 5e-324, np.inf]])
# NumPy's functions whose last bits depend on the processor.
TRANSCENDENTAL = """exp exp2 expm1 log log2 log10 log1p power
sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh hypot cbrt"""


@pytest.mark.parametrize(("name", "values"), [("exp", VALUES), ("log", np.abs(VALUES))])
def test_arrays_have_the_bits_of_numbers(name, values):
    alone = [getattr(elementary, name)(float(value)) for value in values]
    found = getattr(elementary_arrays, name)(values.reshape(2, -1))
    assert found.shape == (2, len(values) // 2)
    assert found.ravel().tobytes() == np.array(alone).tobytes()


def test_a_number_gives_an_array_without_axes():
    assert elementary_arrays.exp(0.0).shape == ()
    assert elementary_arrays.exp(0.0) == 1.0


@pytest.mark.parametrize(
    ("scenario", "direction"),
    [("actual", -np.inf), ("actual", np.inf), ("closed_economy", np.inf), ("trading", -np.inf)],
)
def test_a_library_with_other_last_bits_gives_the_same_run(monkeypatch, scenario, direction):
    """As on another processor: every transcendental function of NumPy is one unit in the last place off."""
    known = result_hashes.digest(result_hashes.run(scenario, 1))

    def shifted(function):
        return lambda *given, **how: np.nextafter(function(*given, **how), direction)

    for name in TRANSCENDENTAL.split():
        monkeypatch.setattr(np, name, shifted(getattr(np, name)))
    assert result_hashes.digest(result_hashes.run(scenario, 1)) == known
