"""``computeleap run``: runs a scenario and its twin, with a progress bar, and shows the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from experiments.study.settings import Settings
from viz.cli.signals import exit_code, finishing, leaving_at_once
from viz.terminal import say, screen


def run(settings: Settings, force: bool = False) -> None:
    """Run a scenario and its twin for every seed, show the tables and write the results folder.

    Raises UserError or InputError for what the user can correct; typer.Exit with 130 after Ctrl-C (143 after
    SIGTERM, 129 after SIGHUP) and with 1 if runs failed or the report could not be drawn.
    """
    with leaving_at_once():
        from experiments.results.write_results import SUMMARY, shown_path
        from experiments.study.run_arms import INTERRUPTED
        from experiments.study.run_study import NoPairError, carry_out, prepare_study
        from viz.cli.run_tables import show_results
        from viz.reports.run_report import write_report

        prepared = prepare_study(settings, force, say)
    try:
        done = carry_out(prepared, write_report, progress, say, finishing)
    except NoPairError as error:
        if error.breach is None:
            raise
        say(f"computeleap: {error}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt as interrupt:
        say(str(interrupt))
        raise typer.Exit(exit_code()) from None
    show_results(prepared.study, done.tables)
    report = "report.html, " if done.report_drawn else ""
    typer.echo(f"The results are in {shown_path(done.folder)} ({report}{SUMMARY} and Parquet tables).")
    if INTERRUPTED in done.results.failures.values():
        raise typer.Exit(exit_code())
    if done.results.failures or not done.report_drawn:
        raise typer.Exit(1)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """Yield a function to call at the end of each run: it moves a bar, or writes a line now and then."""
    console = screen(error=True)
    if not console.is_terminal:
        from experiments.study.progress_lines import ProgressLines

        yield ProgressLines(total, say)
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
