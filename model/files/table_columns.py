"""Specifications of the columns of user tables: which cells are allowed, and how their text is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from model.files.cell_values import (
    ALLOWED_DATE,
    is_missing,
    plain,
    read_date,
    read_integer,
    read_number,
    read_year,
    without_controls,
)

Kind = Literal["integer", "number", "text", "flag", "date", "year", "city"]
Value = int | float | str | bool | None
Cells = Mapping[str, Value]
Row = dict[str, Value]

_TRUE = frozenset({"1", "1.0", "true", "yes", "y", "是", "有"})
_FALSE = frozenset({"0", "0.0", "false", "no", "n", "否"})


@dataclass(frozen=True)
class TableColumn:
    """The specification of one column.

    Attributes:
        low, high: Bounds of a number, both included; of a text, `high` is the greatest length in characters.
        required: The table must have the column.
        blank: A cell may be empty.
        choices: The only texts allowed.
        words: Other words for a choice or for another known text, in lower case.
        headings: Other names of the column, and the factor that takes their figures to the column's unit;
            None if such a heading must name its unit, as 人口（万人） does.
        units: Units that a heading may name, and their factors.
        year: Year of the column's figures. Headings with another year belong to another column.
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
    words: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, float | None] = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    year: int | None = None

    def allowed(self) -> str:
        """Return the allowed values as the end of a sentence: "between 73 and 136 degrees east"."""
        if self.choices:
            return "one of: " + ", ".join(self.choices)
        if self.kind == "flag":
            return "1 or 0 (or true, false, yes, no)"
        if self.kind == "date":
            return ALLOWED_DATE
        if self.kind == "city":
            return "a city of the table of cities, by code or name"
        if self.kind == "text":
            return "text" if self.high is None else f"text of at most {self.high:g} characters"
        number = "a whole number" if self.kind in ("integer", "year") else "a number"
        if self.low is not None and self.high is not None:
            bounds = f"between {self.low:.16g} and {self.high:.16g}"
            return f"{bounds} {self.unit}" if self.unit[:1].isalpha() else bounds + self._unit()
        return number + (f", {self.low:.16g} or more" if self.low is not None else "") + self._unit()

    def _unit(self) -> str:
        return f" (unit: {self.unit})" if self.unit else ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem of one cell, without its file and row."""

    column: str | None
    what: str
    allowed: str = ""


Review = Callable[[Row, list[Remark]], list[Remark]]
"""A check of a whole row: takes its cells, which it may replace, and its remarks; returns those to keep."""


def columns_as_markdown(columns: Sequence[TableColumn]) -> str:
    """Return the columns as a Markdown table for the documentation."""
    lines = ["| column | needed | a cell takes | meaning |", "|---|---|---|---|"]
    for column in columns:
        needed = "no" if not column.required else "yes; a cell may be blank" if column.blank else "yes"
        lines.append(f"| `{column.name}` | {needed} | {column.allowed()} | {column.meaning} |")
    return "\n".join(lines)


class Cell(NamedTuple):
    """A cell as read: its value, None if it has none; a remark if it is wrong; its manner of writing."""

    value: Value
    remark: Remark | None = None
    manner: str = ""


def parse_cell(column: TableColumn, text: str, separator: str = ",", factor: float = 1.0) -> Cell:
    """Return a cell as read. A number out of range and a text that is not allowed come with a remark.

    Args:
        separator: Between the cells of the file.
        factor: From the unit of the file's heading to that of the column.
    """

    def wrong(what: str, value: Value = None) -> Cell:
        return Cell(value, Remark(column.name, what, column.allowed()))

    if column.kind in ("text", "city") and not column.choices:
        missing = not text
    else:
        missing = is_missing(text) and text not in column.choices
    if missing:
        said = f"{quoted(text)} is blank" if text else "is blank"
        manner = f"{quoted(text)} as blank" if text else ""
        return Cell(None, None, manner) if column.blank else wrong(f"{said}; it takes {column.allowed()}")
    if column.kind in ("text", "city"):
        clear = without_controls(text).strip()
        if clear != text:
            cell = parse_cell(column, clear)
            return cell._replace(manner=cell.manner or f"{quoted(clear)} without control characters")
        return _text(column, text, wrong)
    if column.kind == "flag":
        low = plain(text).lower()
        return (
            Cell(low in _TRUE)
            if low in _TRUE | _FALSE
            else wrong(f"{quoted(text)} is not {column.allowed()}")
        )
    if column.kind == "date":
        found = read_date(text)
        if found.wrong:
            said = (
                f"is not {column.allowed()}"
                if found.wrong == "is not a date"
                else f"{found.wrong}; it takes {column.allowed()}"
            )
            return wrong(f"{quoted(text)} {said}")
        return Cell(found.value, None, found.manner)
    if column.kind == "number":
        found = read_number(text, ratio=not column.unit, separator=separator)
    else:
        found = read_year(text) if column.kind == "year" else read_integer(text)
    value = found.value
    if value is None or isinstance(value, str):
        advice = (
            "; leave a figure that is not known blank" if column.blank and "finite" in found.wrong else ""
        )
        return wrong(f"{quoted(text)} {found.wrong}{advice}")
    if factor != 1.0:  # a division by a whole number keeps the digits that were written
        value = value / round(1.0 / factor) if factor < 1.0 else value * factor
    if isinstance(value, float) and math.isinf(value):
        return wrong(f"{quoted(text)} is not a finite number")
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        return Cell(
            value, Remark(column.name, f"{text} is not {column.allowed()}", column.allowed()), found.manner
        )
    return Cell(value, None, found.manner)


def _text(column: TableColumn, text: str, wrong: Callable[[str, Value], Cell]) -> Cell:
    if column.high is not None and len(text) > column.high:
        return wrong(f"{quoted(text)} is not {column.allowed()}", text)
    known = column.words.get(text.lower())
    if known is not None and known != text:
        return Cell(known, None, f"{quoted(text)} as {known}")
    if column.choices and text not in column.choices:
        low = next((choice for choice in column.choices if choice.lower() == text.lower()), None)
        return wrong(f"{quoted(text)} is not {column.allowed()}", text) if low is None else Cell(low)
    return Cell(text)


def quoted(text: str) -> str:
    """Return a cell for a message: quoted, at most 40 characters, without control characters."""
    text = text if len(text) <= 40 else text[:37] + "..."
    return '"' + "".join(sign if sign.isprintable() else "?" for sign in text) + '"'


def column_values(column: TableColumn, values: list[Value]) -> pd.Series:
    """Return the cells of a column as a series of the type that `read_table` states."""
    gaps = None in values
    if column.kind in ("integer", "year", "city"):
        return pd.Series(values, dtype="Int64" if gaps else "int64")
    if column.kind == "number":
        return pd.Series([math.nan if value is None else value for value in values], dtype="float64")
    if column.kind == "flag":
        return pd.Series(values, dtype="boolean" if gaps else "bool")
    return pd.Series(["" if value is None else value for value in values], dtype="str")
