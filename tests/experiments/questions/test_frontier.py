"""The frontier of C13 against C14: design, verdicts, shares, drivers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.measures.inequality import theil
from experiments.measures.twin_pairs import Pair
from experiments.questions import frontier
from experiments.study.run_arms import run_arms
from experiments.study.study import Study
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters, describe
from model.scenarios.scenario import Scenario

LOTS = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1", parameters={"compute_pull": 0.5})


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Study:
    place = Country(country, country.iloc[:0], build_network(country))
    return Study({}, (1, 2), Parameters(firms=150, burn_in=2), 2006, place)


def test_point_0_are_the_defaults_and_the_others_fill_the_ranges() -> None:
    base = Parameters()
    table = frontier.design(base, 16)
    assert table["point"].tolist() == list(range(17))
    for one in frontier.DIMENSIONS:
        values = table[one.name].iloc[1:]
        assert one.changes(table[one.name][0], base) == {name: getattr(base, name) for name in one.parameters}
        places = frontier._place(one, values.to_numpy())
        assert sorted(np.floor(16 * places).astype(int)) == list(range(16)), one.name  # one in each stratum
        for name in one.parameters:
            for value in (one.low, one.high):
                assert describe(name)["low"] <= one.changes(value, base)[name] <= describe(name)["high"]
    assert table.equals(frontier.design(base, 16))


def test_arms_change_the_parameters_of_their_point(plan: Study) -> None:
    arms = frontier.arms([LOTS], plan.parameters, points=2)
    assert list(arms) == [f"lots {point} {arm}" for point in range(3) for arm in ("with", "without")]
    assert arms["lots 0 with"].parameters == {"compute_pull": 0.5}
    row = frontier.design(LOTS.applied_to(plan.parameters), 2).iloc[2]
    changed = arms["lots 2 without"].parameters
    assert changed["compute_pull"] == row["compute_pull"] != 0.5
    assert changed["final_trade_reach"] == pytest.approx(
        row["trade_reach"] * plan.parameters.final_trade_reach
    )
    assert changed["real_time_share_basic"] == pytest.approx(
        row["real_time_share"] * plan.parameters.real_time_share_basic
    )


def test_a_row_for_each_point_with_its_verdict(plan: Study) -> None:
    results = run_arms(replace(plan, arms=frontier.arms([LOTS], plan.parameters, points=2)))
    assert not results.failures
    table = frontier.frontier(results, "lots")
    assert table["point"].tolist() == [0, 1, 2]
    assert table["compute_pull"][0] == 0.5
    assert (table["seeds"] <= 2).all()
    twins = results.point("lots 1")
    panel = twins.panel.groupby(["seed", "arm", "city_id"], sort=False)["innovation"].mean()
    change = [
        1000.0 * (theil(panel[seed, "with"].to_numpy()) - theil(panel[seed, "without"].to_numpy()))
        for seed in (1, 2)
    ]
    assert table["c14"][1] == pytest.approx(np.mean(change))
    assert table["c14_se"][1] == pytest.approx(abs(change[0] - change[1]) / 2)
    known = table["c13"].notna()
    assert np.allclose(table["c13"][known], (table["far"] - table["near"])[known])


def test_near_is_within_300_km_and_far_from_500_to_1000(country: pd.DataFrame) -> None:
    """On one meridian, a degree is 111.2 km: 1, 2, 4, 5 and 10 degrees from the host."""
    cities = country.iloc[:6].assign(lon=110.0, lat=[20.0, 21.0, 22.0, 24.0, 25.0, 30.0])
    control = {"innovation": np.ones((5, 6))}
    treated = {"innovation": np.tile([9.0, 0.5, 0.7, 5.0, 2.0, 8.0], (5, 1))}
    pair = Pair(1, np.arange(5), np.array([0]), treated, control)
    assert frontier.c13(pair, cities) == pytest.approx(100.0 * (math.log(2.0) - math.log(1.2 / 2)))
    assert frontier.c14(pair) == pytest.approx(1000.0 * theil([9.0, 0.5, 0.7, 5.0, 2.0, 8.0]))


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [(True, True, "both"), (True, False, "C13 alone"), (False, True, "C14 alone"), (False, False, "neither")],
)
def test_which_findings_hold(first: bool, second: bool, answer: str) -> None:
    assert frontier.which_hold(first, second) == answer


def test_shares_are_of_the_drawn_points() -> None:
    points = pd.DataFrame(
        {
            "point": [0, 1, 2, 3, 4],
            "holds": ["both", "C13 alone", "neither", "neither", "both"],
            "signs": ["both", "C13 alone", "C14 alone", "neither", "both"],
        }
    )
    table = frontier.shares(points).set_index(["by", "holds"])["share"]
    assert table["t"].to_dict() == {"both": 0.25, "C13 alone": 0.25, "C14 alone": 0.0, "neither": 0.5}
    assert table["sign"].to_dict() == {"both": 0.25, "C13 alone": 0.25, "C14 alone": 0.25, "neither": 0.25}


def test_drivers_are_slopes_over_the_range() -> None:
    points = frontier.design(Parameters(), 40)
    noise = np.random.default_rng(1).normal(0.0, 0.01, len(points))
    reach = np.log(points["home_reach"] / 40.0) / np.log(10.0)
    points = points.assign(c13=3.0 * points["compute_pull"] / 2.0 + noise, c14=-2.0 * reach + noise)
    table = frontier.drivers(points).set_index("dimension")
    assert table.loc["compute_pull", "c13_slope"] == pytest.approx(3.0, abs=0.05)
    assert table.loc["home_reach", "c14_slope"] == pytest.approx(-2.0, abs=0.05)
    assert table.loc["compute_pull", "c13_t"] > 20
    assert table.drop(index="compute_pull")["c13_slope"].abs().max() < 0.05
    assert frontier.drivers(points.iloc[:6])["c13_slope"].isna().all()
