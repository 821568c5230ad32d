"""Estimators of DoubleML behind our interface, and our own compared with them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators import doubleml_adapter
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, estimate_panel
from experiments.evaluation.estimators.doubleml_adapter import (
    APPROACHES,
    many_dates,
    partially_linear,
    static_panel,
)
from experiments.evaluation.estimators.event_study import event_study
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.learners import Features
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.known_effect import CONTROLS, known_panel
from model.files.user_tables import InputError
from tests.support.city_panels import made_up
from tests.support.cli import call

installed = pytest.mark.skipif(
    importlib.util.find_spec("doubleml") is None, reason="DoubleML (extra: causal) is not installed"
)


@installed
def test_ours_is_theirs_to_three_digits_on_the_same_folds(panel: pd.DataFrame) -> None:
    from sklearn.linear_model import LassoCV

    data = panel_data(panel, "outcome", "centre", CONTROLS)
    settings = DoubleMLSettings(LassoCV(cv=3), cov_type="cluster")
    ours = estimate_panel(data, settings)
    theirs = partially_linear(data, settings, Features.of(data).plain)
    assert ours.params["centre"] == pytest.approx(theirs.params["centre"], abs=5e-4)
    assert ours.bse["centre"] == pytest.approx(theirs.bse["centre"], abs=5e-4)


@installed
def test_static_panels(panel: pd.DataFrame) -> None:
    plain = fixed_effects(panel, "outcome").params["centre"]
    data = panel_data(panel, "outcome", "centre", CONTROLS)
    found = {name: static_panel(data, approach=name) for name in APPROACHES}
    for name, one in found.items():
        assert abs(one.params["centre"] - 0.10) < abs(plain - 0.10), name
        assert one.nobs == len(panel) - (120 if name == "fd_exact" else 0)
    # With a balanced panel and year means taken out, their transform within cities is the two-way one.
    both = partially_linear(data)
    assert found["wg_approx"].params["centre"] == pytest.approx(both.params["centre"], abs=1e-3)


@installed
def test_several_treatments_have_their_own_errors() -> None:
    frame = known_panel(3, spillover=0.4, cities=150, years=12)
    found = partially_linear(panel_data(frame, "outcome", ["centre", "near"], CONTROLS[:6]))
    assert found.params["near"] == pytest.approx(0.4, abs=4.0 * found.bse["near"])
    assert np.diag(found.covariance) == pytest.approx(found.bse.to_numpy() ** 2)


@installed
def test_many_dates_without_controls_are_our_differences() -> None:
    frame = known_panel(1, cities=150, years=8)
    ours = event_study(frame, "outcome", lags=7)
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    data = panel_data(frame, "outcome", "centre")
    theirs = many_dates(data)
    assert theirs.params["mean"] == pytest.approx(ours.params["mean"], abs=0.5 * ours.bse["mean"])
    assert theirs.bse["mean"] == pytest.approx(ours.bse["mean"], rel=0.3)
    assert many_dates(data).params["mean"] == theirs.params["mean"]
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002


@installed
def test_what_cannot_be_is_answered(panel: pd.DataFrame) -> None:
    data = panel_data(panel, "outcome", "centre", CONTROLS[:3])
    with pytest.raises(InputError, match="approach cannot be 'within'"):
        static_panel(data, approach="within")
    with pytest.raises(InputError, match=r"a single learner, not 'lasso\+boosting'"):
        partially_linear(data, DoubleMLSettings())
    alone = panel.assign(centre=(panel["centre"] * (panel["city_id"] < 4)))
    with pytest.raises(InputError, match="no year has 4 hosts"):
        many_dates(panel_data(alone, "outcome", "centre"))


def test_without_the_package_one_sentence_says_so(
    panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "doubleml", None)
    with pytest.raises(InputError, match=r"DoubleML is not installed .*computeleap\[causal\]"):
        partially_linear(panel_data(panel, "outcome", "centre", CONTROLS[:2]))
    path = tmp_path / "panel.csv"
    panel.to_csv(path, index=False)
    answer = call("evaluate", path, "--outcome", "outcome", "--also", "doubleml")
    assert answer.exit_code == 2


@installed
def test_doubleml_is_asked_only_for_what_it_can_do() -> None:
    data = panel_data(made_up({0: 3, 1: 3, 2: 4}), "outcome", "centre")
    with pytest.raises(InputError, match="approach cannot be 'within': choose one of "):
        static_panel(data, approach="within")
    with pytest.raises(InputError, match=r"DoubleML takes a single learner, not 'lasso\+boosting'"):
        partially_linear(data, DoubleMLSettings("lasso+boosting"))
    with pytest.raises(InputError, match="no year has 4 hosts that open in it, as DoubleML needs"):
        many_dates(data)
    with (
        pytest.raises(InputError, match="DoubleML cannot use this panel: it is odd"),
        doubleml_adapter._doubleml(),
    ):
        raise ValueError("it is odd")
