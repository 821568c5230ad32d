"""IEEE semantics: what Python refuses to divide is inf or nan in both engines."""

import math
from math import sqrt as bare_root

import numpy as np
import pytest

from model.engine.engine import Engine
from model.engine.events import for_each
from model.engine.ieee_division import IEEE_OPERATIONS, ieee_div
from model.engine.rule_source import RuleError, as_python
from tests.support.random_economy import NUMBERS, SEED, filled


def test_an_undefined_quotient_is_not_a_number():
    assert ieee_div(1.0, 4.0) == 0.25
    assert math.isnan(ieee_div(0.0, 0.0))
    assert math.isnan(ieee_div(math.nan, 0.0))
    assert ieee_div(-1.0, 0.0) == -math.inf
    assert ieee_div(1.0, -0.0) == -math.inf


def test_other_operations_by_zero_and_the_root_of_a_negative_number():
    floor, rest, root = (function for _, function in list(IEEE_OPERATIONS.values())[1:4])
    assert (floor(7.0, 2.0), rest(7.0, 2.0), root(9.0)) == (3.0, 1.0, 3.0)
    assert (floor(7.0, 0.0), floor(-7, 0)) == (math.inf, -math.inf)
    assert math.isnan(rest(7.0, 0.0))
    assert math.isnan(root(-1.0))


def halved(quality):
    quality /= 0.0
    quality -= 0.0
    return quality


def test_a_division_in_place_may_be_by_zero():
    with pytest.raises(ZeroDivisionError):
        as_python(halved)(1.0)
    assert as_python(halved, ieee=True)(1.0) == math.inf


def rooted(quality, age):
    """A root next to an elementary function, whose text is rewritten."""
    return math.exp(-age) + math.sqrt(quality * quality)


def passed_over(quality, age):
    """What is undefined here is not used where it is undefined."""
    root, ratio, rest, whole = math.sqrt(quality), age / quality, age % quality, age // quality
    rest %= quality
    return root + ratio + rest + whole if quality > 0.0 else np.sqrt(age)


def undefined(quality):
    return bare_root(quality)


@pytest.mark.parametrize("rule", [rooted, passed_over])
def test_what_is_undefined_decides_only_where_it_is_used(rule):
    columns = []
    for mode in ("interpreted", "compiled"):
        state = filled()
        state["firms"]["quality"][:4] = [0.0, -0.0, -1.0, 2.0]
        Engine((for_each("x", "firms", "quality"),), state, {"quality": rule}, NUMBERS, SEED, mode).run(0)
        columns.append(state["firms"]["quality"].copy())
    assert np.array_equal(*columns)


def test_a_root_of_a_negative_number_is_the_same_sentence_in_both_engines():
    said = []
    for mode in ("interpreted", "compiled"):
        state = filled()
        state["firms"]["quality"][:] = 1.0
        state["firms"]["quality"][3] = -1.0
        with pytest.raises(RuleError, match=r"rule quality .* gives no finite number for row 3") as told:
            Engine(
                (for_each("x", "firms", "quality"),), state, {"quality": undefined}, NUMBERS, SEED, mode
            ).run(0)
        said.append(str(told.value))
    assert said[0] == said[1]
