"""Whether ranges hold members that had no part in them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble import __main__ as command
from experiments.ensemble.held_out import (
    COLUMNS,
    FOLDS,
    HEADLINES,
    LEAST_SEEDS,
    coverage,
    effects_with_seed,
    planned_runs,
)
from experiments.ensemble.member_run import pair_of
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.study.study import Study, twins
from experiments.sweep.measures import effects_of
from model.country.country import build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario

MEMBERS, NOISE = 400, 0.5


def an_ensemble(truths: np.ndarray, rng: np.random.Generator) -> Ensemble:
    """Return an ensemble in which every headline is a member's truth with the chance of a seed."""
    made = {name: truths + rng.normal(0.0, NOISE, len(truths)) for name in HEADLINES}
    defaults = pd.DataFrame({name: rng.normal(0.0, NOISE, 200) for name in HEADLINES}).assign(wave=-1)
    return Ensemble(pd.concat([pd.DataFrame(made).assign(wave=1), defaults], ignore_index=True), {})


def runs_of(truths: np.ndarray, seeds: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return runs of every member with new seeds."""
    pairs = planned_runs(range(len(truths)), 11, seeds)
    lines = [[member, seed, *(truths[member] + rng.normal(0.0, NOISE, 5))] for member, seed in pairs]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def test_nine_in_ten_of_the_same_distribution_are_covered() -> None:
    rng = np.random.default_rng(1)
    truths = rng.normal(size=MEMBERS)
    found = coverage(an_ensemble(truths, rng), runs_of(truths, 10, rng))
    assert found["covered"].between(0.87, 0.93).all()
    assert found["truths"].between(0.85, 0.95).all()
    assert (found["covered"] + found["below"] + found["above"]).to_numpy() == pytest.approx(np.ones(5))
    assert (found["seed_low"] <= found["covered"]).all()
    assert (found["covered"] <= found["seed_high"]).all()
    independent = np.sqrt(0.9 * 0.1 / (10 * MEMBERS))
    assert (found["se"] > 1.5 * independent).all()  # ten runs of a member say little more than two
    far = runs_of(truths + 99.0, 10, rng)
    assert coverage(an_ensemble(truths, rng), far)["above"].min() == 1.0


def test_no_member_is_judged_by_a_range_that_it_helped_make() -> None:
    values = np.zeros(100)
    values[::FOLDS] = 9.0  # the first fold is like no other
    found = Ensemble(pd.DataFrame(dict.fromkeys(HEADLINES, values)).assign(wave=1), {})
    runs = pd.DataFrame({"member": range(0, 100, FOLDS), "seed": 11} | dict.fromkeys(HEADLINES, 9.0))
    table = coverage(found, runs)
    assert table["above"].min() == 1.0
    assert table["truths"].isna().all()  # of one seed each


def test_all_members_are_run_once_before_any_is_run_again() -> None:
    planned = list(planned_runs([0, 3, 7], 11, LEAST_SEEDS))
    assert planned[:4] == [(0, 11), (3, 12), (7, 13), (0, 12)]
    assert len(set(planned)) == 3 * LEAST_SEEDS


def test_effects_are_those_of_a_pair_with_that_seed(country: pd.DataFrame) -> None:
    there, small = build_country(country), Parameters(firms=60, burn_in=2)
    scenario = find_scenario("random_hosts")
    study = Study(twins(scenario), (1,), small, 2011, there)
    found = effects_with_seed(study, {"exit_rate": 0.01}, 3)
    own = small.changed(exit_rate=0.01)
    treated, control = (RegionalModel(own, arm, 3, country=there) for arm in (scenario, scenario.twin()))
    treated.run_until(2011)
    control.run_until(2011)
    plain = effects_of(pair_of(treated, control, 2011), there)
    assert found["effect_hosts"] == pytest.approx(plain["effect_hosts"])


def test_runs_that_are_known_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def noted(study: Study, values: dict[str, float], seed: int) -> dict[str, float]:
        made.append(seed)
        return dict.fromkeys(HEADLINES, 1.0)

    monkeypatch.setattr(command, "effects_with_seed", noted)
    file = tmp_path / "coverage.json"
    command.write_coverage(shipped_ensemble(), file, 3, 1)
    command.write_coverage(shipped_ensemble(), file, 3, 2)
    assert made == [11, 11, 11, 12, 12, 12]
    contents = json.loads(file.read_text(encoding="utf-8"))
    assert len(contents["runs"]) == 6
    assert contents["rows"][0]["members"] == 3
    file.write_text(json.dumps({**contents, "rules": "others"}), encoding="utf-8")
    command.write_coverage(shipped_ensemble(), file, 3, 1)
    assert len(made) == 9
