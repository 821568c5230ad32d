"""``Rules``: every replaceable rule by name, with its default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from agents import centre_investment as building
from agents import city_government, closed_economy, compute_provider, firm, technique, value_chain
from agents import wages as talent
from agents.suggestions import nearest
from agents.user_error import UserError

Rule = Callable[..., Any]

_MODULES = (
    firm, city_government, compute_provider, building, talent, value_chain, technique, closed_economy
)  # fmt: skip
_DEFAULTS: dict[str, Rule] = {
    name: value
    for module in _MODULES
    for name, value in vars(module).items()
    if callable(value) and getattr(value, "__module__", "") == module.__name__ and not isinstance(value, type)
}


class UnknownRuleError(UserError):
    """A rule name that the model does not have."""


class Rules:
    """The rules of a run: the defaults, with some replaced. Frozen.

    ``Rules(innovation_probability=mine)`` replaces one rule; the new one may read anything that the
    old one could, in any order. A rule that needs what Numba cannot compile is marked
    ``@interpreted``.

    Raises:
        UnknownRuleError: no rule has that name (answered with the nearest names).
        TypeError: the replacement is not a function.
    """

    __slots__ = ("_rules",)
    _rules: dict[str, Rule]

    def __init__(self, **replaced: Rule) -> None:
        for name, rule in replaced.items():
            if name not in _DEFAULTS:
                near = nearest(name, _DEFAULTS)
                hint = f"; did you mean {near}?" if near else ""
                raise UnknownRuleError(f"there is no rule {name!r}{hint}")
            if not callable(rule):
                raise TypeError(f"rule {name} must be a function, not {type(rule).__name__}")
        object.__setattr__(self, "_rules", {**_DEFAULTS, **replaced})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("rules are frozen: make new ones with Rules(name=function)")

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies and worker processes make it anew from what was replaced.
        return _remake, (self.replaced,)

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def items(self) -> list[tuple[str, Rule]]:
        """Names and functions."""
        return list(self._rules.items())

    @property
    def replaced(self) -> dict[str, Rule]:
        """The rules that are not the defaults."""
        return {name: rule for name, rule in self._rules.items() if rule is not _DEFAULTS[name]}


def _remake(replaced: dict[str, Rule]) -> Rules:
    return Rules(**replaced)
