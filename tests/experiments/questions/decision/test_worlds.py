"""A world: one history, from which every plan is forked, and compared with doing nothing."""

import numpy as np

from experiments.ensemble.members import shipped_ensemble
from experiments.questions.decision.forks import Forks
from experiments.questions.decision.plans import PLANS, Plan
from experiments.questions.decision.worlds import AskingCity, run_worlds, world_of
from experiments.study.study import Study, twins
from model.country.country import Country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario


def test_plans_differ_from_doing_nothing_only_by_what_they_do(
    history: RegionalModel, question: AskingCity
) -> None:
    plans = [PLANS[0], Plan("again"), PLANS[1]]
    found = world_of(Forks(history), question, plans, member=3)
    assert found.gains["nothing"] == found.gains["again"] == (0.0, 0.0, 0.0, 0.0)
    assert not found.cities["again"].any()
    assert found.cost["basic"] > 0.0
    city, near, others, country = found.gains["basic"]
    assert np.isclose(city + near + others, country)
    assert history.quarter == 8  # the history stands where it stood


def test_members_are_worlds_and_failures_are_left_out(there: Country, question: AskingCity) -> None:
    scenario = find_scenario("random_hosts")
    study = Study(twins(scenario), (1, 2), Parameters(firms=60, burn_in=2), 2030, there)
    told: list[str] = []
    late = AskingCity(question.city, 2006, question.budget, question.scale)
    found = run_worlds(study, shipped_ensemble(), late, 2, finished=told.append)
    assert [world.seed for world in found] == [1, 2]
    assert len(told) == 2
    wrong = AskingCity(99, 2006, question.budget, question.scale)
    assert run_worlds(study, shipped_ensemble(), wrong, 2, finished=told.append) == []
    assert "IndexError" in told[-1]
