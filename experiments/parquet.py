"""Parquet files of results: written with a checksum of every page, and held against it when read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


class DamagedError(ValueError):
    """A file that is not what was written; the text names it and says why."""


def write(frame: pd.DataFrame, path: Path, compression: str = "snappy") -> None:
    """Write a frame without its index. Raises OSError."""
    frame.to_parquet(path, index=False, compression=compression, write_page_checksum=True)


def read(path: Path) -> pd.DataFrame:
    """The frame of a file. Raises DamagedError."""
    return frame_of(read_table(path), path)


def read_table(path: Path) -> pa.Table:
    """The table of a file. Raises DamagedError."""
    try:
        return pq.read_table(path, page_checksum_verification=True)
    except DAMAGE as error:
        raise _damaged(path, error) from None


def frame_of(table: pa.Table, path: Path) -> pd.DataFrame:
    """The frame of a table that was read from a file. Raises DamagedError.

    No checksum covers the end of a file, where pandas notes the types of its columns.
    """
    try:
        return table.to_pandas()
    except DAMAGE as error:
        raise _damaged(path, error) from None


# What a changed byte leads to depends on where it is.
DAMAGE = (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException)


def _damaged(path: Path, error: Exception) -> DamagedError:
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return DamagedError(f"{path} is damaged or cannot be read: {said}")
