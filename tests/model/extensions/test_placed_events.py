"""Draws in procedures, and columns that hold no row."""

import numpy as np
import pytest

from model import NO_PARTNER, AgentKind, Column, Extension, after, for_each, procedure
from model.engine.draws import stream_key, uniforms
from model.extensions.extension import ExtensionError
from tests.support.small_run import run

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
