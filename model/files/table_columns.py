"""Specifications of the columns of user tables: which cells are allowed, and how their text is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

Kind = Literal["integer", "number", "text", "flag", "date"]
Value = int | float | str | bool | None
Cells = Mapping[str, Value]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(
    r"[+-]?\d{1,18}(\.0*)?", re.ASCII
)  # 110000.0: as pandas writes it if another cell is blank
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_TRUE = frozenset({"1", "1.0", "true", "yes"})
_FALSE = frozenset({"0", "0.0", "false", "no"})
_ALLOWED_DATE = "a date: YYYY, YYYY-MM or YYYY-MM-DD, from 1950 to 2100"


@dataclass(frozen=True)
class TableColumn:
    """The specification of one column.

    Attributes:
        low, high: Bounds of a number, both included; of a text, `high` is the greatest length in characters.
        required: The table must have the column.
        blank: A cell may be empty.
        choices: The only texts allowed.
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
        """Return the allowed values as the end of a sentence: "between 73 and 136 degrees east"."""
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
class Remark:
    """A problem of one cell, without its file and row."""

    column: str | None
    what: str
    allowed: str = ""


Review = Callable[[Cells, list[Remark]], list[Remark]]
"""A check of a whole row: takes its cells and the remarks so far, returns the remarks to keep."""


def columns_as_markdown(columns: Sequence[TableColumn]) -> str:
    """Return the columns as a Markdown table for the documentation."""
    lines = ["| column | needed | a cell takes | meaning |", "|---|---|---|---|"]
    for column in columns:
        needed = "no" if not column.required else "yes; a cell may be blank" if column.blank else "yes"
        lines.append(f"| `{column.name}` | {needed} | {column.allowed()} | {column.meaning} |")
    return "\n".join(lines)


def parse_cell(column: TableColumn, text: str) -> tuple[Value, Remark | None]:
    """Return the value of a cell, None if it has none, and a remark if it is wrong.

    A number out of range and a text that is not allowed are returned with the remark.
    """
    allowed = column.allowed()

    def wrong(what: str, value: Value = None) -> tuple[Value, Remark]:
        return value, Remark(column.name, what, allowed)

    if not text:
        return (None, None) if column.blank else wrong(f"is blank; it takes {allowed}")
    if column.kind == "text":
        too_long = column.high is not None and len(text) > column.high
        unknown = bool(column.choices) and text not in column.choices
        return wrong(f"{quoted(text)} is not {allowed}", text) if too_long or unknown else (text, None)
    if column.kind == "flag":
        known = text.lower() in _TRUE | _FALSE
        return (text.lower() in _TRUE, None) if known else wrong(f"{quoted(text)} is not {allowed}")
    if column.kind == "date":
        return (text, None) if _is_date(text) else wrong(f"{quoted(text)} is not {allowed}")
    if _NOT_FINITE.fullmatch(text):
        advice = "; leave a figure that is not known blank" if column.blank else ""
        return wrong(f"{text} is not a finite number{advice}")
    if not (_INTEGER if column.kind == "integer" else _NUMBER).fullmatch(text):
        return wrong(f"{quoted(text)} is not {'a whole number' if column.kind == 'integer' else 'a number'}")
    value = int(text.split(".")[0]) if column.kind == "integer" else float(text)
    if math.isinf(value):
        return wrong(f"{quoted(text)} is not a finite number")
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


def quoted(text: str) -> str:
    """Return a cell for a message: quoted, at most 40 characters, without control characters."""
    text = text if len(text) <= 40 else text[:37] + "..."
    return '"' + "".join(sign if sign.isprintable() else "?" for sign in text) + '"'


def column_values(column: TableColumn, values: list[Value]) -> pd.Series:
    """Return the cells of a column as a series of the type that `read_table` states."""
    gaps = None in values
    if column.kind == "integer":
        return pd.Series(values, dtype="Int64" if gaps else "int64")
    if column.kind == "number":
        return pd.Series([math.nan if value is None else value for value in values], dtype="float64")
    if column.kind == "flag":
        return pd.Series(values, dtype="boolean" if gaps else "bool")
    return pd.Series(["" if value is None else value for value in values], dtype="str")
