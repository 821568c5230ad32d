"""Columns that a user may bring: units and headings that are worked by hand."""

from __future__ import annotations

import pytest

from model.country import country_columns as columns


@pytest.mark.parametrize(
    ("factors", "unit", "of_one"),
    [
        (columns.PEOPLE_UNITS, "万人", 10_000),
        (columns.PEOPLE_UNITS, "persons", 1),
        (columns.PEOPLE_UNITS, "thousand", 1_000),
        (columns.PEOPLE_UNITS, "million", 1_000_000),
        (columns.CNY_UNITS, "亿元", 1e8 / 1e4),
        (columns.CNY_UNITS, "万元", 1),
    ],
)
def test_units_are_multiples_of_the_first(factors: dict[str, float], unit: str, of_one: float) -> None:
    base = 10_000 if factors is columns.PEOPLE_UNITS else 1e4
    assert factors[unit] * base == pytest.approx(of_one)


@pytest.mark.parametrize("table", [columns.CITY_COLUMNS, columns.CENTRE_COLUMNS])
def test_no_column_is_named_twice_and_each_has_a_meaning(table: tuple[columns.TableColumn, ...]) -> None:
    names = [column.name for column in table]
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in table)


def test_each_kind_and_status_is_a_choice() -> None:
    choices = {column.name: set(column.choices) for column in columns.CENTRE_COLUMNS}
    assert choices["kind"] == set(columns.KINDS)
    assert choices["status"] == {*columns.OPEN_STATUSES, *columns.CLOSED_STATUSES}
