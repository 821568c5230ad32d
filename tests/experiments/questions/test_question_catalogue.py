"""Every question has arms for each of its scenarios."""

from __future__ import annotations

import pytest

from experiments.questions.question_catalogue import QUESTIONS
from experiments.study.study import Study
from model.country.country import load_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_has_arms_for_each_of_its_scenarios(name: str) -> None:
    study = QUESTIONS[name]
    scenarios = [SCENARIOS[one] for one in study.scenarios]
    arms = study.arms(scenarios, Parameters())
    if study.by_seed is not None:
        whole = study.by_seed(Study(arms, (1,), Parameters(), 2030, load_country("synthetic:40")), scenarios)
        arms = whole.arms
        assert {run.arm for run in whole.runs} == set(arms)
    assert len(arms) % len(scenarios) == 0
    other = "constant" if name in ("policies", "mechanisms") else "twin"
    assert {arm.name for arm in arms.values()} == {
        text for one in study.scenarios for text in (one, f"{one}-{other}")
    }
