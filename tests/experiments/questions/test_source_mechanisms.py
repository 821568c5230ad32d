"""The study of the mechanisms of the source documents: each against the same scenario with it off."""

from __future__ import annotations

import pytest

from experiments.questions import source_mechanisms
from experiments.study.study import Study
from model.country.country import load_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS


@pytest.mark.parametrize("name", source_mechanisms.SWITCHES)
def test_the_other_arm_has_the_mechanism_off_and_nothing_else(name: str):
    scenario, switches = SCENARIOS[name], source_mechanisms.SWITCHES[name]
    changed, without = source_mechanisms.arms([scenario]).values()
    assert changed == scenario
    assert without.varying == {}
    assert set(without.parameters) == set(scenario.parameters) - set(switches)
    assert set(switches) <= set(scenario.parameters) | set(scenario.varying)
    assert switches or scenario.varying
    assert (changed.centres, changed.hosts, changed.places) == (
        without.centres,
        without.hosts,
        without.places,
    )


def test_the_country_is_small_and_the_firms_few_unless_chosen():
    study = Study({}, (1,), Parameters(), 2030, load_country(None))
    small = source_mechanisms.in_reduced_country(study, ())
    assert len(small.country.cities) == source_mechanisms.CITIES
    assert small.parameters.firms == source_mechanisms.FIRMS
    chosen = Study({}, (1,), Parameters(firms=200), 2030, load_country("synthetic:12"))
    small = source_mechanisms.in_reduced_country(chosen, ())
    assert (len(small.country.cities), small.parameters.firms) == (12, 200)
