"""Mechanisms that are off by default, switched on all together: accounts hold, on both engines alike."""

from __future__ import annotations

import numpy as np
import pytest

from model import Opening, Parameters, RegionalModel, Scenario
from model.economy.invariants import CONSTANTS, IDENTITIES, TOLERANCE, deviation
from tests.properties.result_hashes import digest
from tests.support.optional_mechanisms import SWITCHED_ON

CENTRES = (
    Opening("a", 0, "basic", 2, 30.0),
    Opening("b", 5, "intelligent", 4, 300.0),
    Opening("e", 3, "intelligent", 4, 5.0, edge=True),
)


@pytest.fixture(scope="module")
def runs(country) -> dict[str, RegionalModel]:
    """The same run on both engines."""
    given = Parameters(firms=150, burn_in=4, start_year=2015, **SWITCHED_ON)
    scenario = Scenario("on", "all on", openings=CENTRES)
    found = {}
    for engine in ("compiled", "interpreted"):
        found[engine] = RegionalModel(
            given, scenario, 3, cities=country, engine=engine, check_invariants=True
        )
        found[engine].run_until(2018)
    return found


def test_both_engines_give_the_same_bits(runs):
    assert digest(runs["compiled"]) == digest(runs["interpreted"])


@pytest.mark.parametrize("account", IDENTITIES)
def test_accounts_add_up(runs, account):
    assert IDENTITIES[account][1](runs["compiled"].state) <= TOLERANCE


def test_people_are_neither_made_nor_lost_and_talent_is_what_was_trained(runs):
    state = runs["compiled"].state
    start = runs["compiled"].fresh_copy().state
    assert CONSTANTS["people"][1](state, start) <= TOLERANCE
    grown = state["cities"]["talent_endowment"] - start["cities"]["talent_endowment"]
    assert (grown > 0.0).all()


def test_carbon_of_cities_is_that_of_their_centres(runs):
    state = runs["compiled"].state
    for kind in ("operating_carbon", "embodied_carbon"):
        assert deviation(state["cities"][kind].sum(), state["providers"][kind].sum()) <= TOLERANCE
        assert state["providers"][kind].sum() > 0.0


def test_every_mechanism_acts(runs):
    state = runs["compiled"].state
    provider, kinds = state["providers"], state["kinds"]
    assert provider["peak_ratio"].max() > 1.0
    assert provider["certificates"].max() > 0.0
    assert provider["curtailed_power"].max() > 0.0
    assert kinds["chip_factor"][0] == 1.0 < kinds["chip_factor"][1]
    assert (state["cities"]["shared_data"] > 0.0).all()
    assert np.ptp(state["city_tiers"]["intelligent_tilt"]) > 0.0
    batch = state["offers"]["load"][4:6]  # the edge centre: batch, then real-time work
    assert batch[0] == 0.0
