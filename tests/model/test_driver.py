"""Whole runs in one compiled call: what cannot have changed is left out, and nothing else."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from model.driver import DriverText
from model.engine import Engine
from model.events import clear, each
from model.written import arrays_of

sys.path.insert(0, str(Path(__file__).parent))
import small_economy as economy

sys.path.pop(0)


def wage(wage, draw_rise):
    """Wages that rise now and then; zeros change their sign."""
    if wage == 0.0:
        return -wage if draw_rise < 0.5 else wage
    return wage + 1.0 if draw_rise < 0.3 else wage


def reach(cost, origin_wage, destination_region_tax):
    """Tells the two zeros apart."""
    return cost * math.copysign(1.0 + origin_wage, origin_wage) + destination_region_tax


def reach_by_second(cost, origin_wage, destination_wage):
    """Reads what changes of the second agent."""
    return cost / (3.0 + origin_wage + destination_wage)


def reach_by_nation(cost, nation_quarter):
    """Reads what changes in every step."""
    return cost + nation_quarter


def reach_from_itself(reach, origin_wage):
    """Goes on from its last value."""
    return 0.5 * reach + origin_wage


def cost(cost, draw_road):
    """New roads."""
    return 0.5 * cost if draw_road < 0.5 else cost


def wear(pair_reach):
    """Writes what a rule of pairs writes, too."""
    for k in range(len(pair_reach)):
        pair_reach[k] *= 0.5


PAIRS, WAGES = each("goods arrive", "pairs", "reach"), each("wages", "cities", "wage")


@pytest.mark.parametrize(
    ("rule", "more", "kept"),
    [
        (reach, (), True),
        (reach_by_nation, (), True),
        (reach_by_second, (), False),
        (reach_from_itself, (), False),
        (reach, (each("roads", "pairs", "cost"),), False),
        (reach, (clear("wear", wear),), False),
    ],
)
def test_rows_of_pairs_are_kept_only_while_nothing_that_they_read_changes(rule, more, kept):
    rules = {**economy.RULES, "wage": wage, "reach": rule, "cost": cost}
    engines = []
    for _ in range(2):
        state = economy.first_state()
        state["cities"]["wage"][:2] = 0.0
        engines.append(Engine([PAIRS, WAGES, *more], state, rules, economy.PARAMETERS, 4))
    one, other = engines
    text = DriverText(other.pieces, other.state, other.parameters, 100)
    assert text._keeps_rows(0, other.pieces[0][0]) == kept
    for first in (0, 6):
        records = [
            engine.run(first, 6, [("pairs", "reach")], whole)
            for engine, whole in ((one, False), (other, True))
        ]
        assert np.array_equal(records[0][0], records[1][0], equal_nan=True)
        assert np.array_equal(one.state["pairs"]["reach"], other.state["pairs"]["reach"], equal_nan=True)
        for engine in engines:  # between two calls tables are open to anyone
            engine.state["pairs"]["cost"][3:9] *= 2.0
            engine.state["pairs"]["reach"][2] = 7.0
    found = arrays_of(other.state)
    assert all(
        np.array_equal(array, found[name], equal_nan=True) for name, array in arrays_of(one.state).items()
    )
    assert rule is not reach or (records[0][0] < 0.0).any()  # a zero with its sign changed
