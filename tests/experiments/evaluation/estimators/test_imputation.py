"""Imputation from city-years without a centre."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError
from tests.support.city_panels import made_up, simple_panel


def test_the_mean_is_that_of_a_two_stage_regression() -> None:
    """Gardner's two stages by dummies; pyfixest 0.60 (did2s) gives the same coefficient."""
    frame = lot_panel(1, hosts=20, growth=0.05, cities=60, years=13)
    free = frame["centre"] == 0
    dummies = np.column_stack(
        [frame[name].to_numpy()[:, None] == np.unique(frame[name]) for name in ("city_id", "year")]
    ).astype(float)
    fit = np.linalg.lstsq(dummies[free], frame["outcome"][free], rcond=None)[0]
    effect = frame["outcome"] - dummies @ fit
    found = imputation(frame, "outcome")
    assert found.params["mean"] == pytest.approx(effect[~free].mean(), rel=1e-9)
    age = frame.groupby("city_id")["centre"].cumsum() - 1
    assert found.params["+2"] == pytest.approx(effect[age == 2].mean(), rel=1e-9)
    assert found.details["treated_by_year"][2] == (age == 2).sum()


def test_the_two_by_two_is_a_difference_of_differences() -> None:
    frame = simple_panel(6).query("year < 2")
    frame["centre"] = ((frame["city_id"] < 20) & (frame["year"] == 1)).astype(float)
    change = frame.pivot(index="city_id", columns="year", values="outcome").diff(axis=1)[1]
    one, other = change[change.index < 20], change[change.index >= 20]
    found = imputation(frame, "outcome")
    assert found.params["mean"] == pytest.approx(one.mean() - other.mean())
    error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=0) / len(other))
    assert found.bse["mean"] == pytest.approx(error, rel=1e-9)


def test_effects_that_grow_are_found_where_fixed_effects_lose_a_part() -> None:
    """Ten panels; docs/evaluation.md has two hundred."""
    drawn = [lot_panel(seed, hosts=60, effect=0.10, growth=0.02, cities=120) for seed in range(1, 11)]
    errors, covered = [], 0
    for frame in drawn:
        row = imputation(frame, "outcome").frame().iloc[0]
        errors.append(row["estimate"] - frame.attrs["effect"])
        covered += row["low"] <= frame.attrs["effect"] <= row["high"]
    assert abs(np.mean(errors)) < 0.02
    assert covered >= 8
    plain = [fixed_effects(one, "outcome").params["centre"] - one.attrs["effect"] for one in drawn]
    assert np.mean(plain) < -0.015


def test_fixed_traits_enter_with_a_trend() -> None:
    frame = lot_panel(2, hosts=30, effect=0.1, cities=80)
    frame["outcome"] += 0.1 * frame["size"] * (frame["year"] - 2005)
    found = imputation(frame, "outcome", controls=["size"])
    assert found.params["mean"] == pytest.approx(0.1, abs=3 * found.bse["mean"])
    assert found.bse["mean"] < 0.5 * imputation(frame, "outcome").bse["mean"]


def test_paths_that_differ_before_the_opening_are_noticed() -> None:
    frame = lot_panel(3, hosts=60, cities=120)
    assert imputation(frame, "outcome").details["pretrend_p"] > 0.01
    opening = frame["city_id"].map(frame[frame["centre"] > 0].groupby("city_id")["year"].min())
    frame["outcome"] += np.where(frame["year"] == opening - 1, 0.3, 0.0)
    assert imputation(frame, "outcome").details["pretrend_p"] < 1e-4
    at_once = made_up(dict.fromkeys(range(4), 1))
    assert np.isnan(imputation(at_once, "outcome").details["pretrend_p"])


def test_what_cannot_be_imputed_is_refused() -> None:
    frame = made_up({0: 3, 1: 3})
    frame.loc[frame["year"] == 7, "centre"] = 0.0
    with pytest.raises(InputError, match="a centre closes: imputation needs centres that stay"):
        imputation(frame, "outcome")
    with pytest.raises(InputError, match="no city-year with a centre can be predicted"):
        imputation(made_up(dict.fromkeys(range(12), 3)), "outcome")
