"""An emulator of one figure over many factors: a sparse sum of lines and parabolas."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FOLDS = 5


class SparseEmulator:
    """The expected figure at a place, from points that were run; most of the factors have no part in it.

    A Gaussian process wants ten points for each factor; with a hundred factors and a few hundred points the
    lasso finds the few that matter. [Tibshirani 1996] x: coordinates (n, k) in 0-1; y: figures, (n,).
    """

    def __init__(self, x: Array, y: Array) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import Lasso, LassoCV
        from sklearn.model_selection import cross_val_predict

        terms = _terms(x)
        self._to, self._back = _transform(y)
        moved = self._to(y)
        self._centre, self._scale = float(moved.mean()), float(moved.std()) or 1.0
        aim = (moved - self._centre) / self._scale
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._fit = LassoCV(cv=FOLDS, alphas=40, max_iter=5000).fit(terms, aim)
            guessed = cross_val_predict(Lasso(alpha=self._fit.alpha_, max_iter=5000), terms, aim, cv=FOLDS)
        missed = self._back(self._centre + self._scale * guessed) - y
        self.error = float(np.sqrt(np.mean(missed**2)))
        self.explained = float(1.0 - np.mean((guessed - aim) ** 2))

    def predict(self, x: Array) -> Array:
        """Return the expected figure at coordinates (m, k), (m,)."""
        return self._back(self._centre + self._scale * self._fit.predict(_terms(x)))


def _transform(y: Array) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """Return a function that makes figures more nearly additive, and its inverse: logit, log or none."""
    if ((y > 0.0) & (y < 1.0)).all():
        return lambda v: np.log(v / (1.0 - v)), lambda v: 1.0 / (1.0 + np.exp(-v))
    if (y > 0.0).all():
        return np.log, np.exp
    return np.asarray, np.asarray


def _terms(x: Array) -> Array:
    centred = 2.0 * x - 1.0
    return np.hstack([centred, centred**2 - 1.0 / 3.0])
