"""Errors of Numba as messages on the rule that it refuses."""

from __future__ import annotations

import contextlib
import re

from model.engine.binding import BoundEvent
from model.engine.compile.compile_kernel import load_kernel
from model.engine.compile.kernel_source import procedure_text
from model.engine.rule_source import RuleError, where

COLOURS = re.compile(r"\x1b\[\d*m")  # that Numba writes into its messages
ADVICE = "mark it @interpreted to run it as plain Python"
NUMBERS = ("float", "int", "uint", "bool", "Literal[int]", "Literal[bool]")


def is_compile_error(error: Exception) -> bool:
    """Return whether Numba refused the code; a few of its errors are plain TypeErrors."""
    return isinstance(error, TypeError) or type(error).__module__.startswith("numba")


def short_message(error: Exception) -> str:
    """Return the message of an error on one line of at most 300 characters."""
    return " ".join(COLOURS.sub("", str(error)).split())[:300]


def explain_compile_error(error: Exception, bound: BoundEvent) -> Exception:
    """Return an error that names the refused rule, found by compiling each alone; else the error itself."""
    for rule in bound.rules:
        prefix = f"rule {rule.name} ({where(rule.function)})"
        try:
            alone = load_kernel(f"try_{rule.name}", procedure_text(rule.function))
            with contextlib.suppress(ArithmeticError, ValueError):  # that these numbers may raise
                alone(*(1.5 for _ in rule.reads))
            result = str(alone.nopython_signatures[0].return_type)  # type: ignore[attr-defined]
        except Exception as refused:
            if is_compile_error(refused):
                return RuleError(f"{prefix} cannot be compiled: {short_message(refused)}; {ADVICE}")
            continue
        if result.startswith(("none", "Optional", "OptionalType")):
            return RuleError(f"{prefix} cannot be compiled: it does not return a number on every path")
        if not result.startswith(NUMBERS):
            return RuleError(f"{prefix} cannot be compiled: it returns {result}, not a number")
    return error
