"""Probes look at a run in the course of a quarter and leave it as it is."""

import numpy as np
import pytest

from model import after
from model.engine.rule_source import RuleError
from tests.support.small_run import assert_same, run


@pytest.mark.parametrize("engine", ["interpreted", "compiled"])
def test_a_probe_sees_columns_in_the_course_of_a_quarter(country, engine):
    seen = {}

    def watch(city_wage, nation_quarter, tax_rate, step):
        seen[step] = city_wage.copy(), nation_quarter[0], tax_rate

    made = run(country, 3, extension=after("wage", watch), engine=engine)
    assert list(seen) == [-2, -1, 0, 1, 2]
    assert seen[2][1:] == (2.0, 0.2)
    assert np.array_equal(seen[2][0], made.state["cities"]["wage"])
    assert_same(run(country, 3, engine=engine), made)
    assert "watch" in made.plan()["event"].to_list()


def test_a_probe_that_writes_or_fails_is_told(country):
    def writes(city_wage):
        city_wage[0] = 1.0

    def fails(step):
        step / (step - step)

    def unknown(city_wag):
        pass

    wrong = {
        "probe writes .* it writes to a column, which a probe cannot": writes,
        "probe fails .* in quarter -2: ZeroDivisionError": fails,
        "reads an unknown name, city_wag; did you mean city_wage": unknown,
    }
    for said, function in wrong.items():
        with pytest.raises(RuleError, match=said):
            run(country, 1, extension=after("wage", function), engine="interpreted")
