"""Extensions in studies, settings, results and sweeps: part of a run's key, loaded by name elsewhere."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from experiments.measures.effects import all_tables
from experiments.results.write_results import summary
from experiments.study.one_run import run_one
from experiments.study.run_arms import run_arms
from experiments.study.run_identity import study_run_keys
from experiments.study.settings import SettingsError, merge_settings
from experiments.study.study import Run, Study, twin_arms, twins
from experiments.sweep import SweepError, load
from experiments.sweep.chunk import StoreContext
from model import Opening, Parameters, Scenario
from model.country.country import build_country
from model.extensions.extended_model import extended
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


def test_the_effect_of_what_nobody_reads_is_none(study):
    plain = replace(study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    one, other = run_one(study, 1, "with").panel, run_one(plain, 1, "with").panel
    assert list(one.columns) == [*other.columns, "graduates"]
    assert one[other.columns].equals(other)


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


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────


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


# ── Sweeps ───────────────────────────────────────────────────────────────────────────────────────

SWEEP = """
name = "learned"
extension = "own.py:extension"
seeds = 2
twin = true
cities = "synthetic:10:3"
until = 2005
scenario = "learned"
parameters = { firms = 60, burn_in = 1 }
[design.factors]
graduation_rate = [0.0, 0.1]
university_scale = [1, 2]
[scales]
learning_scale = ["graduation_rate"]
[run]
chunk = 4
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.py").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    return tmp_path


def test_a_sweep_varies_parameters_of_an_extension(folder):
    sweep = load(folder / "sweep.toml", folder / "store")
    status = sweep.run(workers=1)
    assert (status.done, status.failed) == (8, 0)
    finals = sweep.finals
    assert set(finals["graduation_rate"]) == {0.0, 0.1}
    # Nobody of the model reads what universities do.
    assert finals.groupby("replication")["innovation"].nunique().eq(1).all()
    assert sweep.runs["key"].nunique() == 8
    again = sweep.rerun(3)
    assert again.finals["innovation"] == finals.set_index("run").loc[3, "innovation"]


def test_another_text_of_an_extension_is_another_run(folder):
    sweep = load(folder / "sweep.toml", folder / "store")
    sweep._prepare(1, False)
    first = StoreContext(str(folder / "store")).key(0)
    text = FILE.read_text(encoding="utf-8").replace("graduation_rate * size", "2.0 * graduation_rate * size")
    (folder / "own.py").write_text(text, encoding="utf-8")
    _forget()
    with pytest.raises(SweepError, match=r"the extension changed since .* was begun"):
        load(folder / "sweep.toml", folder / "store").run()
    assert StoreContext(str(folder / "store")).key(0) != first
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("computeleap_extension_own")]:
        del sys.modules[name]
    load_extension.__globals__["_loaded"].cache_clear()


def test_mistakes_in_a_sweep_are_sentences(folder):
    file = folder / "sweep.toml"
    for old, new, said in (
        ("graduation_rate = [0.0, 0.1]", "graduation_rat = [0.0]", "did you mean graduation_rate"),
        ("graduation_rate = [0.0, 0.1]", "graduation_rate = [2.0]", "graduation_rate cannot be 2.0"),
        ("own.py:extension", "own.py:extention", "has no extention; did you mean extension"),
    ):
        file.write_text(SWEEP.replace(old, new), encoding="utf-8")
        with pytest.raises(ValueError, match=said):
            load(file).plan()


def test_the_line_beats_the_file(folder):
    (folder / "sweep.toml").write_text(SWEEP.replace("own.py:extension", "none.py"), encoding="utf-8")
    sweep = load(folder / "sweep.toml", extension=[NAME])
    assert sweep.experiment.extended is extended(NAME)
