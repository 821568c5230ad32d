"""Rules around rules: ``@wraps`` marks a function that reads ``below``, the result of the rule that it wraps.

The function and the rule below it become one rule, which reads what either of them reads. Several extensions
may wrap the same rule: the first one listed is the innermost.
"""

from __future__ import annotations

import functools
import inspect
from types import FunctionType

from model.engine.events import Rule
from model.engine.rule_source import RuleError, arguments, as_python, is_interpreted

BELOW = "below"


def wraps[R: Rule](rule: R) -> R:
    """Mark a function as a rule around the rule of its name: it reads ``below``, the result of that rule.

    Raises:
        RuleError: It does not read ``below``.
    """
    if not isinstance(rule, FunctionType) or BELOW not in arguments(rule):
        raise RuleError(
            f"@wraps marks a function that reads {BELOW}, the result of the rule of its name: "
            f"def {getattr(rule, '__name__', 'research_spending')}({BELOW}, …)"
        )
    rule.wraps = True  # type: ignore[attr-defined]
    return rule


def is_wrapper(rule: Rule) -> bool:
    """Return whether a function is marked with ``@wraps``."""
    return bool(getattr(rule, "wraps", False))


@functools.lru_cache(maxsize=512)
def wrapped(name: str, rule: Rule, wrapper: Rule) -> Rule:
    """Return the rule of this name that a wrapper makes of another one, compiled if both are."""
    inner, outer = arguments(rule), arguments(wrapper)
    names = (*inner, *(argument for argument in outer if argument not in (*inner, BELOW)))
    if is_interpreted(rule) or is_interpreted(wrapper):
        return _interpreted(name, rule, wrapper, names)
    given = ", ".join(f"rule_below({', '.join(inner)})" if one == BELOW else one for one in outer)
    text = f"def {name}({', '.join(names)}):\n    return rule_around({given})\n"
    code = compile(text, wrapper.__code__.co_filename, "exec")
    space = {"rule_below": rule, "rule_around": wrapper, "__name__": wrapper.__module__}
    exec(code, space)
    made: Rule = space[name]  # type: ignore[assignment]
    made.source_text = text  # type: ignore[attr-defined]  # which no file holds
    made.around = wrapper  # type: ignore[attr-defined]  # whose place messages name
    return made


def _interpreted(name: str, rule: Rule, wrapper: Rule, names: tuple[str, ...]) -> Rule:
    below, around = as_python(rule), as_python(wrapper)
    inner = [names.index(argument) for argument in arguments(rule)]
    outer = [None if one == BELOW else names.index(one) for one in arguments(wrapper)]

    def made(*given: object) -> object:
        found = below(*(given[place] for place in inner))
        return around(*(found if place is None else given[place] for place in outer))

    kinds = [inspect.Parameter(one, inspect.Parameter.POSITIONAL_OR_KEYWORD) for one in names]
    made.__name__, made.__module__ = name, wrapper.__module__
    made.__signature__ = inspect.Signature(kinds)  # type: ignore[attr-defined]
    made.interpreted = True  # type: ignore[attr-defined]
    made.around = wrapper  # type: ignore[attr-defined]
    return made
