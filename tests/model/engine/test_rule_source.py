"""Source of rules: rewritten identically for both engines."""

import ast
import inspect
import linecache
import math
import traceback
from math import exp

import numpy as np
import pytest

from agents import elementary, firm, innovation
from agents.rules import Rules
from model.engine.rule_source import (
    RuleError,
    arguments,
    as_python,
    collect_sources,
    fingerprint,
    free_names,
    interpreted,
    rewritten_ast,
    where,
)

# Python's own operators raise OverflowError where ours, as compiled code, return infinity: so a test can tell
# on every machine which of the two ran.
BIG, HUGE = 1000.0, 1e200
RATE = 0.25


def text_of(function):
    return ast.unparse(rewritten_ast(function))


def emitted(function, alias=None):
    seen = {}
    collect_sources(function, seen, alias)
    return seen


def made(source, space):
    """The last function of a source text, whose lines can be read back."""
    file = f"<made of {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)
    return space["rule"]


# ── What is rewritten ────────────────────────────────────────────────────────────────────────────


def powered(x, y):
    return x**y + 1.0


def with_math(x):
    return math.exp(x) + math.log(x) + math.pow(x, 0.5) + np.exp(x) + np.power(x, 2.0)


def imported(x):
    return exp(x)


def annotated(x: float, /, y: float = 1.0) -> float:
    """Says something."""
    z: float = x
    w: float
    w = z * y
    return w


def untouched(x, y):
    return max(x, y) * abs(x) / (1.0 + y)


def test_powers_and_elementary_functions_become_ours():
    assert text_of(powered) == "def powered(x, y):\n    return elementary_power(x, y) + 1.0"
    ours = "elementary_exp(x) + elementary_log(x) + elementary_power(x, 0.5)"
    assert text_of(with_math).endswith(f"return {ours} + elementary_exp(x) + elementary_power(x, 2.0)")
    assert free_names(with_math) == {
        "elementary_exp": elementary.exp,
        "elementary_log": elementary.log,
        "elementary_power": elementary.power,
    }


def test_documentation_and_annotations_go_and_arguments_stay():
    assert (
        text_of(annotated) == "def annotated(x, /, y=1.0):\n    z = x\n    pass\n    w = z * y\n    return w"
    )
    assert arguments(annotated) == ("x", "y")


def test_the_interpreted_form_uses_our_functions():
    assert as_python(powered)(HUGE, 2.0) == math.inf
    assert as_python(imported)(BIG) == math.inf
    assert as_python(with_math)(BIG) == math.inf
    assert as_python(powered)(2.0, 10.0) == 1025.0
    assert as_python(annotated)(3.0, 2.0) == 6.0


def test_what_needs_no_rewriting_runs_as_it_is():
    # So a debugger stops in the author's own function.
    assert as_python(untouched) is untouched
    assert as_python(innovation.innovation_probability) is innovation.innovation_probability


@pytest.mark.parametrize("name", list(Rules()))
def test_default_rules_run_as_they_are(name):
    assert as_python(Rules()[name]) is Rules()[name]


def broken(x):
    y = x**2.0
    # The line of what fails is the author's.
    return y / (x - x)


def test_a_traceback_points_into_the_authors_file():
    with pytest.raises(ZeroDivisionError) as caught:
        as_python(broken)(1.0)
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert frame.filename == __file__
    assert frame.line == "return y / (x - x)"
    assert where(broken) == f"{__file__}:{inspect.getsourcelines(broken)[1]}"


def powered_in_a_helper(x):
    return powered(x, 2.0)


def test_helpers_are_rewritten_too():
    assert emitted(powered_in_a_helper)["powered"] == text_of(powered)


def test_helpers_are_rewritten_in_the_interpreted_form_too():
    assert as_python(powered_in_a_helper)(HUGE) == math.inf


def test_a_library_function_is_replaced_where_the_module_has_ours_by_that_name():
    rule = made("def rule(x):\n    return math.exp(x)\n", {"math": math, "exp": elementary.exp})
    assert as_python(rule)(BIG) == math.inf


def augmented(x):
    x **= 2.0
    return x


def built_in_pow(x):
    return pow(x, 2.0)


@pytest.mark.parametrize("rule", [augmented, built_in_pow])
def test_every_way_to_write_a_power_is_rewritten(rule):
    assert as_python(rule)(HUGE) == math.inf


# ── What a rule uses from outside ────────────────────────────────────────────────────────────────


def outer(x):
    return inner(x) * RATE


def inner(x):
    return x + OFFSET


OFFSET = 2


def test_what_is_called_is_emitted_before_what_calls_it():
    seen = emitted(outer, "rule_outer")
    assert list(seen) == ["RATE", "OFFSET", "inner", "rule_outer"]
    assert seen["RATE"] == "RATE = 0.25"
    assert seen["rule_outer"].startswith("def rule_outer(x):")
    space = {}
    exec("\n".join(seen.values()), space)
    assert space["rule_outer"](2.0) == outer(2.0) == 1.0


def test_an_argument_may_share_its_name_with_a_function():
    assert "quality" not in free_names(innovation.quality)
    assert free_names(firm.supply) == {"exp": elementary.exp, "MOST_WORTH": firm.MOST_WORTH}


def scaled(factor):
    def rule(x):
        return factor * x**2.0

    return rule


def test_a_closure_brings_its_numbers():
    rule = scaled(3.0)
    assert free_names(rule)["factor"] == 3.0
    assert emitted(rule)["factor"] == "factor = 3.0"
    assert as_python(rule)(2.0) == 12.0


def power(load):
    return 3.0 * load


def electrical(x):
    return power(x)


def test_a_helper_may_be_called_power():
    assert as_python(electrical)(2.0) == 6.0


LIMIT = math.inf


def bounded(x):
    return x if x < LIMIT else 0.0


def test_a_constant_may_be_infinite():
    space = {}
    exec("\n".join(emitted(bounded).values()), space)
    assert space["bounded"](1.0) == 1.0


def same_name(factor):
    def helper(x):
        return factor * x if factor > 2.0 else x - factor

    def rule(x):
        return helper(x)

    return rule


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (scaled(2.0), scaled(3.0)),
        (same_name(2.0), same_name(3.0)),
        (electrical, made("def power(x):\n    return x\n\ndef rule(x):\n    return power(x)\n", {})),
    ],
    ids=["numbers", "numbers of helpers", "helpers"],
)
def test_two_things_of_one_name_are_told_apart_or_refused(one, other):
    seen = {}
    try:
        collect_sources(one, seen, "rule_one")
        collect_sources(other, seen, "rule_other")
    except RuleError:
        return
    space = {"bits_of": elementary.bits_of, "float_of": elementary.float_of}
    exec("\n".join(seen.values()), space)
    assert space["rule_one"](2.0) == one(2.0)
    assert space["rule_other"](2.0) == other(2.0)


def test_two_rules_of_one_name_are_refused():
    seen = emitted(outer, "rule_quality")
    with pytest.raises(RuleError, match="two different functions are called rule_quality"):
        collect_sources(inner, seen, "rule_quality")


def rooted(quality):
    return np.sqrt(quality) + math.floor(quality)


def test_exact_functions_of_libraries_stay():
    assert "return np.sqrt(quality) + math.floor(quality)" in emitted(rooted)["rooted"]


@interpreted
def free(quality):
    return quality


def test_an_interpreted_rule_is_called_as_it_is():
    assert as_python(free) is free


# ── Fingerprints ─────────────────────────────────────────────────────────────────────────────────


def test_a_fingerprint_is_that_of_the_text_and_of_all_it_calls():
    source = "def rule(x):\n    return helper(x) * SCALE\n"

    def variant(helper="def helper(x):\n    return x\n", scale=2.0, rule=source):
        return fingerprint(made(helper + rule, {"SCALE": scale}))

    first = variant()
    assert len(first) == 16
    assert variant() == first
    assert (
        variant(rule='def rule(x):\n    """Other words."""\n    # and a remark\n    return helper(x)*SCALE\n')
        == first
    )
    assert variant(helper="def helper(x):\n    return 2.0 * x\n") != first
    assert variant(scale=3.0) != first
    assert variant(rule=source.replace("*", "+")) != first


def test_default_rules_have_fingerprints_of_their_own():
    prints = {fingerprint(rule) for _, rule in Rules().items()}
    assert len(prints) == len(list(Rules()))
