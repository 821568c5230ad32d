"""Estimators of the DoubleML package on the same panels, with results as ``Estimate``.

    partially_linear(panel_data(panel, "log_innovations", "centre", controls)).summary()

DoubleML [Bach, Kurz, Chernozhukov, Spindler & Klaassen 2024, Journal of Statistical Software 108(3)] is an
optional extra and takes seconds to import, so it is imported on first use. This module adds folds of whole
cities drawn by seed, and year effects, which its static panels do not have: year means are subtracted
beforehand instead of adding dummies (see ``double_ml``).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from experiments.evaluation.estimators.double_ml import DoubleMLSettings, fold_of_city
from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.event_study import square_panel
from experiments.evaluation.estimators.learners import Features, Learner, boosting, forest, penalised
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.evaluation.estimators.within_transform import less_means, within
from experiments.measures.ols import Codes, group_sums
from model.files.user_tables import InputError

APPROACHES = {
    "cre_general": "correlated random effects",
    "cre_normal": "correlated random effects, normal",
    "fd_exact": "first differences",
    "wg_approx": "within cities, approximately",
}
"""Approaches of DoubleMLPLPR to city effects. [Clarke & Polselli 2025, Econometrics Journal]"""

FEWEST_OF_A_DATE = 4  # hosts that open in one year: two of them on either side of a split into two folds
LASSO = DoubleMLSettings("lasso")
NEAREST = (-4, 8)  # years since the opening that are reported, as in ``event_study``


@contextmanager
def _doubleml() -> Iterator[Any]:
    """Yield the package, on one thread and without its warnings. Raises InputError if it is not installed."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            import doubleml
        except ImportError as error:
            raise InputError(
                [f"DoubleML is not installed ({error}): install it with pip install 'computeleap[causal]'"]
            ) from None
        try:
            yield doubleml
        except (ValueError, NotImplementedError) as error:
            raise InputError([f"DoubleML cannot use this panel: {error}"]) from error


def check_doubleml() -> None:
    """Raise InputError if DoubleML is not installed."""
    with _doubleml():
        pass


def partially_linear(
    data: PanelData, settings: DoubleMLSettings = LASSO, features: Floats | None = None
) -> Estimate:
    """Run DoubleMLPLR on outcome and treatments within city and year, clusters and folds by city.

    With several treatments, the others are controls of each. Learners: lasso, boosting, forest or an object
    with fit and predict. features: of each row, (n, q); by default squares and products of the controls
    within city and year for the lasso, for others the controls, untransformed and within city and year.

    Raises InputError: DoubleML is not installed, or unsuitable settings.
    """
    if features is None:
        known = Features.of(data, settings.trend)
        features = known.dictionary if settings.learner == "lasso" else known.plain
    learner = _learner(settings)
    targets = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    table, names = _table(targets, features, data)
    treatments = [f"d{place}" for place in range(data.treatments.shape[1])]
    with _doubleml() as doubleml:
        given = doubleml.DoubleMLData(
            table.drop(columns="year"), y_col="y", d_cols=treatments, x_cols=names, cluster_cols="city"
        )
        model = doubleml.DoubleMLPLR(
            given, learner, learner, n_folds=settings.folds, draw_sample_splitting=False
        )
        return _fitted(model, data.city, data, settings, "DoubleML, partially linear within city and year")


def static_panel(
    data: PanelData, settings: DoubleMLSettings = LASSO, approach: str = "cre_general"
) -> Estimate:
    """Run DoubleMLPLPR, a partially linear panel with city effects; approach: a name of ``APPROACHES``.

    Outcome and the one treatment enter less their year means, and so do the squares and products of controls
    for the lasso. Trees use untransformed controls.

    Raises InputError: DoubleML is not installed, or unsuitable settings.
    """
    if approach not in APPROACHES:
        raise InputError([f"approach cannot be {approach!r}: choose one of {', '.join(APPROACHES)}"])
    learner = _learner(settings)
    features = Features.of(data, settings.trend)
    seen = less_means(features.products, data.year) if settings.learner == "lasso" else features.raw
    targets = less_means(np.column_stack([data.outcome, data.treatments]), data.year)
    table, names = _table(targets, seen, data)
    with _doubleml() as doubleml:
        given = doubleml.DoubleMLPanelData(
            table, y_col="y", d_cols="d0", t_col="year", id_col="city", x_cols=names, static_panel=True
        )
        model = doubleml.DoubleMLPLPR(
            given, learner, learner, n_folds=settings.folds, approach=approach, draw_sample_splitting=False
        )
        rows = np.asarray(model.data_transform.id_var, dtype=np.int64)  # first differences lose a year
        return _fitted(model, rows, data, settings, f"DoubleML, static panel by {APPROACHES[approach]}")


def many_dates(data: PanelData, settings: DoubleMLSettings = LASSO) -> Estimate:
    """Run DoubleMLDIDMulti: difference-in-differences with many dates, not-yet-treated comparisons.

    Changes are predicted by a linear regression on the controls, the odds of being a host by a penalised
    logistic one; of the settings only folds and seed are used. ``params``: ``mean`` over treated city-years,
    then by years since the opening, ``-4`` … ``+8``. Before the opening each year is compared with the one
    before it. Dates with fewer than four hosts are left out: ``details["hosts_left_out"]``.

    Raises InputError: DoubleML is not installed, the panel has gaps, a centre closes, or no date has enough
    hosts.
    """
    opening = square_panel(data).opening
    dates, hosts = np.unique(opening[(opening > 0) & (opening < len(data.years))], return_counts=True)
    kept, left_out = dates[hosts >= FEWEST_OF_A_DATE], int(hosts[hosts < FEWEST_OF_A_DATE].sum())
    if not len(kept):
        raise InputError([f"no year has {FEWEST_OF_A_DATE} hosts that open in it, as DoubleML needs"])
    never = opening == len(data.years)
    part = data.of((np.isin(opening, kept) | never)[data.city])
    first = np.where(never, np.inf, opening)[np.isin(opening, kept) | never]
    seen = part.controls if part.controls.shape[1] else np.ones((part.rows, 1))
    table, names = _table(np.column_stack([part.outcome, first[part.city]]), seen, part)
    folds = min(settings.folds, int(hosts[hosts >= FEWEST_OF_A_DATE].min()) // 2)
    with _doubleml() as doubleml, _drawn_by(settings.seed):
        given = doubleml.DoubleMLPanelData(
            table, y_col="y", d_cols="d0", t_col="year", id_col="city", x_cols=names
        )
        model = doubleml.did.DoubleMLDIDMulti(
            given,
            LinearRegression(),
            make_pipeline(StandardScaler(), LogisticRegression(C=0.1)),
            control_group="not_yet_treated",
            n_folds=folds,
        ).fit()
        return _by_years_since(model, dict(zip(dates, hosts, strict=True)), part, left_out)


def _learner(settings: DoubleMLSettings) -> Learner:
    """Return an object with fit and predict. Raises InputError for a combination of two learners."""
    if not isinstance(settings.learner, str):
        return settings.learner
    if settings.learner == "lasso":
        return make_pipeline(StandardScaler(), penalised())
    trees = {"boosting": boosting, "forest": forest}
    if settings.learner not in trees:
        allowed = "lasso, boosting, forest or an object with fit and predict"
        raise InputError([f"DoubleML takes a single learner, not {settings.learner!r}: {allowed}"])
    return trees[settings.learner](settings.seed)


def _table(targets: Floats, features: Floats, data: PanelData) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of y, d0, d1 …, city, year and the features, and the names of the features."""
    names = [f"x{place}" for place in range(features.shape[1])]
    columns = ["y", *(f"d{place}" for place in range(targets.shape[1] - 1)), *names]
    table = pd.DataFrame(np.column_stack([targets, features]), columns=columns)
    return table.assign(city=data.city, year=data.year), names


def _fitted(model: Any, city: Codes, data: PanelData, settings: DoubleMLSettings, method: str) -> Estimate:
    """Fit on folds of whole cities, drawn by seed, and return an Estimate. city: of each row used."""
    whole, cities = [], []
    for repeat in range(settings.repeats or 1):
        fold = fold_of_city(data.cities, settings.folds, settings.seed, repeat)
        tests = [fold == part for part in range(settings.folds)]
        whole.append([(np.flatnonzero(~test[city]), np.flatnonzero(test[city])) for test in tests])
        cities.append([([np.flatnonzero(~test)], [np.flatnonzero(test)]) for test in tests])
    model.set_sample_splitting(whole, cities)
    model.fit()
    return make_estimate(
        data.treatment_names,
        np.asarray(model.coef),
        _spread(model, city),
        dof=np.inf,
        nobs=len(city),
        cities=data.cities,
        method=f"{method}: {data.outcome_name}, {settings.folds} folds",
    )


def _spread(model: Any, city: Codes) -> Floats:
    """Return the covariance (k, k): DoubleML's standard errors, correlations from scores summed by city."""
    scores = np.asarray(model.framework.scaled_psi)[:, :, 0]
    by_city = group_sums(scores, city)
    moments = by_city.T @ by_city
    size = np.sqrt(np.diag(moments))
    return np.asarray(moments / np.outer(size, size) * np.outer(model.se, model.se))


def _by_years_since(model: Any, hosts: dict[int, int], data: PanelData, left_out: int) -> Estimate:
    """Average the effects of each date and year, every treated city-year counted once."""
    ages = np.array([int(when - date) for date, _, when in model.gt_combinations])
    weights = np.array([hosts[int(date)] for date, _, _ in model.gt_combinations], dtype=np.float64)
    kept = [age for age in np.unique(ages) if NEAREST[0] <= age <= NEAREST[1]]
    groups = [ages >= 0, *(ages == age for age in kept)]
    sums = np.array([weights * group / (weights * group).sum() for group in groups])
    scores = np.asarray(model.framework.scaled_psi)[:, :, 0]
    spread = scores.T @ scores / len(scores) ** 2
    return make_estimate(
        ("mean", *(f"{age:+d}" for age in kept)),
        sums @ np.asarray(model.coef),
        sums @ spread @ sums.T,
        dof=np.inf,
        nobs=data.rows,
        cities=data.cities,
        method=f"DoubleML, difference-in-differences of {data.outcome_name}, comparisons not yet treated",
        details={"hosts_left_out": left_out},
    )


@contextmanager
def _drawn_by(seed: int) -> Iterator[None]:
    """Seed NumPy's global generator, by which DoubleML splits cities here, and restore it afterwards."""
    before = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
