"""The emulator against functions that are known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.sweep.analysis.emulator import Emulator

POINTS = np.random.default_rng(1).uniform(size=(40, 2))
PLACES = np.random.default_rng(2).uniform(0.2, 0.8, size=(20, 2))


def plane(x: np.ndarray) -> np.ndarray:
    return np.asarray(3.0 + 2.0 * x[:, 0] - x[:, 1])


def test_a_plane_is_found_between_its_points() -> None:
    made = Emulator(POINTS, plane(POINTS), np.zeros(40))
    mean, variance = made.predict(PLACES)
    np.testing.assert_allclose(mean, plane(PLACES), atol=1e-3)
    assert variance.max() < 1e-4
    assert made.explained() == pytest.approx(1.0, abs=1e-4)
    assert made.nugget == 0.0  # the noise was given


def test_a_fitted_kernel_is_taken_as_it_is() -> None:
    first = Emulator(POINTS, plane(POINTS), np.zeros(40))
    again = Emulator(POINTS, plane(POINTS), np.zeros(40), first.kernel)
    assert again.kernel == first.kernel
    np.testing.assert_allclose(again.predict(PLACES)[0], first.predict(PLACES)[0])


def test_noise_that_is_not_known_is_estimated() -> None:
    noise = 0.2 * np.random.default_rng(3).standard_normal(40)
    made = Emulator(POINTS, plane(POINTS) + noise, None)
    assert made.nugget == pytest.approx(0.04, rel=0.5)
    assert made.predict(PLACES)[1].min() > 0.02  # a prediction is of a run: it counts the noise
    assert 0.5 < made.explained() < 0.99


def test_what_is_the_same_everywhere_is_predicted_as_that() -> None:
    mean, _ = Emulator(POINTS, np.full(40, 7.0), np.zeros(40)).predict(PLACES)
    np.testing.assert_allclose(mean, 7.0)
