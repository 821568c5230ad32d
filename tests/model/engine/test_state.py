"""Tables of columns: where they start, what is left out, and what they take."""

from __future__ import annotations

import numpy as np
import pytest

from agents.columns import Column
from model.engine.schema import Schema
from model.engine.state import State, Table

COLUMNS = (
    Column("talent", "talent", "how many", start=2.5),
    Column("city", "row", "where", index_of="cities"),
    Column("fund", "money", "saved", start=1.0, when="building_slots"),
)
SCHEMA = Schema({"firms": COLUMNS, "nation": (COLUMNS[0],)}, {}, {}, {})


def test_columns_start_at_their_value_and_indices_at_row_zero():
    table = Table(3, COLUMNS)
    assert list(table) == ["talent", "city", "fund"]
    assert table["talent"].tolist() == [2.5, 2.5, 2.5]
    assert (table["talent"].dtype, table["city"].dtype) == (np.float64, np.int32)
    assert table["city"].tolist() == [0, 0, 0]


def test_writing_a_column_keeps_the_array():
    table = Table(3, COLUMNS)
    before = table["talent"]
    table["talent"] = [1.0, 2.0, 3.0]
    assert table["talent"] is before
    assert before.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(KeyError):
        table["wage"] = 1.0


def test_columns_of_a_mechanism_that_is_off_are_left_out():
    off, on = (State({"firms": 3, "nation": 1}, SCHEMA, {"building_slots": slots}) for slots in (0.0, 2.0))
    assert off.absent == {("firms", "fund")}
    assert "fund" not in off["firms"]
    assert on.absent == frozenset()
    # Three rows of two floats and an index, 3·(8 + 8 + 4) bytes, one float of the nation; 24 less if off.
    assert (on["firms"].bytes, on.bytes, off.bytes) == (60, 68, 44)
    on.arrays["route"] = np.zeros(5, dtype=np.int64)
    assert on.bytes == 108
