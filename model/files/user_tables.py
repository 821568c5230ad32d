"""Read a user's CSV or Parquet table against a column specification and report every error.

Checks, messages and documentation are made from the same `TableColumn`s. Cells are read as text and converted
here: an id such as 110000 stays exact, and nothing is executed.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from agents.suggestions import shown_key
from agents.user_error import UserError
from model.files.table_columns import Remark, Review, TableColumn, Value, column_values, parse_cell, quoted

MAX_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 2_000_000_000  # a small Parquet file can unpack to far more than its own size
MAX_ROWS = 1_000_000
MAX_CELL = 100_000  # characters of a cell of a Parquet table; those of CSV end at 131,072
LISTED = 50  # lines of a message
KEPT = 1_000  # problems kept in memory; the rest are counted

_Text = tuple[list[str], Iterator[list[str]]]  # header, rows

_NOTES = {
    b"PK\x03\x04": "is a workbook or an archive, not CSV; save the sheet as 'CSV UTF-8'",
    b"PAR1": "is Parquet, not CSV; give it a name that ends in .parquet",
    b"\xff\xfe": "is UTF-16, not UTF-8; save it as 'CSV UTF-8'",
    b"\xfe\xff": "is UTF-16, not UTF-8; save it as 'CSV UTF-8'",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; the header is row 1, and a row of None means the whole file."""

    file: str
    row: int | None
    column: str | None
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.what}" if place else self.what


class InputError(UserError):
    """Input that cannot be used.

    Attributes:
        problems: The mistakes, at most 1,000; one that belongs to no file may be given as a sentence.
        count: The number of mistakes in all.
    """

    def __init__(self, problems: Iterable[Problem | str], count: int | None = None) -> None:
        self.problems = tuple(Problem("", None, None, p) if isinstance(p, str) else p for p in problems)
        self.count = len(self.problems) if count is None else count
        super().__init__(self.problems, self.count)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:LISTED]]
        if self.count > len(lines):
            lines.append(f"and {self.count - len(lines)} more")
        return "\n".join(lines)


def read_table(
    path: str | Path, columns: Sequence[TableColumn], *, key: str | None = None, review: Review | None = None
) -> pd.DataFrame:
    """Read the declared columns of a CSV (UTF-8, with or without a byte-order mark, commas) or Parquet table.

    Args:
        path: Parquet if the name ends in .parquet or .pq, else CSV. Rows of Parquet are numbered as in the
            CSV that would be written from it. Further columns of the file are ignored.
        key: A column whose cells must all differ.
        review: A further check of every row.

    Returns:
        The columns in the order declared: integer int64 (Int64 if a cell is blank), number float64 (NaN
        where blank), flag bool (boolean if a cell is blank), text and date str ("" where blank). An optional
        column that the file does not have is blank throughout.

    Raises:
        InputError: with every mistake of the table.
    """
    path = Path(path)
    ledger = _Ledger(path.name or str(path))
    header, rows = _open(path, columns, ledger)
    values: dict[str, list[Value]] = {column.name: [] for column in columns}
    position = _positions(header, columns, ledger)
    first_seen: dict[Value, int] = {}
    count = 0
    for number, cells in _numbered(rows, ledger):
        count += 1
        if count > MAX_ROWS:
            ledger.stop(f"has more than {MAX_ROWS:,} rows", f"at most {MAX_ROWS:,} rows")
        if len(cells) != len(header):
            some = "fields too many" if len(cells) > len(header) else "fields too few"
            what = f"has {len(cells)} fields, the header has {len(header)}: {some}"
            ledger.note(number, Remark(None, what, f"{len(header)} fields"))
            continue
        row: dict[str, Value] = {}
        remarks: list[Remark] = []
        for column in columns:
            cell = cells[position[column.name]] if column.name in position else ""
            row[column.name], remark = parse_cell(column, cell.strip())
            if remark is not None:
                remarks.append(remark)
        if key is not None and row[key] not in (None, ""):
            if row[key] in first_seen:
                what = f"{shown_key(str(row[key]))} is already in row {first_seen[row[key]]}"
                remarks.append(Remark(key, what, "each id once"))
            else:
                first_seen[row[key]] = number
        for remark in remarks if review is None else review(row, remarks):
            ledger.note(number, remark)
        for name, value in row.items():
            values[name].append(value)
    if count == 0 and not ledger.count:
        ledger.stop("has a header and no rows", "at least one row")
    ledger.close()
    return pd.DataFrame({column.name: column_values(column, values[column.name]) for column in columns})


class _Ledger:
    """The problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.count = 0

    def note(self, row: int | None, remark: Remark) -> None:
        self.count += 1
        if len(self.problems) < KEPT:
            self.problems.append(Problem(self.file, row, remark.column, remark.what, remark.allowed))

    def stop(self, what: str, allowed: str = "", row: int | None = None) -> NoReturn:
        self.note(row, Remark(None, what, allowed))
        raise InputError(self.problems, self.count)

    def close(self) -> None:
        if self.count:
            raise InputError(self.problems, self.count)


def _open(path: Path, columns: Sequence[TableColumn], ledger: _Ledger) -> _Text:
    """Return the header and the rows of a file, as text."""
    try:
        _check_place(path, ledger)
        if path.suffix.lower() in (".parquet", ".pq"):
            return _open_parquet(path, columns, ledger)
        return _open_csv(path.read_bytes(), ledger)
    except OSError as error:
        ledger.stop(f"cannot be read: {error.strerror or _first_line(error)}")


def check_file(path: str | Path) -> None:
    """Refuse a path that is not a regular file, and a file that is empty or too large. Raises InputError."""
    path = Path(path)
    ledger = _Ledger(path.name or str(path))
    try:
        _check_place(path, ledger)
    except OSError as error:
        ledger.stop(f"cannot be read: {error.strerror or _first_line(error)}")


def _check_place(path: Path, ledger: _Ledger) -> None:
    if path.is_dir():
        ledger.stop("is a folder, not a file")
    if not path.exists():
        ledger.stop(f"there is no such file (looked for {path})")
    if not path.is_file():
        ledger.stop("is not a regular file")
    if path.stat().st_size > MAX_BYTES:
        ledger.stop(f"is larger than {MAX_BYTES / 1e6:g} MB", f"at most {MAX_BYTES / 1e6:g} MB")
    if path.stat().st_size == 0:
        ledger.stop("is empty")


def _open_csv(data: bytes, ledger: _Ledger) -> _Text:
    for magic, note in _NOTES.items():
        if data.startswith(magic):
            ledger.stop(note)
    if b"\0" in data:
        ledger.stop("is not CSV: it holds zero bytes, as a binary file does", "CSV text in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        what = f"byte 0x{data[error.start]:02x} is not UTF-8 text; save the table as 'CSV UTF-8'"
        ledger.stop(what, "CSV text in UTF-8", row)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
    except csv.Error as error:
        ledger.stop(f"cannot be split into cells: {error}", row=1)
    if not any(name.strip() for name in header):
        ledger.stop("the first row is blank; it must hold the names of the columns", row=1)
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        ledger.stop("the cells are not separated by commas", "commas between cells", row=1)
    return [name.strip() for name in header], rows


def _open_parquet(path: Path, columns: Sequence[TableColumn], ledger: _Ledger) -> _Text:
    """Return the header and rows as text, so that they are checked like those of the equivalent CSV."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
        # Keep repeated texts once, as in the file: a small file may unpack to a huge table.
        once = [field.name for field in schema if pyarrow.types.is_string(field.type)]
        with pyarrow.parquet.ParquetFile(path, read_dictionary=once) as file:
            header = [str(name) for name in file.schema_arrow.names]
            meta = file.metadata
            unpacked = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
            if meta.num_rows > MAX_ROWS:
                ledger.stop(f"has more than {MAX_ROWS:,} rows", f"at most {MAX_ROWS:,} rows")
            if unpacked > MAX_UNPACKED_BYTES:
                ledger.stop(f"unpacks to more than {MAX_UNPACKED_BYTES / 1e9:g} GB")
            _positions(header, columns, ledger)
            header = [column.name for column in columns if column.name in header]
            for name in header:
                kind = schema.field(name).type
                if pyarrow.types.is_nested(kind) or pyarrow.types.is_fixed_size_binary(kind):
                    ledger.stop(f"column {name} holds {kind}, not numbers or texts")
            table = file.read(columns=header)
            table.validate(full=True)  # a changed byte may point to texts that are not there
            texts = [_texts(table.column(name)) for name in header]
            if any(len(text) > MAX_CELL for column in texts for text in set(column)):
                ledger.stop(f"a cell holds more than {MAX_CELL:,} characters")
    except InputError:
        raise
    except (pyarrow.ArrowException, ValueError, OverflowError) as error:
        ledger.stop(f"is not Parquet, or is damaged: {_first_line(error)}")
    return header, (list(row) for row in zip(*texts, strict=True))


def _texts(column: Any) -> list[str]:
    """Return the cells of an Arrow column, (rows,), as texts; equal texts are one object."""
    import pyarrow

    found: list[str] = []
    for chunk in column.chunks:
        if pyarrow.types.is_dictionary(chunk.type):
            values = [_as_text(value) for value in chunk.dictionary.to_pylist()]
            found += ["" if place is None else values[place] for place in chunk.indices.to_pylist()]
        else:
            found += [_as_text(value) for value in chunk.to_pylist()]
    return found


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}" if abs(value) < 1e18 else repr(value)
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def _positions(header: list[str], columns: Sequence[TableColumn], ledger: _Ledger) -> dict[str, int]:
    """Return the index of each column of the file; stop if a declared one is missing or repeated."""
    for column in columns:
        times = header.count(column.name)
        if times > 1:
            ledger.note(1, Remark(column.name, f"occurs {times} times", "each column once"))
        if times == 0 and column.required:
            lower = {name.lower(): name for name in header if name}
            near = difflib.get_close_matches(column.name.lower(), lower, n=1)
            hint = f"; the nearest column of the file is {quoted(lower[near[0]])}" if near else ""
            ledger.note(1, Remark(column.name, f"is missing{hint}", f"a column {column.name}"))
    ledger.close()
    return {name: index for index, name in enumerate(header)}


def _numbered(rows: Iterator[list[str]], ledger: _Ledger) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, with the number that a spreadsheet shows (the header is row 1)."""
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            ledger.note(number, Remark(None, f"cannot be split into cells: {error}"))
            return
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, cells
