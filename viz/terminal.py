"""Output to the terminal, and files that are written where the user asks."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agents.user_error import UserError
from experiments.measures.number_text import MINUS, NOT_AVAILABLE, Shown
from experiments.storage.atomic_write import check_can_write, whole_file

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

WIDTH = 100  # of tables that go to a file or a pipe
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?")


@dataclass
class Output:
    """Form in which results are shown: ``text``, ``wide`` (tables of any width), ``json`` or ``csv``.

    Tables of ``json`` and ``csv`` are collected until `end_output`. quiet: Remarks and progress are left out.
    """

    form: str = "text"
    quiet: bool = False
    tables: list[tuple[str, list[str], list[list[object]]]] = field(default_factory=list)

    @property
    def is_data(self) -> bool:
        """Return whether standard output is read by a program."""
        return self.form in ("json", "csv")


OUTPUT = Output()


def start_output(form: str = "text", quiet: bool = False) -> None:
    """Choose how the results of this command are shown."""
    OUTPUT.form, OUTPUT.quiet, OUTPUT.tables = form, quiet, []


def plain_console(error: bool = False) -> Console:
    """Return a console of standard output or standard error that takes plain text, without markup."""
    from rich.console import Console

    made = Console(stderr=error, markup=False, emoji=False, highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDTH
    return made


def harmless(text: str) -> str:
    """Return a text without characters that control a terminal or turn the direction of writing."""
    return "".join(
        char if char.isprintable() or char in "\n\t" or unicodedata.category(char) == "Zs" else "?"
        for char in text
    )


def echo_err(sentence: str) -> None:
    """Print a remark on standard error, which leaves standard output to the results."""
    if not OUTPUT.quiet:
        typer.echo(harmless(sentence), err=True)


def warn(sentence: str) -> None:
    """Print on standard error what `--quiet` does not leave out, such as runs that failed."""
    typer.echo(harmless(sentence), err=True)


def echo(sentence: str = "") -> None:
    """Print a sentence of the results; next to JSON or CSV it is a remark."""
    if not OUTPUT.is_data:
        typer.echo(harmless(sentence))
    elif sentence.strip():
        echo_err(sentence.strip())


def show_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    text: Sequence[str] = (),
    data: pd.DataFrame | None = None,
) -> None:
    """Print a table that fits the terminal; the first column and those named in ``text`` hold text.

    data: What JSON and CSV get in place of the cells, with all digits.
    """
    if OUTPUT.is_data:
        OUTPUT.tables.append(_data(title, columns, rows, data))
        return
    from viz.table_layout import table_lines

    output = plain_console()
    is_text = [not place or column in text for place, column in enumerate(columns)]
    width = None if OUTPUT.form == "wide" else output.width
    lines, headings = table_lines(columns, [[str(cell) for cell in row] for row in rows], is_text, width)
    output.print(harmless(title), style="bold")
    for place, line in enumerate(["", *lines, ""], start=-1):
        output.print(line, style="bold" if place in headings else None, soft_wrap=True)


def _data(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], data: pd.DataFrame | None
) -> tuple[str, list[str], list[list[object]]]:
    """Return a table with the values of its cells."""
    if data is not None:
        known = data.notna() & ~data.isin([math.inf, -math.inf])
        cells = data.astype(object).where(known, None).to_numpy().tolist()
        return title, [str(name) for name in data.columns], cells
    rows = list(rows)
    names: list[str] = []
    places: list[tuple[int, int]] = []  # the cell and, of one that shows several, the value of each column
    for place, column in enumerate(columns):  # a second "s.e." is that of the column before it
        name = column if column and column not in names else f"{column} {len(names) + 1}".strip()
        count = max((len(c.values) for row in rows if isinstance(c := row[place], Shown)), default=1)
        name = name.removesuffix(" ± s.e.")
        names += [name, *(f"{name} s.e." for _ in range(count - 1))]
        places += [(place, part) for part in range(count)]
    return title, names, [[value_of(row[place], part) for place, part in places] for row in rows]


def value_of(cell: object, part: int = 0) -> object:
    """Return the number that a cell shows, None if it is not available, or its text.

    part: Of a mean and its error, 1 is the error.
    """
    if isinstance(cell, Shown):
        return cell.values[part] if part < len(cell.values) else None
    if part:
        return None
    if not isinstance(cell, str):
        return cell
    digits = cell.replace(MINUS, "-").replace(",", "")
    if NUMBER.fullmatch(digits):
        return float(digits) if any(char in ".e" for char in digits) else int(digits)
    return None if cell in (NOT_AVAILABLE, "") else cell


def end_output() -> None:
    """Print the collected tables as JSON, or as CSV: several each below a line with its title."""
    tables, OUTPUT.tables = OUTPUT.tables, []
    if OUTPUT.form == "json" and tables:
        whole = [
            {"title": title, "rows": [dict(zip(names, row, strict=True)) for row in rows]}
            for title, names, rows in tables
        ]
        typer.echo(json.dumps(whole, indent=2, ensure_ascii=False, default=str))
    elif OUTPUT.form == "csv":
        for place, (title, names, rows) in enumerate(tables):
            if len(tables) > 1:
                typer.echo(("\n" if place else "") + f"# {title}")
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows([names, *rows])
            typer.echo(text.getvalue(), nl=False)


def check_target(target: Path, endings: Sequence[str], force: bool = False) -> None:
    """Raise UserError if `write_file` could not write ``target``; call it before long work starts."""
    if target.suffix.lower() not in endings:
        raise UserError(f"{target} must have a name that ends in {' or '.join(endings)}")
    if target.is_dir():
        raise UserError(f"{target} is a folder; name a file")
    if target.exists() and not force:
        raise UserError(f"{target} already exists; --force replaces it")
    check_can_write(target)


def write_file(
    target: Path, endings: Sequence[str], write: Callable[[Path], object], force: bool = False
) -> None:
    """Let ``write`` fill a temporary file that then becomes ``target``, whole. Raises UserError."""
    check_target(target, endings, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target) as part:
            write(part)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}") from None
