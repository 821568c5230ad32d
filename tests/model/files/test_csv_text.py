"""CSV text: its separator and its header are found by the names of the columns."""

from __future__ import annotations

import pytest

from model.files.csv_text import MAX_ROW_TEXT, SEPARATORS, open_csv
from model.files.raw_table import TableFileError


def known(name: str) -> bool:
    return name.strip() in {"city", "gdp", "people"}


@pytest.mark.parametrize(("separator", "name"), SEPARATORS.items())
def test_every_separator_gives_the_same_rows(separator: str, name: str) -> None:
    text = "\n".join(separator.join(row) for row in (["city", "gdp"], ["A", "1"], ["", ""], ["B", "2"]))
    found = open_csv(text, "UTF-8", known)
    assert (found.header, found.header_row, found.separator) == (["city", "gdp"], 1, separator)
    assert list(found.rows([0, 1])) == [(2, ["A", "1"]), (4, ["B", "2"])]
    assert found.form == f"CSV, UTF-8, {name}"
    assert found.remarks == ([] if separator == "," else [f"cells separated by {name}"])


def test_a_title_and_the_line_for_excel_stand_above_the_header() -> None:
    found = open_csv("sep=;\nGDP of cities, in 2022\ncity;gdp\nA;1\n", "GB18030", known)
    assert (found.header, found.header_row) == (["city", "gdp"], 3)
    assert list(found.rows([0, 1])) == [(4, ["A", "1"])]
    assert found.remarks == [
        "encoding GB18030",
        "cells separated by semicolons",
        "row 2 left out, a title ('GDP of cities, in 2022')",
    ]


@pytest.mark.parametrize(
    ("text", "said", "row"),
    [
        ("", "is blank", 1),
        ('city,gdp\nA,"1', "cannot be split into cells", 2),
        ("city\n" + "x" * (MAX_ROW_TEXT + 1), "has a row of more than 4,000,000 characters", 2),
        ("city\n" + "," * 20_000, "has more than 16,384 cells", 2),
    ],
)
def test_rows_that_cannot_be_read_are_named(text: str, said: str, row: int) -> None:
    with pytest.raises(TableFileError, match=said) as refused:
        list(open_csv(text, "UTF-8", known).rows([0]))
    assert refused.value.row == row
