"""Progress of runs in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from experiments.study.progress_lines import ProgressLines, RemainingTime
from viz.terminal import OUTPUT, echo_err, plain_console


@contextmanager
def progress(total: int, workers: int = 1) -> Iterator[Callable[[object], None]]:
    """Yield a function to call at the end of each run: it moves a bar, or writes a line now and then.

    workers: Processes that share the runs, for the time that is left.
    """
    console = plain_console(error=True)
    if OUTPUT.quiet:
        yield lambda run: None
        return
    if not console.is_terminal:
        yield ProgressLines(total, echo_err, workers)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    left = RemainingTime(total, workers)
    columns = (
        TextColumn("runs"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("runs", total=total, left=left.text())

        def finished(run: object) -> None:
            left.ended()
            bar.update(task, advance=1, left=left.text())

        yield finished
