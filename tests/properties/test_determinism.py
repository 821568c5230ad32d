"""The same seed gives the same bits: either engine, any number of threads, with a twin until it differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import model.engine.engine
from model import Parameters, RegionalModel
from model.parameters import describe
from tests.support.long_version import examples


def assert_same(one: RegionalModel, other: RegionalModel) -> None:
    for name, table in one.state.tables.items():
        for column in table:
            assert np.array_equal(table[column], other.state[name][column], equal_nan=True), (
                f"{name}.{column}"
            )


def run(cities, until=2012, seed=5, scenario="random_hosts", parameters=None, **how) -> RegionalModel:
    parameters = parameters or Parameters(firms=150, burn_in=4)
    made = RegionalModel(parameters, scenario, seed, cities=cities, **how)
    made.run_until(until)
    return made


def test_interpreted_and_compiled_runs_are_the_same_bits(country):
    assert_same(run(country), run(country, engine="interpreted"))


def ranges(name: str) -> st.SearchStrategy:
    """Values of a parameter over its range, cut to what a short run can hold."""
    facts = describe(name)
    high = min(facts["high"], 20 * abs(facts["default"]) + 1)
    if facts["type"] == "int":
        return st.integers(int(facts["low"]), int(high))
    return st.floats(facts["low"], high, allow_nan=False)


FIXED = ("firms", "start_year", "burn_in", "closed_economy")  # the closed economy has one city: see its tests
DRAWN = [name for name in Parameters.model_fields if name not in FIXED]


@settings(max_examples=examples(4, 12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.fixed_dictionaries({}, optional={name: ranges(name) for name in DRAWN}), st.integers(0, 2**62))
def test_interpreted_and_compiled_agree_for_any_parameters(country, changes, seed):
    parameters = Parameters(firms=40, burn_in=1).changed(**changes)
    small = country.iloc[:6]
    one = run(small, 2010, seed, parameters=parameters)
    assert_same(one, run(small, 2010, seed, parameters=parameters, engine="interpreted"))


def test_threads_do_not_change_a_bit(country, monkeypatch):
    # Small chunks make many of them, so that threads really share the work.
    monkeypatch.setattr(model.engine.engine, "CHUNK_ROWS", 37)
    one, two = run(country), run(country, threads=2)
    assert len(one.engine.chunks("firms")) > 5
    assert_same(one, two)


def test_the_same_seed_repeats_and_another_differs(country):
    assert_same(run(country, seed=8), run(country, seed=8))
    assert not np.array_equal(
        run(country, seed=8).state["firms"]["quality"], run(country, seed=9).state["firms"]["quality"]
    )


def test_twins_are_identical_until_the_first_centre_opens(country):
    treated = RegionalModel(Parameters(firms=150, burn_in=4), "random_hosts", 5, cities=country)
    control = RegionalModel(treated.parameters, treated.experiment.twin(), 5, cities=country)
    opens = min(opening.quarter for opening in treated.openings)
    assert opens == 20
    for _ in range(opens):
        treated.step()
        control.step()
        for name in ("firms", "cities", "city_tiers", "city_kinds", "city_pairs", "nation"):
            for column in treated.state[name]:
                assert np.array_equal(treated.state[name][column], control.state[name][column]), column
    treated.step()
    control.step()
    assert not np.array_equal(
        treated.state["cities"]["compute_price"], control.state["cities"]["compute_price"]
    )


def test_a_new_draw_or_agent_does_not_disturb_the_other_draws(country):
    """Draws belong to (seed, stream, quarter, row): more centres leave entry's draws as they were."""
    quiet = run(country, scenario="none", until=2005)
    busy = run(country, scenario="random_hosts", until=2005)
    assert np.array_equal(quiet.state["firms"]["entering"], busy.state["firms"]["entering"])


@pytest.mark.parametrize("seed", [0, 2**62])
def test_any_integer_is_a_seed(country, seed):
    assert run(country, seed=seed, until=2005).seed == seed
