"""The order of events: which there are, and that each rule is named by its function."""

import pytest

from agents.rules import Rules
from model.engine.events import ForEach, switches
from model.parameters import Parameters
from model.step import CLOSED, CLOSED_QUARTER, QUARTER, REGIONAL_QUARTER

EVENTS = [event for event in QUARTER if isinstance(event, ForEach)]


def test_every_rule_is_applied_once_a_quarter():
    assert sorted(rule for event in EVENTS for rule in event.rules) == sorted(Rules())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_an_event_names_its_rules_by_the_functions_that_a_run_applies(event):
    assert dict(zip(event.rules, event.functions, strict=True)) == {n: Rules()[n] for n in event.rules}


def test_the_closed_economy_replaces_all_other_events():
    assert all(switches(event.when)[CLOSED] for event in CLOSED_QUARTER)
    assert [event.name for event in QUARTER] == [e.name for e in (*REGIONAL_QUARTER, *CLOSED_QUARTER)]
    assert not any(switches(event.when)[CLOSED] for event in QUARTER[: len(REGIONAL_QUARTER)])


def test_no_two_events_share_a_name_and_parameters_switch_them():
    assert len({event.name for event in QUARTER}) == len(QUARTER)
    assert {name for event in QUARTER for name in switches(event.when)} <= set(Parameters.model_fields)
