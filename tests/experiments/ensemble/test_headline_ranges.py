"""Headlines of a study with the range over members; members of studies that are not the default."""

from functools import partial

import pandas as pd
import pytest

from experiments.ensemble.headline_ranges import headline_ranges, headlines, member_effects, verdict
from experiments.ensemble.member_run import AT_DEFAULT, uncertain_factors, with_factors
from experiments.ensemble.members import Ensemble, shipped_ensemble
from experiments.study.study import Study, twins
from model.country.country import build_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario


def table(label: str, name: str, mean: float, error: float) -> pd.DataFrame:
    return pd.DataFrame({label: [name], "mean": [mean], "se": [error], "seeds": [8]})


def test_a_headline_has_errors_over_seeds_and_a_range_over_members(ensemble: Ensemble) -> None:
    empty = pd.DataFrame({name: [] for name in ("measure", "group", "band_km", "channel", "index")})
    tables = dict.fromkeys(("gdp", "distance", "channels", "gap"), empty)
    effects = pd.concat([table("group", "host cities", 3.1, 0.1), table("group", "other cities", 0.5, 0.1)])
    found = headline_ranges({**tables, "effects": effects}, ensemble).set_index("effect")
    assert found.loc["effect_hosts", "verdict"] == "holds"
    # The mean is beyond two standard errors, but half of the members have the other sign.
    assert found.loc["effect_others", "verdict"] == "fragile"
    assert found.loc["effect_hosts", "mean"] == 3.1
    assert verdict(0.1, 0.1, pd.Series({"above_zero": 1.0})) == "undecided"
    assert len({label for _, label, _ in headlines()}) > 20


def test_values_of_a_member_leave_what_was_set() -> None:
    given = Parameters(tax_rate=0.3)
    base = Parameters().latency_penalty_basic
    found = with_factors(given, {"tax_rate": 0.16, "exit_rate": 0.01, "latency_scale": 2.0})
    assert (found.tax_rate, found.exit_rate) == (0.3, 0.01)
    assert found.latency_penalty_basic == pytest.approx(2.0 * base)
    assert not set(AT_DEFAULT) & set(uncertain_factors().design.factors)


def test_the_shipped_ensemble_is_of_these_rules_and_large_enough() -> None:
    found = shipped_ensemble()
    assert found.is_current
    assert len(found.members) >= 200
    assert set(found.factors) == set(uncertain_factors().design.factors)
    assert found.places().min() >= 0.0
    assert found.places().max() <= 1.0


def test_a_study_of_its_own_runs_members(country: pd.DataFrame) -> None:
    there = build_country(country)
    scenario = find_scenario("random_hosts")
    study = Study(twins(scenario), (1,), Parameters(firms=60, burn_in=2), 2011, there)
    shipped = shipped_ensemble()
    assert not shipped.applies_to(study)
    run = partial(member_effects, study, {0: shipped.values(0), 1: {"no_parameter": 1.0}})
    found = run(0)
    assert isinstance(found, dict)
    assert found["effect_hosts"] == found["effect_hosts"]
    assert "no_parameter" in str(run(1))
