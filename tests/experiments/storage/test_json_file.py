"""JSON files: one that holds no table is refused."""

from __future__ import annotations

import json

import pytest

from experiments.storage import parquet
from experiments.storage.json_file import json_text, read_object


def test_a_json_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "x.json"
    for content in (b"", b"3", b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000):
        path.write_bytes(content)
        with pytest.raises(parquet.DamagedError, match=r"x\.json"):
            read_object(path)


def test_a_text_has_a_line_for_each_row() -> None:
    values = {"date": "2026", "counts": {"a": 1}, "rows": [{"x": 1.5, "名": "市"}, {"x": None}], "none": []}
    text = json_text(values)
    assert json.loads(text) == values
    assert text.count("\n") == 8
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"x": float("nan")})
