"""Factors: from a row of the design to the scenario, parameters, country and rules of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.sweep import SweepError
from experiments.sweep.experiment_file import checked
from experiments.sweep.factors import case_of, check_factors, load_rules
from model.parameters import Parameters


def test_rules_may_be_a_mapping_or_one_rule(tmp_path: Path) -> None:
    (tmp_path / "rules_of_a_test.py").write_text(
        "def wage(wage):\n    return wage\n\nboth = {'wage': wage}\n", encoding="utf-8"
    )
    for attribute in ("wage", "both"):
        assert set(load_rules(f"rules_of_a_test:{attribute}", str(tmp_path)).replaced) == {"wage"}


def test_whole_numbers_stay_whole_next_to_fractions() -> None:
    """A row of a design with both holds 4 hosts as 4.0."""
    factors = {"scenario.hosts": [2, 6], "interoperability_friction": [0.0, 0.5]}
    experiment = checked({"name": "both", "design": {"factors": factors}})
    case = case_of(experiment, {"scenario.hosts": 6.0, "interoperability_friction": 0.5})
    assert case.scenario.hosts == 6
    assert isinstance(case.scenario.hosts, int)
    with pytest.raises(SweepError, match=r"scenario.hosts takes whole numbers, not 2.5"):
        case_of(experiment, {"scenario.hosts": 2.5})


def test_a_factor_beats_the_scenario_which_beats_the_parameters() -> None:
    given, scales = {"traffic_basic": 3, "substitution": 1.5}, {"prices": ["target_utilisation"]}
    experiment = checked({"name": "t", "parameters": given, "scales": scales})
    values = {"traffic_scale": 2.0, "substitution": 1.7, "scenario": "none", "scenario.hosts": 3}
    case = case_of(experiment, values)
    assert case.parameters == Parameters(
        traffic_basic=6.0, traffic_intelligent=2.0, traffic_super=2.0, substitution=1.7
    )
    assert (case.scenario.name, case.scenario.hosts) == ("none", 3)
    assert case_of(experiment, {"prices": 0.5}).parameters.target_utilisation == 0.4


@pytest.mark.parametrize(
    ("factor", "level", "said"),
    [
        ("scenario.opens", "soon", "design.factors.scenario.opens: 'soon' is not a quarter"),
        ("scenario.centres", "moon", "centres 'moon' is not one of"),
        ("scenario", "closed_economy", "closed_economy has a country of its own, of one city"),
    ],
)
def test_a_scenario_that_cannot_open_is_refused_before_any_run(factor: str, level: str, said: str) -> None:
    values = {"name": "t", "scenario": "random_hosts", "cities": "synthetic:20"}
    with pytest.raises(SweepError) as caught:
        check_factors(checked({**values, "design": {"factors": {factor: ["none", level]}}}))
    assert said in str(caught.value)
