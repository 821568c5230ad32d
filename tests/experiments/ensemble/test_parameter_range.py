"""Ranges over parameters without the chance of seeds, what explains them, and what is identified."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.members import Ensemble
from experiments.ensemble.parameter_range import (
    effect_ranges,
    identifiability,
    narrowed,
    range_of,
    sign_holds,
    strongest,
)


def test_the_range_is_that_of_the_parameters_alone(ensemble: Ensemble) -> None:
    found = effect_ranges(ensemble).set_index("effect").loc["effect_hosts"]
    # 2 + 3·u has 5 to 95 % from 2.15 to 4.85; with noise of 0.3 the members spread further.
    assert found["low"] == pytest.approx(2.15, abs=0.15)
    assert found["high"] == pytest.approx(4.85, abs=0.15)
    assert found["seeds_share"] == pytest.approx(0.09 / (0.75 + 0.09), abs=0.04)
    assert found["above_zero"] == 1.0
    assert found["default"] == pytest.approx(3.0, abs=0.1)


def test_without_members_there_is_no_range() -> None:
    found = range_of(np.array([1.0, 2.0, np.nan]), 0.1)
    assert found["members"] == 2
    assert np.isnan(found["low"])


def test_noise_larger_than_the_spread_leaves_the_median() -> None:
    values = np.linspace(-1.0, 1.0, 101)
    assert np.ptp(narrowed(values, 5.0)) == 0.0
    assert narrowed(values, 0.0) == pytest.approx(values)
    assert np.isnan(range_of(values, 5.0)["low"])
    assert range_of(values, 5.0)["seeds_share"] == 1.0


def test_a_sign_holds_in_nine_of_ten_members() -> None:
    assert sign_holds(pd.Series({"above_zero": 0.93}), 1)
    assert not sign_holds(pd.Series({"above_zero": 0.85}), 1)
    assert sign_holds(pd.Series({"above_zero": 0.05}), -1)


def test_the_factor_behind_an_effect_is_named_and_noise_is_not(ensemble: Ensemble) -> None:
    first = strongest(ensemble, "effect_hosts").iloc[0]
    assert first["factor"] == "tax_rate"
    assert first["share"] == pytest.approx(0.75 / 0.84, abs=0.05)
    assert first["slope"] == pytest.approx(3.0, abs=0.2)
    assert first["beyond_chance"]
    assert not strongest(ensemble, "effect_others")["beyond_chance"].any()


def test_a_factor_that_the_figures_narrow_is_identified(ensemble: Ensemble) -> None:
    found = identifiability(ensemble).set_index("factor")
    assert found.loc["exit_rate", "told"] == "identified"
    assert found.loc["exit_rate", "width"] == pytest.approx(0.2, abs=0.02)
    assert found.loc["tax_rate", "told"] == "not"
