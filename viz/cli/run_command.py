"""``computeleap run``: runs a scenario and its twin, with a progress bar, and shows the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from viz.cli.options import (
    CentresFile,
    Changes,
    CitiesFile,
    Extensions,
    Firms,
    FirstSeed,
    ForceFolder,
    LinksFile,
    Until,
    Workers,
    argument,
    option,
)
from viz.cli.progress import progress
from viz.cli.signals import exit_code, exit_now, finish_first, on_signal
from viz.terminal import echo_err


def run(
    scenario: Annotated[
        str | None, argument("See: computeleap scenarios.", default="actual", metavar="SCENARIO")
    ] = None,
    seeds: Annotated[
        int | None, option("Seeds, each run with and without the centres.", default="20")
    ] = None,
    first_seed: FirstSeed = None,
    until: Until = None,
    firms: Firms = None,
    cities: CitiesFile = None,
    centres: CentresFile = None,
    links: LinksFile = None,
    changes: Changes = None,
    extension: Extensions = None,
    config: Annotated[
        Path | None, option("Settings from a file; options override it.", metavar="FILE.toml")
    ] = None,
    workers: Workers = None,
    threads: Annotated[int | None, option("Threads of each process.", default="1")] = None,
    timeout: Annotated[
        float | None, option("Stop a run that takes longer, in seconds.", default="never", metavar="SECONDS")
    ] = None,
    out: Annotated[
        Path | None, option("Folder for the results.", default="results/SCENARIO", metavar="FOLDER")
    ] = None,
    force: ForceFolder = False,
    check_invariants: Annotated[
        bool | None,
        option(
            "Check every invariant after every quarter; runs take 1.5 times as long.", "--check-invariants"
        ),
    ] = None,
) -> None:
    """Run a scenario and its twin without centres for many seeds; show and write the effects."""
    given = {
        "scenario": scenario,
        "seeds": seeds,
        "first_seed": first_seed,
        "until": until,
        "firms": firms,
        "cities": cities,
        "centres": centres,
        "links": links,
        "workers": workers,
        "threads": threads,
        "out": out,
        "extension": extension,
        "check_invariants": check_invariants,
        "timeout": timeout,
    }
    with on_signal(exit_now):
        from experiments.results.write_results import SUMMARY, shown_path
        from experiments.study.run_arms import INTERRUPTED, StudyInterrupted
        from experiments.study.settings import merge_settings
        from experiments.study_runner import NoPairError, carry_out, prepare_study
        from viz.cli.run_tables import show_results
        from viz.reports.run_report import write_report

        prepared = prepare_study(merge_settings(config, given, changes or ()), force, echo_err)
    try:
        done = carry_out(prepared, write_report, progress, echo_err, lambda: on_signal(finish_first()))
    except NoPairError as error:
        if error.breach is None:
            raise
        echo_err(f"computeleap: {error}")
        raise typer.Exit(1) from None
    except StudyInterrupted as interrupt:
        echo_err(str(interrupt))
        raise typer.Exit(exit_code()) from None
    show_results(prepared.study, done.tables)
    report = "report.html, " if done.report_drawn else ""
    typer.echo(f"The results are in {shown_path(done.folder)} ({report}{SUMMARY} and Parquet tables).")
    if INTERRUPTED in done.results.failures.values():
        raise typer.Exit(exit_code())
    if done.results.failures or not done.report_drawn:
        raise typer.Exit(1)
