"""The class of parameters with those of extensions."""

from __future__ import annotations

import copy
import pickle

import pytest

from model import Parameter, Parameters
from model.extensions.extended_parameters import extended_parameters
from model.parameters import ParameterError, describe

RATE = Parameter("own_rate", 0.5, 0.0, 1.0, "1/quarter", "a rate", "judgement", "Mine")
SLOTS = Parameter("own_slots", 3, 0, 9, "centres", "how many")


def test_parameters_of_extensions_come_last_with_their_type_and_range():
    made = extended_parameters((RATE, SLOTS))
    assert list(made.model_fields)[-2:] == ["own_rate", "own_slots"]
    row = describe("own_rate", made)
    assert (row["default"], row["low"], row["high"], row["type"]) == (0.5, 0.0, 1.0, "float")
    assert (row["unit"], row["meaning"], row["source"], row["group"]) == (
        "1/quarter",
        "a rate",
        "judgement",
        "Mine",
    )
    assert describe("own_slots", made)["type"] == "int"
    with pytest.raises(
        ParameterError, match=r"own_slots cannot be 2\.5: it must be a whole number from 0 to 9"
    ):
        made.checked(own_slots=2.5)
    assert "own_rate" not in Parameters.model_fields


def test_without_any_it_is_the_models_class_and_the_same_ones_give_the_same_class():
    assert extended_parameters(()) is Parameters
    assert extended_parameters((RATE,)) is extended_parameters((RATE,))


def test_values_are_copied_and_sent_to_workers():
    given = extended_parameters((RATE,)).checked(own_rate=0.25, firms=60)
    for other in (copy.deepcopy(given), pickle.loads(pickle.dumps(given))):
        assert other == given
        assert type(other) is type(given)
        assert other.model_dump(exclude_unset=True) == {"own_rate": 0.25, "firms": 60}
