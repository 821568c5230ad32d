"""Tables of files that know their types: workbooks, Stata and Parquet files, as rows of text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from model.files import raw_table
from model.files.cell_values import visible
from model.files.raw_table import (
    HEAD,
    MAX_CELL,
    MAX_COLUMNS,
    Known,
    RawTable,
    Row,
    TableFileError,
    as_text,
    first_line,
    header_place,
    located,
)
from model.files.text_encoding import EncodingError, decode


def open_workbook(data: bytes, known: Known, sheet: str | None) -> RawTable:
    """Return the table of a workbook's sheet; a formula without a stored value is its text."""
    try:
        import openpyxl
    except ImportError:
        raise TableFileError(
            "is a workbook, which needs openpyxl: pip install 'computeleap[excel]'"
        ) from None
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > raw_table.MAX_UNPACKED_BYTES / 4:
                raise TableFileError(f"unpacks to more than {raw_table.MAX_UNPACKED_BYTES / 4e9:g} GB")
            if not any(name.startswith("xl/") for name in parts.namelist()):
                raise TableFileError("is an archive, not a table: unpack it first")
        # Read-only sheets are streams: values, and formulas for cells whose value was never stored.
        values, formulas = (
            openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=only) for only in (True, False)
        )
        names = [one.title for one in values.worksheets]
    except TableFileError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part brings about
        raise TableFileError(f"is not a workbook, or is damaged: {first_line(error)}") from None
    if sheet is not None and sheet not in names:
        there = ", ".join(repr(name[:60]) for name in names[:20])
        raise TableFileError(f"has no sheet {sheet[:60]!r}; there are {there}")
    if not names:
        raise TableFileError("has no sheet with cells")
    chosen = names[0] if sheet is None else sheet

    def rows(_: Sequence[int]) -> Iterator[Row]:
        try:
            pages = [book[chosen] for book in (values, formulas)]
            for page in pages:
                page.reset_dimensions()
            # Without a number of columns a row ends at its last cell, not at the sheet's last column.
            pairs = zip(*(page.iter_rows(values_only=True) for page in pages), strict=False)
            for number, (shown, written) in enumerate(pairs, start=1):
                if number > raw_table.MAX_ROWS + HEAD:
                    raise TableFileError(f"has more than {raw_table.MAX_ROWS:,} rows")
                both = islice(zip(shown, written, strict=False), MAX_COLUMNS)
                cells = [as_text(_stored(value, made)) for value, made in both]
                if any(cell.strip() for cell in cells):
                    yield number, cells
        except TableFileError:
            raise
        except Exception as error:
            raise TableFileError(f"is not a workbook, or is damaged: {first_line(error)}") from None

    head = [row for row, _ in zip(rows(()), range(HEAD), strict=False)]
    _, place = header_place(head, known)
    remarks = [] if len(names) == 1 else [f"sheet {chosen!r} of {len(names)} read"]
    return located(f"workbook, sheet {chosen!r}", head, place, rows, remarks)


def _stored(value: object, formula: object) -> object:
    return formula if value is None and isinstance(formula, str) else value


def open_stata(data: bytes) -> RawTable:
    """Return the table of a Stata file: labels of values stand for the values."""
    import pandas as pd

    try:
        with pd.read_stata(io.BytesIO(data), iterator=True) as reader:
            labels, old = reader.variable_labels(), int(getattr(reader, "_format_version", 118)) < 118
            try:
                frame = reader.read()
            except ValueError:  # two values with one label
                frame = None
        if frame is None:
            frame = pd.read_stata(io.BytesIO(data), convert_categoricals=False)
    except Exception as error:  # pandas raises whatever a damaged header brings about
        raise TableFileError(f"is not Stata, or is damaged: {first_line(error)}") from None
    if len(frame) > raw_table.MAX_ROWS:
        raise TableFileError(f"has more than {raw_table.MAX_ROWS:,} rows")
    mend = _from_latin if old else str
    header = [visible(str(name)) for name in frame.columns]

    def rows(chosen: Sequence[int]) -> Iterator[Row]:
        columns = [
            [mend(as_text(None if pd.isna(cell) else cell)) for cell in frame.iloc[:, place].tolist()]
            if place in chosen
            else [""] * len(frame)
            for place in range(len(header))
        ]
        return _filled(zip(*columns, strict=True))

    return RawTable("Stata file", header, 1, rows, labels=[mend(labels.get(name, "")) for name in header])


def _from_latin(text: str) -> str:
    """Return a text of a Stata file before version 14, which has no encoding of its own."""
    if text.isascii():
        return text
    try:
        return decode(text.encode("latin-1"))[0]
    except (UnicodeEncodeError, EncodingError):
        return text


def open_parquet(data: bytes) -> RawTable:
    """Return the table of a Parquet file; only the chosen columns are unpacked."""
    import pyarrow
    import pyarrow.parquet

    try:
        source = pyarrow.BufferReader(data)
        schema = pyarrow.parquet.read_schema(source)
        # Keep repeated texts once, as in the file: a small file may unpack to a huge table.
        once = [field.name for field in schema if pyarrow.types.is_string(field.type)]
        file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(data), read_dictionary=once)
        meta = file.metadata
        unpacked = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
        header = [str(name) for name in file.schema_arrow.names]
    except (pyarrow.ArrowException, ValueError, OverflowError, OSError) as error:
        raise TableFileError(f"is not Parquet, or is damaged: {first_line(error)}") from None
    if meta.num_rows > raw_table.MAX_ROWS:
        raise TableFileError(f"has more than {raw_table.MAX_ROWS:,} rows")
    if unpacked > raw_table.MAX_UNPACKED_BYTES:
        raise TableFileError(f"unpacks to more than {raw_table.MAX_UNPACKED_BYTES / 1e9:g} GB")

    def rows(chosen: Sequence[int]) -> Iterator[Row]:
        wanted = [header[place] for place in chosen]
        try:
            for name in wanted:
                kind = schema.field(name).type
                if pyarrow.types.is_nested(kind) or pyarrow.types.is_fixed_size_binary(kind):
                    raise TableFileError(f"column {name[:60]!r} holds {kind}, not numbers or texts")
            table = file.read(columns=wanted)
            table.validate(full=True)  # a changed byte may point to texts that are not there
            texts = {name: _texts(table.column(name)) for name in wanted}
            if any(len(text) > MAX_CELL for column in texts.values() for text in set(column)):
                raise TableFileError(f"a cell holds more than {MAX_CELL:,} characters")
        except (pyarrow.ArrowException, OverflowError, OSError) as error:
            raise TableFileError(f"is not Parquet, or is damaged: {first_line(error)}") from None
        blank = [""] * meta.num_rows
        return _filled(zip(*(texts.get(name, blank) for name in header), strict=True))

    return RawTable("Parquet file", [visible(name) for name in header], 1, rows)


def _filled(rows: Iterator[tuple[str, ...]]) -> Iterator[Row]:
    return ((number, list(cells)) for number, cells in enumerate(rows, start=2) if any(cells))


def _texts(column: Any) -> list[str]:
    """Return the cells of an Arrow column, (rows,), as texts; equal texts are one object."""
    import pyarrow

    found: list[str] = []
    for chunk in column.chunks:
        if pyarrow.types.is_dictionary(chunk.type):
            values = [as_text(value) for value in chunk.dictionary.to_pylist()]
            found += ["" if place is None else values[place] for place in chunk.indices.to_pylist()]
        else:
            found += [as_text(value) for value in chunk.to_pylist()]
    return found
