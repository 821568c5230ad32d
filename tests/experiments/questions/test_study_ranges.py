"""The range over parameters of the estimates of a question."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.members import shipped_ensemble
from experiments.questions.question_catalogue import QUESTIONS, SINGLE_CENTRES
from experiments.questions.run_question import PreparedQuestion
from experiments.questions.study_ranges import (
    ESTIMATES,
    estimates,
    member_study,
    members_to_run,
    ranges_of,
    study_ranges,
)
from experiments.study.run_arms import run_arms
from experiments.study.study import Study
from model.country.country import build_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

SMALL = Parameters(firms=60, burn_in=2, tax_rate=0.3)


def test_every_question_names_its_estimates() -> None:
    assert set(ESTIMATES) == set(QUESTIONS)


def test_a_sign_holds_in_nine_members_of_ten() -> None:
    own = pd.DataFrame({"label": ["a", "b", "c"], "mean": [1.0, 1.0, 0.01], "se": [0.1, 0.1, 0.1]})
    sizes = np.linspace(0.5, 1.5, 30)
    others = np.linspace(-0.5, 1.5, 30)
    members = [pd.Series({"a": one, "b": two, "c": one}) for one, two in zip(sizes, others, strict=True)]
    found = ranges_of(own, members, 4).set_index("label")
    assert found["verdict"].tolist() == ["holds", "fragile", "undecided"]
    assert 0.5 < found.loc["a", "low"] < found.loc["a", "high"] < 1.5
    assert ranges_of(own, members[:5], 4)["low"].isna().all()


def test_members_run_the_arms_and_keep_what_was_set(
    country: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.questions.study_ranges.CACHE", tmp_path)
    question, chosen = QUESTIONS["policies"], (find_scenario("public_procurement"),)
    study = Study(
        question.arms(chosen, SMALL), (1, 2), SMALL, 2007, build_country(country), measures=question.measures
    )
    prepared = PreparedQuestion(question, chosen, tmp_path, study, 1)
    results = run_arms(study)
    tables = question.tables(results, prepared.names)
    shipped = shipped_ensemble()
    one = member_study(question, chosen, study, shipped.values(0), 2)
    assert (one.seeds, one.parameters.tax_rate) == ((2,), 0.3)
    assert one.parameters.exit_rate != SMALL.exit_rate
    named: list[str] = []
    found = study_ranges(prepared, shipped, 2, results, tables, named.append)["uncertainty"]
    assert found["label"].tolist() == estimates("policies", tables)["label"].tolist()
    assert found["members"].max() == 2
    assert len(named) == 2
    assert members_to_run(None, shipped) == 40


def test_arms_that_differ_by_seed_are_made_for_the_member(country: pd.DataFrame) -> None:
    chosen = (find_scenario("random_hosts"),)
    plain = Study(SINGLE_CENTRES.arms(chosen, SMALL), (1, 2), SMALL, 2007, build_country(country))
    assert SINGLE_CENTRES.by_seed is not None
    study = SINGLE_CENTRES.by_seed(plain, chosen)
    one = member_study(SINGLE_CENTRES, chosen, study, {}, 2)
    assert set(one.arms_of or {}) == {2}
    assert replace(one, parameters=study.parameters).runs == [run for run in study.runs if run.seed == 2]
