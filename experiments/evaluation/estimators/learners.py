"""Learners of nuisance functions on a panel: lasso, trees, both, or the user's own.

The outcome is g(x) + city + year + noise, so what the two-way within transform leaves of g depends on all
years of a city. The learners that have a name meet that exactly: the lasso transforms its dictionary of
squares and products like the outcome [Belloni, Chernozhukov, Hansen & Kozbur 2016, Journal of Business &
Economic Statistics 34(4)]; trees learn g of the controls as they are, and city and year effects are taken out
anew of what they leave, round by round (backfitting). A learner of the user's is fitted once, plainly: it
sees controls, controls within city and year and the number of the year, and predicts what is within.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV
from sklearn.model_selection import KFold
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import Codes
from model.files.user_tables import InputError

ROUNDS = 3  # of trees
DUST = 1e-9  # relative spread below which fixed effects explain a column in full
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Features:
    """What learners see of n rows. ``raw`` (n, q): controls and, with a trend, the number of the year."""

    raw: Floats
    city: Codes
    year: Codes

    @classmethod
    def of(cls, data: PanelData, trend: bool = True) -> Features:
        """The features of a panel."""
        parts = [data.controls, data.year[:, None].astype(np.float64)] if trend else [data.controls]
        raw = np.column_stack(parts)
        return cls(raw[:, raw.std(axis=0) > 0], data.city, data.year)

    @cached_property
    def products(self) -> Floats:
        """Features at spread 1, their squares and products: (n, at least Q)."""
        scaled = StandardScaler().fit_transform(self.raw)
        return np.asarray(PolynomialFeatures(2, include_bias=False).fit_transform(scaled))

    @cached_property
    def dictionary(self) -> Floats:
        """Features, their squares and products within city and year, each of spread 1: (n, Q)."""
        spread = self.products.std(axis=0)
        left = within(self.products, self.city, self.year)
        kept = left.std(axis=0) > DUST * np.maximum(spread, 1e-300)
        return np.asarray(left[:, kept] / left[:, kept].std(axis=0))

    @cached_property
    def plain(self) -> Floats:
        """Features as they are and within city and year: (n, at most 2q)."""
        both = np.column_stack([self.raw, within(self.raw, self.city, self.year)])
        return both[:, both.std(axis=0) > 0]

    def within(self, values: Floats, rows: Rows) -> Floats:
        """Two-way within transform of some rows' values, on their own."""
        return within(values, _numbered(self.city[rows]), _numbered(self.year[rows]))


def _numbered(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1]


def boosting(seed: int) -> Any:
    """Gradient-boosted trees by histograms: 50 trees of at most 6 leaves a round."""
    return HistGradientBoostingRegressor(
        max_iter=50, learning_rate=0.1, max_leaf_nodes=6, min_samples_leaf=20, early_stopping=False,
        random_state=seed,
    )  # fmt: skip


def forest(seed: int) -> Any:
    """A random forest: 100 trees a round, a third of the features tried at each split."""
    return RandomForestRegressor(100, min_samples_leaf=5, max_features=1 / 3, n_jobs=1, random_state=seed)


def penalised() -> Any:
    """A lasso whose penalty is chosen on three blocks of rows; rows are in order of city, so of cities."""
    return LassoCV(alphas=20, eps=1e-2, cv=KFold(3), tol=1e-3, max_iter=2_000)


@dataclass(frozen=True)
class Recipe:
    """A learner that has a name: whether a lasso goes first, and which trees follow."""

    lasso: bool
    trees: Callable[[int], Any] | None


LEARNERS = {
    "lasso+boosting": Recipe(True, boosting),
    "lasso": Recipe(True, None),
    "boosting": Recipe(False, boosting),
    "forest": Recipe(False, forest),
}


def check_learner(learner: Any) -> None:
    """Raise InputError for a name that is none, or an object that cannot fit and predict."""
    if isinstance(learner, str):
        if learner not in LEARNERS:
            raise InputError([f"there is no learner {learner!r}: choose one of {', '.join(LEARNERS)}"])
    elif not (hasattr(learner, "fit") and hasattr(learner, "predict")):
        raise InputError([f"a learner has the methods fit and predict; {type(learner).__name__} has not"])


def left_unexplained(learner: Any, target: Floats, features: Features, test: Rows, seed: int) -> Floats:
    """What is left of the test rows' target when a learner that saw the other rows only has predicted it.

    target (n,): within city and year. test (n,): rows of whole cities. Returns as many values as test rows.
    """
    train = ~test
    if not isinstance(learner, str):
        fresh = clone(learner, safe=False)
        fresh.fit(features.plain[train], target[train])
        return np.asarray(target[test] - fresh.predict(features.plain[test]))
    recipe = LEARNERS[learner]
    if recipe.lasso and features.dictionary.shape[1]:
        with warnings.catch_warnings():
            # The weakest penalties of the path may not settle; cross-validation judges what they predict.
            warnings.simplefilter("ignore", ConvergenceWarning)
            line = penalised().fit(features.dictionary[train], target[train])
        target = target - line.predict(features.dictionary)
    if recipe.trees is not None:
        target = target - _by_rounds(recipe.trees, target, features, train, seed)
    return features.within(target[test], test)


def _by_rounds(
    make: Callable[[int], Any], target: Floats, features: Features, train: Rows, seed: int
) -> Floats:
    """Backfitting: trees on what is left within the training cities, added up over the rounds, (n,)."""
    found = np.zeros(len(target))
    for part in range(ROUNDS):
        left = features.within(target[train] - found[train], train)
        found += make(seed + part).fit(features.raw[train], left).predict(features.raw)
    return found
