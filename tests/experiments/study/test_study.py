"""A study: its runs, the arms of twins, changes of parameters."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.study.study import Run, Study, changed, twin_arms, twins
from model.country.country import build_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

LOTS = SCENARIOS["random_hosts"]


def test_a_run_is_named_by_seed_and_arm() -> None:
    assert str(Run(3, "with")) == "seed 3 with"
    assert Run(3, "with") == (3, "with")


def test_runs_go_seed_by_seed(country: pd.DataFrame) -> None:
    study = Study(twins(LOTS), (1, 2), Parameters(), 2010, build_country(country))
    assert study.runs == [(1, "with"), (1, "without"), (2, "with"), (2, "without")]
    assert study.scenario is LOTS
    with pytest.raises(KeyError, match="with"):
        _ = Study({"one": LOTS}, (1,), Parameters(), 2010, build_country(country)).scenario


def test_seeds_may_have_arms_of_their_own(country: pd.DataFrame) -> None:
    own = {1: ("with", "without"), 2: ("without",)}
    study = Study(twins(LOTS), (1, 2), Parameters(), 2010, build_country(country), arms_of=own)
    assert study.runs == [(1, "with"), (1, "without"), (2, "without")]


def test_twins_have_the_scenario_with_and_without_its_centres() -> None:
    assert list(twins(LOTS)) == ["with", "without"]
    assert twins(LOTS)["without"] == LOTS.twin()
    assert list(twin_arms({"a": LOTS, "b": LOTS})) == ["a with", "a without", "b with", "b without"]


def test_further_changes_come_on_top_of_the_scenarios_own() -> None:
    one = changed(LOTS, {"substitution": 1.5, "talent_mobility": 0.0})
    assert changed(one, {"substitution": 2.0}).parameters == {
        **LOTS.parameters,
        "substitution": 2.0,
        "talent_mobility": 0.0,
    }
