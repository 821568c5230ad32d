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
    return read_table(path).to_pandas()


def read_table(path: Path) -> pa.Table:
    """The table of a file. Raises DamagedError."""
    try:
        return pq.read_table(path, page_checksum_verification=True)
    # What a changed byte leads to depends on where it is.
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise DamagedError(f"{path} is damaged or cannot be read: {' '.join(str(error).split())}") from None
