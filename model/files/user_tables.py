"""Reads a person's CSV or Parquet table against declared columns, and answers each mistake with a sentence.

A `Column` states once what may stand in a cell; checks, sentences and documentation are made from it.
Cells are read as text and turned into numbers here: an id like 110000 stays exact, and nothing is executed.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn

import pandas as pd

from agents.suggestions import shown_key
from agents.user_error import UserError

MAX_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 2_000_000_000  # a small Parquet file can unpack to far more than its own size
MAX_ROWS = 1_000_000
MAX_CELL = 100_000  # characters of a cell of a Parquet table; those of CSV end at 131,072
LISTED = 50  # lines a person is shown
KEPT = 1_000  # problems kept in memory; the rest are counted

Kind = Literal["integer", "number", "text", "flag", "date"]
Value = int | float | str | bool | None
Cells = Mapping[str, Value]
_Text = tuple[list[str], Iterator[list[str]]]  # header, rows

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}(\.0*)?", re.ASCII)  # 110000.0: pandas writes it beside a gap
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TRUE = frozenset({"1", "1.0", "true", "yes"})
_FALSE = frozenset({"0", "0.0", "false", "no"})
_ALLOWED_DATE = "a date: YYYY, YYYY-MM or YYYY-MM-DD, from 1950 to 2100"
_NOTES = {
    b"PK\x03\x04": "is a workbook or an archive, not CSV; save the sheet as 'CSV UTF-8'",
    b"PAR1": "is Parquet, not CSV; give it a name that ends in .parquet",
    b"\xff\xfe": "is UTF-16, not UTF-8; save it as 'CSV UTF-8'",
    b"\xfe\xff": "is UTF-16, not UTF-8; save it as 'CSV UTF-8'",
}


@dataclass(frozen=True)
class Column:
    """What may stand in one column.

    low, high: bounds of a number, both allowed; of a text, `high` is its greatest length in characters.
    required: the column must be there. blank: a cell of it may be empty. choices: the only texts allowed.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    required: bool = False
    blank: bool = True
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        """What the column takes, as it ends a sentence: "between 73 and 136 degrees east"."""
        if self.choices:
            return "one of: " + ", ".join(self.choices)
        if self.kind == "flag":
            return "1 or 0 (or true, false, yes, no)"
        if self.kind == "date":
            return _ALLOWED_DATE
        if self.kind == "text":
            return "text" if self.high is None else f"text of at most {self.high:g} characters"
        number = "a whole number" if self.kind == "integer" else "a number"
        if self.low is not None and self.high is not None:
            bounds = f"between {self.low:.16g} and {self.high:.16g}"
            return f"{bounds} {self.unit}" if self.unit[:1].isalpha() else bounds + self._unit()
        return number + (f", {self.low:.16g} or more" if self.low is not None else "") + self._unit()

    def _unit(self) -> str:
        return f" (unit: {self.unit})" if self.unit else ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. row: as a person sees it in the file, the header being row 1; None: the whole file."""

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
    """Input that cannot be used. `problems`: each mistake, at most 1,000; `count`: how many there are in all.

    A mistake may be given as a bare sentence where it stands in no file.
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


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem of one cell, before it is known in which file and row it stands."""

    column: str | None
    what: str
    allowed: str = ""


Review = Callable[[Cells, list[Remark]], list[Remark]]
"""Looks at a whole row: its cells and the remarks so far; returns the remarks to keep."""


def read_table(
    path: str | Path, columns: Sequence[Column], *, key: str | None = None, review: Review | None = None
) -> pd.DataFrame:
    """The declared columns of a CSV (UTF-8, with or without a byte-order mark, commas) or Parquet table.

    path: Parquet where the name ends in .parquet or .pq, CSV otherwise. key: a column whose cells all differ.
    review: a further look at every row. Other columns of the file are left aside. Rows of Parquet are
    numbered as in the CSV that would be written from it.

    Returns the columns in the order declared: integer int64 (Int64 if a cell is blank), number float64 (NaN
    where blank), flag bool (boolean if a cell is blank), text and date str ("" where blank). An optional
    column that the file does not have is all blank.

    Raises InputError with every mistake of the table.
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
            row[column.name], remark = _parse(column, cell.strip())
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
    return pd.DataFrame({column.name: _series(column, values[column.name]) for column in columns})


def columns_as_markdown(columns: Sequence[Column]) -> str:
    """The columns as a Markdown table; the documentation is made from it."""
    lines = ["| column | needed | a cell takes | meaning |", "|---|---|---|---|"]
    for column in columns:
        needed = "no" if not column.required else "yes; a cell may be blank" if column.blank else "yes"
        lines.append(f"| `{column.name}` | {needed} | {column.allowed()} | {column.meaning} |")
    return "\n".join(lines)


class _Ledger:
    """Collects the problems of one file."""

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


def _open(path: Path, columns: Sequence[Column], ledger: _Ledger) -> _Text:
    """The header and the rows of a file, as text."""
    try:
        _check_place(path, ledger)
        if path.suffix.lower() in (".parquet", ".pq"):
            return _open_parquet(path, columns, ledger)
        return _open_csv(path.read_bytes(), ledger)
    except OSError as error:
        ledger.stop(f"cannot be read: {error.strerror or _first_line(error)}")


def check_file(path: str | Path) -> None:
    """Refuse what is no regular file, or is empty or too large. Raises InputError."""
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


def _open_parquet(path: Path, columns: Sequence[Column], ledger: _Ledger) -> _Text:
    """As text, so that a Parquet table is held to the same rules as the CSV written from it."""
    import pyarrow
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
        # A text that stands in every row is kept once, as in the file: bombs are small there, huge unpacked.
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
    """The cells of a column of Arrow, (rows,), as texts; equal texts are one object."""
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


def _positions(header: list[str], columns: Sequence[Column], ledger: _Ledger) -> dict[str, int]:
    """Where each declared column stands; stops at one that is missing or there twice."""
    for column in columns:
        times = header.count(column.name)
        if times > 1:
            ledger.note(1, Remark(column.name, f"is there {times} times", "each column once"))
        if times == 0 and column.required:
            lower = {name.lower(): name for name in header if name}
            near = difflib.get_close_matches(column.name.lower(), lower, n=1)
            hint = f"; the nearest column of the file is {_shown(lower[near[0]])}" if near else ""
            ledger.note(1, Remark(column.name, f"is missing{hint}", f"a column {column.name}"))
    ledger.close()
    return {name: index for index, name in enumerate(header)}


def _numbered(rows: Iterator[list[str]], ledger: _Ledger) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number a spreadsheet shows: the header is 1, blank rows count and are passed over."""
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


def _parse(column: Column, text: str) -> tuple[Value, Remark | None]:
    """The value of a cell (None: there is none) and what is wrong with it; out of range is a value too."""
    allowed = column.allowed()

    def wrong(what: str, value: Value = None) -> tuple[Value, Remark]:
        return value, Remark(column.name, what, allowed)

    if not text:
        return (None, None) if column.blank else wrong(f"is blank; it takes {allowed}")
    if column.kind == "text":
        too_long = column.high is not None and len(text) > column.high
        unknown = bool(column.choices) and text not in column.choices
        return wrong(f"{_shown(text)} is not {allowed}", text) if too_long or unknown else (text, None)
    if column.kind == "flag":
        known = text.lower() in _TRUE | _FALSE
        return (text.lower() in _TRUE, None) if known else wrong(f"{_shown(text)} is not {allowed}")
    if column.kind == "date":
        return (text, None) if _is_date(text) else wrong(f"{_shown(text)} is not {allowed}")
    if _NOT_FINITE.fullmatch(text):
        advice = "; leave a figure that is not known blank" if column.blank else ""
        return wrong(f"{text} is not a finite number{advice}")
    if not (_INTEGER if column.kind == "integer" else _NUMBER).fullmatch(text):
        return wrong(f"{_shown(text)} is not {'a whole number' if column.kind == 'integer' else 'a number'}")
    value = int(text.split(".")[0]) if column.kind == "integer" else float(text)
    if math.isinf(value):
        return wrong(f"{_shown(text)} is not a finite number")
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        return wrong(f"{text} is not {allowed}", value)
    return value, None


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return 1950 <= date(year, month, day).year <= 2100
    except ValueError:
        return False


def _shown(text: str) -> str:
    """A cell as it can be printed on one line: quoted, short, without control characters."""
    text = text if len(text) <= 40 else text[:37] + "..."
    return '"' + "".join(sign if sign.isprintable() else "?" for sign in text) + '"'


def _series(column: Column, values: list[Value]) -> pd.Series:
    gaps = None in values
    if column.kind == "integer":
        return pd.Series(values, dtype="Int64" if gaps else "int64")
    if column.kind == "number":
        return pd.Series([math.nan if value is None else value for value in values], dtype="float64")
    if column.kind == "flag":
        return pd.Series(values, dtype="boolean" if gaps else "bool")
    return pd.Series(["" if value is None else value for value in values], dtype="str")
