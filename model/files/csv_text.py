"""CSV text as rows of cells: the separator and the header are found by the names of the columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from model.files.raw_table import (
    HEAD,
    MAX_COLUMNS,
    MAX_FIELD,
    Known,
    RawTable,
    Row,
    TableFileError,
    header_place,
    located,
)

MAX_ROW_TEXT = 4_000_000  # characters of one row
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

csv.field_size_limit(max(MAX_FIELD, csv.field_size_limit()))  # one limit for all of Python


def open_csv(text: str, encoding: str, known: Known) -> RawTable:
    """Return the table of a CSV text, with the separator that makes most names of columns known."""
    heads = {separator: _head(text, separator) for separator in SEPARATORS}
    scores = {separator: header_place(rows, known) for separator, rows in heads.items()}
    best = max(SEPARATORS, key=lambda s: (scores[s][0], _widest(heads[s]) if not scores[s][0] else 0))
    place = scores[best][1]
    if not scores[best][0] and not heads[","]:  # the first row cannot be split: let the error be told
        next(_split(text, ","), None)
    name = SEPARATORS[best]
    remarks = [f"encoding {encoding}"] if encoding != "UTF-8" else []
    remarks += [f"cells separated by {name}"] if best != "," else []
    return located(
        f"CSV, {encoding}, {name}", heads[best], place, lambda _: _split(text, best), remarks, best
    )


def _head(text: str, separator: str) -> list[Row]:
    """Return the first rows that are not blank, as far as they can be split."""
    found: list[Row] = []
    try:
        for row in _split(text, separator):
            found.append(row)
            if len(found) == HEAD:
                break
    except TableFileError:
        pass
    return found


def _widest(head: list[Row]) -> int:
    return len(head[0][1]) if head else 0


def _split(text: str, separator: str) -> Iterator[Row]:
    """Yield the rows of CSV that are not blank, with the number that a spreadsheet shows."""
    used = 0

    def lines() -> Iterator[str]:
        nonlocal used
        source = io.StringIO(text, newline="")
        while line := source.readline(MAX_ROW_TEXT + 1):
            used += len(line)
            if used > MAX_ROW_TEXT:
                raise TableFileError(f"has a row of more than {MAX_ROW_TEXT:,} characters", number)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        used = 0
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise TableFileError(f"cannot be split into cells: {error}", number) from None
        if cells is None:
            return
        if len(cells) > MAX_COLUMNS:
            raise TableFileError(f"has more than {MAX_COLUMNS:,} cells", number)
        if number == 1 and cells and re.fullmatch(r"sep=.?", cells[0].strip()):
            continue  # a line for Excel
        if any(cell.strip() for cell in cells):
            yield number, cells
