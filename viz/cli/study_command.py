"""``computeleap study``: asks the model a question, with runs of many arms, and shows the answer's tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.study.settings import Settings
from viz.cli.run_command import progress
from viz.cli.signals import exit_code, finishing, leaving_at_once
from viz.terminal import say

if TYPE_CHECKING:
    from experiments.questions.question_catalogue import Question, Tables


def run_study(question: Question, scenarios: Sequence[str], settings: Settings, force: bool = False) -> None:
    """Run the arms of a question, show its tables, and write them with figures and ``summary.json``.

    Raises UserError, ScenarioError or InputError for what the user can correct; typer.Exit with 130 after
    Ctrl-C and with 1 if runs failed.
    """
    with leaving_at_once():
        from experiments.questions.run_question import answer_question, prepare_question
        from viz.cli.study_tables import show_study
        from viz.figures.run_figures import write_figures
        from viz.figures.study_figures import FIGURES

        prepared = prepare_question(question, scenarios, settings, force, say)

    def figures(folder: Path, tables: Tables) -> None:
        write_figures(folder, FIGURES[question.name](tables))

    try:
        results, tables = answer_question(prepared, figures, progress, finishing)
    except KeyboardInterrupt as interrupt:
        say(str(interrupt))
        raise typer.Exit(exit_code()) from None
    show_study(question.name, tables)
    typer.echo(f"The results are in {settings.folder} (summary.json, figures and Parquet tables).")
    if results.failures:
        run, why = next(iter(results.failures.items()))
        say(f"{len(results.failures)} of {len(prepared.study.runs)} runs failed; {run}: {why}")
        raise typer.Exit(1)
