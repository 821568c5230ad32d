"""Columns of tables: their start."""

from agents.columns import Column


def test_a_column_starts_at_nothing_unless_it_says_so():
    assert Column("x", "1", "something").start == 0.0
    assert Column("x", "1", "something", start=2.0).start == 2.0
