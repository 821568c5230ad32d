"""Parquet files of results, written with a checksum of every byte and checked when read."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.storage import seal
from experiments.storage.folders import open_file

MOST_TIMES, SPARE_BYTES = 500, 200_000_000  # a file of results unpacks to some 2 to 20 times its size


class DamagedError(ValueError):
    """A file that has changed since it was written; the text names it and gives the reason."""


def write(frame: pd.DataFrame, path: Path, compression: str = "snappy") -> None:
    """Write a frame without its index. Raises OSError."""
    with path.open("w+b") as file:
        write_sealed(pa.Table.from_pandas(frame, preserve_index=False), file, "", compression)


def write_sealed(table: pa.Table, file: BinaryIO, name: str, compression: str = "zstd") -> None:
    """Write a table and its seal to an open file. ``name``: a name that belongs to the file, or none."""
    floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    with pq.ParquetWriter(
        file,
        table.schema,
        compression=compression,
        use_dictionary=texts,
        use_byte_stream_split=floats or False,
        write_page_checksum=True,
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({seal.KEY: seal.EMPTY})
    seal.seal(file, name)


def read(path: Path) -> pd.DataFrame:
    """Return the frame of a file. Raises DamagedError."""
    return frame_of(read_table(path), path)


def read_table(path: Path, name: str | None = None) -> pa.Table:
    """Return the table of a file. Raises DamagedError.

    name: that of a file that must be sealed; without one, a file may have no seal, as those of others.
    """
    try:
        with open_file(path) as file:
            _check_seal(file, name)
            with pq.ParquetFile(file) as found:
                schema, rows = found.schema_arrow, found.metadata.num_rows
            _refuse_bomb(path, rows * len(schema) * 8)
            texts = [field.name for field in schema if pa.types.is_string(field.type)]
            # Texts are kept once each until their size is known.
            with pq.ParquetFile(file, page_checksum_verification=True, read_dictionary=texts) as found:
                table = found.read()
        table.validate(full=True)  # a changed byte may point to texts that are not there
        _refuse_bomb(path, sum(_unpacked(table.column(name)) for name in texts))
        return table.cast(schema)
    except DAMAGE as error:
        raise _damaged(path, error) from None


def check(path: Path, name: str | None = None) -> None:
    """Compare a file with its seal. Raises DamagedError; ``name`` as for ``read_table``."""
    try:
        with open_file(path) as file:
            _check_seal(file, name)
    except DAMAGE as error:
        raise _damaged(path, error) from None


def _check_seal(file: BinaryIO, name: str | None) -> None:
    if name is None and not seal.is_sealed(file):
        return
    if not seal.is_whole(file, name or ""):
        raise DamagedError("its bytes are not those that were written, so its checksum does not agree")


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
