"""JSON files: one that holds no table is refused."""

from __future__ import annotations

import pytest

from experiments.storage import parquet
from experiments.storage.json_file import read_object


def test_a_json_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "x.json"
    for content in (b"", b"3", b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000):
        path.write_bytes(content)
        with pytest.raises(parquet.DamagedError, match=r"x\.json"):
            read_object(path)
