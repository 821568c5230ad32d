"""The reference of the benchmarks: its equations, worked out firm by firm."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.tools import numpy_model
from benchmarks.tools.reduced_economy import (
    CAPITAL_POWER,
    CITIES,
    COMPUTE_POWER,
    COMPUTE_SHARE,
    DATA_POWER,
    GAIN,
    KEPT,
    MOVE_EVERY,
    RATE,
    RENEWAL,
    SAVED,
    TALENT_POWER,
    start,
)

FIRMS = 60


class Draws:
    """Draws that are known: the same for every step, then those of the movers."""

    def __init__(self, *of_calls: np.ndarray) -> None:
        self.of_calls = list(of_calls)

    def random(self, count: int) -> np.ndarray:
        assert len(self.of_calls[0]) == count
        return self.of_calls.pop(0)


def test_a_step_is_that_of_the_equations() -> None:
    draws, first = np.linspace(0.0, 0.1, FIRMS), start(FIRMS)
    made = numpy_model.prepare(FIRMS, 1)
    made.rng = Draws(draws)
    numpy_model.advance(made, 1)
    output, innovations = [0.0] * CITIES, [0] * CITIES
    for firm, city in enumerate(first.city.tolist()):
        compute = min(COMPUTE_SHARE * first.capital[firm] / first.price[city], first.availability[city])
        intensity = RATE * first.talent[city] ** TALENT_POWER * first.data[city] ** DATA_POWER
        intensity *= (1.0 + compute) ** COMPUTE_POWER * first.absorption[firm]
        success = draws[firm] < 1.0 - math.exp(-intensity)
        productivity = first.productivity[firm] * (GAIN if success else 1.0)
        made_here = productivity * first.capital[firm] ** CAPITAL_POWER
        assert made.productivity[firm] == pytest.approx(productivity, rel=1e-14)
        assert made.capital[firm] == pytest.approx(KEPT * first.capital[firm] + SAVED * made_here, rel=1e-14)
        output[city] += made_here
        innovations[city] += success
    assert 0 < sum(innovations) < FIRMS
    arriving = first.gravity @ (np.array(output) / np.mean(output))
    learnt = first.gravity @ (CITIES * np.array(innovations) / sum(innovations))
    np.testing.assert_allclose(made.talent, (1.0 - RENEWAL) * first.talent + RENEWAL * arriving)
    np.testing.assert_allclose(made.data, (1.0 - RENEWAL) * first.data + RENEWAL * learnt)
    assert numpy_model.measures(made)["total_innovations"] == sum(innovations)


def test_movers_go_to_the_city_that_their_draw_names() -> None:
    made = numpy_model.prepare(FIRMS, 1)
    steps, moves = np.full(FIRMS, 0.9), np.full(FIRMS, 0.9)
    moves[[3, 8]] = 0.0
    made.rng = Draws(*[steps] * MOVE_EVERY, moves, np.array([0.0, 0.999999]))
    before = made.city.copy()
    numpy_model.advance(made, MOVE_EVERY)
    assert np.flatnonzero(made.city != before).tolist() == [3, 8]
    assert made.city[3] == (before[3] + 1) % CITIES  # the next city
    assert made.city[8] == (before[8] - 1) % CITIES  # all but once around


def test_equal_seeds_give_equal_runs() -> None:
    assert numpy_model.run(FIRMS, 12, 2) == numpy_model.run(FIRMS, 12, 2) != numpy_model.run(FIRMS, 12, 3)
