"""Products of city matrices: the sums, their order, and plain Python beside compiled code."""

from __future__ import annotations

import numpy as np
import pytest

from model.kernels import compiled_market
from model.products import add_product


@pytest.mark.parametrize("cities", [0, 1, 3, 4, 5, 8, 11])
def test_a_product_adds_the_rows_in_order_in_either_engine(cities):
    random = np.random.default_rng(cities)
    matrix, source, start = random.random((cities, cities)), random.random(cities), random.random(cities)
    expected = start.copy()
    for c in range(cities):
        expected += matrix[c] * source[c]
    compiled, interpreted = start.copy(), start.copy()
    compiled_market(add_product)(matrix.ravel(), source, compiled)
    add_product(memoryview(matrix.ravel()), memoryview(source), memoryview(interpreted))
    assert np.array_equal(compiled, expected)
    assert np.array_equal(interpreted, expected)
