"""Events that mix interpreted and compiled rules."""

import pandas as pd
import pytest

import model.engine.engine
from agents import elementary
from agents.columns import Column
from agents.rules import Rules
from model import Extension, RegionalModel, inside, wraps
from model.engine.binding import bind_for_each
from model.engine.engine import Engine
from model.engine.events import for_each
from model.engine.interpreter import Interpreted
from model.engine.mixed_events import split_event
from model.engine.rule_source import interpreted
from model.engine.schema import Schema
from model.engine.state import State
from tests.support.random_economy import TOGETHER, assert_same_bits, filled, run
from tests.support.small_run import SMALL, assert_same
from tests.support.small_run import run as run_model

MARKS = {"high": 2.0, "low": 0.5}


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


@interpreted
def basket_price(mix_price, city_voucher_relief):
    return mix_price * (1.0 - city_voucher_relief)


@interpreted
def supply(quality, technique_quality, quality_elasticity):
    return elementary.exp(quality_elasticity * (quality + technique_quality))


@pytest.mark.parametrize("rules", [[basket_price], [basket_price, supply]])
def test_compiled_rules_stay_compiled_around_interpreted_ones(country, monkeypatch, rules):
    parts = []

    class Recorded(Engine):
        def _compiled(self, bound, signature, text, state, stretch=()):
            if bound.event.name == "mix_price":
                low, high = stretch[:2]
                parts.append(bound.event.rules[low:high])
            return super()._compiled(bound, signature, text, state, stretch)

    monkeypatch.setattr("model.regional_model.Engine", Recorded)
    made = run_model(country, rules=Rules(**{rule.__name__: rule for rule in rules}))
    assert_same(run_model(country, engine="interpreted"), made)
    # The rule before the interpreted one writes no column, and the last of those after it reads its result.
    assert [part[0] for part in parts] == ["mix_price", "plain_cost"]
    assert parts[1][-2:] == ("unaided_cost", "unaided_share")
    assert "mix_price" not in made.state["city_tiers"]


def rule_of(text):
    """A rule of the name ``research_spending`` that a user edits."""
    if text == "first":

        def research_spending(revenue):
            return 0.05 * revenue

    else:

        def research_spending(revenue, lines, city_wage):
            return 0.04 * revenue + 0.0 * lines * city_wage

    return research_spending


def kernels(country, monkeypatch, **how):
    """Parts of an event in order: the rules in each, and the text of its kernel; nothing is compiled."""
    parts = []

    class Recorded(Engine):
        def _compiled(self, bound, signature, text, state, stretch=()):
            if bound.event.name == "revenue":
                low, high = stretch[:2] or (0, len(bound.rules))
                parts.append((bound.event.rules[low:high], text))
            return super()._compiled(bound, signature, text, state, stretch)

    monkeypatch.setattr("model.regional_model.Engine", Recorded)
    RegionalModel(SMALL.changed(burn_in=0), "none", 5, cities=country, **how)
    return parts


def test_a_changed_rule_is_all_that_is_compiled(country, monkeypatch):
    ((rules, whole),) = kernels(country, monkeypatch)
    assert len(rules) == 21
    for changed in ("first", "second"):
        parts = kernels(country, monkeypatch, rules=Rules(research_spending=rule_of(changed)))
        assert [len(rules) for rules, _ in parts] == [7, 1, 13]
        # What is around it is the kernel of the model's own event, which every run has.
        assert [text for _, text in parts if text != whole] == [parts[1][1]]
        assert len(parts[1][1]) < len(whole) / 5


def burden(revenue, city_wage):
    return 0.001 * revenue * city_wage


def burdened(burden, quality):
    return burden * quality


@wraps
def profit(below, burden):
    return below - burden


@pytest.mark.parametrize("kept", [False, True])
def test_rules_inside_a_long_event_leave_its_kernel_as_it_is(country, monkeypatch, kept):
    # Results of rules of the model that become columns are kept, too.
    columns = [Column("burdened", "money", ""), *([Column("research_cost", "money", "")] if kept else [])]
    own = Extension(
        "burden",
        rules=profit,
        columns={"firms": columns, "cities": Column("burden", "money", "")},
        events=[
            inside("revenue", burden, before="profit", totals={"city_burden": "burden"}),
            inside("revenue", burdened),
        ],
    )
    ((_, whole),) = kernels(country, monkeypatch)
    parts = kernels(country, monkeypatch, extension=own)
    assert [len(rules) for rules, text in parts if text == whole] == [11, 9, 0]
    assert [rules for rules, text in parts if text != whole] == [("burden", "profit"), ("burdened",)]
    monkeypatch.undo()
    made = run_model(country, extension=own)
    assert_same(run_model(country, engine="interpreted", extension=own), made)
    assert made.state["cities"]["burden"].sum() > 0.0
    assert not kept or made.state["firms"]["research_cost"].max() > 0.0


def partner(row):
    return row


@interpreted
def weight(partner_size):
    return partner_size


def test_an_event_that_moves_rows_is_not_split():
    tables = {
        "things": (
            Column("row", "", ""),
            Column("size", "m", "", start=2.0),
            Column("weight", "kg", ""),
            Column("partner", "", "", index_of="others"),
        ),
        "others": (Column("size", "m", ""),),
        "nation": (),
    }
    schema = Schema(tables, {"things": {"partner_": ("others", "partner")}}, {}, {"thing_": "things"})
    state = State({"things": 2, "others": 2, "nation": 1}, schema)
    state["things"]["row"], state["others"]["size"] = [1.0, 1.0], [5.0, 7.0]
    event = for_each("", "things", partner, weight)
    rules = {"partner": partner, "weight": weight}
    assert split_event(bind_for_each(event, rules, (), schema), state) is None
    Engine([event], state, rules, {}, 1).run(0)
    assert state["things"]["partner"].tolist() == [1, 1]
    assert state["things"]["weight"].tolist() == [5.0, 5.0]  # of the partner before
