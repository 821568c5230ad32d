"""The emulator of one figure over many factors, of which few matter."""

import numpy as np
import pytest

from experiments.matching.sparse_emulator import SparseEmulator


@pytest.mark.parametrize("shape", ["fraction", "positive", "signed"])
def test_the_emulator_finds_the_few_factors_that_matter(shape: str) -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    x = rng.random((120, 30))
    line = 2.0 * x[:, 3] - x[:, 7] + 0.05 * rng.normal(size=120)
    y = {"fraction": 1.0 / (1.0 + np.exp(-line)), "positive": np.exp(line), "signed": line}[shape]
    found = SparseEmulator(x, y)
    assert found.explained > 0.9
    assert found.error < 0.35 * y.std()
    assert found.predict(x) == pytest.approx(y, abs=4 * found.error)
