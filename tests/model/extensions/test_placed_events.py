"""Rules inside events of the model, draws in procedures, columns that hold no row."""

import numpy as np
import pytest

from model import NO_PARTNER, AgentKind, Column, Extension, after, for_each, inside, procedure, wraps
from model.engine.draws import stream_key, uniforms
from model.engine.rule_source import RuleError
from model.extensions.extension import ExtensionError
from tests.support.small_run import assert_same, run

# ── Rules inside an event ────────────────────────────────────────────────────────────────────────


def effort(revenue, quality, city_ip_protection):
    return revenue * city_ip_protection / (1.0 + quality * quality)


@wraps
def research_spending(below, effort):
    return below + 0.0 * effort


def inner(**place):
    place = place or {"before": "research_spending"}
    columns = {
        "firms": Column("effort", "money", "an effort"),
        "cities": Column("efforts", "money", "of the city's firms"),
    }
    event = inside("revenue", effort, totals={"city_efforts": "effort"}, **place)
    return Extension("inner", rules=research_spending, columns=columns, events=event)


def test_a_rule_inside_an_event_is_read_by_later_rules_and_added_up(country):
    made = run(country, extension=inner(), engine="interpreted")
    assert_same(run(country, engine="interpreted"), made)
    firms = made.state["firms"]
    there = firms["effort"] > 0.0
    sums = np.bincount(firms["city"][there], weights=firms["effort"][there], minlength=12)
    assert sums.max() > 0.0
    plan = made.plan().set_index("event").loc["revenue"]
    assert "effort, research_spending" in plan["rules"]
    assert plan["own"] == "effort of inner, research_spending of inner"


def test_a_rule_inside_an_event_is_refused_where_it_does_not_fit(country):
    wrong = {
        "did you mean research_spending": lambda: inner(before="research_spendin"),
        "is placed inside 'move_talent', which works on whole columns": lambda: Extension(
            "wrong", events=inside("move_talent", effort)
        ),
        "never used": lambda: Extension("wrong", events=inside("revenue", effort)),
        "which has a rule profit": lambda: Extension("wrong", events=inside("revenue", "profit")),
    }
    for said, make in wrong.items():
        with pytest.raises(ExtensionError, match=said):
            run(country, extension=make())
    with pytest.raises(TypeError, match="inside takes an event"):
        inside("revenue")


# ── Draws in procedures ──────────────────────────────────────────────────────────────────────────


def pick(city_draw_pick, city_picked):
    for c in range(len(city_picked)):
        city_picked[c] = city_draw_pick[c]


def picked_twice(draw_pick):
    return draw_pick


def lottery(*procedures):
    columns = {"cities": [Column("picked", "draw", "drawn"), Column("picked_twice", "draw", "by a rule")]}
    events = [after("move_talent", procedure("a lottery", one)) for one in procedures]
    events.append(after(procedures[-1].__name__, for_each("again", "cities", picked_twice)))
    return Extension("lottery", columns=columns, events=events)


@pytest.mark.parametrize("engine", ["interpreted", "compiled"])
def test_a_procedure_draws_what_a_rule_of_the_table_draws(country, engine):
    made = run(country, extension=lottery(pick), engine=engine)
    cities = made.state["cities"]
    assert np.array_equal(cities["picked"], uniforms(stream_key(5, "cities.pick", 3), np.arange(12)))
    assert np.array_equal(cities["picked"], cities["picked_twice"])


def test_a_misspelt_draw_of_a_procedure_is_refused(country):
    def pick(firm_draw_succes, city_picked):
        city_picked[0] = firm_draw_succes[0]

    with pytest.raises(RuleError, match="firm_draw_succes, which is a new draw: did you mean draw_success"):
        run(country, extension=lottery(pick))


# ── No partner ───────────────────────────────────────────────────────────────────────────────────


def friend(friend, row, city_wage):
    return NO_PARTNER if row % 2.0 < 0.5 or city_wage < 0.0 else row - 1.0


def of_friend(friend_size, friend):
    return friend_size if friend >= 0.0 else -7.0


PEOPLE = AgentKind(
    "people",
    "person_",
    [
        Column("city", "row", "where", index_of="cities"),
        Column("friend", "row", "a friend, or none", start=NO_PARTNER, index_of="people"),
        Column("row", "row", "its own"),
        Column("size", "m", "how tall", start=3.0),
        Column("of_friend", "m", "how tall the friend is"),
        Column("of_friends", "m", "sum over those whose friend one is"),
    ],
    lambda: {"row": range(5)},
)
EVENTS = [
    after("move_talent", for_each("friends are found", "people", friend)),
    after(
        "friend",
        for_each("they look at each other", "people", of_friend, totals={"friend_of_friends": "size"}),
    ),
]


@pytest.mark.parametrize("engine", ["interpreted", "compiled"])
def test_a_column_of_rows_may_hold_none(country, engine):
    made = run(country, 1, extension=Extension("friends", agents=PEOPLE, events=EVENTS), engine=engine)
    people = made.state["people"]
    assert people["friend"].tolist() == [-1, 0, -1, 2, -1]
    assert people["of_friend"].tolist() == [-7.0, 3.0, -7.0, 3.0, -7.0]
    assert people["of_friends"].tolist() == [3.0, 0.0, 3.0, 0.0, 0.0]


def test_no_row_is_refused_in_a_column_that_does_not_start_with_it(country):
    strict = [Column("city", "row", "where", index_of="cities"), Column("other", "", "", index_of="people")]
    start = {"other": [0, NO_PARTNER]}
    one = Extension("strict", agents=AgentKind("people", "person_", strict, lambda: start))
    with pytest.raises(ExtensionError, match="for none, start it with NO_PARTNER"):
        run(country, 1, extension=one)
