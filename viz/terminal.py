"""What a person sees in the terminal, and files that are written where the person asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from agents.user_error import UserError
from experiments.storage.atomic_write import check_can_write, whole_file

WIDTH = 100  # of tables that go to a file or a pipe


def screen(error: bool = False) -> Console:
    """The terminal: plain text in, as nothing that is shown here is markup."""
    console = Console(stderr=error, markup=False, emoji=False, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH
    return console


def say(sentence: str) -> None:
    """A remark on what happens; to standard error, so that standard output holds results alone."""
    typer.echo(sentence, err=True)


def show_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], text: Sequence[str] = ()
) -> None:
    """A table on standard output; its first column and those in ``text`` are text, the others numbers."""
    table = plain_table()
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if not place or column in text else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    show(title, table)


def plain_table() -> Table:
    """An empty table that is readable on a terminal and in a file alike."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False)


def show(title: str, table: Table) -> None:
    """A table under its title, on standard output."""
    console = screen()
    console.print(title, style="bold")
    console.print(table)


def write_file(
    target: Path, endings: Sequence[str], write: Callable[[Path], object], force: bool = False
) -> None:
    """Let ``write`` fill a file that then appears whole at ``target``; another file is replaced if forced."""
    check_target(target, endings, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target) as part:
            write(part)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}") from None


def check_target(target: Path, endings: Sequence[str], force: bool = False) -> None:
    """Refuse a file that `write_file` could not write, before anything long is begun. Raises UserError."""
    if target.suffix.lower() not in endings:
        raise UserError(f"{target} must have a name that ends in {' or '.join(endings)}")
    if target.is_dir():
        raise UserError(f"{target} is a folder; name a file")
    if target.exists() and not force:
        raise UserError(f"{target} is already there; --force replaces it")
    check_can_write(target)
