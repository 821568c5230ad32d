"""Seals: no changed byte and no changed name goes unnoticed."""

from __future__ import annotations

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.storage import parquet, seal

TABLE = pa.table({"run": [1, 2, 3], "value": [0.5, None, 2.0], "text": ["a", "b", None]})


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """A sealed file."""
    file = io.BytesIO()
    parquet.write_sealed(TABLE, file, "runs/c00000.parquet")
    return file.getvalue()


def test_any_changed_byte_is_noticed(sealed: bytes) -> None:
    assert seal.is_whole(io.BytesIO(sealed), "runs/c00000.parquet")
    unnoticed = []
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1 << place % 8
        if seal.is_whole(io.BytesIO(changed), "runs/c00000.parquet"):
            unnoticed.append(place)
    assert unnoticed == []


def test_any_missing_end_is_noticed(sealed: bytes) -> None:
    assert not any(
        seal.is_whole(io.BytesIO(sealed[:size]), "runs/c00000.parquet") for size in range(len(sealed))
    )


def test_a_file_under_another_name_is_noticed(sealed: bytes) -> None:
    assert not seal.is_whole(io.BytesIO(sealed), "runs/c00001.parquet")


def test_other_readers_read_sealed_files(sealed: bytes) -> None:
    assert pq.read_table(io.BytesIO(sealed)).equals(TABLE)
    assert len(pd.read_parquet(io.BytesIO(sealed))) == 3


def test_a_file_without_a_seal_cannot_be_sealed() -> None:
    file = io.BytesIO()
    pq.write_table(TABLE, file)
    assert not seal.is_sealed(file)
    with pytest.raises(ValueError, match="without an empty seal"):
        seal.seal(file, "")
