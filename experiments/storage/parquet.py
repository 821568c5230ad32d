"""Parquet files of results, written with a checksum of every page and checked when read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MOST_TIMES, SPARE_BYTES = 500, 200_000_000  # a file of results unpacks to some 2 to 20 times its size


class DamagedError(ValueError):
    """A file that has changed since it was written; the text names it and gives the reason."""


def write(frame: pd.DataFrame, path: Path, compression: str = "snappy") -> None:
    """Write a frame without its index. Raises OSError."""
    frame.to_parquet(path, index=False, compression=compression, write_page_checksum=True)


def read(path: Path) -> pd.DataFrame:
    """Return the frame of a file. Raises DamagedError."""
    return frame_of(read_table(path), path)


def read_table(path: Path) -> pa.Table:
    """Return the table of a file. Raises DamagedError."""
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
        _refuse_bomb(path, rows * len(schema) * 8)
        texts = [field.name for field in schema if pa.types.is_string(field.type)]
        # Texts are kept once each until their size is known.
        with pq.ParquetFile(path, page_checksum_verification=True, read_dictionary=texts) as file:
            table = file.read()
        table.validate(full=True)  # a changed byte may point to texts that are not there
        _refuse_bomb(path, sum(_unpacked(table.column(name)) for name in texts))
        return table.cast(schema)
    except DAMAGE as error:
        raise _damaged(path, error) from None


def _unpacked(column: pa.ChunkedArray) -> int:
    """Bytes of a column of texts when every row has its own copy."""
    total = 0
    for chunk in column.chunks:
        if pa.types.is_dictionary(chunk.type):
            lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
            total += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    return total


def _refuse_bomb(path: Path, unpacked: int) -> None:
    if unpacked > SPARE_BYTES + MOST_TIMES * path.stat().st_size:
        raise DamagedError(f"it would unpack to {unpacked / 1e9:.3g} GB, far more than results of its size")


def frame_of(table: pa.Table, path: Path) -> pd.DataFrame:
    """Return the frame of a table that was read from a file. Raises DamagedError.

    No checksum covers the end of a file, where pandas notes the types of its columns.
    """
    try:
        return table.to_pandas()
    except DAMAGE as error:
        raise _damaged(path, error) from None


# The error that a changed byte causes depends on its place.
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException)


def _damaged(path: Path, error: Exception) -> DamagedError:
    if isinstance(error, DamagedError):
        return DamagedError(f"{path} is damaged: {error}")
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return DamagedError(f"{path} is damaged or cannot be read: {said}")
