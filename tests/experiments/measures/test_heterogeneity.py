"""The six splits on hosts whose effect is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.measures.heterogeneity import MODERATORS, SPLITS, host_effects, moderators, splits
from experiments.measures.published_targets import target
from experiments.measures.twin_pairs import pairs
from experiments.study.run_arms import run_arms
from experiments.study.study import WITHOUT, Study, twin_arms
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.scenario import Scenario


def hosts(count: int = 240, **slopes: float) -> pd.DataFrame:
    """Hosts with six independent moderators and an effect that is linear in some of them."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(count, 6)), columns=list(MODERATORS))
    frame["wealth"] = rng.normal(size=count)
    frame["seed"] = np.repeat(np.arange(count // 8), 8)
    noise = 0.1 * rng.normal(size=count)
    frame["effect"] = 10.0 + sum((slope * frame[name] for name, slope in slopes.items()), noise)
    return measured(frame)


def measured(frame: pd.DataFrame) -> pd.DataFrame:
    """Hosts that innovate 1 without centres, and as much more with them as the effect says."""
    return frame.assign(control=1.0, treated=np.exp(frame["effect"] / 100.0), firms=10.0)


def by_id(frame: pd.DataFrame) -> pd.DataFrame:
    return splits(frame).set_index("id")


def test_the_splits_are_those_of_the_targets() -> None:
    assert [split.id for split in SPLITS] == ["C7", "C8", "C9", "C10", "C11", "C12"]
    for split in SPLITS:
        side = "high" if "high" in target(split.id).quantity else "low"
        assert split.larger_where == side


@pytest.mark.parametrize("split", SPLITS)
def test_a_slope_in_the_studys_direction_is_positive(split: Any) -> None:
    true = -3.0 if split.larger_where == "low" else 3.0
    frame = hosts(**{split.moderator: true})
    found = by_id(frame)
    row = found.loc[split.id]
    assert row["partial"] == pytest.approx(3.0 * frame[split.moderator].std(ddof=0), abs=0.05)
    assert row["partial"] > 2 * row["partial_se"] > 0
    assert row["raw"] > 2 * row["raw_se"] > 0
    assert row["raw"] == pytest.approx(abs(row["high"] - row["low"]))
    for other in found.index.drop(split.id):
        assert abs(found.loc[other, "partial"]) < 0.1
    opposite = by_id(hosts(**{split.moderator: -true})).loc[split.id]
    assert opposite["partial"] < -2 * opposite["partial_se"]


def test_a_split_that_is_only_another_ones_shadow_has_no_partial_slope() -> None:
    frame = hosts()
    frame["market_potential"] = frame["business_environment"] + 0.5 * frame["market_potential"]
    frame["effect"] = 10.0 - 3.0 * frame["market_potential"]
    found = by_id(measured(frame))
    assert found.loc["C7", "raw"] > 3 * found.loc["C7", "raw_se"]
    assert found.loc["C7", "partial"] == pytest.approx(0.0, abs=1e-9)


def test_the_given_slope_takes_wealth_for_talent() -> None:
    frame = hosts()
    frame["effect"] = 10.0 - 2.0 * frame["wealth"]
    row = by_id(frame).loc["C8"]
    assert row["given"] == pytest.approx(2.0 * frame["wealth"].std(ddof=0))
    assert abs(row["partial"]) < 0.5


def test_errors_are_clustered_by_seed() -> None:
    frame = hosts(redundancy=1.0)
    twice = pd.concat([frame, frame], ignore_index=True)  # no new seed, so no new knowledge
    once, again = by_id(frame).loc["C11"], by_id(twice).loc["C11"]
    assert again["raw_se"] == pytest.approx(once["raw_se"], rel=0.02)
    assert again["seeds"] == once["seeds"] == 30
    assert again["hosts"] == 480


def test_too_few_or_equal_hosts_have_no_slopes() -> None:
    few = by_id(hosts().iloc[:6])
    assert few["partial"].isna().all()
    same = by_id(hosts().assign(redundancy=0.5))
    assert math.isnan(same.loc["C11", "raw"])
    assert same["partial"].isna().all()


def test_two_hosts_have_no_split_and_three_do() -> None:
    frame = hosts().iloc[[0, 8, 16, 24]].assign(redundancy=[0.0, 1.0, 2.0, 3.0], effect=[1.0, 2.0, 4.0, 8.0])
    assert by_id(frame.iloc[:2]).loc["C11", ["low", "high", "raw"]].isna().all()
    three = by_id(measured(frame).iloc[:3]).loc["C11"]
    # The lower half are two hosts, whose sum is e^0.01 + e^0.02 in place of 2.
    low = 100.0 * math.log((math.exp(0.01) + math.exp(0.02)) / 2.0)
    assert (three["low"], three["high"]) == pytest.approx((low, 4.0))
    assert three["raw"] == pytest.approx(4.0 - low)


def test_the_effect_on_a_half_is_that_on_its_total_and_slopes_leave_small_hosts_out() -> None:
    """Of two hosts with little redundancy one innovates 9 and gains nothing, the other 1 and doubles."""
    frame = hosts().iloc[[0, 8, 16, 24]].assign(redundancy=[0.0, 1.0, 2.0, 3.0])
    frame = frame.assign(control=[9.0, 1.0, 4.0, 4.0], treated=[9.0, 2.0, 6.0, 4.0])
    row = by_id(frame).loc["C11"]
    low, high = 100.0 * math.log(11 / 10), 100.0 * math.log(10 / 8)
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["raw"] == pytest.approx(high - low)
    # To first order a host moves the logarithm of its half by its share with less its share without centres.
    parts = 100.0 * np.array([9 / 11 - 9 / 10, 2 / 11 - 1 / 10, 6 / 10 - 4 / 8, 4 / 10 - 4 / 8])
    assert row["raw_se"] == pytest.approx(math.sqrt(4 / 3 * (parts**2).sum()))
    few = hosts(redundancy=1.0)
    some = few.assign(firms=np.where(np.arange(len(few)) < 200, 5.0, 4.9))
    wild = some.assign(effect=np.where(some["firms"] < 5.0, 1e3, some["effect"]))
    assert by_id(wild)["partial"].tolist() == by_id(few.iloc[:200])["partial"].tolist()
    assert by_id(wild)["large_hosts"].tolist() == [200] * 6


def test_moderators_are_worked_out_from_the_start() -> None:
    cities = pd.DataFrame(
        {
            "city_id": [1, 2],
            "lon": [110.0, 110.0],
            "lat": [30.0, 31.0],
            "population_2010": [1e6, 2e6],
            "gdp_2010": [100.0, 400.0],
        }
    )
    start = pd.DataFrame(
        {
            "seed": 1,
            "city_id": [2, 1],
            "market": [8.0, 2.0],
            "talent": [4.0, 1.0],
            **{name: [0.2, 0.1] for name in ("business_environment", "data_openness", "redundancy")},
            "fiscal_decentralisation": [0.2, 0.1],
        }
    )
    found = moderators(start, cities, reach=100.0).set_index("city_id")
    assert found.loc[1, "redundancy"] == 0.1  # rows of the start may come in any order
    assert found.loc[1, "talent_density"] == pytest.approx(math.log(1e-6))
    assert found.loc[2, "talent_density"] == pytest.approx(math.log(2e-6))
    assert found.loc[2, "wealth"] - found.loc[1, "wealth"] == pytest.approx(math.log(2.0))
    near = math.exp(-111.195 / 100.0)
    assert found.loc[1, "market_potential"] == pytest.approx(math.log(2.0 + 8.0 * near), abs=1e-4)


def test_cities_without_people_have_no_density_and_few_people_are_people() -> None:
    cities = pd.DataFrame(
        {
            "city_id": [1, 2, 3],
            "lon": [110.0] * 3,
            "lat": [30.0, 31.0, 32.0],
            "population_2010": [0.0, 0.5, 2.0],
            "gdp_2010": [1.0, 0.25, 0.5],
        }
    )
    start = pd.DataFrame(
        {
            "seed": 1,
            "city_id": [1, 2, 3],
            "market": 1.0,
            "talent": [1.0, 0.25, 0.0],
            "business_environment": 0.1,
            "data_openness": 0.1,
            "redundancy": 0.1,
            "fiscal_decentralisation": 0.1,
        }
    )
    found = moderators(start, cities, reach=100.0).set_index("city_id")
    assert found["talent_density"].isna().tolist() == [True, False, True]
    assert found.loc[2, "talent_density"] == pytest.approx(math.log(0.5))
    assert found.loc[2, "wealth"] == pytest.approx(math.log(0.5))


def test_hosts_of_a_study_have_their_effect_and_traits(country: pd.DataFrame) -> None:
    scenario = Scenario("lots", "by lot", "random", hosts=3, opens="2005Q1")
    place = Country(country, country.iloc[:0], build_network(country))
    arms, parameters = twin_arms({"lots": scenario}), Parameters(firms=150, burn_in=2)
    twins = run_arms(Study(arms, (1, 2), parameters, 2006, place)).point("lots")
    found = host_effects(twins)
    for pair in pairs(twins):
        own = found[found["seed"] == pair.seed].set_index("city_id")
        ids = country["city_id"].to_numpy()[pair.hosts]
        expected = pd.Series(pair.effect()[pair.hosts], ids).dropna()
        assert own["effect"].to_dict() == pytest.approx(expected.to_dict())
        start = twins.record(pair.seed, WITHOUT).start.set_index("city_id")
        assert own["redundancy"].to_dict() == start.loc[own.index, "redundancy"].to_dict()
