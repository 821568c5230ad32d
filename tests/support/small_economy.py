"""A tiny economy with every kind of name and event that the engine knows; for tests of ensembles."""

import numpy as np

from agents.columns import Column
from agents.elementary import exp, power
from model.engine.events import for_each, procedure
from model.engine.matrix_products import add_product
from model.engine.schema import PairTable, Schema
from model.engine.state import State

SCHEMA = Schema(
    tables={
        "firms": (
            Column("city", "row", "where the firm is", index_of="cities"),
            Column("active", "0 or 1", "takes part"),
            Column("size", "money", "size"),
            Column("luck", "1", "what the firm drew"),
        ),
        "cities": (
            Column("region", "row", "its region", index_of="regions"),
            Column("wage", "money", "wage"),
            Column("sales", "money", "sizes of its firms"),
            Column("reached", "money", "sales that reach it"),
        ),
        "regions": (Column("tax", "fraction", "tax"),),
        "pairs": (
            Column("cost", "money", "cost of the way"),
            Column("reach", "fraction", "what gets through"),
        ),
        "nation": (Column("sales", "money", "of all"), Column("quarter", "quarter", "now")),
    },
    through={"firms": {"city_": ("cities", "city")}, "cities": {"region_": ("regions", "region")}},
    pairs={
        "pairs": PairTable(
            ("origin_", "cities"), ("destination_", "cities"), {"destination_region_": ("regions", "region")}
        )
    },
    whole={"city_": "cities", "pair_": "pairs", "nation_": "nation"},
)


def reach(cost, origin_wage, destination_region_tax, distance_decay):
    """Part of goods that arrives."""
    return exp(-distance_decay * cost) * (1.0 - destination_region_tax) + 0.01 * origin_wage


def size(size, city_wage, nation_sales, city_sales, draw_luck, growth):
    """Size after the step; reads what its event adds up."""
    grown = size * power(1.0 + growth * draw_luck, 0.7) + 0.1 * city_wage
    return max(0.01, min(grown, 50.0 + nation_sales / 3.0, 40.0 + 0.3 * city_sales))


def luck(draw_luck):
    """The draw, kept."""
    return draw_luck


def lucky(draw_luck):
    """Whether the draw was high; no column."""
    return draw_luck > 0.5


def city(city, draw_where, cities):
    """Another city."""
    return int(draw_where * cities) if draw_where > 0.3 else city


def active(active, luck):
    """Takes part or not from the next step on."""
    return 1.0 - active if luck < 0.2 else active


def wage(wage, region_tax, reached):
    """Wages follow what reaches the city."""
    return 0.9 * wage + 0.1 * (1.0 - region_tax) * reached


def trade(city_sales, city_reached, pair_reach, nation_sales, growth):
    """Sales reach cities."""
    total = 0.0
    for j in range(len(city_sales)):
        city_reached[j] = 0.0
        total += city_sales[j] * (1.0 + growth)
    add_product(pair_reach, city_sales, city_reached)
    nation_sales[0] = nation_sales[0] * 0.5 + total


QUARTER = (
    for_each("goods arrive", "pairs", "reach"),
    for_each(
        "firms grow",
        "firms",
        "luck",
        "lucky",
        "size",
        where="active",
        totals={"city_sales": "size", "city_reached": "lucky", "nation_sales": "luck"},
    ),
    procedure("cities trade", trade),
    for_each("wages", "cities", "wage"),
    for_each("firms move", "firms", "city", every=2),
    for_each("firms rest", "firms", "active"),
)
RULES = {rule.__name__: rule for rule in (reach, size, luck, lucky, city, active, wage)}
PARAMETERS = {"distance_decay": 0.5, "growth": 0.1, "cities": 5.0}
COLUMNS = [(table, column.name) for table, columns in SCHEMA.tables.items() for column in columns]


def first_state(firms=23, cities=5, draw=0):
    """Tables before the first step; ``draw`` names other ones of the same shape."""
    rng = np.random.default_rng(draw)
    state = State({"firms": firms, "cities": cities, "regions": 2, "pairs": cities**2, "nation": 1}, SCHEMA)
    state["firms"]["city"] = rng.integers(0, cities, firms)
    state["firms"]["active"] = rng.integers(0, 2, firms)
    state["firms"]["size"] = rng.uniform(1.0, 9.0, firms)
    state["cities"]["region"] = rng.integers(0, 2, cities)
    state["cities"]["wage"] = rng.uniform(1.0, 2.0, cities)
    state["regions"]["tax"] = [0.1, 0.3]
    state["pairs"]["cost"] = rng.uniform(0.0, 5.0, cities**2)
    return state
