"""Run the arms of a question, and write its tables, figures and summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from agents.user_error import UserError
from experiments.questions.question_catalogue import Question, Tables
from experiments.results.write_results import checked_folder, made_by, write_summary
from experiments.storage.atomic_write import WholeFolder
from experiments.study.prepare import Notify, describe_seeds, make_study, warm_kernels, worker_count
from experiments.study.results import Results
from experiments.study.run_arms import StudyInterrupted, run_arms
from experiments.study.run_cache import CACHE
from experiments.study.settings import Settings
from experiments.study.study import Study
from experiments.study_runner import Progress
from model.scenarios.scenario import Scenario
from model.scenarios.scenario_catalogue import find_scenario

Figures = Callable[[Path, Tables], object]  # draws into the folder ``figures``


@dataclass(frozen=True)
class PreparedQuestion:
    """A question that is ready to run: its scenarios, results folder, arms and number of processes."""

    question: Question
    scenarios: tuple[Scenario, ...]
    folder: Path
    study: Study
    workers: int

    @property
    def names(self) -> list[str]:
        """Names of the scenarios."""
        return [scenario.name for scenario in self.scenarios]


def prepare_question(
    question: Question, scenarios: Sequence[str], settings: Settings, force: bool, notify: Notify
) -> PreparedQuestion:
    """Check the results folder and the scenarios, read the tables, and compile the rules.

    Raises UserError, ScenarioError or InputError for what the user can correct.
    """
    folder = checked_folder(settings.folder, force)
    whole = settings.extended
    chosen = tuple(
        find_scenario(name, whole.scenarios, whole.parameters) for name in dict.fromkeys(scenarios)
    )
    if question.drawn_hosts:
        refuse_chosen_hosts(chosen)
    arms = question.arms(chosen, settings.parameters)
    study = replace(make_study(settings), arms=arms, measures=question.measures)
    if question.by_seed is not None:
        study = question.by_seed(study, chosen)
    prepared = PreparedQuestion(question, chosen, folder, study, worker_count(settings, len(study.runs)))
    notify(
        f"{question.name}: {question.question} {', '.join(prepared.names)}; {describe_seeds(study.seeds)}; "
        f"{len(study.arms)} arms, {len(study.runs)} runs, {prepared.workers} at once"
    )
    warm_kernels(study, notify)
    return prepared


def refuse_chosen_hosts(scenarios: Sequence[Scenario]) -> None:
    """Raise UserError for a scenario whose hosts are not drawn at random."""
    for scenario in scenarios:
        if scenario.centres != "random":
            raise UserError(
                f"the hosts of {scenario.name} are not drawn at random, so they may differ in more than "
                "their centres: use random_hosts"
            )


def answer_question(
    prepared: PreparedQuestion,
    figures: Figures,
    progress: Progress,
    writing: Callable[[], AbstractContextManager[None]] = nullcontext,
    further: Callable[[Results, Tables], Tables] = lambda results, tables: {},
) -> tuple[Results, Tables]:
    """Run what is not in the cache, and write tables, figures and summary.

    further: Gives further tables from the results and their tables; they are written with them.

    Raises StudyInterrupted if it was interrupted; RuntimeError if no run ended.
    """
    study, question = prepared.study, prepared.question
    started = time.perf_counter()
    with progress(len(study.runs)) as finished:
        results = run_arms(study, prepared.workers, finished, CACHE)
    if results.interrupted:
        raise StudyInterrupted(
            f"interrupted: {len(results.records)} of {len(study.runs)} runs are kept in {CACHE}; the same "
            "command continues from there"
        )
    if not results.records:
        raise RuntimeError(f"no run ended: {next(iter(results.failures.values()))}")
    own = question.tables(results, prepared.names)
    tables = {**own, **further(results, own)}
    with writing():
        summarised = summary(prepared, results, time.perf_counter() - started)
        try:
            with WholeFolder(prepared.folder) as folder:
                write_summary(folder, tables, summarised)
                figures(folder / "figures", tables)
        except OSError as error:
            reason = error.strerror or error
            raise UserError(f"the results cannot be written to {prepared.folder}: {reason}") from None
    return results, tables


def summary(prepared: PreparedQuestion, results: Results, seconds: float) -> dict[str, object]:
    """Return the contents of ``summary.json``."""
    study = prepared.study
    return {
        "study": prepared.question.name,
        "question": prepared.question.question,
        "scenarios": prepared.names,
        "seeds": list(study.seeds),
        "arms": {
            name: dict(arm.parameters) if arm.centres != "none" else {**arm.parameters, "centres": "none"}
            for name, arm in study.arms.items()
        },
        "cities": len(study.country.cities),
        "last_year": study.until,
        "parameters": study.parameters.model_dump(),
        **made_by(results, study.parameters, seconds),
    }
