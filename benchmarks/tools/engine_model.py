"""The reduced economy in ComputeLeap's engine: rules of numbers, bound by name, compiled from their text."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.columns import Column
from agents.elementary import exp, power
from benchmarks.tools.reduced_economy import (
    CAPITAL_POWER,
    CITIES,
    COMPUTE_POWER,
    COMPUTE_SHARE,
    DATA_POWER,
    GAIN,
    KEPT,
    MOVE_CHANCE,
    MOVE_EVERY,
    RATE,
    RENEWAL,
    SAVED,
    TALENT_POWER,
    measured,
    source_lines,
    start,
)
from model.engine.engine import Engine
from model.engine.events import for_each, procedure
from model.engine.matrix_products import add_product
from model.engine.schema import PairTable, Schema
from model.engine.state import State

# --- model ---

SCHEMA = Schema(
    tables={
        "firms": (
            Column("city", "row", "the firm's city", index_of="cities"),
            Column("productivity", "ratio", "output per effective capital"),
            Column("capital", "money", "capital"),
            Column("absorption", "ratio", "how well the firm absorbs"),
        ),
        "cities": (
            Column("price", "money", "price of compute"),
            Column("availability", "compute", "compute at hand"),
            Column("talent", "talent", "talent"),
            Column("data", "data", "data"),
            Column("reach", "1/step", "what the city adds to a firm's chance"),
            Column("output", "money", "output of its firms"),
            Column("innovations", "innovations", "innovations of its firms"),
            Column("arriving", "talent", "talent that spreads from the city"),
            Column("learnt", "data", "data that spreads from the city"),
        ),
        "pairs": (Column("gravity", "fraction", "pull of the first city on the second"),),
        "nation": (Column("output", "money", "so far"), Column("innovations", "innovations", "so far")),
    },
    through={"firms": {"city_": ("cities", "city")}},
    pairs={"pairs": PairTable(("origin_", "cities"), ("destination_", "cities"), {})},
    whole={"city_": "cities", "pair_": "pairs", "nation_": "nation"},
)


def reach(talent, data, rate):
    """What the city adds to a firm's chance."""
    return rate * power(talent, TALENT_POWER) * power(data, DATA_POWER)


def chance(capital, absorption, city_reach, city_price, city_availability):
    """Chance to innovate in this step."""
    compute = min(COMPUTE_SHARE * capital / city_price, city_availability)
    return 1.0 - exp(-city_reach * power(1.0 + compute, COMPUTE_POWER) * absorption)


def innovated(draw_success, chance):
    """1 if the firm innovates."""
    return 1.0 if draw_success < chance else 0.0


def productivity(productivity, innovated):
    """Productivity after the step."""
    return productivity * GAIN if innovated > 0.5 else productivity


def made(productivity, capital):
    """Output."""
    return productivity * power(capital, CAPITAL_POWER)


def capital(capital, made):
    """Capital after the step."""
    return KEPT * capital + SAVED * made


def city(city, draw_move, draw_where):
    """The city after a possible move to any other."""
    ahead = city + 1 + int(draw_where * (CITIES - 1))
    ahead = ahead - CITIES if ahead >= CITIES else ahead
    return ahead if draw_move < MOVE_CHANCE else city


def spread(
    pair_gravity,
    city_talent,
    city_data,
    city_output,
    city_innovations,
    city_arriving,
    city_learnt,
    nation_output,
    nation_innovations,
):
    """Cities add up, and talent and data spread by the gravity matrix."""
    count = len(city_talent)
    output, innovations = 0.0, 0.0
    for i in range(count):
        output += city_output[i]
        innovations += city_innovations[i]
    nation_output[0] += output
    nation_innovations[0] += innovations
    for i in range(count):
        city_talent[i] *= 1.0 - RENEWAL
        city_data[i] *= 1.0 - RENEWAL
    for j in range(count):
        city_arriving[j] = RENEWAL * city_output[j] / (output / count)
        city_learnt[j] = RENEWAL * count * city_innovations[j] / max(1.0, innovations)
    add_product(pair_gravity, city_arriving, city_talent)
    add_product(pair_gravity, city_learnt, city_data)


STEP = (
    for_each("cities", "cities", "reach"),
    for_each(
        "firms",
        "firms",
        "chance",
        "innovated",
        "productivity",
        "made",
        "capital",
        totals={"city_output": "made", "city_innovations": "innovated"},
    ),
    procedure("talent and data spread", spread),
    for_each("some move", "firms", "city", every=MOVE_EVERY),
)
RULES = {rule.__name__: rule for rule in (reach, chance, innovated, productivity, made, capital, city)}


def economy(firms: int, seed: int, rate: float, arithmetic: str = "strict") -> Engine:
    """An engine before the first step."""
    state = State({"firms": firms, "cities": CITIES, "pairs": CITIES**2, "nation": 1}, SCHEMA)
    first = start(firms)
    for table, names in (
        ("firms", ("city", "productivity", "capital", "absorption")),
        ("cities", ("price", "availability", "talent", "data")),
    ):
        for name in names:
            state[table][name] = getattr(first, name)
    state["pairs"]["gravity"] = first.gravity.T.ravel()
    return Engine(STEP, state, RULES, {"rate": rate}, seed, arithmetic=arithmetic)


# --- benchmark ---

SOURCE_LINES = source_lines(__file__)


class Run:
    """An engine and the step it has come to."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.time = engine, 0


def prepare(firms: int, seed: int, rate: float = RATE, arithmetic: str = "strict") -> Run:
    """Return an economy before its first step."""
    return Run(economy(firms, seed, rate, arithmetic))


def advance(state: Run, steps: int) -> None:
    """Run ``steps`` steps."""
    state.engine.run(state.time, steps)
    state.time += steps


def measures(state: Run) -> dict[str, float]:
    """Return the six measures."""
    tables: Any = state.engine.state
    totals = (float(tables["nation"]["output"][0]), float(tables["nation"]["innovations"][0]))
    firms = tables["firms"]
    return measured(*totals, firms["productivity"], np.asarray(firms["city"]), tables["cities"]["output"])


def run(firms: int, steps: int, seed: int, arithmetic: str = "strict") -> dict[str, float]:
    """Return the six measures after ``steps`` steps."""
    state = prepare(firms, seed, arithmetic=arithmetic)
    advance(state, steps)
    return measures(state)
