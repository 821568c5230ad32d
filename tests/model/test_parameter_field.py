"""One parameter: its description, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from model.parameter_field import Parameter, description, unknown_parameter
from model.parameters import Parameters


def test_a_parameter_is_described_by_its_field():
    row = description("firms", Parameters)
    assert (row["default"], row["low"], row["type"], row["unit"]) == (10_000, 1, "int", "firms")


def test_an_integer_makes_a_whole_number():
    assert Parameter("one", 1, 0, 5, "firms", "number").field()[0] is int
    assert Parameter("half", 0.5, 0.0, 5.0, "firms", "number").field()[0] is float


@pytest.mark.parametrize(
    ("name", "said"), [("tax_rat", "did you mean tax_rate"), ("local_tax", "now called")]
)
def test_an_unknown_name_is_answered(name, said):
    assert said in unknown_parameter(name, Parameters)
