"""Estimates as text: a mean with its standard error, and what the two together say."""

from __future__ import annotations

import math
from typing import Any

NOT_AVAILABLE = "n/a"
MINUS = "\u2212"


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _decimals(size: float, digits: int) -> int:
    return min(4, max(0, digits - 1 - math.floor(math.log10(size)))) if size > 0 else 2


def number(value: Any, decimals: int = 2, signed: bool = False) -> str:
    """A number with thousands separated; ``n/a`` where it is not defined."""
    if not _finite(value):
        return NOT_AVAILABLE
    text = f"{abs(value):,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        return text  # no sign on a zero
    return (MINUS if value < 0 else "+" if signed else "") + text


def estimate(mean: Any, error: Any, signed: bool = True) -> str:
    """``+12.3 ± 0.4``: the mean with its standard error, rounded to two figures of the error."""
    if not _finite(mean):
        return NOT_AVAILABLE
    if not _finite(error):
        return number(mean, _decimals(abs(mean), 3), signed)
    places = _decimals(error, 2) if error > 0 else _decimals(abs(mean), 3)
    return f"{number(mean, places, signed)} ± {number(error, places)}"


def sign_of(mean: Any, error: Any) -> int:
    """1 or −1 beyond two standard errors of zero, 0 within them or where no error is known."""
    if not (_finite(mean) and _finite(error)) or abs(mean) <= 2.0 * error:
        return 0
    return 1 if mean > 0 else -1


def verdict(mean: Any, error: Any) -> str:
    """In words, whether an effect can be told from zero."""
    if not _finite(mean):
        return "not defined"
    if not _finite(error):
        return "one seed, no standard error"
    if mean == 0 and error == 0:
        return "exactly zero in every seed"
    words = {1: "positive beyond two standard errors", -1: "negative beyond two standard errors"}
    return words.get(sign_of(mean, error), "not distinguishable from zero")


def one_line(text: Any, length: int = 28) -> str:
    """A name as a label: on one line, cut where it is too long."""
    words = " ".join(str(text).split())
    return words if len(words) <= length else words[: length - 1] + "…"
