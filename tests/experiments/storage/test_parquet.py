"""Parquet files of results: a changed byte is damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.storage import parquet


def test_a_file_with_a_changed_byte_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write(pd.DataFrame({"a": np.arange(1_000)}), path)
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    with pytest.raises(parquet.DamagedError, match=r"a.parquet is damaged: its bytes are not those"):
        parquet.read(path)
