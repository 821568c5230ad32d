"""The study of dated policies: each is compared with the same scenario without change."""

from __future__ import annotations

import pytest

from experiments.questions import policies
from experiments.questions.question_catalogue import KEPT_MEASURES
from experiments.study.run_arms import run_arms
from experiments.study.study import Study
from model.country.country import Country
from model.country.network import build_network
from model.parameters import Parameters
from model.scenarios.parameter_paths import Step
from model.scenarios.scenario import Scenario, ScenarioError
from model.scenarios.scenario_catalogue import SCENARIOS

HOSTS = {"centres": "richest", "hosts": 2, "opens": "2005Q1"}


@pytest.fixture(scope="module")
def found(country):
    place = Country(country, country.iloc[:0].assign(hub=False), build_network(country))
    scenarios = (
        Scenario(
            "procured", "governments buy more", **HOSTS, varying={"government_compute": Step(0.04, "2006")}
        ),
        Scenario(
            "late", "a change after the end", **HOSTS, varying={"government_compute": Step(0.04, "2040")}
        ),
    )
    parameters = Parameters(firms=300, burn_in=4)
    study = Study(policies.arms(scenarios), (1, 2), parameters, 2010, place, measures=KEPT_MEASURES)
    return policies.policies(run_arms(study), ["procured", "late"])


def test_a_change_after_the_end_changes_nothing(found):
    late = found[found["scenario"] == "late"].set_index("measure")
    assert list(late.index) == list(policies.MEASURES)
    assert (late["seeds"].drop(["near", "far"]) == 2).all()
    assert (late["mean"].dropna() == 0.0).all()


def test_what_governments_buy_is_used(found):
    procured = found[found["scenario"] == "procured"].set_index("measure")
    assert procured.loc["compute", "mean"] > 2.0 * procured.loc["compute", "se"] > 0.0
    assert procured.loc["price", "mean"] > 0.0  # and makes compute dearer where it is scarce


def test_the_other_arm_differs_by_the_change_alone():
    (changed, constant) = policies.arms([SCENARIOS["compute_agents"]]).values()
    assert changed.varying
    assert not constant.varying
    assert (changed.parameters, changed.centres) == (constant.parameters, constant.centres)


def test_a_scenario_without_change_is_refused():
    with pytest.raises(ScenarioError, match=r"scenario actual has no \[varying\]: nothing in it changes"):
        policies.arms([SCENARIOS["actual"]])
