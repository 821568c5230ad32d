"""Pairs of twins: effects on cities and groups, means over seeds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from experiments.measures.twin_pairs import Pair, log_change, mean_and_se

LN2 = 100.0 * math.log(2.0)


def pair(treated: dict[str, list[float]], control: dict[str, list[float]]) -> Pair:
    """Five equal years; the first city hosts."""
    arms = [{name: np.tile(values, (5, 1)) for name, values in arm.items()} for arm in (treated, control)]
    return Pair(1, np.arange(5), np.array([0]), *arms)


def test_an_effect_needs_something_in_both_runs_however_little() -> None:
    """Values below one count; none at all does not."""
    half, none = np.full((5, 2), 0.5), np.zeros((5, 2))
    treated, control = {"innovation": half}, {"innovation": 0.5 * half}
    pair = Pair(1, np.arange(5), np.array([0]), treated, control)
    assert pair.effect() == pytest.approx([LN2] * 2)
    other = Pair(1, np.arange(5), np.array([0]), {"innovation": none}, {"innovation": half})
    assert np.isnan(other.effect()).all()
    assert pair.effect("innovation", "difference") == pytest.approx([25.0, 25.0])
    assert pair.effect("innovation", "a word before difference") == pytest.approx([LN2] * 2)


def test_one_seed_has_no_standard_error() -> None:
    assert mean_and_se([3.0])["mean"] == 3.0
    assert math.isnan(mean_and_se([3.0])["se"])
    assert mean_and_se([1.0, math.nan, 3.0]) == {"mean": 2.0, "se": 1.0, "seeds": 2}
    assert math.isnan(mean_and_se([])["mean"])


def test_the_effect_on_a_group_is_that_on_its_total() -> None:
    """A city of 1 that loses all and one of 9 that gains 1: 10 in place of 10."""
    one = pair({"innovation": [0.0, 10.0, 4.0]}, {"innovation": [1.0, 9.0, 2.0]})
    assert one.group_effect(np.array([0, 1])) == 0.0
    assert one.group_effect(np.array([True, True, True])) == pytest.approx(100 * math.log(14 / 12))
    assert one.group_effect(~one.host_flags()) == pytest.approx(100 * math.log(14 / 11))
    assert math.isnan(one.group_effect(np.array([], dtype=int)))
    assert math.isnan(one.group_effect(np.array([], dtype=int), "innovation", "difference"))


def test_a_share_of_firms_is_weighted_by_firms() -> None:
    """Of 3 + 1 firms 3 + 0 work with compute in place of 0 + 1 of 1 + 1; attention is a mean of cities."""
    one = pair(
        {"adoption_share": [1.0, 0.0], "attention": [0.4, 0.2], "firms": [3.0, 1.0]},
        {"adoption_share": [0.0, 1.0], "attention": [0.2, 0.2], "firms": [1.0, 1.0]},
    )
    both = np.array([0, 1])
    assert one.group_effect(both, "adoption_share", "difference") == pytest.approx(100 * (3 / 4 - 1 / 2))
    assert one.group_effect(both, "attention", "difference") == pytest.approx(10.0)


def test_a_mean_of_logarithms_leaves_cities_with_fewer_than_five_firms_out() -> None:
    one = pair(
        {"innovation": [2.0, 9.0, 4.0], "firms": [5.0, 4.9, 9.0]},
        {"innovation": [1.0, 1.0, 1.0], "firms": [9.0, 9.0, 5.0]},
    )
    assert one.enough_firms().tolist() == [True, False, True]
    assert one.mean_effect(np.array([0, 1, 2])) == pytest.approx(1.5 * LN2)
    assert math.isnan(one.mean_effect(np.array([1])))


def test_people_are_those_of_the_model_where_they_were_recorded() -> None:
    cities = pd.DataFrame({"population_2010": [7, 8]})
    old = pair({"innovation": [1.0, 1.0]}, {"innovation": [1.0, 1.0]})
    assert [people.tolist() for people in old.people(cities)] == [[[7.0, 8.0]] * 5] * 2
    new = pair({"innovation": [1.0], "people": [3.0]}, {"innovation": [1.0], "people": [2.0]})
    assert [people[0].tolist() for people in new.people(cities)] == [[3.0], [2.0]]


def test_a_total_of_nothing_has_no_effect() -> None:
    nothing, something = np.zeros(2), np.array([0.5, 0.0])
    assert log_change(np.array([0.5]), np.array([0.25])) == pytest.approx(LN2)
    assert log_change(np.array([2.0, 2.0]), np.array([1.0, 1.0])) == pytest.approx(LN2)
    assert math.isnan(log_change(nothing, something))
    assert math.isnan(log_change(something, nothing))
