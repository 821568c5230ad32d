"""``computeleap study``: asks the model a question, with runs of many arms, and shows the answer's tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from viz.cli.completion import scenario_names
from viz.cli.options import (
    ForceFolder,
    MembersToRun,
    Seeds,
    StudyOptions,
    WithRanges,
    argument,
    option,
    takes_study_options,
)
from viz.cli.progress import progress
from viz.cli.signals import exit_code, exit_now, finish_first, on_signal
from viz.terminal import echo, echo_err, warn

if TYPE_CHECKING:
    from experiments.questions.question_catalogue import Tables

studies = typer.Typer(
    name="study",
    help="Named studies of the model: runs of many arms, with a table and a figure for each.",
    no_args_is_help=True,
)
Scenarios = Annotated[
    list[str] | None,
    argument(
        "Scenarios to run.",
        default="see docs/experiments.md",
        metavar="SCENARIO",
        autocompletion=scenario_names,
    ),
]
Out = Annotated[
    Path | None, option("Folder for the results.", default="results/studies/STUDY", metavar="FOLDER")
]


def _add_command(name: str, help_text: str) -> None:
    """Add the command of one question; all take the same options."""

    @takes_study_options
    def command(
        scenarios: Scenarios = None,
        seeds: Seeds = None,
        *,
        shared: StudyOptions,
        out: Out = None,
        force: ForceFolder = False,
        uncertainty: WithRanges = False,
        members: MembersToRun = None,
    ) -> None:
        place = out or Path("results") / "studies" / name
        answer(name, scenarios or (), shared, seeds, place, force, uncertainty, members)

    command.__doc__ = help_text
    studies.command(name)(command)


def answer(
    name: str,
    scenarios: Sequence[str],
    shared: StudyOptions,
    seeds: int | None,
    out: Path,
    force: bool,
    uncertainty: bool = False,
    members: int | None = None,
) -> None:
    """Run the arms of a question, show its tables, and write them with figures and ``summary.json``.

    Raises UserError for what the user can correct; typer.Exit with 130 after Ctrl-C and with 1 if runs
    failed.
    """
    with on_signal(exit_now):
        from experiments.questions.question_catalogue import QUESTIONS
        from experiments.questions.run_question import answer_question, prepare_question
        from experiments.results.write_results import SUMMARY, shown_path
        from experiments.study.run_arms import StudyInterrupted
        from viz.cli.study_tables import show_study
        from viz.cli.uncertainty_tables import ranges_of_study, show_study_ranges
        from viz.figures.figure_style import write_figures
        from viz.figures.study_figures import FIGURES

        question = QUESTIONS[name]
        settings = shared.settings(seeds=seeds or question.seeds, out=out)
        prepared = prepare_question(question, scenarios or question.scenarios, settings, force, echo_err)

    def figures(folder: Path, tables: Tables) -> None:
        write_figures(folder, FIGURES[name](tables))

    try:
        results, tables = answer_question(
            prepared,
            figures,
            partial(progress, workers=prepared.workers),
            lambda: on_signal(finish_first()),
            partial(ranges_of_study, prepared, members) if uncertainty else lambda *_: {},
        )
    except StudyInterrupted as interrupt:
        echo_err(str(interrupt))
        raise typer.Exit(exit_code()) from None
    show_study(name, tables)
    show_study_ranges(tables)
    place = shown_path(prepared.folder)
    echo(f"The results are in {place} ({SUMMARY}, figures and Parquet tables).")
    if results.failures:
        run, reason = next(iter(results.failures.items()))
        warn(f"{len(results.failures)} of {len(prepared.study.runs)} runs failed; {run}: {reason}")
        raise typer.Exit(1)


_add_command("splits", "For whom does a centre work: the six splits of the source study (C7-C12).")
_add_command("ablation", "Which mechanism produces which finding: each switched off in turn.")
_add_command("regimes", "Where centres close the gap between cities, and where they widen it.")
_add_command("layouts", "Who builds where, and who may use it: layouts, and given sites with given access.")
_add_command("oversupply", "How much compute is too much: a quarter to eight times the default capacity.")
_add_command("single_centres", "Effect of one centre alone on other cities, by distance: one run per host.")
_add_command("frontier", "Where near cities lose and far ones gain, and whether the gap closes there.")
_add_command("policies", "Effects of dated policies, institutions and shocks, each against a run without it.")
_add_command("mechanisms", "Effect of each mechanism of the source documents, in the reduced country.")
