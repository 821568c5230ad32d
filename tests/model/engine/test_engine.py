"""The engine: the same bits interpreted and compiled, for any number of chunks and threads."""

import dataclasses
import math

import numpy as np
import pytest

import model.engine.engine
from agents.rules import Rules
from model import Parameters, RegionalModel
from model.engine.engine import Engine
from model.engine.events import for_each
from tests.support.random_economy import (
    DEFAULTS,
    EVENTS,
    NUMBERS,
    SEED,
    TOGETHER,
    assert_same_bits,
    filled,
    numbers,
    run,
)
from tests.support.things import constant, things

EITHER = pytest.mark.parametrize("events", TOGETHER, ids=["regional", "closed"])


# ── Both engines ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_gives_the_same_bits_interpreted_and_compiled(event):
    for seed in range(8):
        by_hand = run([event], filled(seed), "interpreted", parameters=numbers(seed), steps=2)
        compiled = run([event], filled(seed), "compiled", parameters=numbers(seed), steps=2)
        assert_same_bits(by_hand, compiled)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_writes_its_columns_and_totals_and_nothing_else(event):
    before, after = filled(2), run([event], filled(2), "compiled")  # another quarter than the one that is run
    written = {(event.table, rule) for rule in event.rules if rule in after[event.table]}
    written.add(("nation", "quarter"))  # the engine's own
    prefixes = {"nation_": "nation", "city_tier_": "city_tiers", "city_": "cities", "home_": "cities"}
    prefixes["kind_"] = "kinds"
    for target, _ in event.totals:
        prefix = next(prefix for prefix in prefixes if target.startswith(prefix))
        written.add((prefixes[prefix], target.removeprefix(prefix)))
    changed = {
        (name, column)
        for name, table in after.tables.items()
        for column in table
        if not np.array_equal(table[column], before[name][column])
    }
    assert {("nation", "quarter")} < changed <= written
    if event.where:
        name, working = event.where.removeprefix("not "), not event.where.startswith("not ")
        idle = (before[event.table][name] > 0.5) != working
        for table, column in written:
            if table == event.table:
                assert np.array_equal(after[table][column][idle], before[table][column][idle])


@pytest.mark.parametrize("event", [event for event in EVENTS if event.table == "firms"], ids=lambda e: e.name)
def test_blocks_of_rows_meet_without_a_seam(event):
    # More rows than a kernel takes at a time, and no whole number of blocks.
    by_hand = run([event], filled(3, firms=1300), "interpreted")
    assert_same_bits(by_hand, run([event], filled(3, firms=1300), "compiled"))


def test_blocks_of_pairs_meet_without_a_seam():
    events = [event for event in EVENTS if event.table == "city_offers"]
    by_hand = run(events, filled(3, providers=600), "interpreted")
    assert_same_bits(by_hand, run(events, filled(3, providers=600), "compiled"))


@EITHER
def test_masks_that_take_all_rows_or_none(events):
    counted = "output" if events is TOGETHER[1] else "firms"
    for alive in (0.0, 1.0):
        states = [filled(4, firms=600) for _ in range(2)]
        for state, mode in zip(states, model.engine.engine.ENGINES, strict=True):
            state["firms"]["alive"] = alive
            run([event for event in events if event.where], state, mode)
        assert_same_bits(*states)
        assert (states[0]["cities"][counted].sum() == 0.0) == (alive == 0.0)


@pytest.mark.parametrize("empty", [{"providers": 0}, {"firms": 0}, {"firms": 0, "providers": 0}])
@EITHER
def test_tables_without_rows(events, empty):
    before = filled(5, **empty)
    assert_same_bits(run(events, before, "compiled"), run(events, filled(5, **empty), "interpreted"))
    if "firms" in empty:
        made = before["cities"]["output"] if events is TOGETHER[1] else before["nation"]["firms"]
        assert not made.any()


# ── Chunks, threads and quarters ─────────────────────────────────────────────────────────────────


@EITHER
def test_threads_do_not_change_a_bit(monkeypatch, events):
    monkeypatch.setattr(model.engine.engine, "CHUNK_ROWS", 7)
    one = run(events, filled(6), "compiled", steps=2)
    assert_same_bits(one, run(events, filled(6), "compiled", steps=2, threads=2))
    assert_same_bits(one, run(events, filled(6), "interpreted", steps=2))


@pytest.mark.parametrize("event", [event for event in EVENTS if event.totals], ids=lambda event: event.name)
def test_the_size_of_chunks_changes_sums_by_rounding_alone(event, monkeypatch):
    whole = run([event], filled(6), "compiled")
    monkeypatch.setattr(model.engine.engine, "CHUNK_ROWS", 7)
    cut = run([event], filled(6), "compiled")
    for name, table in whole.tables.items():
        for column in table:
            if name == event.table:
                assert np.array_equal(table[column], cut[name][column]), column
            assert cut[name][column] == pytest.approx(table[column], rel=1e-13)


def test_many_quarters_in_one_call_give_the_same_bits_and_their_records(monkeypatch):
    monkeypatch.setattr(model.engine.engine, "CHUNK_ROWS", 7)
    # Sums, pairs, draws, and an event of every other quarter; more would only take longer to compile.
    events = [event for event in EVENTS if event.name in ("city_firms", "overhead", "wage")]
    events += [dataclasses.replace(event, every=2) for event in EVENTS if event.name == "entering"]
    recorded = (("cities", "wage"), ("firms", "entering"), ("nation", "quarter"))
    one, other = (Engine(events, filled(6), DEFAULTS, NUMBERS, SEED) for _ in range(2))
    at_once = one.run(-3, 5, recorded)
    singly = [other.run(step, recorded=recorded) for step in range(-3, 2)]
    assert len(events) == 4
    assert_same_bits(one.state, other.state)
    for k, record in enumerate(at_once):
        assert np.array_equal(record, np.concatenate([found[k] for found in singly]))
    assert at_once[1].shape == (5, 40)
    assert at_once[2].ravel().tolist() == [-3, -2, -1, 0, 1]


@pytest.mark.parametrize("mode", model.engine.engine.ENGINES)
def test_an_event_of_every_fourth_quarter_runs_at_the_end_of_each_year(mode):
    event = dataclasses.replace(next(event for event in EVENTS if "age" in event.rules), every=4)
    engine = Engine([event], filled(), DEFAULTS, NUMBERS, SEED, mode)
    ages = engine.state["firms"]["age"]
    alive = engine.state["firms"]["alive"] > 0.5
    aged = []
    for step in range(-2, 8):
        before = ages.copy()
        engine.run(step)
        aged.append(not np.array_equal(ages, before))
        assert np.array_equal(ages[alive], before[alive] + (1.0 if aged[-1] else 0.0))
    assert aged == [step in (-1, 3, 7) for step in range(-2, 8)]


def test_an_event_is_wrapped_and_called_through():
    state = things(2)
    engine = Engine([for_each("they are equal", "things", "size")], state, {"size": constant}, {}, 1)
    seen = []

    def wrap(call):
        def around(step):
            seen.append(state["things"]["size"].tolist())
            call(step)
            seen.append(state["things"]["size"].tolist())

        return around

    engine.wrap_event("size", wrap)
    engine.run(0)
    assert seen == [[1.0, 1.0], [2.5, 2.5]]


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_rule_may_read_nothing(mode):
    state = things()
    Engine([for_each("they are equal", "things", "size")], state, {"size": constant}, {}, 1, mode=mode).run(0)
    assert state["things"]["size"].tolist() == [2.5] * 3


# ── Rules of a user ──────────────────────────────────────────────────────────────────────────────


PACE = 2.0


def paced(wage):
    return PACE * wage


@pytest.mark.parametrize("mode", ["interpreted", "compiled"])
def test_a_constant_that_was_changed_counts_from_the_next_run_on(monkeypatch, mode):
    wage = filled()["cities"]["wage"]
    event = for_each("wages", "cities", "wage")
    assert np.array_equal(run([event], filled(), mode, {"wage": paced})["cities"]["wage"], 2.0 * wage)
    monkeypatch.setitem(paced.__globals__, "PACE", 3.0)
    assert np.array_equal(run([event], filled(), mode, {"wage": paced})["cities"]["wage"], 3.0 * wage)


def test_a_replaced_rule_drives_the_whole_model(country):
    def attraction(wage, amenity):
        return wage**2.0 * math.exp(amenity)

    def grown(**how):
        made = RegionalModel(Parameters(firms=60, burn_in=1), "none", 3, cities=country, **how)
        made.step()
        return made.state

    mine = Rules(attraction=attraction)
    compiled = grown(rules=mine)
    assert_same_bits(compiled, grown(rules=mine, engine="interpreted"))
    assert not np.array_equal(compiled["cities"]["talent"], grown()["cities"]["talent"])


# ── Errors ───────────────────────────────────────────────────────────────────────────────────────


def test_an_engine_is_asked_for_by_a_name_that_exists():
    with pytest.raises(ValueError, match="engine 'fast' is unknown: it is one of compiled, interpreted"):
        Engine([], filled(), {}, {}, 1, "fast")
    with pytest.raises(ValueError, match="threads must be at least 1, not 0"):
        Engine([], filled(), {}, {}, 1, "compiled", 0)


def test_an_engine_says_what_it_does_not_know():
    event = for_each("they grow", "things", "size", when="growth")
    with pytest.raises(ValueError, match="arithmetic 'exact' is unknown: it is one of strict, fast"):
        Engine([event], things(), {"size": constant}, {"growth": 1.0}, 1, arithmetic="exact")
    engine = Engine([event], things(), {"size": constant}, {"growth": 1.0}, 1)
    with pytest.raises(KeyError, match="no event 'shrink' takes place in this run"):
        engine.wrap_event("shrink", lambda call: call)


def test_a_kernel_that_falls_over_says_so_itself(monkeypatch):
    """What is neither a non-finite result nor Numba's refusal is a bug: its own traceback stays."""

    def falling(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(model.engine.engine, "load_kernel", lambda *_: falling)
    engine = Engine([for_each("they are equal", "things", "size")], things(), {"size": constant}, {}, 1)
    with pytest.raises(MemoryError, match="no room"):
        engine.run(0)
