"""Products of city matrices: the sums, their order, and plain Python against compiled code."""

from __future__ import annotations

import numpy as np
import pytest

from model.engine.compile.compile_kernel import compiled_procedure
from model.engine.matrix_products import add_product, write_product, write_product_in_order


@pytest.mark.parametrize("cities", [0, 1, 3, 4, 5, 8, 11])
def test_a_product_adds_the_rows_in_order_in_either_engine(cities):
    random = np.random.default_rng(cities)
    matrix, source, start = random.random((cities, cities)), random.random(cities), random.random(cities)
    expected = start.copy()
    for c in range(cities):
        expected += matrix[c] * source[c]
    compiled, interpreted = start.copy(), start.copy()
    compiled_procedure(add_product)(matrix.ravel(), source, compiled)
    add_product(memoryview(matrix.ravel()), memoryview(source), memoryview(interpreted))
    assert np.array_equal(compiled, expected)
    assert np.array_equal(interpreted, expected)


@pytest.mark.parametrize("cities", [0, 1, 2, 3, 4, 5, 8, 9, 11, 14])
def test_a_product_by_rows_has_four_sums_in_either_engine(cities):
    random = np.random.default_rng(cities)
    matrix, source = random.random((cities, cities)), random.random(cities)
    whole = cities - cities % 4
    expected = np.empty(cities)
    for c in range(cities):
        parts = [0.0] * 4
        for j in range(whole):
            parts[j % 4] += matrix[c, j] * source[j]
        for j in range(whole, cities):
            parts[0] += matrix[c, j] * source[j]
        expected[c] = (parts[0] + parts[1]) + (parts[2] + parts[3])
    compiled, interpreted = np.full(cities, 9.0), np.full(cities, 9.0)
    compiled_procedure(write_product)(matrix.ravel(), source, compiled)
    write_product(memoryview(matrix.ravel()), memoryview(source), memoryview(interpreted))
    assert np.array_equal(compiled, expected)
    assert np.array_equal(interpreted, expected)
    np.testing.assert_allclose(expected, matrix @ source, rtol=1e-13)


@pytest.mark.parametrize("cities", [0, 1, 3, 4, 6, 9])
def test_a_product_in_order_has_one_sum_in_either_engine(cities):
    random = np.random.default_rng(cities)
    matrix, source = random.random((cities, cities)), random.random(cities)
    expected = np.zeros(cities)
    for j in range(cities):
        expected += matrix[:, j] * source[j]
    compiled, interpreted = np.full(cities, 9.0), np.full(cities, 9.0)
    compiled_procedure(write_product_in_order)(matrix.ravel(), source, compiled)
    write_product_in_order(memoryview(matrix.ravel()), memoryview(source), memoryview(interpreted))
    assert np.array_equal(compiled, expected)
    assert np.array_equal(interpreted, expected)
