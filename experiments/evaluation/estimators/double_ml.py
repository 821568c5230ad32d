"""Partially linear double machine learning on a panel with city and year effects.

The model is ``y = θ'd + g(x) + city + year + u``. City and year effects are taken out of outcome and
treatments by the two-way within transform; a learner that has not seen the city predicts the remainder from
the controls (cross-fitting with folds of whole cities), and the residuals are regressed on each other.
[Chernozhukov et al. 2018, Econometrics Journal 21(1); panels: Clarke & Polselli 2025, Econometrics Journal]

City and year dummies among the features of the learner would be wrong. A fold of whole cities leaves the
dummies of its cities unlearned, so the city effects stay in the residuals of outcome and treatment alike; a
fold of rows lets a penalised or greedy learner shrink them. Either way confounding by city returns, so there
is no option for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from experiments.evaluation.estimators.covariance import covariance, freedom, year_columns
from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.learners import Features, Learner, check_learner, unexplained
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import Codes, dependent, least_squares
from model.engine.draws import stream_key, uniforms
from model.files.user_tables import InputError


@dataclass(frozen=True)
class DoubleMLSettings:
    """Settings of double machine learning.

    ``learner``: a name of ``learners.LEARNERS`` or an object with fit and predict. ``folds`` of whole cities,
    drawn ``repeats`` times by ``seed``; the median is reported. None: once for more than 100 cities, three
    times for more than 50, five times for fewer, as the estimate then varies much with the folds; draws
    in which no treatment varies within any fold are left out.
    ``cov_type``: see ``covariance.covariance``; its jackknife keeps predictions. ``trend``: makes
    the number of the year a feature, so that fixed traits of cities may have trends.
    """

    learner: str | Learner = "lasso+boosting"
    folds: int = 5
    repeats: int | None = None
    seed: int = 1
    cov_type: str = "jackknife"
    trend: bool = True

    def __post_init__(self) -> None:
        check_learner(self.learner)
        if self.folds < 2 or (self.repeats is not None and self.repeats < 1):
            raise InputError(
                [f"at least 2 folds and 1 repeat are needed, not {self.folds} and {self.repeats}"]
            )

    def repeats_for(self, cities: int) -> int:
        """Return how often folds are drawn for so many cities."""
        return self.repeats or (1 if cities > 100 else 3 if cities > 50 else 5)


def double_ml(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str | Sequence[str] = "centre",
    controls: Sequence[str] = (),
    settings: DoubleMLSettings | None = None,
    *,
    city: str = "city_id",
    year: str = "year",
) -> Estimate:
    """Estimate the effect of treatments on the outcome, with controls taken out by a learner.

    frame: one row per city and year. Several treatments, such as a city's own centre and centres by distance
    band, are estimated jointly.

    ``details`` of the result: ``residuals`` (n, 1 + k) of outcome and treatments in the order of city and
    year, of the repeat nearest to the median, ``dof_residual``, ``r2_within``, of the outcome within city
    and year, ``estimates`` of each repeat, and the ``r2`` of the nuisance predictions.

    Raises InputError for unsuitable columns or settings.
    """
    return estimate_panel(panel_data(frame, outcome, treatment, controls, city=city, year=year), settings)


def estimate_panel(
    data: PanelData, settings: DoubleMLSettings | None = None, folds: Sequence[Codes] | None = None
) -> Estimate:
    """Run ``double_ml`` on arrays. folds: see ``residual_draws``."""
    settings = settings or DoubleMLSettings()
    targets, kept = residual_draws(data, settings, folds)
    years = year_columns(data)
    values, spreads = [], []
    for left in kept:
        one, residual = least_squares(left[:, 1:], left[:, 0])
        values.append(one)
        spreads.append(covariance(left[:, 1:], residual, years, data, settings.cov_type))
    middle = np.median(values, axis=0)
    left = kept[int(np.argmin([abs(value[0] - middle[0]) for value in values]))]
    # The estimate varies with the folds; the median of the sum includes that variation.
    spread = np.median(
        [one + np.outer(value - middle, value - middle) for one, value in zip(spreads, values, strict=True)],
        axis=0,
    )
    learner = settings.learner if isinstance(settings.learner, str) else type(settings.learner).__name__
    explained = 1.0 - left.var(axis=0) / np.maximum(targets.var(axis=0), 1e-300)
    return make_estimate(
        data.treatment_names,
        middle,
        spread,
        dof=freedom(settings.cov_type, data),
        nobs=data.rows,
        cities=data.cities,
        method=f"Double machine learning of {data.outcome_name}: {learner}, {settings.folds} folds, "
        f"{len(kept)} repeat{'s' if len(kept) > 1 else ''}, covariance {settings.cov_type}",
        details={
            "residuals": left,
            "dof_residual": data.rows - data.cities - len(middle) - int(np.linalg.matrix_rank(years)),
            "controls": data.controls.shape[1],
            "cov_type": settings.cov_type,
            "r2_within": 1.0 - _squares(left[:, 0] - left[:, 1:] @ middle) / _squares(targets[:, 0]),
            "estimates": np.array(values),
            "r2": explained,
        },
    )


def residual_draws(
    data: PanelData, settings: DoubleMLSettings, folds: Sequence[Codes] | None = None
) -> tuple[Floats, list[Floats]]:
    """Return outcome and treatments within city and year, (n, 1 + k), and their residuals by draw of folds.

    folds: for each repeat the fold of each row, (n,); None draws them.
    """
    targets = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    features = Features.of(data, settings.trend)
    drawn = folds or [
        fold_of_city(data.cities, settings.folds, settings.seed, repeat)[data.city]
        for repeat in range(settings.repeats_for(data.cities))
    ]
    every = [
        residuals(targets, features, fold, settings.learner, settings.seed + repeat)
        for repeat, fold in enumerate(drawn)
    ]
    # Folds of so few cities that no treatment varies within any of them say nothing.
    kept = [left for left in every if not dependent(left[:, 1:])] or every[:1]
    return targets, kept


def _squares(column: Floats) -> float:
    return max(float(column @ column), 1e-300)


def fold_of_city(cities: int, folds: int, seed: int, repeat: int) -> NDArray[np.int64]:
    """Return the fold of each city, (C,), of sizes as equal as possible, drawn by seed and repeat.

    Raises InputError if there are more folds than cities.
    """
    if folds > cities:
        raise InputError([f"{folds} folds are too many for {cities} cities"])
    draws = uniforms(stream_key(seed, "evaluation.folds", repeat), np.arange(cities))
    fold = np.empty(cities, dtype=np.int64)
    fold[np.argsort(draws, kind="stable")] = np.arange(cities) % folds
    return fold


def residuals(targets: Floats, features: Features, fold: Codes, learner: str | Learner, seed: int) -> Floats:
    """Subtract from each target (n, m) the prediction of a learner that has not seen the row's fold."""
    left = np.array(targets)
    if not features.raw.shape[1]:
        return left
    with threadpool_limits(1):  # small fits: a second thread costs more than it saves
        for part in np.unique(fold):
            test = fold == part
            for column in range(targets.shape[1]):
                left[test, column] = unexplained(learner, targets[:, column], features, test, seed)
    return left
