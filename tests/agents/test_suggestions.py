"""Names, keys and values as sentences give them."""

from __future__ import annotations

from typing import Any

import pytest

from agents.suggestions import did_you_mean, nearest, shown, shown_key


@pytest.mark.parametrize(
    ("value", "longest", "expected"),
    [
        (1.5, 60, "1.5"),
        ("two\n lines", 60, "'two\\n lines'"),
        ([1, 2], 60, "[1, 2]"),
        ("abcdef", 8, "'abcdef'"),  # eight signs with its quotes
        ("abcdef", 7, "'abcdef…"),
    ],
)
def test_a_value_is_one_short_line(value: Any, longest: int, expected: str) -> None:
    assert shown(value, longest) == expected


def test_a_number_that_python_does_not_write_is_described() -> None:
    assert shown(10**5000) == "a whole number of thousands of digits"


def test_sixty_signs_are_shown_unless_told_otherwise() -> None:
    assert shown(10**59) == str(10**59)
    assert shown(10**60) == "1" + 59 * "0" + "…"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("wage", "wage"),
        ("工资", "工资"),
        ("", "''"),
        (" wage", "' wage'"),
        ("a\nb", "'a\\nb'"),
        ("k" * 60, "k" * 60),
        ("k" * 61, repr("k" * 60)),
    ],
)
def test_a_key_is_quoted_where_it_could_mislead(key: str, expected: str) -> None:
    assert shown_key(key) == expected


def test_the_nearest_names_come_first_and_no_others() -> None:
    known = ["innovation", "innovations", "wage", "wages", "waged", "wager", "city"]
    assert nearest("innovatoin", known) == "innovation or innovations"
    assert nearest("wage", known).count(" or ") == 2  # three at most
    assert nearest("wage", known, most=1) == "wage"
    assert nearest("zzz", known) == ""
    assert nearest("wgx", known, cutoff=0.9) == ""


def test_a_message_ends_with_the_nearest_names_or_something_else() -> None:
    known = ["innovation", "innovations", "wage"]
    assert did_you_mean("innovatoin", known) == "; did you mean innovation or innovations?"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("zzz", known, ": there is wage") == ": there is wage"
    assert did_you_mean("wgx", known, cutoff=0.9) == ""
