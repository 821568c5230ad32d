"""Pages of state columns and rules: each is there, and what a small economy says."""

from __future__ import annotations

import pytest

from agents.columns import Column
from agents.rules import Rules
from experiments.pages.odd_pages import rules_page, state_page
from model.economy.regional_schema import REGIONAL
from model.engine.events import for_each, procedure
from model.engine.schema import Schema
from model.step import QUARTER


def test_every_column_and_every_rule_is_there():
    state, rules = state_page(), rules_page()
    for columns in REGIONAL.tables.values():
        for column in columns:
            assert f"| `{column.name}` |" in state
            assert column.meaning.replace("|", "\\|") in state
    for name in Rules():
        assert f"**`{name}`**{{ #rule-{name} }}" in rules
    for event in QUARTER:
        assert f"\n## {event.name} {{ #{event.name} }}" in rules


def doubled(size):
    """Twice the size."""
    return 2.0 * size


def meet(thing_size):
    """All sizes meet."""
    thing_size[:] = 0.0


def test_what_a_page_says_of_an_economy_of_one_rule():
    schema = Schema(
        {"things": (Column("size", "m", "how large", start=1.0, when="firms"),)}, {}, {}, {"thing_": "things"}
    )
    events = (procedure("they meet", meet, every=4),)
    text = rules_page(schema, events)
    assert "## meet { #meet }" in text
    assert "They meet. Every 4 quarters." in text
    assert "All sizes meet." in text
    assert "- *columns* `thing_size`" in text
    with pytest.raises(KeyError):  # a table without a word on what its rows are
        state_page(schema, ())
    with pytest.raises(KeyError):  # an event with a rule that the model does not have
        rules_page(schema, (for_each("double", "things", "doubled"),))
