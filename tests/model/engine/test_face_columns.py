"""Methods that read only columns of their agent: called as functions of these, with the same numbers."""

from types import SimpleNamespace

import numpy as np
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


class Calling(Firm):
    """Methods that call others, or use the model."""

    def relocating(self):
        return self.worn()

    def worn(self):
        self.age += 1.0
        return 1.0

    def supply(self, quality_elasticity):
        self.seen = self.age
        return quality_elasticity * self.larger(self.quality) + self.model.offset + self.patience_left

    def larger(self, value):
        return max(value, self.age)

    def attention(self):
        self.model.state["firms"]["age"][self.row] = 1.0
        return self.age

    def budget(self):
        return self.model.pay(3.0) + self.age


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


def test_a_method_may_call_others_and_keep_its_agent_for_what_is_no_column():
    own = BoundRule(
        "supply",
        Calling.decisions()["supply"],
        (Source("face", "self", "firms"), Source("parameter", "quality_elasticity")),
    )
    found = as_function_of_columns(own, "firms", {"age": None, "quality": None}, ())
    assert found is not None
    rule, function = found
    assert rule.reads == (*own.reads, Source("own", "age", "firms"), Source("own", "quality", "firms"))
    agent = SimpleNamespace(model=SimpleNamespace(offset=0.25), patience_left=0.5)
    assert function(agent, 2.0, 3.0, 4.0) == 2.0 * 4.0 + 0.75
    assert function(agent, 2.0, 5.0, 4.0) == 2.0 * 5.0 + 0.75
    assert agent.seen == 5.0


@pytest.mark.parametrize("name", ["attention", "budget"])
def test_methods_that_may_change_what_they_read_are_left_alone(name):
    own = BoundRule(name, Calling.decisions()[name], (Source("face", "self", "firms"),))
    assert as_function_of_columns(own, "firms", {"age": None}, ()) is None


def test_columns_that_methods_write_are_read_and_written_in_place():
    agent = SimpleNamespace(row=1)
    for face, name, result in ((Careful, "exiting", 3.0), (Calling, "relocating", 1.0)):
        own = BoundRule(name, face.decisions()[name], (Source("face", "self", "firms"),))
        age = np.array([1.0, 2.0])
        found = as_function_of_columns(own, "firms", {"age": age}, ())
        assert found is not None
        assert found[0].reads == own.reads  # the column is not gathered
        assert found[1](agent) == result
        assert age.tolist() == [1.0, 3.0]
        # A result of the event of that name hides the column.
        assert as_function_of_columns(own, "firms", {"age": age}, {"age"}) is None


@pytest.mark.parametrize("name", ["adopter", "relocating", "revenue"])
def test_methods_that_need_the_agent_are_left_alone(name):
    assert as_function_of_columns(bound(name), "firms", {"age": None, "patience": None}, ()) is None


class ByRow(Careful):
    """The same decision, which asks for the agent."""

    def innovated(self, draw_success):
        self.seen = self.age
        me = self
        if me.age < 4.0:
            return 0.0
        return draw_success < me.innovation_probability


def test_both_ways_give_the_same_bits(country):
    def only(face):
        return type(face.__name__, (Firm,), {"innovated": face.decisions()["innovated"]})

    assert_same(run(country, faces=[only(Careful)]), run(country, faces=[only(ByRow)]))


class Spending(Firm):
    """It writes columns, by a method of its own too, and reads them again."""

    def innovated(self, draw_success):
        self.age, before = 2.5, self.age
        self.spend(0.25 * before)
        self.quality -= 0.01 * self.age
        return draw_success < 0.9 * self.innovation_probability * min(self.quality, 1.0)

    def spend(self, part):
        self.quality += part * self.age
        self.rung = 1


class SpendingByRow(Firm):
    """The same, which asks for the agent."""

    def innovated(self, draw_success):
        me = self
        me.age, before = 2.5, me.age
        me.quality += 0.25 * before * me.age
        me.rung = 1
        me.quality -= 0.01 * me.age
        return draw_success < 0.9 * me.innovation_probability * min(me.quality, 1.0)


def test_methods_that_write_columns_give_the_same_bits(country):
    one, other = run(country, faces=[Spending]), run(country, faces=[SpendingByRow])
    assert_same(one, other)
    assert one.state["firms"]["rung"].max() >= 1.0


class Remembering(Firm):
    """It keeps an attribute, and calls a method of its own."""

    def innovated(self, draw_success):
        self.seen = self.age
        return draw_success < self.chance(0.5)

    def chance(self, part):
        return part * self.innovation_probability


class RememberingByRow(Firm):
    """The same, which asks for the agent."""

    def innovated(self, draw_success):
        me = self
        me.seen = me.age
        return draw_success < 0.5 * me.innovation_probability


def test_attributes_of_agents_and_their_methods_give_the_same_bits(country):
    one, other = run(country, faces=[Remembering]), run(country, faces=[RememberingByRow])
    assert_same(one, other)
    seen = one.agents_by_type[Remembering].get("seen", handle_missing="default", default_value=-1.0)
    assert seen == other.agents_by_type[RememberingByRow].get(
        "seen", handle_missing="default", default_value=-1.0
    )
    assert max(seen) > 0.0


def test_a_method_made_by_exec_is_called_as_it_is():
    space = {"Firm": Firm}
    exec("class Made(Firm):\n    def exiting(self):\n        return self.age\n", space)
    rule = BoundRule("exiting", space["Made"].decisions()["exiting"], (Source("face", "self", "firms"),))
    assert as_function_of_columns(rule, "firms", {"age": None}, ()) is None
