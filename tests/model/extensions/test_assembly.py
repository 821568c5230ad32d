"""How extensions are put on the model."""

from __future__ import annotations

import pickle

import pytest

from agents.columns import Column
from model import AgentKind, Extension, Parameter, after, for_each
from model.engine.rule_source import interpreted
from model.extensions.assembly import RENAMED_EVENTS
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.step import QUARTER


def kind(**changes):
    given = dict(table="things", prefix="thing_", columns=[Column("size", "m", "x", start=1.0)], start=dict)
    return AgentKind(**{**given, **changes})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (dict(agents=[kind(start=3)]), "start of things must be a function that returns its initial columns"),
        (dict(agents=[kind(face=3)]), "face of things must be a subclass of AgentView, not 3"),
        (dict(agents=[kind(face=Column)]), "face of things must be a subclass of AgentView, not <class"),
        (
            dict(parameters=[Parameter("rate", 0.5, 0.0, 1.0, "1", meaning=3)]),
            "parameter rate: meaning must be a text, not 3",
        ),
    ],
)
def test_parts_of_an_extension_are_what_they_must_be(parts, said):
    with pytest.raises(ExtensionError) as caught:
        extended(Extension(**{"name": "mine", **parts}))
    assert said in str(caught.value)


@interpreted
def free(quality):
    return quality


def test_an_extension_goes_to_worker_processes_and_comes_back():
    one = Extension(name="mine", rules={"quality": free})
    back = pickle.loads(pickle.dumps(one))
    assert back.name == "mine"
    assert back.rules["quality"] is free


def test_what_is_no_extension_is_refused():
    with pytest.raises(ExtensionError, match="extension cannot be 3: it is an Extension, Rules, a name"):
        extended(3)


@pytest.mark.parametrize(("old", "new"), RENAMED_EVENTS.items())
def test_an_event_that_was_renamed_is_found_by_its_old_name(old, new):
    said = f"{old}', which is not an event of the quarter; did you mean {new}"
    with pytest.raises(ExtensionError, match=said):
        extended(
            Extension("mine", rules={"quality": free}, events=[after(old, for_each("x", "firms", free))])
        )
    assert new in {event.name for event in QUARTER}
