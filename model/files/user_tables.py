"""Read a user's table against a column specification: say what was understood, and report every error.

Checks, messages and documentation are made from the same `TableColumn`s. `model.files.table_files` opens the
file, `model.files.table_headings` finds the columns, `model.files.cell_values` reads the cells.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pandas as pd

from agents.suggestions import shown_key
from agents.user_error import UserError
from model.files import raw_table
from model.files.cell_values import plain, visible, without_controls
from model.files.raw_table import RawTable, TableFileError, first_line
from model.files.table_columns import Remark, Review, TableColumn, Value, column_values, parse_cell, quoted
from model.files.table_files import check_place, open_table
from model.files.table_headings import Match, find_columns, knows, nearest_heading

LISTED = 50  # lines of a message
KEPT = 1_000  # problems kept in memory; the rest are counted
SHOWN = 8  # names listed in one remark
READING = "reading"
"""Key of `DataFrame.attrs` under which a table keeps what was understood, as a list of sentences."""
SOURCE = "source"
"""Key of `DataFrame.attrs` under which a table keeps what its file is and which headings were not read."""

TOTALS = frozenset(
    ["合计", "总计", "总和", "小计", "全国", "全国合计", "全省", "全省合计", "total", "totals", "sum"]
) | {"grand total"}
NOTES = ("注", "备注", "说明", "资料来源", "数据来源", "来源", "source:", "note:", "notes:", "sources:")

CityOf = Callable[[str], tuple[int, str]]
"""Returns the city_id that a cell means, and a word if it was not written plainly. Raises UserError."""

log = logging.getLogger(__name__)
"""Tells, at level INFO, how a user's table was understood where that was not plain."""


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
    path: str | Path,
    columns: Sequence[TableColumn],
    *,
    key: str | None = None,
    review: Review | None = None,
    city_of: CityOf | None = None,
    words: Callable[[], list[str]] = list,
    sheet: str | None = None,
) -> pd.DataFrame:
    """Read the declared columns of a table in any of the forms that `model.files.table_files` opens.

    Args:
        path: Further columns of the file are ignored. Rows are numbered as a spreadsheet shows them.
        key: A column whose cells must all differ.
        review: A further check of every row.
        city_of: Finds the city of a cell of kind "city".
        words: Returns what the review understood.
        sheet: Sheet of a workbook; None: the first.

    Returns:
        The columns in the order declared: integer, year and city int64 (Int64 if a cell is blank), number
        float64 (NaN where blank), flag bool (boolean if a cell is blank), text and date str ("" where blank).
        An optional column that the file does not have is blank throughout. `attrs["reading"]` says how the
        file was understood, wherever that was not plain.

    Raises:
        InputError: with every mistake of the table.
    """
    path = Path(path)
    ledger = _Ledger(path.name or str(path))
    table = _open(path, columns, ledger, sheet)
    match = _columns(table, columns, ledger)
    understood = _Understood(table, match)
    values: dict[str, list[Value]] = {column.name: [] for column in columns}
    first_seen: dict[Value, int] = {}
    count = 0
    for number, cells in _rows(table, match, ledger):
        left_out = _left_out(cells)
        if left_out:
            understood.rows.append((number, left_out))
            continue
        count += 1
        if count > raw_table.MAX_ROWS:
            ledger.stop(f"has more than {raw_table.MAX_ROWS:,} rows", f"at most {raw_table.MAX_ROWS:,} rows")
        width = len(table.header)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            some = "fields too many" if len(cells) > width else "fields too few"
            what = f"has {len(cells)} fields, the header has {width}: {some}"
            ledger.note(number, Remark(None, what, f"{width} fields"))
            continue
        row, remarks = _parse_row(cells, columns, understood, city_of)
        if review is not None:
            remarks = review(row, remarks)
        if key is not None and row[key] not in (None, ""):
            if row[key] in first_seen:
                what = f"{shown_key(str(row[key]))} is already in row {first_seen[row[key]]}"
                remarks.append(Remark(key, what, "each id once"))
            else:
                first_seen[row[key]] = number
        for remark in remarks:
            ledger.note(number, remark)
        for name, value in row.items():
            values[name].append(value)
    if count == 0 and not ledger.count:
        ledger.stop("has a header and no rows", "at least one row")
    ledger.close()
    frame = pd.DataFrame({column.name: column_values(column, values[column.name]) for column in columns})
    frame.attrs[READING] = [*understood.sentences(), *words()]
    frame.attrs[SOURCE] = [f"{table.form}; {count:,} rows", *understood.unread()]
    if frame.attrs[READING]:
        log.info("%s: %s", ledger.file, "; ".join(frame.attrs[READING]))
    return frame


def _parse_row(
    cells: Sequence[str], columns: Sequence[TableColumn], understood: _Understood, city_of: CityOf | None
) -> tuple[dict[str, Value], list[Remark]]:
    """Return the values of a row by column, and its mistakes; how cells were read goes to ``understood``."""
    table, match = understood.table, understood.match
    row: dict[str, Value] = {}
    remarks: list[Remark] = []
    for column in columns:
        name = column.name
        if column.blank and name not in match.chosen:
            row[name] = None
            continue
        text = cells[match.chosen[name]].strip() if name in match.chosen else ""
        row[name], remark, manner = parse_cell(column, text, table.separator, match.factors.get(name, 1.0))
        if column.kind == "city" and city_of is not None and remark is None and text:
            try:
                row[name], manner = city_of(text)
            except UserError as error:
                row[name], remark = None, Remark(name, str(error), column.allowed())
        if remark is not None:
            remarks.append(remark)
        if manner:
            understood.manners[name, manner] += 1
    return row, remarks


def headings(path: str | Path, columns: Sequence[TableColumn], sheet: str | None = None) -> list[str]:
    """Return the headings of a table that may have these columns. Raises InputError."""
    path = Path(path)
    return _open(path, columns, _Ledger(path.name or str(path)), sheet).header


@dataclass(frozen=True)
class TextTable:
    """A table as text: rows that are neither totals nor notes, with their numbers."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    separator: str
    remarks: list[str]


def read_texts(path: str | Path, columns: Sequence[TableColumn] = ()) -> TextTable:
    """Return a table as text; by the columns that it may have its header is found. Raises InputError."""
    path = Path(path)
    ledger = _Ledger(path.name or str(path))
    table = _open(path, columns, ledger, None)
    whole = Match({name: place for place, name in enumerate(table.header)}, {}, {}, (), ())
    rows, remarks = [], list[str]()
    for number, cells in _rows(table, whole, ledger):
        left_out = _left_out(cells)
        if left_out:
            remarks.append(f"row {number} left out, {left_out}")
        else:
            rows.append((number, list(map(without_controls, cells))))
    ledger.close()
    return TextTable(table.header, rows, table.separator, [*table.remarks, *remarks])


class _Understood:
    """How a table was understood, wherever that was not plain."""

    def __init__(self, table: RawTable, match: Match) -> None:
        self.table, self.match = table, match
        self.manners: Counter[tuple[str, str]] = Counter()
        self.rows: list[tuple[int, str]] = []

    def sentences(self) -> list[str]:
        found = list(self.table.remarks)
        for name, heading in self.match.renamed.items():
            factor = self.match.factors[name]
            if heading.lower() == name and factor == 1.0:
                continue
            found.append(
                f"{quoted(heading)[1:-1]} read as {name}" + (f", times {factor:g}" if factor != 1.0 else "")
            )
        found += [
            f"{quoted(heading)[1:-1]} means {name} too and is left out"
            for name, heading in self.match.passed_over
        ]
        words: dict[str, list[str]] = {}
        for (name, manner), count in self.manners.items():
            cells = "" if count == 1 else f" ({count:,} cells)"
            words.setdefault(name, []).append(f"{manner}{cells}")
        for name, told in words.items():
            more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            found.append(f"{name} reads {', '.join(told[:SHOWN])}{more}")
        found += [f"row {number} left out, {what}" for number, what in self.rows[:SHOWN]]
        return found

    def unread(self) -> list[str]:
        read = set(self.match.chosen.values())
        names = [
            quoted(name)[1:-1] for place, name in enumerate(self.table.header) if place not in read and name
        ]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return [f"not read: {', '.join(names[:SHOWN])}{more}"] if names else []


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


def understanding(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the two attributes by which a table tells how its file was understood."""
    return {name: list(frame.attrs[name]) for name in (READING, SOURCE)}


def _open(path: Path, columns: Sequence[TableColumn], ledger: _Ledger, sheet: str | None) -> RawTable:
    try:
        return open_table(path, knows(columns), sheet)
    except TableFileError as error:
        ledger.stop(str(error), row=error.row)
    except OSError as error:
        ledger.stop(f"cannot be read: {error.strerror or first_line(error)}")


def check_file(path: str | Path) -> None:
    """Refuse a path that is not a regular file, and a file that is empty or too large. Raises InputError."""
    path = Path(path)
    ledger = _Ledger(path.name or str(path))
    try:
        check_place(path)
    except TableFileError as error:
        ledger.stop(str(error))
    except OSError as error:
        ledger.stop(f"cannot be read: {error.strerror or first_line(error)}")


def _columns(table: RawTable, columns: Sequence[TableColumn], ledger: _Ledger) -> Match:
    """Return the places of the columns; stop if a needed one is missing, repeated or in no certain unit."""
    match = find_columns(table.header, columns, table.labels)
    for name, what in match.wrong:
        ledger.note(table.header_row, Remark(name, what, "each column once, in a unit that is known"))
    refused = {name for name, _ in match.wrong}
    missing = [c for c in columns if c.required and c.name not in match.chosen and c.name not in refused]
    if match.years and any(column.year is not None for column in missing):
        these = ", ".join(quoted(name) for name in match.years[:SHOWN])
        what = f"{these} hold one year each; write one column for each figure, in the years that are read: "
        form = ",".join(c.name + (f" (of {c.year})" if c.year else "") for c in columns if c.required)
        ledger.stop(what + form, row=table.header_row)
    years = [name for name in table.header if re.fullmatch(r"(19|20)\d\d年?", name, re.ASCII)]
    if len(years) > 1 and any(column.kind == "year" for column in missing):
        form = ", ".join(column.name for column in columns if column.required)
        what = f"the columns {years[0]} to {years[-1]} are years; write a row for each city and year: {form}"
        ledger.stop(what, row=table.header_row)
    for column in missing:
        hint = nearest_heading(column.name, table.header)
        ledger.note(table.header_row, Remark(column.name, f"is missing{hint}", f"a column {column.name}"))
    ledger.close()
    return match


def _rows(table: RawTable, match: Match, ledger: _Ledger) -> Iterable[tuple[int, list[str]]]:
    """Yield the rows of a table, without invisible signs; one that cannot be split into cells is the last."""
    signs = set[str]()
    try:
        for number, cells in table.rows(sorted(match.chosen.values())):
            signs.update(*(set(cell) - set(visible(cell)) for cell in cells if not cell.isprintable()))
            yield number, list(map(visible, cells))
    except TableFileError as error:
        if error.row is None:
            ledger.stop(str(error))
        ledger.note(error.row, Remark(None, str(error)))
    if signs:
        table.remarks.append(
            "invisible signs left out: " + ", ".join(f"U+{ord(s):04X}" for s in sorted(signs)[:SHOWN])
        )


def _left_out(cells: list[str]) -> str:
    """Return why a row is none of the table's: a total or a note below it; empty if it is one."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    tidy = [plain(cell[:60]).lower() for cell in filled[:2]]
    for text, cell in zip(tidy, filled, strict=False):
        if text in TOTALS and (text == tidy[0] or not text.isascii()):
            return f"a total ({quoted(cell)})"
    if len(filled) == 1 and tidy[0].startswith(NOTES):
        return f"a note ({quoted(filled[0])})"
    return ""
