"""Products of city matrices: the sums, their order, and plain Python beside compiled code."""

from __future__ import annotations

import numpy as np
import pytest

from model.economy.labour_market import move_talent
from model.engine.compile.kernel_loader import compiled_procedure
from model.engine.matrix_products import add_product, write_product


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


@pytest.mark.parametrize("cities", [1, 3, 4, 6, 9])
def test_homes_side_by_side_move_as_one_by_one(cities):
    random = np.random.default_rng(cities)
    endowment, attraction = random.random(cities), random.random(cities)
    closeness, before = random.random((cities, cities)), random.random((cities, cities))
    closeness[0] = 0.0  # nowhere is in reach of the first home
    workers, talent = before.copy(), np.zeros(cities)
    for h in range(cities):
        pull = 0.0
        for c in range(cities):
            pull += closeness[h, c] * attraction[c]
        chosen = (endowment[h] / pull if pull > 0.0 else 0.0) * closeness[h] * attraction
        workers[h] += 0.3 * (chosen - before[h])
        talent += workers[h]
    for function in (move_talent, compiled_procedure(move_talent)):
        found, here = before.copy(), np.full(cities, 9.0)
        function(endowment, here, attraction, closeness.ravel(), found.reshape(-1), 0.3)
        assert np.array_equal(found, workers)
        assert np.array_equal(here, talent)
