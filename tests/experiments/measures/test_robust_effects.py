"""Three estimates of the effect on a group: ratio of sums, median and trimmed mean of its cities."""

import numpy as np
import pytest

from experiments.measures.robust_effects import (
    agreement,
    city_effects,
    group_estimates,
    over_seeds,
    robust_columns,
    trimmed_mean,
)
from experiments.measures.twin_pairs import Pair


def pair(treated: list[float], control: list[float], firms: list[float]) -> Pair:
    arms = [
        {"innovation": np.tile(values, (5, 1)), "firms": np.tile(firms, (5, 1))}
        for values in (treated, control)
    ]
    return Pair(1, np.arange(2026, 2031), np.array([0]), *arms)


# Two cities of many firms; two with three and one firms, of which one doubles and one has nothing left.
TWINS = pair([2.0, 3.0, 2.0, 0.0], [1.0, 3.0, 1.0, 1.0], [9.0, 5.0, 3.0, 1.0])


def test_cities_of_few_firms_are_one() -> None:
    everywhere = np.arange(4)
    assert city_effects(TWINS, everywhere) == pytest.approx([100 * np.log(2), 0.0, 0.0])
    assert city_effects(TWINS, np.array([0, 1])) == pytest.approx([100 * np.log(2), 0.0])
    # Alone, the city without innovation has no logarithm, and no part in the median.
    assert len(city_effects(TWINS, np.array([3]))) == 0
    found = group_estimates(TWINS, everywhere)
    assert found == pytest.approx({"sum": 100 * np.log(7 / 6), "median": 0.0, "trimmed": 100 * np.log(2) / 3})


def test_the_trimmed_mean_leaves_out_a_fifth_on_either_side() -> None:
    assert trimmed_mean(np.array([100.0, 1.0, 2.0, 3.0, -50.0])) == 2.0
    assert np.isnan(trimmed_mean(np.array([])))


def test_estimates_agree_or_the_sign_is_fragile() -> None:
    assert agreement([(2.0, 0.5), (1.0, 0.2), (3.0, 1.0)]) == "agree"
    assert agreement([(2.0, 0.5), (1.0, 0.6), (3.0, 1.0)]) == "fragile"
    assert agreement([(2.0, 0.5), (-1.0, 0.2), (3.0, 1.0)]) == "fragile"
    assert agreement([(2.0, 1.5), (1.0, 0.2), (3.0, 1.0)]) == ""  # no sign that could be fragile
    assert agreement([]) == agreement([(2.0, float("nan"))]) == ""


def test_columns_of_a_table() -> None:
    by_seed = [{"sum": 1.0, "median": 2.0, "trimmed": 3.0}, {"sum": 1.2, "median": 2.2, "trimmed": 3.2}]
    found = over_seeds(by_seed)
    assert found["median"] == pytest.approx(2.1)
    assert found["trimmed_se"] == pytest.approx(0.1)
    assert found["robust"] == "agree"
    table = robust_columns([[(TWINS, np.arange(4))], []], "innovation")
    assert list(table) == ["median", "median_se", "trimmed", "trimmed_se", "robust"]
    assert table["robust"].tolist() == ["", ""]
    assert np.isnan(table["median"][1])
