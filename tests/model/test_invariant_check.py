"""Invariants held at run time: sound runs pass, and a breach names event, column, row, quarter and seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model import Extension, Parameters, RegionalModel, Rules, invariant_check, wraps
from model.economy.invariants import Breach, InvariantError, breaches, broken_accounts
from model.engine.rule_source import RuleError
from model.scenarios.scenario_catalogue import SCENARIOS
from tests.support.long_version import some

SMALL = Parameters(firms=150, burn_in=4)


@pytest.mark.parametrize("scenario", some(list(SCENARIOS), 6))
def test_every_scenario_holds_every_invariant(country, scenario):
    """A few; tests/properties/test_result_hashes.py runs all of them with invariants checked."""
    cities = None if scenario == "closed_economy" else country
    RegionalModel(SMALL, scenario, 3, cities=cities, check_invariants=True).run_until(2013)


def test_checking_changes_no_bit(country):
    one, other = (
        RegionalModel(SMALL, "random_hosts", 5, cities=country, check_invariants=how) for how in (False, True)
    )
    for model in (one, other):
        model.run_until(2008)
    for name, table in one.state.tables.items():
        assert all(np.array_equal(table[c], other.state[name][c], equal_nan=True) for c in table), name


def age(age, draw_slip):
    """Sometimes what an age cannot be."""
    return -1.0 if draw_slip < 0.01 else age + 1.0


def test_a_breach_names_event_column_quarter_and_seed(country):
    model = RegionalModel(SMALL, "none", 7, cities=country, rules=Rules(age=age))
    with pytest.raises(InvariantError) as told:
        RegionalModel(
            SMALL, "none", 7, cities=country, rules=Rules(age=age), check_invariants=True
        ).run_until(2030)
    said = str(told.value)
    assert "firms.age of row" in said
    assert "is -1: it must not be negative" in said
    assert "event adoption_gain of " in said
    assert "seed 7, scenario none" in said
    while not list(breaches(model.state)):
        model.step()
    quarter = (
        "burn-in"
        if model.quarter == 0
        else f"{2005 + (model.quarter - 1) // 4}Q{(model.quarter - 1) % 4 + 1}"
    )
    assert quarter in said


@pytest.mark.parametrize(
    ("account", "table", "column"),
    [
        ("compute", "city_offers", "flow"),
        ("money", "city_services", "cloud_bill"),
        ("sales", "city_tiers", "demand"),
        ("talent", "city_pairs", "workers"),
        ("product", "nation", "income"),
    ],
)
def test_money_compute_goods_and_talent_that_vanish_are_found(country, account, table, column):
    model = RegionalModel(SMALL, "random_hosts", 5, cities=country)
    model.run_until(2012)
    assert not list(broken_accounts(model.state))
    values = model.state[table][column]
    values[np.argmax(values)] *= 0.5
    assert [breach.where for breach in broken_accounts(model.state)] == [f"the account of {account}"]
    assert not list(broken_accounts(model.state, exempt=(account,)))


def test_undefined_and_negative_numbers_are_found(country):
    model = RegionalModel(SMALL, "none", 5, cities=country)
    model.step()
    model.state["cities"]["wage"][3] = np.nan
    model.state["cities"]["talent"][4] = -1.0
    assert {str(breach) for breach in breaches(model.state)} == {
        "cities.wage of row 3 is nan: it must be a finite number",
        "cities.talent of row 4 is -1: it must not be negative",
    }


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("city_services", "tender"),
        ("city_kinds", "price"),
        ("city_tiers", "demand"),
        ("providers", "overflow"),
    ],
)
def test_queues_prices_and_quantities_below_zero_are_found(country, table, column):
    model = RegionalModel(SMALL, "random_hosts", 5, cities=country)
    model.run_until(2011)
    model.state[table][column][1] = -1e-6
    assert f"{table}.{column} of row 1 is -1e-06: it must not be negative" in [
        str(breach) for breach in breaches(model.state)
    ]


def test_an_account_that_breaks_is_dated_by_its_quarter(country, monkeypatch):
    """No event can be blamed for it: the quarter as a whole is."""
    broken = Breach("money paid for compute", None, 2.0, "it must be received")
    monkeypatch.setattr(
        invariant_check, "broken_accounts", lambda state, exempt: iter([broken] if when(state) else [])
    )

    def when(state):
        return state["nation"]["quarter"][0] == wanted

    for wanted, named in ((-1, "quarter -1 of the burn-in"), (2, "2005Q3")):  # noqa: B007
        with pytest.raises(InvariantError) as told:
            RegionalModel(SMALL, "none", 7, cities=country, check_invariants=True, burn_in=2).run_until(2006)
        assert str(told.value) == (
            "money paid for compute is 2: it must be received "
            f"(after all events of {named}, seed 7, scenario none)"
        )


def income(below):
    return below + 1.0


def test_an_extension_is_told_how_to_break_an_account_on_purpose(country):
    own = Extension("gift", rules=wraps(income))
    how = {"cities": country, "check_invariants": True, "engine": "interpreted"}
    with pytest.raises(InvariantError, match=r"an extension that breaks it on purpose says exempt='product'"):
        RegionalModel(SMALL, "none", 7, extension=own, **how)
    RegionalModel(SMALL, "none", 7, extension=replace(own, exempt="product"), **how)


def supply():
    """Of one firm; the sum over firms of a city has no number."""
    return 1e308


def test_a_number_that_becomes_infinite_in_the_rules_of_the_model_is_told(country):
    said = r"after quarter -1 .* holds an infinite .*: a value that extension rules gives is too large"
    with pytest.raises(RuleError, match=said):
        RegionalModel(SMALL, "none", 7, cities=country, rules=Rules(supply=supply))
