"""Rules worked by hand, and the draws for what economics asks of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from agents.rules import Rules
from model.engine.rule_source import arguments
from tests.support.long_version import examples

Case = tuple[Callable[..., float], float, dict[str, float]]
RULES = settings(max_examples=examples(15, 50), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_subnormal=False)


def case(rule: Callable[..., float], expected: float, **reads: float) -> Case:
    """A rule, what it must return, and all that it reads."""
    assert set(reads) == set(arguments(rule)), rule.__name__
    return rule, expected, reads


def for_each_case(cases: Sequence[Case]) -> Any:
    """A test of rule, expected and reads, once for each case."""
    names = [f"{rule.__name__}-{number}" for number, (rule, _, _) in enumerate(cases)]
    return pytest.mark.parametrize(("rule", "expected", "reads"), cases, ids=names)


def assert_all_worked(module: ModuleType, cases: Sequence[Case]) -> None:
    """Every default rule of the module has a case, and no other rule has."""
    rules = {name for name, rule in Rules().items() if rule.__module__ == module.__name__}
    assert {rule.__name__ for rule, _, _ in cases} == rules
