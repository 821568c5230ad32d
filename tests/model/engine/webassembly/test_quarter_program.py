"""The program of a quarter: calls in the order of events, arguments by name."""

import pytest

from model.engine.draws import stream_base
from model.engine.rule_source import RuleError, interpreted
from model.engine.webassembly.quarter_program import quarter_program
from tests.support.grouped_economy import engine


def test_calls_are_in_the_order_of_events_and_name_their_arguments():
    made = quarter_program(engine(rows=10, groups=2))
    assert [call.event for call in made.calls] == ["alive", "size", "reach", "pull_groups"]
    assert [call.every for call in made.calls] == [1, 1, 1, 2]
    assert made.calls[1].totals == ("groups.size", "nation.total")
    assert ("array", "members.group") in made.calls[1].arguments
    assert made.parameters == ["leaving", "growth"]
    assert made.streams == ["members.end", "members.growth"]
    assert made.bases(5)[1] == stream_base(5, "members.growth")


def test_an_interpreted_rule_is_named():
    small = engine(rows=10, groups=2)
    small.rules = {**small.rules, "size": interpreted(lambda size: size)}
    with pytest.raises(RuleError, match=r"event 'size' cannot be compiled.*interpreted"):
        quarter_program(small)
