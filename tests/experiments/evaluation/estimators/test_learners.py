"""Learners of nuisance functions: named ones and the user's own."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.evaluation.estimators.double_ml import (
    DoubleMLSettings,
    double_ml,
)
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.learners import check_learner
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
