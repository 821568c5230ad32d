"""Long events of the model, whose kernels run in stretches."""

from dataclasses import replace

from model import Parameters
from model.economy.regional_schema import REGIONAL
from model.engine.event_texts import LONG_TEXT, bound_event, event_text, long_event
from model.step import QUARTER

CONTEXT = (tuple(Parameters.model_fields), REGIONAL, frozenset())
EVENTS = {event.name: event for event in QUARTER}


def found(event, functions):
    return long_event(event, bound_event(event, functions, *CONTEXT)[0], CONTEXT, "strict")


def labour_share(revenue):
    """A user's rule with the name of a parameter, which rules of the model after it would read."""
    return 0.5 * revenue


def test_long_events_of_the_model_have_a_kernel_in_stretches():
    revenue, supply = EVENTS["revenue"], EVENTS["supply"]
    bound, signature, text = found(revenue, revenue.functions)
    assert signature.stretches
    assert len(text) > len(event_text((revenue, revenue.functions, *CONTEXT), "strict")) > LONG_TEXT
    assert all(f"made_{rule.name}" in text for rule in bound.rules)
    assert found(supply, supply.functions) is None


def test_a_kernel_serves_only_rules_that_read_the_same():
    revenue = EVENTS["revenue"]
    rules, functions = ("labour_share", *revenue.rules), (labour_share, *revenue.functions)
    assert found(replace(revenue, rules=rules, functions=functions, original=revenue), functions) is None
    last = replace(revenue, rules=(*revenue.rules, "labour_share"), original=revenue)
    assert found(last, (*revenue.functions, labour_share)) is not None
