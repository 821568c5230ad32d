"""Output to the terminal, and files that are written where the user asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agents.user_error import UserError
from experiments.storage.atomic_write import check_can_write, whole_file

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


WIDTH = 100  # of tables that go to a file or a pipe


def plain_console(error: bool = False) -> Console:
    """Return a console of standard output or standard error that takes plain text, without markup."""
    from rich.console import Console

    made = Console(stderr=error, markup=False, emoji=False, highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDTH
    return made


def echo_err(sentence: str) -> None:
    """Print a remark on standard error, which leaves standard output to the results."""
    typer.echo(sentence, err=True)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], text: Sequence[str] = ()
) -> None:
    """Print a table; the first column and those named in ``text`` hold text, the others numbers."""
    table = plain_table()
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if not place or column in text else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    show(title, table)


def plain_table() -> Table:
    """Return an empty table in a style that suits terminals and files."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False)


def show(title: str, table: Table) -> None:
    """Print a table under its title."""
    output = plain_console()
    output.print(title, style="bold")
    output.print(table)


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
