"""Learners of nuisance functions: named ones and the user's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators import learners
from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
    double_ml,
)
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.learners import BlockLasso, Features, check_learner
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.known_effect import CONTROLS
from model.files.user_tables import InputError


@pytest.mark.parametrize("learner", ["lasso", "boosting", "forest"])
def test_each_learner_takes_confounding_out(panel: pd.DataFrame, learner: str) -> None:
    plain = fixed_effects(panel, "outcome").params["centre"]
    found = double_ml(
        panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(learner, folds=2)
    ).params["centre"]
    assert abs(found - 0.10) < abs(plain - 0.10)


def test_a_user_defined_learner(panel: pd.DataFrame) -> None:
    from sklearn.linear_model import LinearRegression

    found = double_ml(panel, "outcome", controls=CONTROLS, settings=DoubleMLSettings(LinearRegression()))
    assert "LinearRegression" in found.method
    assert found.params["centre"] == pytest.approx(
        fixed_effects(panel, "outcome", controls=CONTROLS).params["centre"], abs=0.03
    )


def test_learners_that_cannot_learn_are_refused() -> None:
    with pytest.raises(InputError, match="learner cannot be 'trees': choose one of lasso"):
        check_learner("trees")
    with pytest.raises(InputError, match="a learner needs the methods fit and predict; object has none"):
        check_learner(object())


def test_the_lasso_is_that_of_scikit_learn(panel: pd.DataFrame) -> None:
    from sklearn.linear_model import LassoCV
    from sklearn.model_selection import KFold

    data = panel_data(panel, "outcome", "centre", CONTROLS)
    columns = Features.of(data).dictionary
    theirs = LassoCV(alphas=20, eps=1e-2, cv=KFold(3), tol=1e-3, max_iter=2_000).fit(columns, data.outcome)
    ours = BlockLasso().fit(columns, data.outcome)
    assert ours.alpha_ == pytest.approx(theirs.alpha_, rel=1e-9)
    np.testing.assert_allclose(ours.predict(columns), theirs.predict(columns), atol=1e-9)


def test_designs_for_one_panel_share_their_lassos(
    panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    class Counted(BlockLasso):
        def fit(self, X, y, /):  # noqa: N803
            made.append(1)
            return super().fit(X, y)

    monkeypatch.setattr(learners, "penalised", Counted)
    monkeypatch.setattr(learners, "KEPT_FITS", 4)
    settings = DoubleMLSettings("lasso", folds=2, repeats=1)
    first = double_ml(panel, "outcome", controls=CONTROLS, settings=settings)
    again = double_ml(panel, "outcome", controls=CONTROLS, settings=settings)
    assert len(made) == 4
    pd.testing.assert_series_equal(first.params, again.params)
    double_ml(panel, "outcome", controls=CONTROLS[:5], settings=settings)
    assert len(made) == 8
    double_ml(panel, "outcome", controls=CONTROLS, settings=settings)
    assert len(made) == 12  # only the last four were kept
