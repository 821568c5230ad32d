"""The tables of the regional economy: names that lead somewhere, and to one place only."""

from __future__ import annotations

from itertools import combinations

import pytest

from model.economy.regional_schema import REGIONAL

WAYS = [
    (table, prefix, other, column)
    for table, found in REGIONAL.through.items()
    for prefix, (other, column) in found.items()
]
PREFIXES = [*(list(found) for found in REGIONAL.through.values()), list(REGIONAL.whole)]


@pytest.mark.parametrize("table", REGIONAL.tables)
def test_no_table_has_a_column_twice(table):
    names = [column.name for column in REGIONAL.tables[table]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("table", "prefix", "other", "column"), WAYS)
def test_a_way_to_another_table_is_an_index_of_it(table, prefix, other, column):
    (index,) = (one for one in REGIONAL.tables[table] if one.name == column)
    assert index.index_of == other


@pytest.mark.parametrize("name", REGIONAL.pairs)
def test_a_table_of_pairs_joins_tables_that_exist(name):
    pair = REGIONAL.pairs[name]
    assert {pair.first[1], pair.second[1]} <= set(REGIONAL.tables)
    for other, column in pair.through.values():
        (index,) = (one for one in REGIONAL.tables[pair.second[1]] if one.name == column)
        assert index.index_of == other


def test_procedures_reach_every_table_by_one_prefix():
    assert sorted(REGIONAL.whole.values()) == sorted(REGIONAL.tables)


@pytest.mark.parametrize("prefixes", PREFIXES)
def test_longer_prefixes_come_first(prefixes):
    for earlier, later in combinations(prefixes, 2):
        assert not later.startswith(earlier)
