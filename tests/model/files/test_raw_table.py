"""Headers below titles, and values of typed files as text."""

from __future__ import annotations

from datetime import date

import pytest

from model.files.raw_table import as_text, first_line, header_place


def known(name: str) -> bool:
    return name in {"city", "gdp", "people"}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["city", "gdp"], ["A", "1"]], (2, 0)),
        ([["A title"], ["", "in 2022"], ["city", "gdp", "other"]], (2, 2)),
        ([["a", "b", "c"], ["city", "gdp", "people"]], (0, 0)),  # a whole row of data ends the search
        ([["city"], ["city", "gdp"], ["A", "1"]], (2, 1)),
        ([["a"], ["b"]], (0, 0)),
        (
            [["place", "", "", "money", "size"], ["a", "city", "b", "gdp", "people"]],
            (3, 1),
        ),  # groups of columns
    ],
)
def test_the_header_is_the_row_with_most_known_names(rows: list[list[str]], found: tuple[int, int]) -> None:
    assert header_place(list(enumerate(rows, 1)), known) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (110000.0, "110000"),
        (1e20, "1e+20"),
        (0.1, "0.1"),
        (True, "True"),
        (date(2016, 4, 1), "2016-04-01"),
    ],
)
def test_values_become_the_text_of_a_csv_file(value: object, text: str) -> None:
    assert as_text(value) == text


def test_errors_of_other_libraries_become_one_printable_line() -> None:
    assert first_line(ValueError("a\x1bb\nc")) == "a?b"
    assert first_line(ValueError("")) == "ValueError"
    assert len(first_line(ValueError("x" * 1000))) == 200
