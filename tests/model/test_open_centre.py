"""A centre opened by hand in a run is the centre that its scenario would have had from the start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.compute_provider import ComputeProvider
from model import Parameters, RegionalModel
from model.scenarios.scenario import Place, ScenarioError
from model.scenarios.scenario_catalogue import SCENARIOS

SMALL = Parameters(firms=150, burn_in=4)
BY_HAND = (
    (18, 3, "intelligent", 2.0, None),
    (18, 7, "super", 0.5, "components"),
    (31, 3, "basic", 1.0, None),
)


def begin(country, scenario) -> RegionalModel:
    return RegionalModel(SMALL, scenario, 5, cities=country)


def assert_same(one: RegionalModel, other: RegionalModel) -> None:
    for name, table in one.state.tables.items():
        for column in table:
            assert np.array_equal(table[column], other.state[name][column]), f"{name}.{column}"
    assert np.array_equal(one.state.arrays["link_load"], other.state.arrays["link_load"])
    for history, others in ((one.history, other.history), (one.provider_history, other.provider_history)):
        for name, records in history.items():
            assert np.array_equal(records, others[name]), name


@pytest.mark.parametrize("scenario", ["none", "random_hosts", "trading", "cross_region"])
def test_opened_by_hand_is_opened_by_the_scenario(country, scenario):
    run = begin(country, scenario)
    for quarter, row, kind, size, industry in BY_HAND:
        run.run_until(quarter)
        before = {name: run.state["cities"][name].copy() for name in run.history}
        run.open_centre(int(country["city_id"].iloc[row]), kind, size, industry)
        for name, values in before.items():  # nothing has happened yet
            assert np.array_equal(run.state["cities"][name], values)
    run.run_until(48)
    other = begin(country, run.experiment)
    other.run_until(48)
    assert_same(run, other)
    unopened = begin(country, scenario)
    unopened.run_until(48)
    assert not np.array_equal(run.state["cities"]["innovation"], unopened.state["cities"]["innovation"])


def test_names_and_dates_are_those_of_the_scenario(country):
    run = begin(country, "none")
    run.run_until(10)
    opening = run.open_centre(country["name_en"].iloc[2], "basic")
    assert (opening.city, opening.quarter, opening.size) == (2, 10, 1.0)
    assert run.experiment.places == (Place(country["name_en"].iloc[2], "basic", "2007Q3"),)
    assert run.experiment == replace(SCENARIOS["none"], places=run.experiment.places)
    run.step()
    (centre,) = run.agents_by_type[ComputeProvider]
    assert (centre.city, centre.operating) == (2, 1.0)


def test_views_follow_their_centres(country):
    run = begin(country, "random_hosts")
    run.run_until(22)  # the hosts' centres are open
    last = max(run.agents_by_type[ComputeProvider], key=lambda centre: centre.row)
    assert run.openings[last.row].quarter <= 20
    city, row = last.city, last.row
    run.step()
    run.open_centre(int(country["city_id"].iloc[0]), "basic")
    run.step()
    assert (last.city, last.row) == (city, row)
    assert last.load == run.state["providers"]["load"][row]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("Nowhere", "basic"), "there is no city 'Nowhere'"),
        ((10**9, "basic"), "there is no city"),
        ((None, "fast"), "kind cannot be 'fast': it must be one of basic, intelligent, super"),
        ((None, "basic", 0.0), "size cannot be 0.0: it must be a number above 0, at most 1,000,000"),
        ((None, "basic", float("nan")), "size cannot be nan"),
        ((None, "basic", 1.0, "farming"), "industry cannot be 'farming'"),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_changes(country, wrong, sentence):
    run = begin(country, "none")
    city, *rest = wrong
    with pytest.raises(ScenarioError, match=sentence):
        run.open_centre(int(country["city_id"].iloc[0]) if city is None else city, *rest)
    assert run.openings == ()
    assert run.experiment == SCENARIOS["none"]
    assert run.state["providers"].rows == 0


def test_no_centre_is_opened_by_hand_in_the_closed_economy():
    made = RegionalModel(SMALL, "closed_economy", 1)
    with pytest.raises(ScenarioError, match="a centre cannot be opened by hand in the closed economy"):
        made.open_centre(0, "basic")
