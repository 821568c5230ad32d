"""Random rules and events of extensions: the same bits in both engines, or the same sentence."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from agents.columns import Column
from model import Extension, Parameter, Parameters, RegionalModel, after, before, for_each
from model.country.synthetic import synthetic_country
from model.economy.invariants import InvariantError
from model.economy.regional_schema import REGIONAL
from model.engine.engine import Engine
from model.engine.rule_source import RuleError
from model.engine.state import State
from model.step import QUARTER
from tests.properties.rule_grammar import HEAD, INVALID, Grammar
from tests.support.long_version import FULL, Note

TOGETHER = 16 if FULL else 4  # rules compiled in one event
NUMBERS = np.array([0.0, -0.0, 1.0, -1.0, 0.3, -2.5, 1e-310, 1e300, -1e300, 7.0, 123456789.0, 0.5])
NAMES = [f"r{k}" for k in range(TOGETHER)]
SCHEMA = dataclasses.replace(
    REGIONAL,
    tables={
        "cities": (
            *(Column(name, "1", "x") for name in ("a", "b", "e", "own", *NAMES)),
            Column("k", "row", "x", index_of="regions"),
        ),
        "regions": (Column("z", "1", "x"),),
        "nation": (),
    },
    through={},
    pairs={},
)
Rule = Callable[..., Any]


def begun() -> State:
    """A table of the numbers that make trouble, against each other."""
    rows = 6 * NUMBERS.size
    state = State({"cities": rows, "regions": 5, "nation": 1}, SCHEMA, {"rate": 0.5})
    rng = np.random.default_rng(1)
    state["cities"]["a"] = rng.permutation(np.tile(NUMBERS, 6))
    state["cities"]["b"] = rng.permutation(np.tile(NUMBERS, 6))
    state["cities"]["e"] = rng.normal(size=rows)
    state["cities"]["k"] = rng.integers(0, 5, rows)
    return state


def applied(rules: dict[str, Rule], engine: str) -> dict[str, np.ndarray] | str:
    """What the rules give in one event; the sentence, if they are refused."""
    state = begun()
    try:
        Engine((for_each("x", "cities", *rules),), state, rules, {"rate": 0.5}, 1, engine).run(0)
    except RuleError as error:
        return str(error)
    return {name: state["cities"][name].copy() for name in rules}


def loaded(text: str, path: Path) -> Rule:
    """The function ``own`` of a module with this text."""
    path.write_text(HEAD + text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule: Rule = module.own
    return rule


def written(folder: Path, elementary: bool) -> Iterator[Rule]:
    """Random rules, one after the other."""
    for number in itertools.count():
        yield loaded(Grammar(number, elementary).rule("own"), folder / f"rule_{number}_{elementary}.py")


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::SyntaxWarning")
def test_random_rules_give_the_same_bits_in_both_engines(tmp_path: Path, note: Note):
    """Those that give numbers are compiled many at once; of those that are refused some are, one by one."""
    same, refused, left = 0, 0, (20 if FULL else 1) * TOGETHER
    rules = written(tmp_path, elementary=FULL)
    while left > 0:
        good: dict[str, Rule] = {}
        expected: dict[str, np.ndarray] = {}
        while len(good) < TOGETHER:
            rule = next(rules)
            found = applied({"own": rule}, "interpreted")
            if isinstance(found, str):
                refused += 1
                assert "rule own (" in found
                if refused % 20 == 1:
                    assert applied({"own": rule}, "compiled") == found
                continue
            name = NAMES[len(good)]
            good[name], expected[name] = rule, found["own"]
        # The draws of a rule go by its own argument's name, so they are the same under another name.
        got = applied(good, "compiled")
        assert not isinstance(got, str), got
        for name, values in expected.items():
            assert values.tobytes() == got[name].tobytes(), Path(good[name].__code__.co_filename).read_text()
        same, left = same + len(good), left - len(good)
    note(what="random rules, compiled and interpreted", count=same + refused, faults=0, refused=refused)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("engine", ["interpreted", "compiled"])
def test_rules_that_cannot_be_are_refused_in_a_sentence(engine: str, tmp_path: Path, note: Note):
    chosen = list(INVALID.items())
    if engine == "compiled" and not FULL:
        chosen = [item for item in chosen if item[1] in ("takes *a", "RecursionError")]
    for number, (text, said) in enumerate(chosen):
        rule = loaded(text, tmp_path / f"invalid_{number}.py")
        found = applied({"own": rule}, engine)
        assert isinstance(found, str), text
        assert "\n" not in found
        assert "own" in found or "lambda" in found
        if engine == "interpreted":
            assert said in found, text
    note(what=f"invalid rules, {engine}", count=len(chosen), faults=0)


# ── Events ───────────────────────────────────────────────────────────────────────────────────────

COUNTRY = synthetic_country(10, 3)
RATE = Parameter("own_rate", 0.5, 0.0, 1.0, "1", "for a test")
ANCHORS = [event.name for event in QUARTER if event.when == "not closed_economy"]


def first(first, quality, draw_first, own_rate):
    return own_rate * first + draw_first * quality


def second(second, first, city_wage):
    return second + first * city_wage


def third(third, attention, draw_third):
    return 0.5 * third + attention * draw_third


def fourth(third, nation_revenue):
    return third + nation_revenue


OWN = {
    "first": ("firms", first),
    "second": ("firms", second),
    "third": ("cities", third),
    "fourth": ("cities", fourth),
}


def extension(places: dict[str, tuple[Callable[..., Any], str]]) -> Extension:
    """Those of the four events that have a place, in that order."""
    columns: dict[str, list[Column]] = {}
    for name in OWN:
        columns.setdefault(OWN[name][0], []).append(Column(name, "1", "for a test"))
    return Extension(
        "own",
        rules=[OWN[name][1] for name in places],
        parameters=[RATE],
        columns=columns,
        events=[how(anchor, for_each("x", OWN[name][0], name)) for name, (how, anchor) in places.items()],
    )


def run(own: Extension | None, engine: str = "interpreted") -> dict[tuple[str, str], bytes]:
    """Every number of a short run, held to all invariants."""
    model = RegionalModel(
        Parameters(firms=60, burn_in=1),
        "random_hosts",
        1,
        cities=COUNTRY,
        extension=own,
        engine=engine,
        check_invariants=True,
    )
    model.run_until(3)
    return {(name, c): table[c].tobytes() for name, table in model.state.tables.items() for c in table}


PLACE = st.tuples(st.sampled_from([before, after]), st.sampled_from(ANCHORS))


def test_events_that_touch_nothing_change_nothing_wherever_they_stand(note: Note):
    plain, count = run(None), 0

    @settings(max_examples=120 if FULL else 3, phases=[Phase.generate])
    @given(
        places=st.fixed_dictionaries(dict.fromkeys(OWN, PLACE)),
        names=st.permutations(list(OWN)),
        fewer=st.sets(st.sampled_from(list(OWN))),
    )
    def holds(places: dict[str, Any], names: list[str], fewer: set[str]) -> None:
        nonlocal count
        count += 2
        one = run(extension({name: places[name] for name in OWN}))
        assert {key: one[key] for key in plain} == plain
        # What has another anchor may be given in any order; an event that no other reads may be left out.
        alone = {places[name] for name in OWN if sum(places[name] == place for place in places.values()) == 1}
        if len(alone) == len(OWN):
            assert run(extension({name: places[name] for name in names})) == one
        kept = {name: places[name] for name in OWN if name not in fewer - {"first", "third"}}
        other = run(extension(kept))
        assert all(other[OWN[name][0], name] == one[OWN[name][0], name] for name in kept)

    holds()
    note(what="random events of extensions", count=count, faults=0)


def too_young(age, draw_slip):
    return -1.0 if draw_slip < 0.2 else age + 1.0


def leaking(workers, draw_leak):
    return workers * (1.0 - 1e-6 * draw_leak)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            {"age": too_young},
            r"firms\.age of row \d+ is -1: .* \(after event adoption_gain of quarter -1 of the burn-in",
        ),
        ({"workers": leaking}, r"the account of talent is .* \(after all events of quarter -1"),
    ],
)
def test_a_rule_that_breaks_an_invariant_is_named(rules, said):
    events = [after("move_talent", for_each("x", "city_pairs", "workers"))] if "workers" in rules else []
    with pytest.raises(InvariantError, match=said):
        run(Extension("own", rules=rules, events=events))
