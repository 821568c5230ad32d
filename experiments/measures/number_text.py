"""Numbers and estimates as text."""

from __future__ import annotations

import math
from typing import TypeGuard

NOT_AVAILABLE = "n/a"
MINUS = "\u2212"


class Shown(str):
    """A number, or a mean and its error, as text, with all digits for programs that read it.

    Attributes:
        values: The numbers, each None if it is not defined.
    """

    values: tuple[float | None, ...]

    def __new__(cls, text: str, *values: float | None) -> Shown:
        """Return a text that shows these numbers."""
        made = super().__new__(cls, text)
        made.values = tuple(_plain(value) if _finite(value) else None for value in values)
        return made


def _plain(value: float) -> float:
    """Return a number of numpy as one of Python."""
    return getattr(value, "item", lambda: value)()


def _finite(value: float | None) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _decimals(size: float, digits: int) -> int:
    return min(6, max(0, digits - 1 - math.floor(math.log10(size)))) if size > 0 else 2


def number(value: float | None, decimals: int = 2, signed: bool = False) -> Shown:
    """Return a number with thousands separated, or ``n/a`` if it is not defined."""
    return Shown(_number(value, decimals, signed), value)


def general(value: float | None, digits: int = 4) -> Shown:
    """Return a number of any size with that many digits."""
    return Shown(f"{value:,.{digits}g}".replace("-", MINUS) if _finite(value) else NOT_AVAILABLE, value)


def _number(value: float | None, decimals: int, signed: bool) -> str:
    if not _finite(value):
        return NOT_AVAILABLE
    text = f"{abs(value):,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        return text  # no sign on a zero
    return (MINUS if value < 0 else "+" if signed else "") + text


def sized(value: float | None, decimals: int = 3, signed: bool = False) -> Shown:
    """Return a number that may have any unit: as a power of ten where decimals would hide or fold it."""
    if not _finite(value) or value == 0 or 10.0**-decimals <= abs(value) < 1e7:
        return number(value, decimals, signed)
    return Shown((MINUS if value < 0 else "+" if signed else "") + f"{abs(value):.2e}", value)


def decimals(error: float | None) -> int:
    """Return the decimals that show a figure of a standard error: 2 to 4, 2 if it is not known."""
    return max(2, min(4, _decimals(error, 1))) if _finite(error) else 2


def estimate(
    mean: float | None,
    error: float | None,
    signed: bool = True,
    decimals: int | None = None,
    figures: int = 2,
) -> Shown:
    """Return ``+12.35 ± 0.43``: mean and standard error, rounded to two figures of the error.

    Without an error, or with one that is mere rounding, the mean has three figures.

    Args:
        mean: ``n/a`` if it is not defined.
        error: Left out if it is not defined.
        signed: Whether a positive mean has a plus sign.
        decimals: Decimals of both, where every row of a table has the same.
        figures: Figures of the error, if ``decimals`` is not given.
    """
    return Shown(_estimate(mean, error, signed, decimals, figures), mean, error)


def _estimate(
    mean: float | None, error: float | None, signed: bool, decimals: int | None, figures: int
) -> str:
    if not _finite(mean):
        return NOT_AVAILABLE
    if decimals is None:
        sure = not _finite(error) or error <= 1e-9 * abs(mean)
        decimals = _decimals(abs(mean), 3) if sure else _decimals(error or 0.0, figures)
    text = _number(mean, decimals, signed)
    return f"{text} ± {_number(error, decimals, False)}" if _finite(error) else text


def sign_of(mean: float | None, error: float | None) -> int:
    """Return 1 or −1 beyond two standard errors of zero, else 0; 0 if no error is known."""
    if not (_finite(mean) and _finite(error)) or abs(mean) <= 2.0 * error:
        return 0
    return 1 if mean > 0 else -1


def verdict(mean: float | None, error: float | None) -> str:
    """Return a phrase on whether an effect is distinguishable from zero."""
    if not _finite(mean):
        return "not defined"
    if not _finite(error):
        return "one seed, no standard error"
    if mean == 0 and error == 0:
        return "exactly zero in every seed"
    words = {1: "positive beyond two standard errors", -1: "negative beyond two standard errors"}
    return words.get(sign_of(mean, error), "not distinguishable from zero")


def one_line(text: object, length: int = 28) -> str:
    """Return a name on one line, cut at ``length``."""
    words = " ".join(str(text).split())
    return words if len(words) <= length else words[: length - 1] + "…"
