"""Ensembles on a simulated graphics card: cases for ``test_gpu``, which has Numba simulate one."""

import dataclasses

import numpy as np
import pytest
import small_economy as economy

import model.engine
from model import Parameters, RegionalModel, gpu_run, interpreted
from model.ensemble import Ensemble
from model.events import each
from model.gpu_text import GpuText
from model.regional_ensemble import regional_ensemble
from model.rule_text import RuleError
from model.scenario import find_scenario
from model.synthetic import synthetic_country
from model.written import arrays_of, written

SEEDS = [3, 1, 4, 1, 5]
GROWTH = [0.1, 0.2, 0.3, 0.4, 0.5]


def found(device, start=None, quarter=economy.QUARTER, rules=economy.RULES, firms=23):
    ensemble = Ensemble(
        quarter, economy.first_state(firms), rules, economy.PARAMETERS, device=device, threads=1
    )
    assert ensemble.device == device
    recorded = [("cities", "wage"), ("firms", "city")]
    return ensemble.run(
        SEEDS,
        4,
        first=-1,
        parameters={"growth": GROWTH},
        recorded=recorded,
        final=economy.COLUMNS,
        start=start,
    )


def assert_same(one, other):
    for mine, theirs in ((one.recorded, other.recorded), (one.final, other.final)):
        assert list(mine) == list(theirs)
        for item in mine:
            assert mine[item].dtype == theirs[item].dtype
            assert np.array_equal(mine[item], theirs[item]), item


def test_runs_on_the_card_have_the_bits_of_the_cpu():
    cpu, card = found("cpu"), found("gpu")
    assert (cpu.device, card.device) == ("cpu", "gpu")
    assert_same(cpu, card)
    sales = card.final["nation", "sales"].ravel()
    assert len(set(sales.tolist())) == len(SEEDS)  # the fourth run has the second's seed, but other growth
    assert card.recorded["cities", "wage"].shape == (5, 4, 5)
    assert card.final["nation", "quarter"].tolist() == [[2.0]] * 5


def test_sums_over_several_chunks_have_the_same_order(monkeypatch):
    monkeypatch.setattr(model.engine, "CHUNK_ROWS", 7)
    assert_same(found("cpu"), found("gpu"))


@pytest.mark.parametrize("workers", [1, 4])
def test_the_number_of_workers_changes_no_bit(monkeypatch, workers):
    monkeypatch.setattr(gpu_run, "WORKERS", workers)
    monkeypatch.setattr(gpu_run, "RUNS_OF_BLOCK", 3)
    assert_same(found("cpu"), found("gpu"))


def test_runs_beyond_the_cards_memory_go_in_turns(monkeypatch):
    monkeypatch.setattr(gpu_run.GpuRuns, "_runs_at_once", lambda *_: 2)
    assert_same(found("cpu"), found("gpu"))
    assert_same(found("cpu", start_of), found("gpu", start_of))


def start_of(k):
    """Other tables for each run, alike for the first two."""
    return economy.first_state(draw=max(1, k))


def test_runs_may_start_differently():
    cpu, card = found("cpu", start_of), found("gpu", start_of)
    assert_same(cpu, card)
    assert not np.array_equal(card.final["pairs", "cost"][1], card.final["pairs", "cost"][2])


def test_products_are_not_fused_in_strict_arithmetic_and_may_be_in_fast():
    engine = Ensemble(economy.QUARTER, economy.first_state(), economy.RULES, economy.PARAMETERS)._engine()
    fixed = frozenset(arrays_of(engine.state)) - written(engine.pieces, engine.state)
    strict, fast = (
        GpuText(engine.pieces, engine.state, engine.parameters, 100, [], arithmetic, fixed).text()
        for arithmetic in ("strict", "fast")
    )
    assert " * " not in strict.replace("cuda.blockIdx.x * cuda.blockDim.x", "")
    assert "card_product(" not in fast
    assert "card_smaller(card_smaller(" in strict
    assert "card_smaller(card_smaller(" in fast


def test_an_interpreted_rule_is_named():
    rules = {**economy.RULES, "wage": interpreted(lambda wage: wage)}
    with pytest.raises(RuleError, match=r"compiled rules only, and these are marked @interpreted: wage"):
        found("gpu", rules=rules)


def test_an_event_that_writes_what_it_adds_up_by_is_named():
    quarter = [each("firms move", "firms", "city", totals={"city_sales": "size"})]
    with pytest.raises(RuleError, match=r"event 'city' writes city, by which it picks or adds up its rows"):
        found("gpu", quarter=quarter)


def test_the_full_model_runs_on_the_card():
    cities = synthetic_country(10, 3)
    scenario = dataclasses.replace(find_scenario("random_hosts"), opens="2005Q1")
    parameters, reaches = Parameters(firms=30, burn_in=1), [300.0, 400.0]
    recorded = [("cities", "innovation"), ("firms", "quality"), ("providers", "load")]
    card = regional_ensemble(
        [5, 6], 3, recorded, parameters=parameters, changes={"home_reach": reaches}, scenario=scenario,
        cities=cities, device="gpu", final=[("city_pairs", "workers"), ("firms", "city")],
    )  # fmt: skip
    assert card.device == "gpu"
    for k, (seed, reach) in enumerate(zip([5, 6], reaches, strict=True)):
        alone = RegionalModel(parameters, scenario, seed, cities=cities, home_reach=reach)
        for quarter in range(3):
            alone.step()
            for table, column in recorded:
                assert np.array_equal(card.recorded[table, column][k, quarter], alone.state[table][column])
        for (table, column), values in card.final.items():
            assert np.array_equal(values[k], alone.state[table][column])
    assert card.recorded["providers", "load"][:, -1].max() > 0.0
