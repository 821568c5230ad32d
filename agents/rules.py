"""``Rules``: every rule of the model by name; any may be replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType

from agents import (
    centre_carbon,
    centre_investment,
    centre_solvency,
    chips,
    city_government,
    city_income,
    closed_economy,
    compute_depth,
    compute_institutions,
    compute_provider,
    firm,
    innovation,
    research_cost,
    talent_training,
    technique,
    user_industry,
    value_chain,
    wages,
)
from agents.suggestions import did_you_mean
from agents.user_error import UserError

Rule = Callable[..., object]

_MODULES = (
    firm,
    innovation,
    city_government,
    city_income,
    research_cost,
    compute_provider,
    centre_investment,
    centre_solvency,
    wages,
    value_chain,
    technique,
    closed_economy,
    compute_institutions,
    talent_training,
    chips,
    centre_carbon,
    user_industry,
    compute_depth,
)


def _rules_of(module: ModuleType) -> dict[str, Rule]:
    """Return the functions that the module defines, except its helpers."""
    found = {name: value for name, value in vars(module).items() if isinstance(value, FunctionType)}
    helpers = getattr(module, "HELPERS", ())
    return {n: f for n, f in found.items() if f.__module__ == module.__name__ and n not in helpers}


_DEFAULTS = {name: rule for module in _MODULES for name, rule in _rules_of(module).items()}


class UnknownRuleError(UserError):
    """A rule name that the model does not have."""


class Rules:
    """The rules of a run: the defaults, with some replaced. Frozen.

    ``Rules(innovation_probability=mine)`` replaces one rule; the new one may read anything that the old one
    could, in any order. A rule that Numba cannot compile is marked ``@interpreted``.

    Raises:
        UnknownRuleError: No rule has that name (answered with the nearest names).
        TypeError: The replacement is not a function.
    """

    __slots__ = ("_rules",)
    _rules: dict[str, Rule]

    def __init__(self, **replaced: Rule) -> None:
        for name, rule in replaced.items():
            if name not in _DEFAULTS:
                raise UnknownRuleError(f"there is no rule {name!r}{did_you_mean(name, _DEFAULTS)}")
            if not callable(rule):
                raise TypeError(f"rule {name} must be a function, not {type(rule).__name__}")
        object.__setattr__(self, "_rules", {**_DEFAULTS, **replaced})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("rules are frozen: make new ones with Rules(name=function)")

    def __reduce__(self) -> tuple[object, ...]:
        # Copies and worker processes are made from the replaced rules.
        return _remake, (self.replaced,)

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def items(self) -> list[tuple[str, Rule]]:
        """Return names and functions."""
        return list(self._rules.items())

    @property
    def replaced(self) -> dict[str, Rule]:
        """Rules that are not the defaults."""
        return {name: rule for name, rule in self._rules.items() if rule is not _DEFAULTS[name]}


def _remake(replaced: dict[str, Rule]) -> Rules:
    return Rules(**replaced)
