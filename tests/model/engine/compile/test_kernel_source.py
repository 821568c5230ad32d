"""Source of kernels: a user's rules give, compiled, what they say."""

import math
from typing import Any

import numpy as np
import pytest

import model.engine.engine
from model.engine.binding import bind_for_each
from model.engine.compile.kernel_source import KernelSignature, header, kernel_text
from model.engine.draws import stream_key, uniform
from model.engine.events import for_each
from tests.support.random_economy import SEED, assert_same_bits, filled, run
from tests.support.things import SCHEMA

OFFSET = 0.25

FACTOR = 3


def saturating(x):
    return x / (1.0 + x)


def scaled(factor):
    def rule(wage):
        return factor * wage

    return rule


def powered(wage, wage_elasticity):
    """Wage to a power, and two to the minus wage."""
    return wage**wage_elasticity - 2**-wage


def with_math(talent):
    return math.exp(-talent) + np.log(1.0 + talent) + math.pow(talent, 1.5)


def with_helper(wage: float) -> float:
    return saturating(wage) + saturating(2.0 * wage)


def with_constants(talent):
    return OFFSET * talent + FACTOR


def early(business_environment):
    if business_environment > 0.5:
        return 1.0
    if business_environment > 0.25:
        return business_environment**2.0
    return 0


def looped(wage):
    total = 0.0
    for n in range(1, 5):
        total += wage / n
    return total


def drawn(draw_shock, draw_other):
    return draw_shock - draw_other


def from_earlier(budget, data_stock):
    return budget + data_stock


def shocks(row):
    one, other = (stream_key(SEED, f"cities.{name}", -1) for name in ("shock", "other"))
    return uniform(one, row) - uniform(other, row)


# Column → rule, and what the rule must give from the row's columns before.
MINE: dict[str, tuple[Any, Any]] = {
    "budget": (powered, lambda c, i: c["wage"][i] ** 3.0 - 2.0 ** -c["wage"][i]),
    "data_stock": (
        with_math,
        lambda c, i: math.exp(-c["talent"][i]) + math.log(1.0 + c["talent"][i]) + c["talent"][i] ** 1.5,
    ),
    "innovation": (with_helper, lambda c, i: saturating(c["wage"][i]) + saturating(2.0 * c["wage"][i])),
    "entrants": (with_constants, lambda c, i: 0.25 * c["talent"][i] + 3.0),
    "exits": (scaled(1.75), lambda c, i: 1.75 * c["wage"][i]),
    "attention": (early, lambda c, i: early(c["business_environment"][i])),
    "compute_use": (looped, lambda c, i: c["wage"][i] * 25.0 / 12.0),
    "arrivals": (drawn, lambda c, i: shocks(i)),
    "data": (from_earlier, lambda c, i: MINE["budget"][1](c, i) + MINE["data_stock"][1](c, i)),
}


@pytest.fixture(scope="module")
def own_rules():
    """A country before, and after one event made of a user's rules in either engine."""
    event = for_each("a user's rules", "cities", *MINE)
    rules = {name: rule for name, (rule, _) in MINE.items()}
    states = {mode: run([event], filled(8, cities=30), mode, rules) for mode in model.engine.engine.ENGINES}
    return filled(8, cities=30), states


@pytest.mark.parametrize("column", list(MINE))
def test_a_users_rule_gives_what_it_says(own_rules, column):
    before, states = own_rules
    expected = [MINE[column][1](before["cities"], row) for row in range(30)]
    assert states["compiled"]["cities"][column] == pytest.approx(expected, rel=1e-13)


def test_users_rules_give_the_same_bits_interpreted_and_compiled(own_rules):
    assert_same_bits(*own_rules[1].values())


# ── The text ─────────────────────────────────────────────────────────────────────────────────────


def size(size, growth, draw_shock):
    return size * (1.0 + growth * draw_shock)


def test_a_kernel_takes_arrays_then_parameters_then_keys_of_draws():
    event = for_each("they grow", "things", "size")
    bound = bind_for_each(event, {"size": size}, ["growth"], SCHEMA)
    signature = KernelSignature(bound)
    assert (signature.arrays, signature.parameters, signature.draws) == (
        [("things", "size")],
        ["growth"],
        ["shock"],
    )
    text = kernel_text(bound, signature)
    assert (
        "def kernel(outer_first, outer_last, first, last, width, things__size, p_growth, key_shock):" in text
    )
    assert "def rule_size(size, growth, draw_shock):" in text


def test_fast_arithmetic_may_fuse_a_product_and_a_sum_and_nothing_else():
    assert 'fastmath={"contract"}' in header("fast")
    assert "fastmath" not in header("strict")
