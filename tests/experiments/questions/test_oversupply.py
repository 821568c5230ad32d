"""Oversupply: arms, the market of centres, returns and thresholds, worked by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from experiments.questions import oversupply
from model.parameters import Parameters
from model.scenarios.scenario import Scenario


def test_the_arms_share_one_twin_and_scale_what_the_scenario_has() -> None:
    base = Parameters(capacity_basic=6.0)
    scenario = Scenario("s", "m", "actual", parameters={"capacity_super": 1.0})
    arms = oversupply.arms(scenario, base, (0.5, 1.0))
    assert list(arms) == ["without", "network 0.5", "network 1", "local 0.5", "local 1"]
    assert arms["without"].centres == "none"
    half = base.changed(**arms["network 0.5"].parameters)
    assert (half.capacity_basic, half.capacity_super, half.remote_access) == (3.0, 0.5, 1.0)
    assert base.changed(**arms["local 1"].parameters).remote_access == 0.0
    assert base.changed(**arms["network 1"].parameters) == base.changed(capacity_super=1.0)


def test_the_market_of_centres_by_hand() -> None:
    parameters = Parameters(
        service_cost=0.3,
        electricity_use=1.0,
        power_usage_effectiveness=1.0,
        electricity_west=0.2,
        electricity_east=0.7,
        progress_basic=0.0,
        progress_super=0.0,
    )
    cities = pd.DataFrame({"city_id": [1, 2], "region": ["west", "east"]})
    centres = pd.DataFrame(
        {
            "city_id": [1, 2, 1, 2],
            "kind": ["basic", "super", "basic", "super"],
            "year": [2029, 2029, 2030, 2030],
            "capacity": [3.0, 1.0, 3.0, 1.0],
            "served": [1.5, 1.0, 1.5, 0.0],
            "price": [1.0, 1.0, 0.5, 1.0],
            "surplus": [0.5, 0.0, 0.1, 0.0],
            "capital_cost": [0.3, 0.1, 0.3, 0.1],
        }
    )
    found = oversupply.market(centres, parameters, cities)
    assert found["capacity"] == 16.0  # four a quarter
    assert found["utilisation"] == 0.5
    assert found["surplus"] == pytest.approx(4 * 0.6 / 2)
    assert found["capital_cost"] == pytest.approx(4 * 0.8 / 2)
    assert found["price"] == pytest.approx((3 + 1 + 1.5 + 1) / 8)
    assert found["price_over_cost"] == pytest.approx((3 * 2 + 1 + 3 * 1 + 1) / 8)
    nothing = oversupply.market(centres.iloc[:0], parameters, cities)
    assert nothing["capacity"] == 0.0
    assert math.isnan(nothing["utilisation"])


def test_cost_falls_with_progress() -> None:
    """By 0.2 log points a year, quarter by quarter; 2006 has the quarters 4 to 7."""
    centres = pd.DataFrame({"kind": ["super", "basic"], "year": [2006, 2006]})
    parameters = Parameters(progress_super=0.2, progress_basic=0.0)
    expected = sum(math.exp(-0.05 * quarter) for quarter in (4, 5, 6, 7)) / 4
    assert oversupply.cost_levels(centres, parameters).tolist() == pytest.approx([expected, 1.0])


def curve_rows(**columns: list[float]) -> pd.DataFrame:
    """Two equal seeds at multiples 1, 2 and 4."""
    frame = pd.DataFrame({"multiple": [1.0, 2.0, 4.0], "capacity": [10.0, 20.0, 40.0]})
    for name in oversupply.MEASURES:
        frame[name] = columns.get(name, [1.0, 1.0, 1.0])
    both = [frame.assign(seed=seed, access="network") for seed in (1, 2)]
    return pd.concat(both, ignore_index=True)


def test_the_value_at_a_use_is_interpolated() -> None:
    rows = curve_rows(utilisation=[0.9, 0.7, 0.3], contribution=[0.10, 0.20, 0.30])
    found = oversupply.at_use(rows, "contribution", 0.8)
    assert found["mean"] == pytest.approx(0.15)
    assert (found["se"], found["seeds"]) == (0.0, 2)
    assert oversupply.at_use(rows, "contribution", 0.9)["mean"] == pytest.approx(0.10)
    assert oversupply.at_use(rows, "contribution", 0.2)["seeds"] == 0
    assert math.isnan(oversupply.at_use(rows, "contribution", 0.95)["mean"])
    idle = pd.concat([rows, *(rows[rows["seed"] == 1].assign(seed=k, utilisation=0.1) for k in (3, 4, 5))])
    assert math.isnan(oversupply.at_use(idle, "contribution", 0.8)["mean"])  # two seeds of five
    assert oversupply.at_use(idle[idle["seed"] < 5], "contribution", 0.8)["mean"] == pytest.approx(0.15)


def test_the_marginal_return_is_that_of_the_added_capacity() -> None:
    # Extra innovations are 20, 60 and 60: 4 per unit of the first ten added, none of the next twenty.
    rows = curve_rows(social_return=[2.0, 3.0, 1.5])
    found = oversupply.curve(rows).set_index(["measure", "multiple"])["mean"]["marginal_social"]
    assert found.to_dict() == {1.0: 2.0, 2.0: 4.0, 4.0: 0.0}


def test_thresholds_are_the_first_multiples() -> None:
    rows = curve_rows(
        social_return=[2.0, 3.0, 1.5],
        price_over_cost=[1.5, 1.005, 1.0],
        price=[1.0, 0.5, 0.1],
        private_return=[0.5, 0.1, 0.0009],
        net_return=[0.1, 0.0, -0.1],
    )
    found = oversupply.thresholds(oversupply.curve(rows)).set_index("quantity")["multiple"]
    assert found.to_dict() == {
        "largest social return per unit": 2.0,
        "more adds next to no innovation": 4.0,
        "price at marginal cost": 2.0,
        "no surplus": 4.0,  # 0.0009 is less than a hundredth of a price of 0.1
        "capital not earned": 4.0,
    }
    # What the first units add is little, but the best is still to come.
    late = oversupply.thresholds(oversupply.curve(curve_rows(social_return=[0.1, 3.0, 5.0])))
    assert math.isnan(late.set_index("quantity").loc["more adds next to no innovation", "multiple"])
    never = oversupply.thresholds(oversupply.curve(curve_rows(price_over_cost=[2.0, 2.0, 2.0])))
    assert math.isnan(never.set_index("quantity").loc["price at marginal cost", "multiple"])


def test_elasticities_are_log_ratios() -> None:
    rows = curve_rows(
        effect_country=[1.0, 1.0 + 50 * math.log(2.0), 9.0],
        compute_use=[4.0, 5.0, 6.0],
        revenue=[0.2, 0.2, 0.2],
        gdp=[0.8, 0.8 + 10 * math.log(2.0), 2.0],
    )
    found = oversupply.elasticities(rows).set_index("reading")["mean"]
    assert found["innovation to capacity, doubled"] == pytest.approx(0.5)
    assert found["innovation to compute used"] == pytest.approx(0.25)
    assert found["real GDP to capacity, doubled"] == pytest.approx(0.1)
    assert found["real GDP to compute used"] == pytest.approx(0.2)
    assert found["sales to capacity, doubled"] == pytest.approx(0.0)
    assert found["sales to compute used"] == pytest.approx(0.05)
