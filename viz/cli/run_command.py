"""``computeleap run``: runs a scenario and its twin, with a progress bar, and shows the tables."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viz.cli.options import (
    ConfigFile,
    ForceFolder,
    MembersToRun,
    ScenarioName,
    StudyOptions,
    WithRanges,
    flag,
    option,
    takes_study_options,
)
from viz.cli.progress import progress
from viz.cli.signals import exit_code, exit_now, finish_first, on_signal
from viz.terminal import echo, echo_err, warn

if TYPE_CHECKING:
    from experiments.study_runner import FinishedStudy, PreparedStudy


@takes_study_options
def run(
    scenario: ScenarioName = None,
    seeds: Annotated[
        int | None, option("Seeds, each run with and without the centres.", default="20")
    ] = None,
    *,
    shared: StudyOptions,
    config: ConfigFile = None,
    against: Annotated[
        str | None,
        option(
            "Twin: none, without any centre; own, without the openings of the scenario's own file alone.",
            default="none",
            metavar="none|own",
        ),
    ] = None,
    window: Annotated[
        int | None, option("Last years of which effects are means.", default="5", metavar="YEARS")
    ] = None,
    threads: Annotated[int | None, option("Threads of each process.", default="1")] = None,
    timeout: Annotated[
        float | None, option("Stop a run that takes longer, in seconds.", default="never", metavar="SECONDS")
    ] = None,
    out: Annotated[
        Path | None, option("Folder for the results.", default="results/SCENARIO", metavar="FOLDER")
    ] = None,
    force: ForceFolder = False,
    uncertainty: WithRanges = False,
    members: MembersToRun = None,
    check_invariants: Annotated[
        bool | None,
        flag("Check every invariant after every quarter; runs take 1.5 times as long.", "--check-invariants"),
    ] = None,
) -> None:
    """Run a scenario and its twin without centres for many seeds; show and write the effects."""
    with on_signal(exit_now):
        from agents.user_error import UserError
        from experiments.ensemble.members import shipped_ensemble
        from experiments.measures.twin_pairs import WINDOW_YEARS
        from experiments.study.run_arms import StudyInterrupted
        from experiments.study_runner import NoPairError, carry_out, prepare_study
        from viz.cli.uncertainty_tables import range_tables
        from viz.reports.run_report import write_report

        settings = shared.settings(
            config,
            scenario=scenario,
            seeds=seeds,
            against=against,
            window=window,
            threads=threads,
            timeout=timeout,
            out=out,
            check_invariants=check_invariants,
        )
        comparable = settings.against == "none" and settings.window == WINDOW_YEARS
        if uncertainty and not comparable:
            raise UserError(
                f"--uncertainty is of effects against the run without centres in the last {WINDOW_YEARS} "
                "years: leave out --against and --window"
            )
        prepared = prepare_study(settings, force, echo_err)
    try:
        done = carry_out(
            prepared,
            write_report,
            partial(progress, workers=prepared.workers),
            warn,
            lambda: on_signal(finish_first()),
            partial(range_tables, prepared.workers, members)
            if uncertainty or (comparable and shipped_ensemble().applies_to(prepared.study))
            else lambda *_: {},
        )
    except NoPairError as error:
        if error.breach is None:
            raise
        warn(f"computeleap: {error}")
        raise typer.Exit(1) from None
    except StudyInterrupted as interrupt:
        echo_err(str(interrupt))
        raise typer.Exit(exit_code()) from None
    _show(prepared, done, uncertainty)


def _show(prepared: PreparedStudy, done: FinishedStudy, uncertainty: bool) -> None:
    """Show the tables of a finished study and where they are; raise typer.Exit if a run failed."""
    from experiments.results.write_results import SUMMARY, shown_path
    from experiments.study.run_arms import INTERRUPTED
    from viz.cli.run_tables import show_results
    from viz.cli.uncertainty_tables import show_ranges

    show_results(prepared.study, done.tables, prepared.settings.against, prepared.settings.window)
    if uncertainty:
        show_ranges(done.tables)
    report = "report.html, " if done.report_drawn else ""
    echo(f"The results are in {shown_path(done.folder)} ({report}{SUMMARY} and Parquet tables).")
    if INTERRUPTED in done.results.failures.values():
        raise typer.Exit(exit_code())
    if done.results.failures or not done.report_drawn:
        raise typer.Exit(1)
