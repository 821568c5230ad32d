"""Rules whose source cannot be used: refused with the reason."""

import contextlib
import functools
import math

import pytest

from model.engine.rule_source import (
    RuleError,
    arguments,
    as_python,
    collect_sources,
    fingerprint,
    rewritten_ast,
)


def emitted(function):
    seen = {}
    collect_sources(function, seen)
    return seen


TABLE = {"east": 1.0}
NAME = "east"


def reads_a_dictionary(x):
    return TABLE["east"] * x


def reads_a_text(x):
    return x if NAME == "east" else 0.0


def reads_a_module(x):
    return math.sin(x)


@pytest.mark.parametrize(
    ("rule", "what"),
    [(reads_a_dictionary, "TABLE, a dict"), (reads_a_text, "NAME, a str")],
)
def test_a_compiled_rule_uses_numbers_and_functions_only(rule, what):
    with pytest.raises(
        RuleError, match=f"{rule.__name__} .*test_broken_rules.py:.*uses {what}.*@interpreted"
    ):
        emitted(rule)
    as_python(rule)


def test_a_compiled_rule_uses_no_library_function_whose_bits_may_differ():
    with pytest.raises(RuleError, match=r"reads_a_module .*test_broken_rules.py:.*uses math.*@interpreted"):
        emitted(reads_a_module)


GRID = ([0.5], [2.0])


def reads_a_grid(x):
    return GRID[1][0] * x


def test_a_tuple_is_refused_like_a_dictionary():
    with pytest.raises(RuleError, match="uses GRID, a tuple"):
        emitted(reads_a_grid)


def even(x):
    return 1.0 if x < 0.5 else odd(x - 1.0)


def odd(x):
    return 0.0 if x < 0.5 else even(x - 1.0)


def test_functions_may_call_each_other_where_nothing_is_compiled():
    assert as_python(even)(4.0) == 1.0


def any_number(*shares):
    return sum(shares)


def any_name(**shares):
    return sum(shares.values())


def by_name_only(x, *, y):
    return x + y


@pytest.mark.parametrize(
    ("rule", "name"), [(any_number, "shares"), (any_name, "shares"), (by_name_only, "y")]
)
def test_a_rule_names_each_thing_it_reads(rule, name):
    with pytest.raises(RuleError, match=rf"rule {rule.__name__} \(.*\) takes \*{name}"):
        arguments(rule)


short = lambda x: 2.0 * x  # noqa: E731


def test_a_lambda_is_refused():
    with pytest.raises(RuleError, match=rf"<lambda> \({__file__}:\d+\) must be written with def"):
        rewritten_ast(short)


def test_a_function_without_a_text_is_refused():
    space = {}
    exec("def rule(x):\n    return x\n", space)
    for function in (space["rule"], math.floor, functools.partial(even, x=2.0)):
        with pytest.raises(RuleError, match="cannot be read: define it with def"):
            rewritten_ast(function)


def doubled(function):
    @functools.wraps(function)
    def twice(x):
        return 2.0 * function(x)

    return twice


@doubled
def decorated(x):
    return x + 1.0


@functools.cache
def remembered(x):
    return x + 1.0


def test_a_decorator_counts_or_is_refused():
    try:
        seen = emitted(decorated)
    except RuleError:
        return
    space = {}
    exec("\n".join(seen.values()), space)
    assert space["decorated"](1.0) == decorated(1.0) == 4.0


def test_a_cached_function_is_refused():
    with pytest.raises(RuleError):
        rewritten_ast(remembered)


def factorial(x):
    return 1.0 if x < 1.0 else x * factorial(x - 1.0)


def test_a_function_that_calls_itself_is_emitted_once_or_refused():
    with contextlib.suppress(RuleError):
        assert list(emitted(factorial)) == ["factorial"]


def too_many(quality):
    return math.exp(quality, 2.0)


def test_what_a_rule_calls_has_its_number_of_arguments():
    with pytest.raises(RuleError, match=r"rule too_many .* calls exp with 2 arguments: it takes 1"):
        emitted(too_many)


def test_a_rule_that_cannot_be_compiled_has_a_fingerprint():
    assert fingerprint(reads_a_dictionary) != fingerprint(reads_a_text)
