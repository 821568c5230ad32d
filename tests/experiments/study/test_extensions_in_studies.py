"""Extensions in studies and their settings: part of a run's key, loaded by name in worker processes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.measures.effect_tables import all_tables
from experiments.results.write_results import summary
from experiments.study.one_run import run_one
from experiments.study.run_arms import run_arms
from experiments.study.run_key import study_run_keys
from experiments.study.settings import SettingsError, merge_settings
from experiments.study.study import Run, Study, twin_arms, twins
from model import Opening, Parameters, Scenario
from model.country.country import build_country
from model.extensions.loading import load_extension
from model.parameters import ParameterError
from tests import ROOT

FILE = ROOT / "tests" / "support" / "university.py"


NAME = f"{FILE}:extension"


CENTRE = Scenario("one", "a centre", openings=(Opening("A", 0, "super", 2),))


@pytest.fixture(scope="module")
def study(country):
    place = build_country(country)
    return Study(twins(CENTRE), (1, 2), Parameters(firms=80, burn_in=2), 2006, place, extension=NAME)


def test_a_study_runs_with_an_extension_in_processes_of_their_own(study):
    results = run_arms(study, workers=2)
    assert not results.failures
    here = run_one(study, 1, "with").panel
    panel = results.panel
    there = panel[(panel["seed"] == 1) & (panel["arm"] == "with")].reset_index(drop=True)
    assert (there["graduates"] > 0).all()
    assert there.equals(here)
    contents = summary(results, all_tables(results), 1.0)
    assert contents["extensions"][0]["name"] == "university"
    assert contents["extensions"][0]["parameters"] == {"graduation_rate": 0.01, "university_scale": 1}
    assert contents["parameters"]["graduation_rate"] == 0.01


def test_the_key_of_a_run_knows_the_extension_and_its_parameters(study):
    plain = replace(study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    changed = replace(study, parameters=study.parameters.changed(graduation_rate=0.5))
    same = replace(study, extension=load_extension(NAME))
    keys = [study_run_keys(one)[Run(1, "with")] for one in (study, plain, changed, same)]
    assert len(set(keys)) == 3
    assert keys[0] == keys[3]


def test_studies_of_many_arms_take_extensions(study, tmp_path):
    arms = twin_arms({"one": replace(CENTRE, parameters={"graduation_rate": 0.2})})
    many = replace(study, arms=arms, seeds=(1,), until=2005)
    results = run_arms(many, cache=tmp_path)
    assert not results.failures
    assert run_arms(many, cache=tmp_path).point("one").study.extension == NAME


def test_settings_take_extensions_from_line_and_file(tmp_path):
    given = {"extension": [NAME], "scenario": "learned"}
    settings = merge_settings(None, given, ["graduation_rate=0.3"])
    assert settings.parameters.graduation_rate == 0.3
    assert settings.scenario_to_run.parameters == {"graduation_rate": 0.3}
    assert settings.extension == (NAME,)
    (tmp_path / "own.py").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "settings.toml"
    file.write_text('extension = "own.py"\n[parameters]\ngraduation_rate = 0.2\n', encoding="utf-8")
    settings = merge_settings(file)
    assert settings.extension == (f"{tmp_path / 'own.py'}:extension",)
    assert settings.parameters.graduation_rate == 0.2
    file.write_text("extension = 3\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings.toml: extension cannot be 3"):
        merge_settings(file)
    with pytest.raises(ParameterError, match="did you mean graduation_rate"):
        merge_settings(None, given, ["graduation_rat=0.3"])
