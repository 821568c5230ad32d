"""Many runs of one shape: each is the run that an engine makes alone, on any number of threads."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import model.engine
from model import Parameters, RegionalModel
from model.engine import Engine
from model.ensemble import Ensemble
from model.events import each
from model.regional_ensemble import regional_ensemble
from model.scenario import find_scenario
from model.written import arrays_of, written

sys.path.insert(0, str(Path(__file__).parent))
import small_economy as economy

sys.path.pop(0)

SEEDS, GROWTH = [3, 1, 4, 1, 5, 9], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
RECORDED = [("cities", "wage"), ("firms", "size")]


@pytest.fixture(scope="module")
def ensemble():
    return Ensemble(economy.QUARTER, economy.first_state(), economy.RULES, economy.PARAMETERS, threads=2)


def alone(seed, growth, state=None, steps=4, first=-1):
    engine = Engine(
        economy.QUARTER, state or economy.first_state(), economy.RULES,
        {**economy.PARAMETERS, "growth": growth}, seed,
    )  # fmt: skip
    return engine, engine.run(first, steps, RECORDED)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("draws", [None, [1, 2, 3, 4, 5, 6]])
def test_each_run_is_the_run_that_an_engine_makes_alone(threads, draws):
    ensemble = Ensemble(
        economy.QUARTER, economy.first_state(), economy.RULES, economy.PARAMETERS, threads=threads
    )
    start = None if draws is None else lambda k: economy.first_state(draw=draws[k])
    found = ensemble.run(
        SEEDS,
        4,
        first=-1,
        parameters={"growth": GROWTH},
        recorded=RECORDED,
        final=economy.COLUMNS,
        start=start,
    )
    for k, (seed, growth) in enumerate(zip(SEEDS, GROWTH, strict=True)):
        engine, records = alone(seed, growth, None if start is None else start(k))
        for item, record in zip(RECORDED, records, strict=True):
            assert np.array_equal(found.recorded[item][k], record)
        for (table, column), values in found.final.items():
            assert np.array_equal(values[k], engine.state[table][column]), (table, column)
    assert len(np.unique(found.final["nation", "sales"])) == len(SEEDS)


def test_an_ensemble_forgets_its_last_runs(ensemble):
    first = ensemble.run([1, 2], 3, recorded=RECORDED)
    ensemble.run([7, 8, 9], 3, parameters={"growth": 0.9, "distance_decay": [1.0, 2.0, 3.0]})
    again = ensemble.run([1, 2], 3, recorded=RECORDED)
    for item in RECORDED:
        assert np.array_equal(first.recorded[item], again.recorded[item])


def test_the_given_state_is_left_as_it_was():
    state = economy.first_state()
    made = Ensemble(economy.QUARTER, state, economy.RULES, economy.PARAMETERS, threads=1)
    made.run([1], 2)
    for name, array in arrays_of(economy.first_state()).items():
        assert np.array_equal(arrays_of(state)[name], array)


def test_no_runs_are_no_results(ensemble):
    assert ensemble.run([], 3, recorded=RECORDED).recorded["cities", "wage"].shape == (0, 3, 5)


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        ({"parameters": {"grwth": 1.0}}, KeyError, "there is no parameter 'grwth'; did you mean growth"),
        (
            {"parameters": {"growth": [1.0, 2.0, 3.0]}},
            ValueError,
            "one number, or one for each of the 2 seeds",
        ),
        (
            {"start": lambda k: economy.first_state(firms=20 + 3 * (1 - k))},
            ValueError,
            r"run 1 starts with firms.city of shape \(20,\) where the ensemble has \(23,\)",
        ),
    ],
)
def test_bad_input_is_answered_in_a_sentence(ensemble, given, error, sentence):
    with pytest.raises(error, match=sentence):
        ensemble.run([1, 2], 2, **given)


def test_unknown_devices_and_no_threads_are_refused():
    for given, sentence in (({"device": "tpu"}, "one of cpu, gpu"), ({"threads": 0}, "at least 1, not 0")):
        with pytest.raises(ValueError, match=sentence):
            Ensemble((), economy.first_state(), {}, {}, **given)


def test_a_parameter_that_switches_events_is_refused():
    quarter = [replace(economy.QUARTER[0], when="growth")]
    made = Ensemble(quarter, economy.first_state(), economy.RULES, economy.PARAMETERS, threads=1)
    with pytest.raises(ValueError, match="parameter growth switches events"):
        made.run([1, 2], 1, parameters={"growth": [0.1, 0.0]})


def test_everything_that_a_quarter_changes_is_known_to_be_written(country):
    scenario = replace(find_scenario("random_hosts"), opens="2005Q1")
    made = RegionalModel(Parameters(firms=150, burn_in=0), scenario, 1, cities=country)
    engine = made.engine
    before = {name: array.copy() for name, array in arrays_of(made.state).items()}
    engine.run(0, 6)
    changed = {
        name for name, array in arrays_of(made.state).items() if not np.array_equal(array, before[name])
    }
    known = written(engine.pieces, engine.state)
    assert changed <= known
    assert {"city_pairs__workers", "firms__quality", "providers__load", "array__route_traffic"} <= changed
    assert not known & {"city_pairs__distance", "city_pairs__closeness", "firms__home", "array__route_order"}


def test_rules_read_last_steps_sums_whatever_the_chunks(monkeypatch):
    monkeypatch.setattr(model.engine, "CHUNK_ROWS", 7)
    quarter = [each("firms grow", "firms", "size", totals={"city_sales": "size"})]
    one, other = (
        Engine(quarter, economy.first_state(), economy.RULES, economy.PARAMETERS, 1) for _ in range(2)
    )
    one.run(0, 3)
    other.run(0, 3, whole=True)
    assert np.array_equal(one.state["firms"]["size"], other.state["firms"]["size"])
    assert np.array_equal(one.state["cities"]["sales"], other.state["cities"]["sales"])


@pytest.mark.slow
def test_countries_of_an_ensemble_are_regional_models(country):
    scenario = replace(find_scenario("random_hosts"), opens="2005Q1")
    parameters, reaches = Parameters(firms=150, burn_in=2), [300.0, 600.0]
    found = regional_ensemble(
        [5, 6], 4, parameters=parameters, changes={"home_reach": reaches}, scenario=scenario, cities=country,
        final=[("firms", "quality")], threads=2,
    )  # fmt: skip
    for k, (seed, reach) in enumerate(zip([5, 6], reaches, strict=True)):
        made = RegionalModel(parameters, scenario, seed, cities=country, home_reach=reach)
        for _ in range(4):
            made.step()
        assert np.array_equal(found.recorded["cities", "innovation"][k], made.history["innovation"])
        assert np.array_equal(found.final["firms", "quality"][k], made.state["firms"]["quality"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"burn_in": [1, 2]}, "parameter burn_in must be the same in all runs"),
        ({"home_reach": [1.0, 2.0, 3.0]}, "one value, or one for each of the 2 seeds"),
        ({"firms": [150, 160]}, "runs of one ensemble have one shape"),
    ],
)
def test_changes_that_runs_cannot_have_are_refused(country, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        regional_ensemble([1, 2], 1, parameters=Parameters(firms=150), changes=changes, cities=country)
