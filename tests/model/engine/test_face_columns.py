"""Methods that read only columns of their agent: called as functions of these, with the same numbers."""

import pytest

from agents.firm import Firm
from model.engine.binding import BoundRule, Source
from model.engine.face_columns import as_function_of_columns
from tests.support.small_run import assert_same, run


class Careful(Firm):
    """Methods of several kinds."""

    patience = 4.0

    def innovated(self, draw_success):
        if self.age < 4.0:
            return 0.0
        return draw_success < self.innovation_probability

    def adopter(self, adopter):
        return self.patience

    def exiting(self):
        self.age = 3.0
        return self.age

    def relocating(self):
        return self.helper()

    def revenue(self):
        return max(row.age for row in [self])

    def helper(self):
        return 1.0


def bound(name):
    function = Careful.decisions()[name]
    return BoundRule(name, function, (Source("face", "self", "firms"), Source("draw", "success")))


def test_columns_become_arguments():
    found = as_function_of_columns(bound("innovated"), "firms", {"age": None}, {"innovation_probability"})
    assert found is not None
    rule, function = found
    more = (Source("own", "age", "firms"), Source("value", "innovation_probability"))
    assert rule.reads == (Source("draw", "success"), *more)
    assert [function(0.5, age, 0.6) for age in (3.0, 4.0)] == [0.0, True]
    assert function.__code__.co_firstlineno == Careful.decisions()["innovated"].__code__.co_firstlineno


@pytest.mark.parametrize("name", ["adopter", "exiting", "relocating", "revenue"])
def test_methods_that_need_the_agent_are_left_alone(name):
    assert as_function_of_columns(bound(name), "firms", {"age": None, "patience": None}, ()) is None


class ByRow(Careful):
    """The same decision, which asks for the agent."""

    def innovated(self, draw_success):
        me = self
        if me.age < 4.0:
            return 0.0
        return draw_success < me.innovation_probability


def test_both_ways_give_the_same_bits(country):
    def only(face):
        return type(face.__name__, (Firm,), {"innovated": face.decisions()["innovated"]})

    assert_same(run(country, faces=[only(Careful)]), run(country, faces=[only(ByRow)]))
