"""Run the arms of a study, in processes, such that an interruption loses no finished run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from experiments.study.endless import interruptible, watched
from experiments.study.one_run import RunRecord, try_run
from experiments.study.results import Results
from experiments.study.run_cache import write_record
from experiments.study.run_key import study_run_keys
from experiments.study.study import Run, Study
from experiments.study.worker_pool import iter_results

INTERRUPTED = "interrupted before it ended"


class StudyInterrupted(KeyboardInterrupt):
    """A study was interrupted before there was anything to show; the text is a sentence for the user."""


def run_arms(
    study: Study,
    workers: int = 1,
    finished: Callable[[str], None] = lambda run: None,
    cache: Path | None = None,
    timeout: float | None = None,
) -> Results:
    """Run every arm of a study with every seed.

    A run that fails is noted in ``failures``; the others continue. After Ctrl-C (KeyboardInterrupt) the
    runs that had not ended are noted as ``INTERRUPTED``, and those that had ended are returned.

    Args:
        study: What to run.
        workers: Processes; 1: runs happen in this one.
        finished: Called with the name of each run that ends.
        cache: Folder that keeps each finished run under its key (``experiments.study.run_key``). A run
            that is there is not run again, so the same call continues a study that was interrupted.
        timeout: s after which a run is ended and has failed; None: never.
    """
    records: dict[Run, RunRecord | Path] = {}
    failures: dict[Run, str] = {}
    places: dict[Run, Path] = {}
    interrupted = False
    if cache is not None:
        places = {run: cache / key for run, key in study_run_keys(study).items()}
        for run, place in places.items():
            if place.is_dir():
                records[run] = place
                finished(str(run))
    left = [run for run in study.runs if run not in records]
    ending = iter_results(partial(_run_of, study), left, min(workers, len(left)), timeout)
    try:
        for run, outcome in ending:
            if isinstance(outcome, str):
                failures[run] = outcome
            else:
                records[run] = write_record(outcome, places[run]) if run in places else outcome
            finished(str(run))
    except KeyboardInterrupt:
        interrupted = True
    finally:
        ending.close()
    missing = [run for run in study.runs if run not in records]
    failures = {run: failures.get(run, INTERRUPTED) for run in missing}
    return Results(study, records, failures, interrupted)


def _run_of(study: Study, run: Run) -> RunRecord | str:
    """Run a run; with rules of a user, which may never end, such that it is told and Ctrl-C is heard."""
    if not study.extension:
        return try_run(study, run)
    with watched(str(run), study.parameters.start_year):
        return interruptible(partial(try_run, study, run))
