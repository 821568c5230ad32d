"""One module of many kernels: the small economy, and in the long version whole runs, have the same bits."""

import functools
import itertools

import numpy as np
import pytest

from experiments.browser.browser_sliders import sliders
from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country
from model.engine.webassembly.quarter_program import quarter_program
from model.engine.webassembly.wasm_module import wasm_module
from tests.support.grouped_economy import engine, module
from tests.support.long_version import FULL, some
from tests.support.memory_image import STACK, memory_image
from tests.support.wasm_host import WasmRun


def test_a_small_economy_has_the_same_bits_with_and_without_vectors():
    native = engine()
    program = quarter_program(native)
    runs = [WasmRun(native, -3, program, module(vectors)) for vectors in (True, False)]
    native.run(-3, 5)
    for run in runs:
        run.run(5)
        assert run.differences(native.state) == []
    assert native.state["nation"]["total"][0] > 0.0
    assert native.state["groups"]["pull"].std() > 0.0
    assert module(True) != module(False)


def test_arrays_lie_apart_after_the_stack():
    small = engine(rows=10, groups=2)
    made = quarter_program(small)
    chunks = {table: small.chunks(table) for table in ("members", "pairs")}
    image = memory_image(made, small.parameters, 5, chunks, 100)
    assert image.start >= 100 + STACK
    ends = {name: image.places[name] + array.nbytes for name, array in made.arrays.items()}
    ordered = sorted(ends, key=ends.get)
    assert all(image.places[name] % 16 == 0 for name in ends)
    assert all(ends[one] <= image.places[two] for one, two in itertools.pairwise(ordered))
    # The keys; four calls; of "size" two sums, each cleared and taken.
    assert image.count == 1 + 4 + 2 * 2


CASES = [
    (scenario, seed, None, True)
    for scenario in ("actual", "none", "poor_sites_network", "rich_sites_network")
    for seed in (1, 2, 3)
]
CASES += [("hub_sites_network", 1 + point % 3, point, True) for point in range(10)]
CASES += [(scenario, 1, None, False) for scenario in ("actual", "none", "poor_sites_network")]
CASES += [("hub_sites_network", 2, 4, False)]


made = functools.cache(wasm_module)  # scenarios share their rules, and a module costs a minute


@pytest.mark.skipif(not FULL, reason="compiles every rule again: part of make reliability")
@pytest.mark.parametrize(("scenario", "seed", "point", "vectors"), some(CASES))
def test_whole_runs_have_the_same_bits(scenario, seed, point, vectors):
    cities = synthetic_country(60, 3)
    model = RegionalModel(Parameters(firms=2_000), scenario, seed, cities=cities)
    if point is not None:  # all sliders of the page at random
        rng, given = np.random.default_rng(point), sliders(model.parameters, model.engine)
        drawn = {one["name"]: rng.uniform(one["low"], one["high"]) for one in given}
        model = RegionalModel(Parameters(firms=2_000, **drawn), scenario, seed, cities=cities)
    fresh = model.fresh_copy()
    program = quarter_program(fresh.engine)
    run = WasmRun(fresh.engine, fresh.quarter, program, made(tuple(program.kernels), vectors))
    model.run_until(104.0)
    run.run(40 + 104)
    assert run.differences(model.state) == []
