"""Rules in the engine: the same bits interpreted and compiled, however the work is cut; and a user's own."""

import dataclasses
import math
from math import sqrt as bare_root
from typing import Any

import numpy as np
import pandas as pd
import pytest

import model.engine.engine
from agents.rules import Rules
from model import Parameters, RegionalModel
from model.economy.regional_schema import REGIONAL
from model.engine.draws import stream_key, uniform
from model.engine.engine import Engine, interpreted
from model.engine.events import ForEach, for_each, switches
from model.engine.interpreter import Interpreted
from model.engine.rule_source import RuleError
from model.engine.state import State
from model.parameters import describe
from model.step import QUARTER

EVENTS = [event for event in QUARTER if isinstance(event, ForEach)]
# Those that run together: the regional quarter, and the closed economy that takes its place.
TOGETHER = [
    [event for event in EVENTS if switches(event.when).get("closed_economy", False) is closed]
    for closed in (False, True)
]
EITHER = pytest.mark.parametrize("events", TOGETHER, ids=["regional", "closed"])
DEFAULTS = dict(Rules().items())
# Building has begun, so that each of its events does something in the one quarter that a test runs.
NUMBERS = Parameters(building_start=-400).numbers()
SEED = 7


def filled(seed=0, firms=40, cities=5, providers=3):
    """Tables of a small country with random values, plausible by their units."""
    rows = {
        "firms": firms, "cities": cities, "tiers": 4, "city_tiers": cities * 4, "providers": providers,
        "offers": 2 * providers, "kinds": 3, "services": 6, "city_kinds": cities * 3,
        "city_services": cities * 6, "city_pairs": cities**2, "city_offers": cities * 2 * providers,
        "nation": 1,
    }  # fmt: skip
    state, rng = State(rows, REGIONAL), np.random.default_rng(seed)
    for table, columns in REGIONAL.tables.items():
        for column in columns:
            state[table][column.name] = values(rng, column, rows, rows[table])
    return state


def values(rng, column, rows, count):
    if column.index_of:
        return rng.integers(0, rows.get(column.index_of, 2), count)
    ranges = {"0-1": 1.0, "fraction": 1.0, "km": 3e3, "ms": 60.0, "1/10 ms": 0.1}
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


# ── Both engines ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_gives_the_same_bits_interpreted_and_compiled(event):
    for seed in range(8):
        by_hand = run([event], filled(seed), "interpreted", parameters=numbers(seed), steps=2)
        compiled = run([event], filled(seed), "compiled", parameters=numbers(seed), steps=2)
        assert_same_bits(by_hand, compiled)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_writes_its_columns_and_totals_and_nothing_else(event):
    before, after = filled(1), run([event], filled(1), "compiled")
    written = {(event.table, rule) for rule in event.rules if rule in after[event.table]}
    written.add(("nation", "quarter"))  # the engine's own
    prefixes = {"nation_": "nation", "city_tier_": "city_tiers", "city_": "cities"}
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


# ── Chunks and threads ───────────────────────────────────────────────────────────────────────────


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


def test_many_quarters_in_one_call_give_the_same_bits(monkeypatch):
    monkeypatch.setattr(model.engine.engine, "CHUNK_ROWS", 7)
    # Sums, pairs, draws, and an event of every other quarter; more would only take longer to compile.
    events = [event for event in EVENTS if event.name in ("city_firms", "overhead", "wage")]
    events += [dataclasses.replace(event, every=2) for event in EVENTS if event.name == "entering"]
    recorded = (("cities", "wage"), ("firms", "entering"), ("nation", "quarter"))
    engines = [Engine(events, filled(6), DEFAULTS, NUMBERS, SEED) for _ in range(2)]
    one, other = (
        engine.run(-3, 5, recorded, whole) for engine, whole in zip(engines, (False, True), strict=True)
    )
    assert len(events) == 4
    assert engines[1].drivers
    assert_same_bits(engines[0].state, engines[1].state)
    for kept, also in zip(one, other, strict=True):
        assert np.array_equal(kept, also)
    assert other[1].shape == (5, 40)
    assert other[2].ravel().tolist() == [-3, -2, -1, 0, 1]


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


def test_an_engine_is_asked_for_by_a_name_that_exists():
    with pytest.raises(ValueError, match="engine 'fast' is unknown: it is one of compiled, interpreted"):
        Engine([], filled(), {}, {}, 1, "fast")
    with pytest.raises(ValueError, match="threads must be at least 1, not 0"):
        Engine([], filled(), {}, {}, 1, "compiled", 0)


# ── A user's rules ───────────────────────────────────────────────────────────────────────────────

OFFSET = 0.25
FACTOR = 3
MARKS = {"high": 2.0, "low": 0.5}


def saturating(x):
    return x / (1.0 + x)


def scaled(factor):
    def rule(wage):
        return factor * wage

    return rule


def powered(wage, wage_elasticity):
    """Wage to a power, and two to the minus wage."""
    return wage**wage_elasticity - 2**-wage


def with_math(talent):
    return math.exp(-talent) + np.log(1.0 + talent) + math.pow(talent, 1.5)


def with_helper(wage: float) -> float:
    return saturating(wage) + saturating(2.0 * wage)


def with_constants(talent):
    return OFFSET * talent + FACTOR


def early(business_environment):
    if business_environment > 0.5:
        return 1.0
    if business_environment > 0.25:
        return business_environment**2.0
    return 0


def looped(wage):
    total = 0.0
    for n in range(1, 5):
        total += wage / n
    return total


def drawn(draw_luck, draw_other):
    return draw_luck - draw_other


def from_earlier(budget, data_stock):
    return budget + data_stock


def luck(row):
    one, other = (stream_key(SEED, f"cities.{name}", -1) for name in ("luck", "other"))
    return uniform(one, row) - uniform(other, row)


# Column → rule, and what the rule must give from the row's columns before.
MINE: dict[str, tuple[Any, Any]] = {
    "budget": (powered, lambda c, i: c["wage"][i] ** 3.0 - 2.0 ** -c["wage"][i]),
    "data_stock": (
        with_math,
        lambda c, i: math.exp(-c["talent"][i]) + math.log(1.0 + c["talent"][i]) + c["talent"][i] ** 1.5,
    ),
    "innovation": (with_helper, lambda c, i: saturating(c["wage"][i]) + saturating(2.0 * c["wage"][i])),
    "entrants": (with_constants, lambda c, i: 0.25 * c["talent"][i] + 3.0),
    "exits": (scaled(1.75), lambda c, i: 1.75 * c["wage"][i]),
    "attention": (early, lambda c, i: early(c["business_environment"][i])),
    "compute_use": (looped, lambda c, i: c["wage"][i] * 25.0 / 12.0),
    "arrivals": (drawn, lambda c, i: luck(i)),
    "data": (from_earlier, lambda c, i: MINE["budget"][1](c, i) + MINE["data_stock"][1](c, i)),
}


@pytest.fixture(scope="module")
def own_rules():
    """A country before, and after one event made of a user's rules in either engine."""
    event = for_each("a user's rules", "cities", *MINE)
    rules = {name: rule for name, (rule, _) in MINE.items()}
    states = {mode: run([event], filled(8, cities=30), mode, rules) for mode in model.engine.engine.ENGINES}
    return filled(8, cities=30), states


@pytest.mark.parametrize("column", list(MINE))
def test_a_users_rule_gives_what_it_says(own_rules, column):
    before, states = own_rules
    expected = [MINE[column][1](before["cities"], row) for row in range(30)]
    assert states["compiled"]["cities"][column] == pytest.approx(expected, rel=1e-13)


def test_users_rules_give_the_same_bits_interpreted_and_compiled(own_rules):
    assert_same_bits(*own_rules[1].values())


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


# ── Anything Python has ──────────────────────────────────────────────────────────────────────────


@interpreted
def permit_speed(redundancy, digital_governance):
    """A rule with a dictionary and a table of pandas in it."""
    table = pd.Series({"paper": 1.0 - digital_governance, "delay": MARKS["high"] * redundancy})
    return 1.0 / (1.0 + table.prod())


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interpreted_rule_mixes_with_compiled_ones(monkeypatch, threads):
    loops = []

    class Recorded(Interpreted):
        def __init__(self, bound, *rest):
            loops.append(bound.event.name)
            super().__init__(bound, *rest)

    monkeypatch.setattr(model.engine.engine, "Interpreted", Recorded)
    mine = dict(Rules(permit_speed=permit_speed).items())
    before, after = filled(9), run(TOGETHER[0], filled(9), "compiled", mine, threads=threads)
    # Only the event of that rule is a loop in Python; the other rules of the event run there too.
    assert loops == ["budget"]
    cities = before["cities"]
    delay = 2.0 * cities["redundancy"] * (1.0 - cities["digital_governance"])
    assert after["cities"]["permit_speed"] == pytest.approx(1.0 / (1.0 + delay), rel=1e-13)
    assert_same_bits(after, run(TOGETHER[0], filled(9), "interpreted", mine))


# ── What is refused ──────────────────────────────────────────────────────────────────────────────


def start(mode="compiled", **rules):
    """An engine for the wages of cities and the quality of firms, with these rules."""
    events = [for_each("wages", "cities", "wage"), for_each("quality", "firms", "quality")]
    named = {"wage": scaled(1.0), "quality": reads_own}
    return Engine(events, filled(), {**named, **rules}, NUMBERS, SEED, mode)


def reads_own(quality):
    return quality


def misspelt(city_talnt):
    return city_talnt


def many(*numbers):
    return sum(numbers)


def reads_marks(wage):
    return wage * MARKS["high"]


def reads_the_supplier(supplier_quality):
    return supplier_quality


def spelt_out(wage):
    return float.fromhex(wage.hex())


@pytest.mark.parametrize("mode", model.engine.engine.ENGINES)
def test_a_rule_that_cannot_be_bound_is_refused_with_place_and_nearest_name(mode):
    line = misspelt.__code__.co_firstlineno
    answer = rf"rule quality \(.*test_engine_rules.py:{line}\) reads city_talnt, .*did you mean city_talent"
    with pytest.raises(RuleError, match=answer):
        start(mode, quality=misspelt)
    with pytest.raises(RuleError, match=r"many \(.*test_engine_rules.py:\d+\) takes \*numbers"):
        start(mode, wage=many)
    with pytest.raises(RuleError, match="reads quality of another row while event 'quality' writes it"):
        start(mode, quality=reads_the_supplier)


@pytest.mark.parametrize("mode", model.engine.engine.ENGINES)
def test_a_lambda_is_refused(mode):
    rules = {"wage": lambda wage: 2.0 * wage}
    with pytest.raises(RuleError, match="must be written with def, not as a lambda"):
        start(mode, **rules)


def test_a_compiled_rule_with_a_dictionary_is_refused_and_told_how_it_may_run():
    with pytest.raises(RuleError, match=r"reads_marks \(.*\) uses MARKS, a dict: .*mark it @interpreted"):
        start(wage=reads_marks)
    start("interpreted", wage=reads_marks).run(0)


def test_a_rule_that_numba_refuses_is_named_and_told_how_it_may_run():
    engine = start(wage=spelt_out)
    line = spelt_out.__code__.co_firstlineno
    refusal = (
        rf"rule wage \(.*test_engine_rules.py:{line}\) cannot be compiled: .*hex.*; mark it @interpreted"
    )
    with pytest.raises(RuleError, match=refusal):
        engine.run(0)
    start(wage=interpreted(spelt_out)).run(0)


def forgetful(wage):
    if wage > 1e9:
        return wage


def importing(wage):
    import math

    return math.exp(wage)


@pytest.mark.parametrize("rule", [forgetful, importing])
def test_whatever_keeps_a_rule_from_compiling_is_said_with_its_name(rule):
    with pytest.raises(RuleError, match=rf"rule wage \(.*:{rule.__code__.co_firstlineno}\)"):
        start(wage=rule).run(0)


def rooted(quality, age):
    """A root beside an elementary function, whose text is rewritten."""
    return math.exp(-age) + math.sqrt(quality * quality)


def passed_over(quality, age):
    """What is undefined here is not used where it is undefined."""
    root, ratio, rest, whole = math.sqrt(quality), age / quality, age % quality, age // quality
    rest %= quality
    return root + ratio + rest + whole if quality > 0.0 else np.sqrt(age)


def undefined(quality):
    return bare_root(quality)


@pytest.mark.parametrize("rule", [rooted, passed_over])
def test_what_is_undefined_decides_only_where_it_is_used(rule):
    columns = []
    for mode in ("interpreted", "compiled"):
        state = filled()
        state["firms"]["quality"][:4] = [0.0, -0.0, -1.0, 2.0]
        Engine((for_each("x", "firms", "quality"),), state, {"quality": rule}, NUMBERS, SEED, mode).run(0)
        columns.append(state["firms"]["quality"].copy())
    assert np.array_equal(*columns)


def test_a_root_of_a_negative_number_is_the_same_sentence_in_both_engines():
    said = []
    for mode in ("interpreted", "compiled"):
        state = filled()
        state["firms"]["quality"][:] = 1.0
        state["firms"]["quality"][3] = -1.0
        with pytest.raises(RuleError, match=r"rule quality .* gives no finite number for row 3") as told:
            Engine(
                (for_each("x", "firms", "quality"),), state, {"quality": undefined}, NUMBERS, SEED, mode
            ).run(0)
        said.append(str(told.value))
    assert said[0] == said[1]


def wordy(quality):
    return "text"


def test_a_compiled_rule_that_returns_a_text_is_refused_in_a_plain_sentence():
    with pytest.raises(RuleError, match=r"rule quality \(.*\)") as told:
        Engine((for_each("x", "firms", "quality"),), filled(), {"quality": wordy}, NUMBERS, SEED).run(0)
    assert "not a number" in str(told.value)
    assert "\x1b" not in str(told.value)
    assert "\n" not in str(told.value)
