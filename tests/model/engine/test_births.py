"""Rows that are born: free rows first, then a longer table, and nobody points to who was there."""

from dataclasses import replace

import numpy as np

from agents.columns import NO_PARTNER, Column
from model.engine.births import PARENT, Ends, bear, born, end, no_columns
from model.engine.engine import Engine
from model.engine.events import for_each
from model.engine.schema import Schema
from model.engine.state import State

SCHEMA = Schema(
    {
        "parents": (Column("wants", "flag", ""), Column("size", "m", ""), Column("alive", "flag", "", 1.0)),
        "children": (
            Column("alive", "flag", ""),
            Column("size", "m", "", start=7.0),
            Column("weight", "kg", "", start=3.0),
            Column("parent", "row", "", NO_PARTNER, "parents"),
            Column("friend", "row", "", NO_PARTNER, "children"),
        ),
        "nation": (),
    },
    {"children": {"parent_": ("parents", "parent"), "friend_": ("children", "friend")}},
    {},
    {"parent_": "parents", "child_": "children"},
)


def weight(weight):
    return weight + 1.0


def made():
    state = State({"parents": 4, "children": 2, "nation": 1}, SCHEMA)
    state["parents"]["size"] = [1.0, 2.0, 3.0, 4.0]
    births = born("", "children", "parents", "wants", {"parent": PARENT, "size": "size"})
    births = replace(births, at_work="alive", parents_at_work="alive")
    grows = for_each("", "children", weight, where="alive")
    return state, births, Engine([births, grows], state, {"weight": weight}, {}, 1, "interpreted")


def test_free_rows_are_taken_first_and_the_table_grows():
    state, births, engine = made()
    children, parents = state["children"], state["parents"]
    children["alive"] = [0.0, 1.0]
    children["friend"] = [1, 0]
    parents["wants"] = [1.0, 0.0, 1.0, 1.0]
    parents["alive"] = [1.0, 1.0, 1.0, 0.0]
    engine.run(0)
    assert children.rows > 3
    assert children["alive"][:4].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert children["parent"][:4].tolist() == [0, NO_PARTNER, 2, NO_PARTNER]
    assert children["size"][:4].tolist() == [1.0, 7.0, 3.0, 7.0]
    assert children["friend"][:3].tolist() == [NO_PARTNER] * 3
    assert children["weight"][:4].tolist() == [4.0, 4.0, 4.0, 3.0]  # the later event sees the longer columns
    rows = children.rows
    parents["wants"] = 0.0
    bear(births, state, engine.grow)
    assert children.rows == rows


def test_links_end_with_their_ends():
    state, _, _ = made()
    children = state["children"]
    children["alive"], children["parent"] = 1.0, [0, 3]
    state["parents"]["alive"][3] = 0.0
    end(
        Ends(
            "end", "", no_columns, table="children", ends=(("parent", "parents", "alive"),), at_work="alive"
        ),
        state,
    )
    assert children["alive"].tolist() == [1.0, 0.0]
    assert children["parent"].tolist() == [0, NO_PARTNER]
    assert np.array_equal(children["size"], [7.0, 7.0])
