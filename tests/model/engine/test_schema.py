"""Names of columns: found by prefix, with the value that they have where they are switched off."""

from __future__ import annotations

import pytest

from agents.columns import Column
from model.engine.schema import Schema

SCHEMA = Schema(
    tables={
        "firms": (Column("city", "row", "where", index_of="cities"),),
        "cities": (Column("wage", "money", "of a year", start=0.5), Column("city_tax", "fraction", "local")),
    },
    through={"firms": {"city_": ("cities", "city")}},
    pairs={},
    whole={"firm_": "firms", "city_": "cities"},
)


@pytest.mark.parametrize(
    ("name", "table", "column"),
    [
        ("city_wage", "cities", "wage"),
        ("city_city_tax", "cities", "city_tax"),
        ("city_tax", "cities", None),  # cities have no column tax
        ("wage", "cities", None),  # without the prefix
        ("city_wage", "firms", None),
    ],
)
def test_a_name_is_a_column_behind_its_prefix(name, table, column):
    assert SCHEMA.column(name, "city_", table) == column


def test_tables_know_their_columns_starts_and_neighbours():
    assert SCHEMA.has("cities", "wage")
    assert not SCHEMA.has("firms", "wage")
    assert SCHEMA.start("cities", "wage") == 0.5
    assert SCHEMA.reached("firms") == {"city_": ("cities", "city")}
    assert SCHEMA.reached("cities") == {}
