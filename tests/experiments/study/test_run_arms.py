"""Studies of several arms: which runs the cache keeps and which run again; a pair is a study of two arms."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.measures.effect_tables import all_tables
from experiments.results.write_results import summary
from experiments.study import one_run, run_cache
from experiments.study.one_run import AT_START, RunRecord, run_one
from experiments.study.run_arms import INTERRUPTED, run_arms
from experiments.study.study import Study, changed, twin_arms, twins
from experiments.study.worker_pool import DIED
from model.country.country import Country
from model.country.network import build_network
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

run_arms_module = sys.modules[run_arms.__module__]
RANDOM = replace(SCENARIOS["random_hosts"], hosts=2, opens="2005Q1")


@pytest.fixture(scope="module")
def study(country: pd.DataFrame) -> Study:
    arms = {"base": RANDOM, "off": RANDOM.twin(), "still": changed(RANDOM, {"talent_mobility": 0.0})}
    parameters = Parameters(firms=120, burn_in=2)
    centres = pd.DataFrame({"centre_id": [], "city_id": [], "kind": [], "opened": [], "capacity": []})
    return Study(arms, (3, 4), parameters, 2006, Country(country, centres, build_network(country)))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The runs that are really run."""
    begun: list[tuple[int, str]] = []
    real = one_run.run_one

    def counting(study: Any, seed: int, arm: str) -> Any:
        begun.append((seed, arm))
        return real(study, seed, arm)

    monkeypatch.setattr(one_run, "run_one", counting)
    return begun


def assert_same(one: RunRecord, other: RunRecord) -> None:
    for part in run_cache.PARTS:
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part))


def test_two_arms_of_a_study_are_twins(study: Study) -> None:
    pair = run_arms(study).pair("base", "off")
    alone = run_arms(replace(study, arms=twins(RANDOM)))
    pd.testing.assert_frame_equal(pair.panel, alone.panel)
    pd.testing.assert_frame_equal(pair.centres, alone.centres)
    pd.testing.assert_frame_equal(pair.start, alone.start)
    assert list(pair.panel["arm"].unique()) == ["with", "without"]
    assert pair.study.scenario == RANDOM


def test_a_point_is_a_scenario_and_its_twin(study: Study) -> None:
    arms = twin_arms({"here": RANDOM})
    assert list(arms) == ["here with", "here without"]
    results = run_arms(replace(study, arms=arms, seeds=(3,)))
    found, direct = results.point("here"), run_arms(study).pair("base", "off")
    of_seed = direct.panel[direct.panel["seed"] == 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.panel, of_seed)


def test_the_start_is_the_state_before_the_first_quarter(study: Study) -> None:
    record = run_one(study, 3, "off")
    assert list(record.start.columns) == ["seed", "city_id", *AT_START]
    assert len(record.start) == len(study.country.cities)
    assert record.start["city_id"].tolist() == study.country.cities["city_id"].tolist()
    # Institutions are drawn by seed; the market comes from the table alone.
    other = run_one(study, 4, "off").start
    assert not np.allclose(record.start["redundancy"], other["redundancy"])
    assert np.array_equal(record.start["market"], other["market"])
    # No centre is open at time 0, so the arm does not matter.
    pd.testing.assert_frame_equal(record.start, run_one(study, 3, "base").start)


def test_an_arms_changes_come_on_top_of_the_scenarios(study: Study) -> None:
    local = changed(RANDOM, {"remote_access": 0.0})
    assert changed(local, {"remote_access": 1.0}).parameters == {"remote_access": 1.0}
    still, base = run_one(study, 3, "still").panel, run_one(study, 3, "base").panel
    by_city = still.groupby("city_id")["talent"].std()
    assert by_city.max() < 1e-12
    assert base.groupby("city_id")["talent"].std().max() > 1e-6


def test_kept_runs_are_not_run_again(study: Study, tmp_path: Path, counted: list[tuple[int, str]]) -> None:
    first = run_arms(study, cache=tmp_path)
    assert len(counted) == len(list(tmp_path.iterdir())) == 6
    told: list[str] = []
    again = run_arms(study, finished=told.append, cache=tmp_path)
    assert len(counted) == 6
    assert len(told) == 6
    fresh = run_arms(replace(study, seeds=(4,)))
    for run in fresh.records:
        assert_same(again.record(*run), fresh.record(*run))
        assert_same(first.record(*run), fresh.record(*run))


def test_a_study_that_was_interrupted_continues(
    study: Study, tmp_path: Path, counted: list[tuple[int, str]]
) -> None:
    told: list[str] = []

    def finished(run: str) -> None:
        told.append(run)
        if len(told) == 4:
            raise KeyboardInterrupt

    results = run_arms(study, finished=finished, cache=tmp_path)
    assert results.interrupted
    assert set(results.failures.values()) == {INTERRUPTED}
    assert len(results.records) + len(results.failures) == 6
    assert results.seeds("base", "off") == (3,)
    whole = run_arms(study, cache=tmp_path)
    assert not whole.interrupted
    assert not whole.failures
    assert len(counted) == 6


def test_ctrl_c_in_a_rule_that_never_ends_loses_no_run_that_has_ended(
    university_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = RunRecord(*(pd.DataFrame() for _ in range(4)))

    def second_never_ends(study: Study, run: Any) -> RunRecord:
        while run.seed == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
        return empty

    monkeypatch.setattr(run_arms_module, "try_run", second_never_ends)
    results = run_arms(university_study)
    assert results.interrupted
    assert set(results.records) == {(1, "with"), (1, "without")}
    assert results.failures == {(2, "with"): INTERRUPTED, (2, "without"): INTERRUPTED}


def test_a_run_that_fails_is_noted_and_the_others_continue(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = one_run.run_one

    def sometimes(given: Any, seed: int, arm: str) -> Any:
        if (seed, arm) == (4, "off"):
            raise InputError(["a table"])
        return real(given, seed, arm)

    monkeypatch.setattr(one_run, "run_one", sometimes)
    results = run_arms(study, cache=tmp_path)
    assert results.failures == {(4, "off"): "InputError: a table"}
    assert results.seeds("base", "off") == (3,)
    assert results.seeds("base", "still") == (3, 4)
    pair = results.pair("base", "off")
    assert set(pair.panel["seed"]) == {3}
    assert pair.failures == {(4, "without"): "InputError: a table"}
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.usefixtures("quick_workers")
def test_processes_do_not_change_a_run(study: Study) -> None:
    both = run_arms(replace(study, seeds=(3,)), workers=2)
    assert DIED not in both.failures.values()
    assert not both.failures
    for run in both.records:
        assert_same(both.record(*run), run_one(study, *run))


@pytest.mark.usefixtures("quick_workers")
def test_a_study_runs_with_an_extension_in_processes_of_their_own(university_study):
    results = run_arms(university_study, workers=2)
    assert not results.failures
    here = run_one(university_study, 1, "with").panel
    panel = results.panel
    there = panel[(panel["seed"] == 1) & (panel["arm"] == "with")].reset_index(drop=True)
    assert (there["graduates"] > 0).all()
    assert there.equals(here)
    contents = summary(results, all_tables(results), 1.0)
    assert contents["extensions"][0]["name"] == "university"
    assert contents["extensions"][0]["parameters"] == {"graduation_rate": 0.01, "university_scale": 1}
    assert contents["parameters"]["graduation_rate"] == 0.01


def test_studies_of_many_arms_take_extensions(university_study, tmp_path):
    arms = twin_arms({"one": replace(university_study.arms["with"], parameters={"graduation_rate": 0.2})})
    many = replace(university_study, arms=arms, seeds=(1,), until=2005)
    results = run_arms(many, cache=tmp_path)
    assert not results.failures
    assert run_arms(many, cache=tmp_path).point("one").study.extension == university_study.extension
