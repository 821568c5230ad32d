"""Plans of several arms: what is kept, what is run again, and that a pair is a plan of two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import experiments.study.run_cache as keep
import experiments.study.study as twins
from experiments.study.pairs import run_twins
from experiments.study.run_study import INTERRUPTED, Plan, changed, run_arms, twin_arms
from experiments.study.study import Study
from experiments.study.worker_pool import DIED
from model.country.network import build_network
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS

RANDOM = replace(SCENARIOS["random_hosts"], hosts=2, opens="2005Q1")


@pytest.fixture(scope="module")
def plan(country: pd.DataFrame) -> Plan:
    arms = {"base": RANDOM, "off": RANDOM.twin(), "still": changed(RANDOM, {"talent_mobility": 0.0})}
    parameters = Parameters(firms=120, burn_in=2)
    centres = pd.DataFrame({"centre_id": [], "city_id": [], "kind": [], "opened": [], "capacity": []})
    return Plan(arms, (3, 4), parameters, 2006, country, centres, build_network(country))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The runs that are really run."""
    begun: list[tuple[int, str]] = []
    real = twins.run_one

    def counting(plan: Any, seed: int, arm: str) -> Any:
        begun.append((seed, arm))
        return real(plan, seed, arm)

    monkeypatch.setattr(twins, "run_one", counting)
    return begun


def assert_same(one: twins.Record, other: twins.Record) -> None:
    for part in keep.PARTS:
        pd.testing.assert_frame_equal(getattr(one, part), getattr(other, part))


def test_two_arms_of_a_plan_are_a_twin_study(plan: Plan) -> None:
    results = run_arms(plan)
    pair = results.twins("base", "off")
    study = Study(RANDOM, plan.seeds, plan.parameters, plan.until, plan.cities, plan.centres, plan.network)
    alone = run_twins(study)
    assert pair is not None
    assert alone is not None
    pd.testing.assert_frame_equal(pair.panel, alone.panel)
    pd.testing.assert_frame_equal(pair.centres, alone.centres)
    pd.testing.assert_frame_equal(pair.start, alone.start)
    assert list(pair.panel["arm"].unique()) == ["with", "without"]
    assert pair.study.scenario == RANDOM


def test_a_point_is_a_scenario_and_its_twin(plan: Plan) -> None:
    arms = twin_arms({"here": RANDOM})
    assert list(arms) == ["here with", "here without"]
    results = run_arms(replace(plan, arms=arms, seeds=(3,)))
    found, direct = results.point("here"), run_arms(plan).twins("base", "off")
    assert found is not None
    assert direct is not None
    of_seed = direct.panel[direct.panel["seed"] == 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.panel, of_seed)


def test_the_start_is_the_state_before_the_first_quarter(plan: Plan) -> None:
    record = twins.run_one(plan, 3, "off")
    assert list(record.start.columns) == ["seed", "city_id", *twins.AT_START]
    assert len(record.start) == len(plan.cities)
    assert record.start["city_id"].tolist() == plan.cities["city_id"].tolist()
    # Institutions are drawn by seed; the market comes from the table alone.
    other = twins.run_one(plan, 4, "off").start
    assert not np.allclose(record.start["redundancy"], other["redundancy"])
    assert np.array_equal(record.start["market"], other["market"])
    # No centre is open at time 0, so the arm does not matter.
    pd.testing.assert_frame_equal(record.start, twins.run_one(plan, 3, "base").start)


def test_an_arms_changes_come_on_top_of_the_scenarios(plan: Plan) -> None:
    local = changed(RANDOM, {"remote_access": 0.0})
    assert changed(local, {"remote_access": 1.0}).parameters == {"remote_access": 1.0}
    still, base = twins.run_one(plan, 3, "still").panel, twins.run_one(plan, 3, "base").panel
    by_city = still.groupby("city_id")["talent"].std()
    assert by_city.max() < 1e-12
    assert base.groupby("city_id")["talent"].std().max() > 1e-6


def test_kept_runs_are_not_run_again(plan: Plan, tmp_path: Path, counted: list[tuple[int, str]]) -> None:
    first = run_arms(plan, keep=tmp_path)
    assert len(counted) == len(list(tmp_path.iterdir())) == 6
    told: list[str] = []
    again = run_arms(plan, finished=told.append, keep=tmp_path)
    assert len(counted) == 6
    assert len(told) == 6
    fresh = run_arms(replace(plan, seeds=(4,)))
    for run in fresh.records:
        assert_same(again.record(*run), fresh.record(*run))
        assert_same(first.record(*run), fresh.record(*run))


def test_a_key_is_the_hash_of_what_matters_and_of_nothing_else(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key_of(changed_plan: Plan = plan, seed: int = 3, arm: str = "base") -> str:
        return keep.key(changed_plan, seed, arm, keep.tables_hash(changed_plan))

    base = key_of()
    renamed = replace(RANDOM, name="other", meaning="another text")
    same = (
        replace(plan, threads=2),
        replace(plan, seeds=(3,)),
        replace(plan, arms={"base": renamed}),
        replace(plan, arms={"base": changed(RANDOM, {"talent_mobility": plan.parameters.talent_mobility})}),
    )
    assert {key_of(other) for other in same} == {base}
    nearer = plan.network.copy()
    next(iter(nearer.edges.values()))["latency"] = 0.123
    different = [
        key_of(seed=4), key_of(arm="off"), key_of(arm="still"),
        key_of(replace(plan, until=2007)),
        key_of(replace(plan, parameters=Parameters(firms=121, burn_in=2))),
        key_of(replace(plan, cities=plan.cities.assign(gdp_2010=plan.cities["gdp_2010"] * 1.01))),
        key_of(replace(plan, network=nearer)),
        key_of(replace(plan, measures=("innovation",))),
    ]  # fmt: skip
    monkeypatch.setattr(keep, "code_hash", lambda: "another text of the rules")
    different.append(key_of())
    assert len({base, *different}) == 10


def test_a_study_that_was_interrupted_goes_on(
    plan: Plan, tmp_path: Path, counted: list[tuple[int, str]]
) -> None:
    told: list[str] = []

    def finished(run: str) -> None:
        told.append(run)
        if len(told) == 4:
            raise KeyboardInterrupt

    results = run_arms(plan, finished=finished, keep=tmp_path)
    assert results.interrupted
    assert set(results.failures.values()) == {INTERRUPTED}
    assert len(results.records) + len(results.failures) == 6
    assert results.seeds("base", "off") == (3,)
    whole = run_arms(plan, keep=tmp_path)
    assert not whole.interrupted
    assert not whole.failures
    assert len(counted) == 6


def test_a_run_that_fails_is_noted_and_the_others_go_on(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = twins.run_one

    def sometimes(given: Any, seed: int, arm: str) -> Any:
        if (seed, arm) == (4, "off"):
            raise InputError(["a table"])
        return real(given, seed, arm)

    monkeypatch.setattr(twins, "run_one", sometimes)
    results = run_arms(plan, keep=tmp_path)
    assert results.failures == {(4, "off"): "InputError: a table"}
    assert results.seeds("base", "off") == (3,)
    assert results.seeds("base", "still") == (3, 4)
    pair = results.twins("base", "off")
    assert pair is not None
    assert set(pair.panel["seed"]) == {3}
    assert pair.failures == {"seed 4 off": "InputError: a table"}
    assert len(list(tmp_path.iterdir())) == 5


def test_processes_do_not_change_a_run(plan: Plan) -> None:
    both = run_arms(replace(plan, seeds=(3,)), workers=2)
    assert DIED not in both.failures.values()
    assert not both.failures
    for run in both.records:
        assert_same(both.record(*run), twins.run_one(plan, *run))
