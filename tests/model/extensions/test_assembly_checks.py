"""Checks of the model with extensions: draws of procedures that are almost those of the model."""

import pytest

from model import Column, Extension, after, procedure
from model.engine.rule_source import RuleError
from model.extensions.extended_model import extended


def test_a_misspelt_draw_of_a_procedure_is_refused():
    def pick(firm_draw_succes, city_picked):
        city_picked[0] = firm_draw_succes[0]

    def lottery(**more):
        event = after("move_talent", procedure("a lottery", pick))
        return Extension("lottery", columns={"cities": Column("picked", "", "")}, events=event, **more)

    with pytest.raises(RuleError, match="firm_draw_succes, which is a new draw: did you mean draw_success"):
        extended(lottery())
    extended(lottery(draws="draw_succes"))
