"""Whether ranges hold members that had no part in them."""

import numpy as np
import pandas as pd
import pytest

from experiments.ensemble.held_out import HEADLINES, coverage, effects_with_seed
from experiments.ensemble.member_run import pair_of
from experiments.ensemble.members import Ensemble
from experiments.study.study import Study, twins
from experiments.sweep.measures import effects_of
from model.country.country import build_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario_catalogue import find_scenario


def test_nine_in_ten_of_the_same_distribution_are_covered() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({name: rng.normal(size=400) for name in HEADLINES}).assign(wave=1, point=0, seed=1)
    lines = [
        {"member": member, "seed": 11, "effects": {name: float(rng.normal()) for name in HEADLINES}}
        for member in range(0, 400, 2)
    ]
    found = coverage(Ensemble(rows, {}), lines).set_index("effect")
    assert found["covered"].between(0.83, 0.97).all()
    assert (found["members"] == 200).all()
    far = [{**line, "effects": dict.fromkeys(HEADLINES, 99.0)} for line in lines]
    assert coverage(Ensemble(rows, {}), far)["covered"].max() == 0.0


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
