"""Columns of user tables: the documentation, and single cells."""

from __future__ import annotations

import pytest

from model.files.table_columns import TableColumn, column_values, columns_as_markdown, parse_cell
from tests.support.user_table_columns import COLUMNS


def test_the_documentation_is_made_from_the_columns() -> None:
    lines = columns_as_markdown(COLUMNS).splitlines()
    assert lines[3] == "| `lon` | yes | between 73 and 136 degrees east | longitude |"
    assert lines[4] == "| `gdp` | yes; a cell may be blank | a number, 0 or more (unit: 100 m CNY) | GDP |"
    assert len(lines) == 2 + len(COLUMNS)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", "110000.0", 110000),
        ("number", "1.5e3", 1500.0),
        ("flag", "Yes", True),
        ("text", "a", "a"),
        ("date", "2016-06", "2016-06"),
        ("number", "", None),
    ],
)
def test_a_cell_has_a_value_and_no_remark(kind, text, value):
    assert parse_cell(TableColumn("x", kind, "x"), text) == (value, None, "")


def test_a_number_out_of_range_is_a_value_with_a_remark():
    value, remark, _ = parse_cell(TableColumn("x", "number", "x", low=0.0, high=1.0), "2")
    assert value == 2.0
    assert remark is not None
    assert remark.what == "2 is not between 0 and 1"


@pytest.mark.parametrize(
    ("kind", "full", "gaps"),
    [("integer", "int64", "Int64"), ("number", "float64", "float64"), ("flag", "bool", "boolean")],
)
def test_blanks_decide_the_type_of_a_column(kind, full, gaps):
    column = TableColumn("x", kind, "x")
    assert str(column_values(column, [1, 0]).dtype) == full
    assert str(column_values(column, [1, None]).dtype) == gaps
