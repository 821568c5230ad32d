"""Mechanisms that a parameter switches off: they cost nothing and change nothing."""

import dataclasses

import numpy as np
import pytest

from agents.columns import Column
from model.engine import Engine
from model.events import each, is_on, switches, unless
from model.state import State
from model.world import REGIONAL

COLUMNS = (Column("income", "money", "income", start=2.0), Column("tax", "money", "tax", when="taxed"))
WORLD = dataclasses.replace(REGIONAL, tables={"cities": COLUMNS, "nation": ()}, through={}, pairs={})
EVENTS = (
    each("income doubles", "cities", "income"),
    each("tax is taken", "cities", "tax", when="taxed"),
    each("and else nothing happens to it", "cities", "spared", when="not taxed"),
)


def doubled(income):
    return 2.0 * income


def tax(income, taxed):
    return income * taxed


def spared(income):
    return income


RULES = {"income": doubled, "tax": tax, "spared": spared}


def economy(taxed, mode="interpreted"):
    state = State({"cities": 3, "nation": 1}, WORLD, {"taxed": taxed})
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
        "not closed", "taxed and not closed", "not taxed and not closed",
    ]  # fmt: skip


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


def test_a_run_that_flips_a_switch_needs_an_engine_of_its_own():
    _, engine = economy(0.5)
    engine.restart(2, taxed=0.1)
    with pytest.raises(ValueError, match="taxed switches events"):
        engine.restart(3, taxed=0.0)
