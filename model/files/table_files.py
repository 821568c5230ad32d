"""Open the file of a table: CSV in several encodings, workbooks, Stata and Parquet files, packed or not.

An id such as 110000 stays exact, nothing is executed, and time and memory are bounded whatever a file holds.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from model.files import raw_table
from model.files.csv_text import open_csv
from model.files.raw_table import Known, RawTable, TableFileError, first_line
from model.files.text_encoding import EncodingError, decode
from model.files.typed_tables import open_parquet, open_stata, open_workbook


def open_table(path: Path, known: Known, sheet: str | None = None) -> RawTable:
    """Open the table of a file. Raises TableFileError and OSError.

    Args:
        known: Whether a text is the name of a column, by which the header and the separator are found.
        sheet: Sheet of a workbook; None: the first.
    """
    check_place(path)
    data, suffix, remarks = path.read_bytes(), path.suffix.lower(), []
    if data.startswith(b"\x1f\x8b"):
        data, suffix = _unpacked(data), Path(path.stem).suffix.lower()
        remarks.append("unpacked from gzip")
    table = _opened(data, suffix, known, sheet)
    if sheet is not None and not table.form.startswith("workbook"):
        raise TableFileError("has no sheets: it is not a workbook")
    table.remarks[:0] = remarks
    return table


def check_place(path: Path) -> None:
    """Refuse a path that is not a regular file, and a file that is empty or too large."""
    if path.is_dir():
        raise TableFileError("is a folder, not a file")
    if not path.exists():
        raise TableFileError(f"there is no such file (looked for {path})")
    if not path.is_file():
        raise TableFileError("is not a regular file")
    if path.stat().st_size > raw_table.MAX_BYTES:
        raise TableFileError(f"is larger than {raw_table.MAX_BYTES / 1e6:g} MB")
    if path.stat().st_size == 0:
        raise TableFileError("is empty")


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            found = packed.read(raw_table.MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableFileError(f"is not gzip, or is damaged: {first_line(error)}") from None
    if len(found) > raw_table.MAX_BYTES:
        raise TableFileError(f"unpacks to more than {raw_table.MAX_BYTES / 1e6:g} MB")
    return found


def _opened(data: bytes, suffix: str, known: Known, sheet: str | None) -> RawTable:
    if data.startswith(b"PAR1") or suffix in (".parquet", ".pq"):
        return open_parquet(data)
    if data.startswith(b"PK\x03\x04"):
        return open_workbook(data, known, sheet)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableFileError("is a workbook of an old Excel; save it as .xlsx or as 'CSV UTF-8'")
    if data.startswith(b"<stata_dta>") or suffix == ".dta":
        return open_stata(data)
    try:
        text, encoding = decode(data)
    except EncodingError as error:
        raise TableFileError(str(error), error.row) from None
    return open_csv(text, encoding, known)
