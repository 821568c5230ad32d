"""The key of a run: every ingredient of a stored record changes it, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from agents.rules import Rules
from experiments.study import run_key as run_key_module
from experiments.study.run_key import model_fingerprint, rules_fingerprint, run_key, study_run_keys
from experiments.study.study import Run, Study, changed
from experiments.sweep.chunk import StoreContext
from model.country.country import Country
from model.country.network import build_network
from model.extensions.extended_model import extended
from model.extensions.loading import load_extension
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

RANDOM = replace(SCENARIOS["random_hosts"], hosts=2, opens="2005Q1")
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def study(country: pd.DataFrame) -> Study:
    arms = {"base": RANDOM, "off": RANDOM.twin(), "still": changed(RANDOM, {"talent_mobility": 0.0})}
    centres = pd.DataFrame({"centre_id": [], "city_id": [], "kind": [], "opened": [], "capacity": []})
    place = Country(country, centres, build_network(country))
    return Study(arms, (3, 4), Parameters(firms=120, burn_in=2), 2006, place)


@pytest.fixture
def uncached() -> Iterator[None]:
    """The hash of the files is computed again in this test, and after it."""
    model_fingerprint.cache_clear()
    yield
    model_fingerprint.cache_clear()


def key_of(study: Study, seed: int = 3, arm: str = "base") -> str:
    return study_run_keys(study)[Run(seed, arm)]


def test_every_run_of_a_study_has_a_key_of_its_own(study: Study) -> None:
    keys = study_run_keys(study)
    assert list(keys) == study.runs
    assert len(set(keys.values())) == len(study.runs) == 6


def test_names_threads_and_other_seeds_do_not_change_a_key(study: Study) -> None:
    renamed = replace(RANDOM, name="other", meaning="another text")
    same = (
        replace(study, threads=2),
        replace(study, seeds=(3,)),
        replace(study, check_invariants=True),
        replace(study, arms={"base": renamed}),
        replace(study, arms={"base": changed(RANDOM, {"talent_mobility": study.parameters.talent_mobility})}),
    )
    assert {key_of(other) for other in same} == {key_of(study)}


def test_scenario_parameters_country_year_and_what_is_recorded_change_a_key(study: Study) -> None:
    country = study.country
    nearer = country.network.copy()
    next(iter(nearer.edges.values()))["latency_ms"] = 0.123
    different = (
        replace(study, until=2007),
        replace(study, parameters=Parameters(firms=121, burn_in=2)),
        replace(
            study,
            country=replace(
                country, cities=country.cities.assign(gdp_2010=country.cities["gdp_2010"] * 1.01)
            ),
        ),
        replace(study, country=replace(country, network=nearer)),
        replace(study, measures=("innovation",)),
        replace(study, arms={"base": replace(RANDOM, hosts=3)}),
    )
    keys = {key_of(study), *(key_of(other) for other in different)}
    assert len(keys) == 7


def test_rules_change_a_key(study: Study) -> None:
    def wage(wage: float) -> float:
        return wage

    def of(rules: Rules | None) -> str:
        return run_key(RANDOM, study.parameters, 3, 2006, study.country, extended(), (), rules)

    name = next(iter(Rules()))
    assert of(None) == of(Rules())
    assert of(Rules(**{name: wage})) != of(None)
    assert rules_fingerprint() == rules_fingerprint(Rules())


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


FILES = ("agents/firm.py", "model/economy/market.py", "model/data/cities.csv", *run_key_module.MEASURING)


@pytest.mark.parametrize("file", FILES)
def test_the_text_of_every_file_that_decides_a_record_changes_every_key(
    study: Study, tmp_path: Path, monkeypatch: Patch, uncached: None, file: str
) -> None:
    for name in FILES:
        _write(tmp_path, name, "one text")
    monkeypatch.setattr(run_key_module, "ROOT", tmp_path)
    before = study_run_keys(study)
    model_fingerprint.cache_clear()
    _write(tmp_path, "docs/page.md", "no part of it")
    _write(tmp_path, "experiments/study/cores.py", "no part of it")
    assert study_run_keys(study) == before
    _write(tmp_path, file, "another text")
    model_fingerprint.cache_clear()
    after = study_run_keys(study)
    assert not set(before.values()) & set(after.values())


def test_the_files_that_are_hashed_exist_and_hold_what_makes_a_record() -> None:
    texts = {
        name: (run_key_module.ROOT / name).read_text(encoding="utf-8") for name in run_key_module.MEASURING
    }
    for what in ("FLOWS = ", "def yearly(", "AT_START = "):
        assert what in texts["experiments/study/one_run.py"]


def test_sweeps_and_studies_share_the_function() -> None:
    function: Callable[..., Any] = StoreContext.key
    assert "run_key" in function.__code__.co_names


def test_the_key_of_a_run_knows_the_extension_and_its_parameters(university_study):
    plain = replace(university_study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    changed = replace(university_study, parameters=university_study.parameters.changed(graduation_rate=0.5))
    (name, _) = university_study.extension[0].source
    by_name, by_value = (replace(university_study, extension=one) for one in (name, load_extension(name)))
    studies = (university_study, plain, changed, by_name, by_value)
    keys = [study_run_keys(one)[Run(1, "with")] for one in studies]
    assert len(set(keys)) == 3
    assert keys[0] == keys[3] == keys[4]
