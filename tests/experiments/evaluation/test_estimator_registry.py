"""The estimators by name, and the plain designs among them."""

from __future__ import annotations

import pytest

from experiments.evaluation.estimator_registry import (
    ESTIMATORS,
    controls_of,
    difference_of_means,
    mean_synthetic_control,
)
from model.files.user_tables import InputError
from tests.support.city_panels import made_up


def test_contenders_say_what_is_missing() -> None:
    few = made_up({0: 3})
    with pytest.raises(InputError, match="the last year needs two cities with a centre and two without"):
        difference_of_means(few, "outcome")
    late = made_up({0: 1, 1: 1})
    with pytest.raises(InputError, match="a synthetic control needs hosts with three years before"):
        mean_synthetic_control(late, "outcome")


def test_contenders_find_an_effect_by_hand() -> None:
    frame = made_up({0: 4, 1: 4, 2: 5}, cities=14)
    found = difference_of_means(frame, "outcome")
    last = frame[frame["year"] == 7]
    by_hand = last.groupby("centre")["outcome"].mean()
    assert found.estimate == pytest.approx(by_hand[1.0] - by_hand[0.0])
    mixed = mean_synthetic_control(frame, "outcome")
    assert mixed.estimate == pytest.approx(1.0, abs=0.3)
    assert mixed.low < mixed.estimate < mixed.high
    assert controls_of(frame) == ()
    plain = ESTIMATORS["fixed effects, trends by traits"](frame, "outcome")
    assert plain.estimate == pytest.approx(1.0, abs=0.2)
