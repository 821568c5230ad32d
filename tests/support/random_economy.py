"""A small country with random values, and runs of events on it: helpers for tests of the engine."""

import numpy as np

from agents.rules import Rules
from model import Parameters
from model.economy.regional_schema import REGIONAL
from model.engine.engine import Engine
from model.engine.events import ForEach, switches
from model.engine.state import State
from model.parameters import describe
from model.step import QUARTER

EVENTS = [event for event in QUARTER if isinstance(event, ForEach)]

# Those that run together: the regional quarter, and the closed economy that takes its place.
TOGETHER = [
    [event for event in EVENTS if switches(event.when).get("closed_economy", False) is closed]
    for closed in (False, True)
]

DEFAULTS = dict(Rules().items())

# Building has begun, and whoever gains joins the standard, so that each event does something in the one
# quarter that a test runs.
NUMBERS = Parameters(building_start=-400, standard_hazard=1.0, standard_cost=0.0).numbers()

SEED = 7


def filled(seed=0, firms=40, cities=5, providers=3):
    """Tables of a small country with random values, plausible by their units."""
    rows = {
        "firms": firms,
        "cities": cities,
        "tiers": 4,
        "industries": 7,
        "city_tiers": cities * 4,
        "providers": providers,
        "offers": 2 * providers,
        "kinds": 3,
        "services": 6,
        "city_kinds": cities * 3,
        "city_services": cities * 6,
        "city_pairs": cities**2,
        "city_offers": cities * 2 * providers,
        "nation": 1,
    }
    state, rng = State(rows, REGIONAL), np.random.default_rng(seed)
    for table, columns in REGIONAL.tables.items():
        for column in columns:
            state[table][column.name] = values(rng, column, rows, rows[table])
    state["providers"]["certified"] = 0.0  # some may join
    # No firm buys for more than it sells.
    state["firms"]["purchase_factor"] = np.minimum(state["firms"]["purchase_factor"], 1.0)
    return state


def values(rng, column, rows, count):
    if column.index_of:
        return rng.integers(0, rows.get(column.index_of, 2), count)
    ranges = {"0-1": 1.0, "fraction": 1.0, "km": 3e3, "ms": 60.0, "1/10 ms": 0.1}
    if column.name == "purchase_factor":  # a firm buys less than it sells
        return rng.uniform(0.0, 1.1, count)
    if column.unit == "0 or 1":
        return rng.integers(0, 2, count)
    if column.unit in ranges:
        return rng.uniform(0.0, ranges[column.unit], count)
    if column.unit == "log points":
        return rng.normal(0.0, 0.5, count)
    if column.unit == "quarter":
        return rng.integers(-3, 4, count)
    return np.exp(rng.normal(0.0, 1.0, count))


def numbers(seed):
    """Parameters: the defaults, all lowest, all highest, then any of their ranges."""
    facts = [describe(name) for name in NUMBERS]
    if seed < 3:
        return {fact["name"]: float(fact[("default", "low", "high")[seed]]) for fact in facts}
    rng = np.random.default_rng(seed)
    return {fact["name"]: float(rng.uniform(fact["low"], fact["high"])) for fact in facts}


def run(events, state, mode, rules=None, parameters=NUMBERS, steps=1, threads=1):
    on = {name: float(above) for event in events for name, above in switches(event.when).items()}
    parameters = {**parameters, **on}
    engine = Engine(events, state, {**DEFAULTS, **(rules or {})}, parameters, SEED, mode, threads)
    for step in range(-1, steps - 1):
        engine.run(step)
    return state


def assert_same_bits(one, other):
    for name, table in one.tables.items():
        for column in table:
            assert np.array_equal(table[column], other[name][column], equal_nan=True), f"{name}.{column}"
