"""Members of groups: a small economy with all that a quarter can hold, in more than one chunk of rows."""

import functools

import numpy as np

from agents.columns import Column
from agents.elementary import exp, log
from model.engine.engine import CHUNK_ROWS, Engine
from model.engine.events import for_each, procedure
from model.engine.schema import PairTable, Schema
from model.engine.state import State
from model.engine.webassembly.quarter_program import quarter_program
from model.engine.webassembly.wasm_module import wasm_module

SCHEMA = Schema(
    tables={
        "nation": (Column("quarter", "quarter", "now"), Column("total", "m", "sum")),
        "groups": (Column("size", "m", "sum", start=1.0), Column("pull", "ratio", "pull", start=1.0)),
        "members": (
            Column("size", "m", "how large", start=1.0),
            Column("alive", "0 or 1", "works", start=1.0),
            Column("group", "row", "its group", index_of="groups"),
        ),
        "pairs": (Column("reach", "ratio", "from one group to another"),),
    },
    through={"members": {"group_": ("groups", "group")}},
    pairs={"pairs": PairTable(("origin_", "groups"), ("destination_", "groups"), {})},
    whole={"member_": "members", "group_": "groups", "pair_": "pairs", "nation_": "nation"},
)


def alive(draw_end, leaving):
    return 0.0 if draw_end < leaving else 1.0


def size(size, group_pull, draw_growth, growth, nation_total):
    return size * exp(growth * (draw_growth - 0.5)) * group_pull**0.1 / (1.0 + 1e-9 * nation_total)


def reach(origin_size, destination_size):
    return log(1.0 + origin_size) / (1.0 + destination_size)


def pull_groups(group_pull, pair_reach):
    groups = len(group_pull)
    for k in range(groups):
        total = 0.0
        for j in range(groups):
            total += pair_reach[k * groups + j]
        group_pull[k] = total / groups


QUARTER = (
    for_each("members leave", "members", alive, where="alive"),
    for_each("members grow", "members", size, where="alive",
        totals={"group_size": "size", "nation_total": "size"}),
    for_each("groups reach each other", "pairs", reach),
    procedure("groups pull", pull_groups, every=2),
)  # fmt: skip


def engine(seed: int = 5, rows: int = CHUNK_ROWS + 1_000, groups: int = 300) -> Engine:
    """Members in two chunks, pairs of groups in two."""
    state = State({"nation": 1, "groups": groups, "members": rows, "pairs": groups * groups}, SCHEMA)
    state["members"]["group"] = np.arange(rows) % groups
    rules = {rule.__name__: rule for rule in (alive, size, reach)}
    return Engine(QUARTER, state, rules, {"leaving": 0.01, "growth": 0.2}, seed)


@functools.cache
def module(vectors: bool = True) -> bytes:
    """Return the module of its quarter."""
    return wasm_module(quarter_program(engine()).kernels, vectors)
