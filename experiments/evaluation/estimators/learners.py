"""Learners of nuisance functions on a panel: lasso, trees, both, or user-defined.

The outcome is g(x) + city + year + noise, so what the two-way within transform leaves of g depends on all
years of a city. The named learners respect that exactly: the lasso transforms its dictionary of
squares and products like the outcome [Belloni, Chernozhukov, Hansen & Kozbur 2016, Journal of Business &
Economic Statistics 34(4)]; trees learn g of the controls as they are, and city and year effects are taken out
again of their residuals, round by round (backfitting). A user-defined learner is fitted once: it sees the
controls, the controls within city and year and the number of the year, and predicts the transformed target.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import lasso_path
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import Codes
from model.files.user_tables import InputError

ROUNDS = 3  # of trees
PENALTIES, WEAKEST, BLOCKS = 20, 1e-2, 3  # of the lasso: how many, the last to the first, folds that choose
KEPT_FITS = 400  # predictions of lassos that are kept, as designs for one panel ask for the same ones again
NEGLIGIBLE = 1e-9  # relative spread below which fixed effects explain a column in full
Rows = NDArray[np.bool_]


class Learner(Protocol):
    """A regression with the interface of scikit-learn."""

    def fit(self, X: Floats, y: Floats, /) -> Learner:  # noqa: N803
        """Learn y (n,) from features X (n, q); return the learner."""

    def predict(self, X: Floats, /) -> Floats:  # noqa: N803
        """Return the predictions for features X (n, q), (n,)."""


@dataclass(frozen=True)
class Features:
    """Features of n rows. ``raw`` (n, q): controls and, with a trend, the number of the year."""

    raw: Floats
    city: Codes
    year: Codes

    @classmethod
    def of(cls, data: PanelData, trend: bool = True) -> Features:
        """Return the features of a panel."""
        parts = [data.controls, data.year[:, None].astype(np.float64)] if trend else [data.controls]
        raw = np.column_stack(parts)
        return cls(raw[:, raw.std(axis=0) > 0], data.city, data.year)

    @cached_property
    def products(self) -> Floats:
        """Standardised features, their squares and products: (n, at least Q)."""
        scaled = StandardScaler().fit_transform(self.raw)
        return np.asarray(PolynomialFeatures(2, include_bias=False).fit_transform(scaled))

    @cached_property
    def dictionary(self) -> Floats:
        """Features, their squares and products within city and year, each of standard deviation 1: (n, Q)."""
        spread = self.products.std(axis=0)
        left = within(self.products, self.city, self.year)
        kept = left.std(axis=0) > NEGLIGIBLE * np.maximum(spread, 1e-300)
        return np.asarray(left[:, kept] / left[:, kept].std(axis=0))

    @cached_property
    def digest(self) -> bytes:
        """A fingerprint of the dictionary."""
        return hashlib.blake2b(self.dictionary.tobytes()).digest()

    @cached_property
    def plain(self) -> Floats:
        """Features, untransformed and within city and year: (n, at most 2q)."""
        both = np.column_stack([self.raw, within(self.raw, self.city, self.year)])
        return both[:, both.std(axis=0) > 0]

    def within(self, values: Floats, rows: Rows) -> Floats:
        """Apply the two-way within transform to the values of some rows alone."""
        return within(values, _numbered(self.city[rows]), _numbered(self.year[rows]))


def _numbered(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1]


def boosting(seed: int) -> Learner:
    """Return histogram gradient boosting: 50 trees of at most 6 leaves a round."""
    return HistGradientBoostingRegressor(
        max_iter=50,
        learning_rate=0.1,
        max_leaf_nodes=6,
        min_samples_leaf=20,
        early_stopping=False,
        random_state=seed,
    )


def forest(seed: int) -> Learner:
    """Return a random forest: 100 trees a round, a third of the features tried at each split."""
    return RandomForestRegressor(100, min_samples_leaf=5, max_features=1 / 3, n_jobs=1, random_state=seed)


class BlockLasso(RegressorMixin, BaseEstimator):
    """A lasso whose penalty is chosen on three blocks of rows, which are blocks of cities.

    The fit is that of ``LassoCV(alphas=20, eps=1e-2, cv=KFold(3), tol=1e-3, max_iter=2_000)``, without its
    checks of the same arrays at each step, which take four fifths of its time on a panel.
    """

    def fit(self, X: Floats, y: Floats, /) -> BlockLasso:  # noqa: N803
        """Choose the penalty and fit all rows."""
        centred, aim, pull = _centred(X, y)
        largest = float(np.abs(pull).max()) / len(y)
        grid = np.geomspace(max(largest, 1e-300), max(largest, 1e-300) * WEAKEST, PENALTIES)
        errors = np.zeros(PENALTIES)
        for block in np.array_split(np.arange(len(y)), BLOCKS):
            others = np.ones(len(y), dtype=bool)
            others[block] = False
            paths = _path(*_centred(X[others], y[others]), grid)
            left = (y[block] - y[others].mean())[:, None] - (X[block] - X[others].mean(axis=0)) @ paths
            errors += (left**2).mean(axis=0)
        self.alpha_ = float(grid[np.argmin(errors)])
        self.coef_ = _path(centred, aim, None, np.array([self.alpha_]))[:, 0]
        self.intercept_ = float(y.mean() - X.mean(axis=0) @ self.coef_)
        return self

    def predict(self, X: Floats, /) -> Floats:  # noqa: N803
        """Return the predictions for features X (n, q), (n,)."""
        return np.asarray(X @ self.coef_ + self.intercept_)


def _centred(columns: Floats, target: Floats) -> tuple[Floats, Floats, Floats]:
    """Return columns and target less their means, and their products."""
    less, aim = np.asfortranarray(columns - columns.mean(axis=0)), target - target.mean()
    return less, aim, less.T @ aim


def _path(columns: Floats, aim: Floats, pull: Floats | None, penalties: Floats) -> Floats:
    """Return the coefficients (q, penalties); with ``pull``, from the Gram matrix."""
    how = {"tol": 1e-3, "max_iter": 2_000, "check_input": False, "copy_X": False}
    gram = False if pull is None else columns.T @ columns
    return np.asarray(lasso_path(columns, aim, alphas=penalties, precompute=gram, Xy=pull, **how)[1])


def penalised() -> Learner:
    """Return the lasso of the named learners."""
    return BlockLasso()


@dataclass(frozen=True)
class Recipe:
    """A named learner: whether a lasso comes first, and which trees follow."""

    lasso: bool
    trees: Callable[[int], Learner] | None


LEARNERS = {
    "lasso+boosting": Recipe(True, boosting),
    "lasso": Recipe(True, None),
    "boosting": Recipe(False, boosting),
    "forest": Recipe(False, forest),
}


def check_learner(learner: str | Learner) -> None:
    """Raise InputError for an unknown name, or an object without fit and predict."""
    if isinstance(learner, str):
        if learner not in LEARNERS:
            raise InputError([f"learner cannot be {learner!r}: choose one of {', '.join(LEARNERS)}"])
    elif not (hasattr(learner, "fit") and hasattr(learner, "predict")):
        raise InputError([f"a learner needs the methods fit and predict; {type(learner).__name__} has none"])


def unexplained(learner: str | Learner, target: Floats, features: Features, test: Rows, seed: int) -> Floats:
    """Subtract from the target of the test rows the prediction of a learner that saw only the other rows.

    target (n,): within city and year. test (n,): rows of whole cities. The result has a value per test row.
    """
    train = ~test
    if not isinstance(learner, str):
        fresh = clone(learner, safe=False)
        fresh.fit(features.plain[train], target[train])
        return np.asarray(target[test] - fresh.predict(features.plain[test]))
    recipe = LEARNERS[learner]
    if recipe.lasso and features.dictionary.shape[1]:
        target = target - _by_lasso(target, features, train)
    if recipe.trees is not None:
        target = target - _by_rounds(recipe.trees, target, features, train, seed)
    return features.within(target[test], test)


_lassos: OrderedDict[tuple[object, ...], Floats] = OrderedDict()


def _by_lasso(target: Floats, features: Features, train: Rows) -> Floats:
    """Return the prediction, (n,), of a lasso fitted to the training rows."""
    key = penalised, features.digest, hashlib.blake2b(target.tobytes()).digest(), train.tobytes()
    if key in _lassos:
        _lassos.move_to_end(key)
        return _lassos[key]
    with warnings.catch_warnings(), config_context(skip_parameter_validation=True):
        # The weakest penalties of the path may not converge; cross-validation judges their predictions.
        warnings.simplefilter("ignore", ConvergenceWarning)
        line = penalised().fit(features.dictionary[train], target[train])
    _lassos[key] = line.predict(features.dictionary)
    while len(_lassos) > KEPT_FITS:
        _lassos.popitem(last=False)
    return _lassos[key]


def _by_rounds(
    make: Callable[[int], Learner], target: Floats, features: Features, train: Rows, seed: int
) -> Floats:
    """Fit trees to the residual within the training cities; return the sum of their predictions, (n,)."""
    found = np.zeros(len(target))
    for part in range(ROUNDS):
        left = features.within(target[train] - found[train], train)
        found += make(seed + part).fit(features.raw[train], left).predict(features.raw)
    return found
