"""Mechanisms that a parameter switches off: they cost nothing and change nothing."""

import dataclasses

import numpy as np
import pytest

from agents import firm
from agents.columns import Column
from agents.rules import Rules
from model.economy.regional_schema import REGIONAL
from model.engine.engine import Engine
from model.engine.events import for_each, is_on, procedure, switches, unless
from model.engine.state import State
from model.parameters import Parameters

COLUMNS = (Column("income", "money", "income", start=2.0), Column("tax", "money", "tax", when="taxed"))
SCHEMA = dataclasses.replace(REGIONAL, tables={"cities": COLUMNS, "nation": ()}, through={}, pairs={})
EVENTS = (
    for_each("income doubles", "cities", "income"),
    for_each("tax is taken", "cities", "tax", when="taxed"),
    for_each("and else nothing happens to it", "cities", "spared", when="not taxed"),
)


def doubled(income):
    return 2.0 * income


def tax(income, taxed):
    return income * taxed


def spared(income):
    return income


RULES = {"income": doubled, "tax": tax, "spared": spared}


def economy(taxed, mode="interpreted"):
    state = State({"cities": 3, "nation": 1}, SCHEMA, {"taxed": taxed})
    return state, Engine(EVENTS, state, RULES, {"taxed": taxed}, 1, mode)


@pytest.mark.parametrize(("when", "on"), [(None, True), ("taxed", False), ("not taxed", True)])
def test_a_switch_is_the_name_of_a_parameter_or_its_opposite(when, on):
    assert is_on(when, {"taxed": 0.0}) is on
    assert is_on(when, {"taxed": 0.25}) is (on if when is None else not on)


def test_a_switch_may_join_several_parameters():
    assert switches("taxed and not spared") == {"taxed": True, "spared": False}
    assert switches(None) == {}
    assert is_on("taxed and not spared", {"taxed": 1.0, "spared": 0.0})
    assert not is_on("taxed and not spared", {"taxed": 1.0, "spared": 1.0})
    assert not is_on("taxed and not spared", {"taxed": 0.0, "spared": 0.0})


def test_a_set_of_events_gives_way_to_another():
    assert [event.when for event in unless("closed", EVENTS)] == [
        "not closed",
        "taxed and not closed",
        "not taxed and not closed",
    ]


def test_what_is_off_does_not_happen_and_has_no_columns():
    state, engine = economy(0.0)
    engine.run(0)
    assert "tax" not in state["cities"]
    assert len(engine.calls) == 2
    assert np.array_equal(state["cities"]["income"], [4.0, 4.0, 4.0])


def test_what_is_on_happens():
    state, engine = economy(0.5)
    engine.run(0)
    assert len(engine.calls) == 2
    assert np.array_equal(state["cities"]["tax"], [2.0, 2.0, 2.0])


def net(income, tax, city_count):
    """What a rule that is always on reads of a column that may be off."""
    return income - tax + city_count


def collect(city_income, city_tax):
    for c in range(len(city_income)):
        city_tax[c] += 5.0
        city_income[c] -= city_tax[c]


@pytest.mark.parametrize("mode", ["interpreted", "compiled"])
def test_a_column_that_is_off_is_read_as_its_start(mode):
    columns = (
        Column("income", "money", "income", start=2.0),
        Column("tax", "money", "tax", start=0.25, when="taxed"),
        Column("net", "money", "what is left"),
    )
    schema = dataclasses.replace(SCHEMA, tables={"cities": columns, "nation": ()}, whole={"city_": "cities"})
    events = (for_each("what is left", "cities", "net"), procedure("taxes", collect))
    for taxed, rest in ((0.0, 1.75), (1.0, 1.75)):
        state = State({"cities": 3, "nation": 1}, schema, {"taxed": taxed})
        engine = Engine(events, state, {"net": net}, {"taxed": taxed, "city_count": 0.0}, 1, mode)
        engine.run(0)
        assert np.array_equal(state["cities"]["net"], [rest] * 3)
        # A market may write there: it is lost where the column is off.
        assert np.array_equal(state["cities"]["income"], [2.0 - 5.25] * 3)
        engine.run(1)
        assert np.array_equal(state["cities"]["net"], [-3.25 - (5.25 if taxed else 0.25)] * 3)
        assert state.absent == (frozenset() if taxed else {("cities", "tax")})


@pytest.mark.parametrize("mode", ["interpreted", "compiled"])
def test_a_rule_of_the_model_reads_the_start_of_a_column_that_is_off(mode):
    rows = dict.fromkeys(REGIONAL.tables, 2) | {"nation": 1, "city_pairs": 4, "city_providers": 4}
    numbers = Parameters(chain_leap=0.0, intermediate_share=0.25).numbers()
    events = [for_each("value added", "firms", firm.value_added)]
    engine = Engine(events, State(rows, REGIONAL, numbers), dict(Rules().items()), numbers, 1, mode)
    assert ("firms", "purchase_factor") in engine.absent
    engine.state["firms"]["revenue"] = 4.0
    engine.state["firms"]["city_tier"] = engine.state["city_tiers"]["upstream"] = [0, 1]
    engine.run(0, 2)
    # without rungs a firm buys as much as the average firm, and one that no goods reach nothing
    assert engine.state["firms"]["value_added"].tolist() == [4.0, 3.0]
