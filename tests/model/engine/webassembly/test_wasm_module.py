"""The third target: a small economy, and in the long version whole runs, have the bits of compiled Python."""

import numpy as np
import pytest

from agents.columns import Column
from agents.elementary import exp, log
from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country
from model.engine.engine import CHUNK_ROWS, Engine, interpreted
from model.engine.events import for_each, procedure
from model.engine.rule_source import RuleError
from model.engine.schema import PairTable, Schema
from model.engine.state import State
from model.engine.webassembly.object_file import data_end, sections
from model.engine.webassembly.quarter_program import quarter_program
from model.engine.webassembly.wasm_module import wasm_module
from tests.support.long_version import FULL, some
from tests.support.wasm_host import WasmRun

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


def test_a_small_economy_has_the_same_bits_with_and_without_vectors():
    native = engine()
    program = quarter_program(native)
    ours = [wasm_module(program.kernels, vectors) for vectors in (True, False)]
    runs = [WasmRun(native, -3, program, module) for module in ours]
    native.run(-3, 5)
    for run in runs:
        run.run(5)
        assert run.differences(native.state) == []
    assert native.state["nation"]["total"][0] > 0.0
    assert native.state["groups"]["pull"].std() > 0.0
    assert len(ours[0]) > 1_000
    assert data_end(ours[0]) < 65_536
    assert [kind for kind, _ in sections(ours[0])].count(7) == 1


def test_an_interpreted_rule_is_named():
    small = engine(rows=10, groups=2)
    small.rules = {**small.rules, "size": interpreted(lambda size: size)}
    with pytest.raises(RuleError, match=r"event 'size' cannot be compiled.*interpreted"):
        quarter_program(small)


CASES = [
    (scenario, seed)
    for scenario in ("actual", "none", "poor_sites_network", "rich_sites_network")
    for seed in (1, 2, 3)
]


@pytest.mark.skipif(not FULL, reason="compiles every rule again: part of make reliability")
@pytest.mark.parametrize(("scenario", "seed"), some(CASES))
def test_whole_runs_have_the_same_bits(scenario, seed):
    model = RegionalModel(Parameters(firms=2_000), scenario, seed, cities=synthetic_country(60, 3))
    fresh = model.fresh_copy()
    program = quarter_program(fresh.engine)
    run = WasmRun(fresh.engine, fresh.quarter, program, wasm_module(program.kernels))
    model.run_until(104.0)
    run.run(40 + 104)
    assert run.differences(model.state) == []
