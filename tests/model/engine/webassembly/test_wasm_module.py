"""One module of many kernels: the small economy, and in the long version whole runs, have the same bits."""

import functools

import numpy as np
import pytest

from experiments.browser.browser_sliders import sliders
from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country
from model.engine.webassembly.quarter_program import quarter_program
from model.engine.webassembly.wasm_module import wasm_module
from tests.support.grouped_economy import engine, module
from tests.support.long_version import FULL, some
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


CASES = [
    (scenario, seed, None)
    for scenario in ("actual", "none", "poor_sites_network", "rich_sites_network")
    for seed in (1, 2, 3)
]
CASES += [("hub_sites_network", 1 + point % 3, point) for point in range(10)]


made = functools.cache(wasm_module)  # scenarios share their rules, and a module costs a minute


@pytest.mark.skipif(not FULL, reason="compiles every rule again: part of make reliability")
@pytest.mark.parametrize(("scenario", "seed", "point"), some(CASES))
def test_whole_runs_have_the_same_bits(scenario, seed, point):
    cities = synthetic_country(60, 3)
    model = RegionalModel(Parameters(firms=2_000), scenario, seed, cities=cities)
    if point is not None:  # all sliders of the page at random
        rng, given = np.random.default_rng(point), sliders(model.parameters, model.engine)
        drawn = {one["name"]: rng.uniform(one["low"], most(one)) for one in given}
        model = RegionalModel(Parameters(firms=2_000, **drawn), scenario, seed, cities=cities)
    fresh = model.fresh_copy()
    program = quarter_program(fresh.engine)
    run = WasmRun(fresh.engine, fresh.quarter, program, made(tuple(program.kernels)))
    model.run_until(104.0)
    run.run(40 + 104)
    assert run.differences(model.state) == []


def most(slider):
    """Return the end of a slider, as the page sets it."""
    return min(
        slider["high"], max(4 * slider["value"], slider["low"] + (slider["high"] - slider["low"]) / 10)
    )
