"""Interpreted events: what reads the agent, and errors of rules."""

import re
import sys

import pytest

from agents import elementary
from model import RegionalModel, Rules
from model.engine.engine import Engine
from model.engine.events import for_each
from model.engine.rule_source import RuleError, interpreted
from tests.support.small_run import SMALL, assert_same, run
from tests.support.things import things


def of_itself(self):
    return float(self.unique_id > 0)


def test_a_rule_that_reads_self_needs_agents():
    state = things()
    engine = Engine(
        [for_each("they look at themselves", "things", "size")],
        state,
        {"size": interpreted(of_itself)},
        {},
        1,
    )
    with pytest.raises(RuleError, match="a rule that reads self needs a RegionalModel"):
        engine.run(0)


def infinite(size):
    return size * 1e308 * 10.0


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_rule_whose_result_is_not_finite_is_named(mode):
    engine = Engine([for_each("they grow", "things", "size")], things(), {"size": infinite}, {}, 1, mode)
    with pytest.raises(RuleError, match=r"rule size .* gives no finite number for row 0 of things"):
        engine.run(0, 2)


def broken():
    raise LookupError("a bug")


def test_errors_of_the_models_own_rules_are_not_dressed_up(monkeypatch):
    """What fails in them is a bug, and its own traceback says most."""
    state = things(2)
    event = for_each("they grow", "things", "size")
    engine = Engine([event], state, {"size": broken}, {}, 1, mode="interpreted")
    with pytest.raises(RuleError, match=r"rule size .* fails for row 0 of things .*: LookupError: a bug"):
        engine.run(0)
    monkeypatch.setattr("model.engine.interpreter.is_user_defined", lambda function: False)
    with pytest.raises(LookupError, match="a bug"):
        engine.run(0)


# ── In the whole model ───────────────────────────────────────────────────────────────────────────


@interpreted
def supply(quality, technique_quality, quality_elasticity):
    return elementary.exp(quality_elasticity * (quality + technique_quality))


def divides(quality, technique_quality):
    return quality / (quality - quality)


@interpreted
def divides_too(quality):
    return quality / (quality - quality)


def survives(quality):
    return 1.0 / (1.0 + 1.0 / (quality - quality) ** 2.0) + 1.0


@interpreted
def nothing(quality):
    return None


@interpreted
def fails(quality):
    return {}["policy"]


def said(country, rule, **how) -> str:
    with pytest.raises(RuleError) as caught:
        run(country, rules=Rules(supply=rule), **how)
    return str(caught.value)


def test_a_result_that_is_not_finite_is_one_sentence_in_either_engine(country):
    line = divides.__code__.co_firstlineno
    sentences = {said(country, divides, **how) for how in ({}, {"engine": "interpreted"}, {"threads": 2})}
    assert len(sentences) == 1
    text = sentences.pop()
    assert text.startswith(f"rule supply ({__file__}:{line}) gives no finite number for row ")
    assert " of firms in quarter -2, where quality = " in text
    marked = said(country, divides_too)
    assert f"({__file__}:{divides_too.__code__.co_firstlineno + 2})" in marked
    assert marked.endswith("(it divides by zero)")


def test_an_infinite_number_on_the_way_is_the_same_in_both_engines(country):
    rules = Rules(supply=survives)
    assert_same(run(country, 1, rules=rules), run(country, 1, rules=rules, engine="interpreted"))


def test_what_an_interpreted_rule_does_wrong_is_said_with_its_line(country):
    text = said(country, nothing)
    assert re.search(
        r"returns None, not a number, for row \d+ of firms in quarter -2, where quality = ", text
    )
    text = said(country, fails)
    assert f"({__file__}:{fails.__code__.co_firstlineno + 2}) fails for row " in text
    assert text.endswith("KeyError: 'policy'")


def test_the_row_that_fails_is_named(country):
    @interpreted
    def supply(home_tier):
        if home_tier == 7:
            raise ValueError("no seven")
        return 1.0

    firms = RegionalModel(SMALL, "none", 5, cities=country, engine="interpreted").state["firms"]
    text = said(country, supply)
    row = int(re.search(r"for row (\d+) of firms", text)[1])
    assert firms["home_tier"][row] == 7
    assert text.endswith("where home_tier = 7: ValueError: no seven")


# ── Debugging ────────────────────────────────────────────────────────────────────────────────────


def test_a_debugger_stops_inside_an_interpreted_rule(country):
    """As pdb does: a trace function sees the lines of the person's own file, with the agent's numbers."""
    stops = []

    def trace(frame, event, argument):
        if frame.f_code is not supply.__code__:
            return trace if event == "call" else None
        if event == "line":
            stops.append((frame.f_lineno, frame.f_locals["quality"]))
        return trace

    made = RegionalModel(SMALL, "none", 5, cities=country, rules=Rules(supply=supply))
    firms = made.state["firms"]
    qualities = firms["quality"][firms["alive"] > 0.5].tolist()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        made.step()
    finally:
        sys.settrace(before)
    assert [quality for _, quality in stops] == qualities
    assert {line for line, _ in stops} == {supply.__code__.co_firstlineno + 2}


def test_breakpoint_in_a_rule_calls_the_debugger(country, monkeypatch):
    seen = []

    @interpreted
    def supply(quality, draw_mood):
        breakpoint()
        return 1.0 + draw_mood

    def hook():
        seen.append(sys._getframe(1).f_locals["draw_mood"])

    monkeypatch.setattr(sys, "breakpointhook", hook)
    RegionalModel(SMALL, "none", 5, cities=country, rules=Rules(supply=supply)).step()
    assert len(seen) > 100
    assert len(set(seen)) == len(seen)


class Policy:
    """A fitted policy, of which a rule is a method."""

    def __init__(self, step: float) -> None:
        self.step = step

    def size(self, size):
        return size + self.step


def test_a_method_of_an_object_is_a_rule():
    rule = interpreted(Policy(0.5).size)
    state = things()
    Engine([for_each("grow", "things", rule)], state, {"size": rule}, {}, 1).run(0, 2)
    assert state["things"]["size"].tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(RuleError, match="takes a function or a method, not"):
        interpreted(Policy(0.5))
