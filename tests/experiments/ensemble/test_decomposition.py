"""Shapley values of mechanisms: they add up, and a mechanism that is held does not answer."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.decomposition import (
    EFFECTS,
    MECHANISMS,
    REST,
    effects_with_held,
    member_parts,
    parts_table,
    shapley,
    shipped_parts,
    subsets,
)
from experiments.ensemble.member_run import pair_of
from experiments.study.study import Study, twins
from experiments.sweep.measures import effects_of
from model.country.country import build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario

SMALL = Parameters(firms=60, burn_in=2)


def test_shapley_values_share_what_is_joint() -> None:
    worth = {free: float(len(free)) + 3.0 * ({"a", "b"} <= free) for free in subsets("abc")}
    found = shapley(worth, "abc")
    assert found == pytest.approx({"a": 2.5, "b": 2.5, "c": 1.0})


def test_parts_add_up_to_the_effect_of_a_plain_pair(country: pd.DataFrame) -> None:
    there = build_country(country)
    study = Study(twins(find_scenario("random_hosts")), (1,), SMALL, 2011, there)
    treated, control = (
        RegionalModel(SMALL, study.arms[arm], 1, country=there) for arm in ("with", "without")
    )
    found = effects_with_held(treated, control, 2011, ("price", "government"))
    treated.run_until(2011)
    control.run_until(2011)
    plain = effects_of(pair_of(treated, control, 2011), there)
    whole = found[frozenset({"price", "government"})]
    assert all(whole[name] == plain[name] for name in EFFECTS)
    assert found[frozenset()]["effect_hosts"] != whole["effect_hosts"]


def test_a_member_has_a_part_for_each_mechanism(
    country: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "experiments.ensemble.decomposition.MECHANISMS",
        {name: MECHANISMS[name] for name in ("talent", "chain")},
    )
    monkeypatch.setattr(
        "experiments.ensemble.decomposition.effects_with_held.__defaults__", (("talent", "chain"),)
    )
    study = Study(twins(find_scenario("random_hosts")), (1,), SMALL, 2010, build_country(country))
    parts = member_parts(study, {"exit_rate": 0.01}, 1)
    for one in parts.values():
        assert one["effect"] == pytest.approx(one["talent"] + one["chain"] + one[REST])
    lines = [
        {"parts": {name: {key: k * value for key, value in one.items()} for name, one in parts.items()}}
        for k in (1.0, 2.0, 3.0)
    ]
    table = parts_table(lines).set_index(["effect", "mechanism"])
    hosts = table.loc["effect_hosts"]
    assert hosts["median"]["effect"] == pytest.approx(2.0 * parts["effect_hosts"]["effect"])
    assert np.isclose(hosts["share"]["effect"], 1.0)
    assert (table["members"] == 3).all()


def test_shipped_parts_add_up() -> None:
    found = shipped_parts().set_index(["effect", "mechanism"])
    assert set(found.index.get_level_values("mechanism")) == {*MECHANISMS, REST, "effect"}
    assert found.loc[("effect_national", "price"), "share"] > 0.5
    assert (found["low"] <= found["high"]).all()
