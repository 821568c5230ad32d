"""Progress of runs in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from viz.terminal import echo_err, plain_console


@contextmanager
def progress(total: int) -> Iterator[Callable[[object], None]]:
    """Yield a function to call at the end of each run: it moves a bar, or writes a line now and then."""
    console = plain_console(error=True)
    if not console.is_terminal:
        from experiments.study.progress_lines import ProgressLines

        yield ProgressLines(total, echo_err)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("runs", total=total)
        yield lambda run: bar.advance(task)
