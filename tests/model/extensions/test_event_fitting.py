"""Rules inside events of the model: read, added up, refused where they do not fit."""

import numpy as np
import pytest

from model import Column, Extension, inside, wraps
from model.extensions.extension import ExtensionError
from tests.support.small_run import assert_same, run


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
