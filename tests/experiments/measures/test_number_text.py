"""Numbers, estimates and names as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.measures.number_text import decimals, estimate, number, one_line, sized, verdict

Tables = dict[str, pd.DataFrame]
Summary = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("mean", "error", "value", "meaning"),
    [
        (12.345, 0.43, "+12.35 ± 0.43", "positive beyond two standard errors"),
        (-0.00456, 0.001, "−0.0046 ± 0.0010", "negative beyond two standard errors"),
        (1.0, 0.5, "+1.00 ± 0.50", "not distinguishable from zero"),
        (1234.5, 100.0, "+1,234 ± 100", "positive beyond two standard errors"),
        (0.0, 0.0, "0.00 ± 0.00", "exactly zero in every seed"),
        (0.0001, 3.0, "0.0 ± 3.0", "not distinguishable from zero"),
        (2.5, np.nan, "+2.50", "one seed, no standard error"),
        (2.5, None, "+2.50", "one seed, no standard error"),
        (np.nan, np.nan, "n/a", "not defined"),
        (None, None, "n/a", "not defined"),
        (np.inf, 1.0, "n/a", "not defined"),
    ],
)
def test_estimates_as_text(mean: Any, error: Any, value: str, meaning: str) -> None:
    assert estimate(mean, error) == value
    assert verdict(mean, error) == meaning


@pytest.mark.parametrize(
    ("mean", "error", "text"),
    [
        (-0.0163, 0.0068, "−0.016 ± 0.007"),
        (12.09, 0.12, "+12.1 ± 0.1"),
        (-13.4, 1.42, "−13 ± 1"),
        (0.0, 0.0, "0.00 ± 0.00"),
    ],
)
def test_a_wide_table_shows_one_figure_of_the_error(mean: float, error: float, text: str) -> None:
    assert estimate(mean, error, figures=1) == text


def test_a_table_may_set_the_decimals() -> None:
    assert estimate(1.9, 0.1666, decimals=2) == "+1.90 ± 0.17"
    assert estimate(12.0, None, decimals=2) == "+12.00"


def test_numbers_and_names_as_text() -> None:
    assert number(-1234.5678, 1) == "−1,234.6"
    assert number(-0.001, 2, signed=True) == "0.00"
    assert one_line("a\n b\t c") == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"


def test_a_number_of_any_unit_keeps_its_digits() -> None:
    values = (0.119, 1.19e-13, -3.4e12, 0.0, 0.001, -0.0009, None, 9_999_999.0)
    shown = [sized(value, 3, True) for value in values]
    minus = "\u2212"
    assert shown == [
        "+0.119",
        "+1.19e-13",
        f"{minus}3.40e+12",
        "0.000",
        "+0.001",
        f"{minus}9.00e-04",
        "n/a",
        "+9,999,999.000",
    ]


def test_small_numbers_keep_a_figure_of_their_error() -> None:
    assert [decimals(error) for error in (12.0, 0.4, 0.05, 0.004, 0.0003, 1e-9, None, float("nan"))] == [
        2,
        2,
        2,
        3,
        4,
        4,
        2,
        2,
    ]
