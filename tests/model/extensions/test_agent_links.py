"""Rows that are born and end in a run: links between a bank and firms, agents of a user-defined kind."""

import numpy as np
import pytest

from model import (
    PARENT,
    AgentKind,
    Column,
    Extension,
    Links,
    Measure,
    RegionalModel,
    after,
    born,
    for_each,
)
from model.extensions.extension import ExtensionError
from tests.support.small_run import SMALL, assert_same, run

BANKS = AgentKind(
    "banks",
    "bank_",
    [Column("city", "row", "where", index_of="cities"), Column("lent", "money", "outstanding")],
    lambda: {"city": [0, 1, 2]},
)


def asks(draw_asking, age):
    """A third of the firms ask for a loan in a quarter."""
    return 1.0 if draw_asking < 0.33 and age > 0.0 else 0.0


def house_bank(draw_bank):
    return 0.0 if draw_bank < 0.4 else 1.0 if draw_bank < 0.8 else 2.0


def owed(owed):
    return owed * 0.5


def alive(owed):
    """A loan ends when little of it is left."""
    return 1.0 if owed > 0.3 else 0.0


def banking(**more):
    parts = {
        "agents": BANKS,
        "links": Links("loans", "bank", "firm", [Column("owed", "money", "outstanding", start=2.0)]),
        "columns": {
            "firms": [
                Column("asks", "flag", "wants a loan"),
                Column("house_bank", "row", "its bank", index_of="banks"),
                Column("debt", "money", "outstanding"),
            ]
        },
        "events": [
            after("renew_firms", for_each("firms ask", "firms", asks, house_bank, where="alive")),
            after(
                "asks",
                born("loans", "loans", "firms", "asks", {"bank": "house_bank", "firm": PARENT}),
            ),
            after(
                "born_loans",
                for_each(
                    "loans are repaid",
                    "loans",
                    owed,
                    alive,
                    where="alive",
                    totals={"bank_lent": "owed", "firm_debt": "owed"},
                ),
            ),
        ],
        "measures": Measure("loans", "loans.alive"),
    }
    return Extension("banking", **{**parts, **more})


@pytest.fixture(scope="module")
def lent(country):
    return run(country, 6, extension=banking(), engine="interpreted")


def test_links_are_born_grow_in_number_and_end_with_their_ends(lent):
    loans, firms, banks = lent.state["loans"], lent.state["firms"], lent.state["banks"]
    there = loans["alive"] > 0.5
    assert 20 < there.sum() <= loans.rows
    assert (firms["alive"][loans["firm"][there]] > 0.5).all()
    assert loans["owed"][there].min() > 0.3
    owed = np.bincount(loans["bank"][there], loans["owed"][there], 3)
    assert (owed <= banks["lent"] + 1e-12).all()
    ended = loans["firm"][~there]
    assert -1 in ended  # of those that ended before the last event
    measured = lent.measures()["loans"]
    assert measured.iloc[-1] == there.sum()
    assert len(lent.agents_by_type[lent.agent_types[-1]]) == there.sum()


def test_both_engines_and_copies_have_the_same_links(country, lent):
    again = run(country, 4, extension=banking())
    copy = again.fork()
    copy.run_until(6)
    assert_same(lent, copy)
    assert again.state["loans"].rows == copy.state["loans"].rows


def test_a_row_that_is_born_again_is_nobodys_friend(country):
    made = RegionalModel(SMALL, "none", 5, cities=country, extension=banking(), engine="interpreted")
    made.step()
    firms = made.state["firms"]
    closed = int(made.state["loans"]["firm"][made.state["loans"]["alive"] > 0.5][0])
    firms["exiting"][closed] = 1.0
    firms["alive"][closed] = 0.0
    made.step()
    loans = made.state["loans"]
    assert closed not in loans["firm"][loans["alive"] > 0.5]


def test_births_and_links_are_refused_where_they_do_not_fit(country):
    event = after("renew_firms", born("shops open", "shops", "cities", "opening"))
    shops = AgentKind("shops", "shop_", [Column("open", "flag", "")], lambda: {"open": [1.0]}, at_work="open")
    wrong = {
        "shops be born, which is no kind": Extension("wrong", events=event),
        "names opening, not a column of cities": Extension("wrong", agents=shops, events=event),
    }
    for said, one in wrong.items():
        with pytest.raises(ExtensionError, match=said):
            run(country, extension=one)
    with pytest.raises(ExtensionError, match="have an end shop, which is no prefix"):
        Extension("wrong", links=Links("loans", "shop", "firm"))
