"""Run a scenario and its twin for many seeds and write a results folder, as ``computeleap run`` does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.results.comparison import comparison_tables
from experiments.results.write_results import (
    Report,
    checked_folder,
    folder_state,
    free_name,
    shown_path,
    summary,
    write_results,
)
from experiments.storage.atomic_write import write_whole
from experiments.study.prepare import Notify, describe_study, make_study, warm_kernels, worker_count
from experiments.study.progress_lines import ProgressLines
from experiments.study.results import Results
from experiments.study.run_arms import INTERRUPTED, StudyInterrupted, run_arms
from experiments.study.settings import Settings, as_toml, merge_settings
from experiments.study.study import Run, Study
from model.economy.invariants import InvariantError

Finished = Callable[[str], None]  # called with the name of each run that ends
Progress = Callable[[int], AbstractContextManager[Finished]]
Tables = Mapping[str, pd.DataFrame]


class NoPairError(RuntimeError):
    """Every pair of a study failed.

    Attributes:
        failures: Run → what went wrong.
        breach: The settings file that repeats a run which broke an invariant, if there is one.
    """

    def __init__(self, failures: Mapping[Run, str], breach: Path | None = None) -> None:
        self.failures, self.breach = failures, breach
        super().__init__(f"no pair of runs ended: {next(iter(failures.values()))}")


@dataclass(frozen=True)
class PreparedStudy:
    """A study that is ready to run: its settings, results folder, arms and number of processes.

    ``folder_before`` tells whether another program has written the folder meanwhile.
    """

    settings: Settings
    folder: Path
    study: Study
    workers: int
    folder_before: tuple[int, int] | None


@dataclass(frozen=True)
class FinishedStudy:
    """The results of a study, its tables, and the folder they were written to.

    ``report_drawn``: False if the report could not be drawn.
    """

    results: Results
    tables: Mapping[str, pd.DataFrame]
    folder: Path
    report_drawn: bool


def print_line(sentence: str) -> None:
    """Print a sentence to standard error."""
    print(sentence, file=sys.stderr)


def run_study(
    scenario: str | None = None,
    *,
    out: str | Path | None = None,
    force: bool = False,
    config: str | Path | None = None,
    report: Report | None = None,
    progress: Progress | None = None,
    notify: Notify = print_line,
    **settings: object,
) -> Results:
    """Run a scenario and its twin for every seed, write the results folder and return the results.

    >>> from experiments import run_study
    >>> results = run_study("random_hosts", seeds=2, firms=300, until=2012, out="results/x")
    >>> results.panel  # a row for each seed, arm, year and city

    Worker processes do not import the script that calls this, so it needs no ``if __name__ == "__main__":``.

    Args:
        scenario: Name of a scenario, or a TOML or Python file; by default ``actual``.
        out: Folder for the results; by default ``results/SCENARIO``.
        force: Replace a results folder that holds other files too.
        config: Settings from a TOML file; those that are given here take precedence.
        report: Draws a report into the folder, such as ``viz.reports.run_report.write_report``; by default
            none.
        progress: Takes the number of runs and gives a context that yields a function to call with the name
            of each run that ends; by default a line every ten seconds through ``notify``.
        notify: Called with each remark; by default it goes to standard error.
        settings: Further settings of ``computeleap run``: ``seeds``, ``first_seed``, ``until``, ``firms``,
            ``cities``, ``centres``, ``links``, ``workers``, ``threads``, ``timeout``, ``check_invariants``,
            ``against``, ``window``;
            ``extension``, names or values that a module other than the script holds, so that workers find
            them; and ``parameters``, a mapping.

    Raises:
        SettingsError, ParameterError, ScenarioError, ExtensionError, InputError, UserError: what the user
            can correct.
        NoPairError: no pair of runs has ended.
        StudyInterrupted: it was interrupted before a pair of runs was complete. Later, the complete pairs
            are written and returned; ``Results.interrupted`` says so.
    """
    merged = merge_settings(config, {"scenario": scenario, "out": out, **settings})
    return carry_out(prepare_study(merged, force, notify), report, progress, notify).results


def prepare_study(settings: Settings, force: bool = False, notify: Notify = print_line) -> PreparedStudy:
    """Check the results folder, read the tables, and compile the rules. Raises as ``run_study``."""
    years = settings.until - settings.parameters.start_year + 1
    folder = checked_folder(settings.folder, force, settings.seeds * settings.parameters.firms * years)
    before = folder_state(folder)
    study = make_study(settings)
    workers = worker_count(settings, len(study.runs))
    for sentence in describe_study(study, workers):
        notify(sentence)
    warm_kernels(study, notify, settings.timeout)
    return PreparedStudy(settings, folder, study, workers, before)


def carry_out(
    prepared: PreparedStudy,
    report: Report | None = None,
    progress: Progress | None = None,
    notify: Notify = print_line,
    writing: Callable[[], AbstractContextManager[None]] = nullcontext,
    further: Callable[[Results, Tables], Tables] = lambda results, tables: {},
) -> FinishedStudy:
    """Run a prepared study and write its results folder. Raises as ``run_study``.

    writing: A context in which finished runs are written, such as one that defers signals.
    further: Gives further tables from the results and their tables; they are written with them.
    """
    folder, settings = prepared.folder, prepared.settings
    started = time.perf_counter()
    with (progress or (lambda total: nullcontext(ProgressLines(total, notify, prepared.workers))))(
        len(prepared.study.runs)
    ) as finished:
        results = run_arms(prepared.study, prepared.workers, finished, timeout=settings.timeout).pair()
    seconds = time.perf_counter() - started
    if not results.records and results.interrupted:
        raise StudyInterrupted("interrupted before a pair of runs was complete: nothing is written")
    breach = _keep_breach(settings, folder, results.failures, notify)
    if not results.records:
        raise NoPairError(results.failures, breach)
    for sentence in describe_failures(results):
        notify(sentence)
    if folder_state(folder) != prepared.folder_before:
        notify(f"another command has meanwhile written {shown_path(folder)}: it stays; these go next to it")
        folder = free_name(folder, "second")
    elif INTERRUPTED in results.failures.values() and folder.exists():
        folder = free_name(folder, "interrupted")  # an older, complete folder is worth more than a part
    own = comparison_tables(results, settings.against, settings.window)
    tables = {**own, **further(results, own)}
    with writing():
        summarised = summary(results, tables, seconds)
        drawn = write_results(folder, results, tables, summarised, report, notify)
    return FinishedStudy(results, tables, folder, drawn)


def describe_failures(results: Results) -> list[str]:
    """Return a sentence on the runs that failed, and one on those that an interruption left out, if any."""
    sentences, seeds = [], len(results.study.seeds)
    failed = {run: reason for run, reason in results.failures.items() if reason != INTERRUPTED}
    if failed:
        run, reason = next(iter(failed.items()))
        their = "its pair is left out; " if len(failed) == 1 else "their pairs are left out; "
        sentences.append(f"{len(failed)} of {2 * seeds} runs failed, and {their}{run}: {reason}")
    if INTERRUPTED in results.failures.values():
        pairs = len(results.records) // 2
        sentences.append(
            f"interrupted: {pairs} of {seeds} pairs of runs were complete; these are evaluated and written"
        )
    return sentences


def _keep_breach(
    settings: Settings, folder: Path, failures: Mapping[Run, str], notify: Notify
) -> Path | None:
    """Write the settings of the first run that broke an invariant, if any, next to the results."""
    for run, reason in failures.items():
        if reason.startswith(InvariantError.__name__):
            place = folder.with_name(f"{folder.name}-breach-seed-{run.seed}.toml")
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(
                place,
                as_toml(settings, seeds=1, first_seed=run.seed, workers=1, check_invariants=True, out=None),
            )
            notify(f"to see it again: computeleap run --config {shown_path(place)}")
            return place
    return None
