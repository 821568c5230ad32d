"""Runs the pairs of a study so that an interruption loses no finished run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from experiments.study.run_study import INTERRUPTED, run_arms
from experiments.study.study import Study, TwinResults
from experiments.study.worker_pool import DIED

__all__ = ["DIED", "INTERRUPTED", "run_twins"]


class NoPairError(RuntimeError):
    """Every pair of a study failed. ``failures``: run, (seed, arm), → what went wrong."""

    def __init__(self, failures: Mapping[tuple[int, str], str]) -> None:
        self.failures = failures
        super().__init__(f"no pair of runs ended: {next(iter(failures.values()))}")


def run_twins(
    study: Study,
    workers: int = 1,
    finished: Callable[[str], None] = lambda run: None,
    timeout: float | None = None,
) -> TwinResults | None:
    """Run every seed with and without the centres, on so many ``workers`` (processes).

    ``finished`` is told the name of each run that ends.

    A run that fails is noted in ``failures`` and takes its pair out of the results; the others go on. After
    Ctrl-C (KeyboardInterrupt) the runs that had not ended are noted as INTERRUPTED, and the pairs that were
    complete are returned: None if there is none.

    timeout: s after which a run is ended and has failed.

    Raises NoPairError if every pair failed.
    """
    results = run_arms(study, workers, finished, timeout=timeout)
    twins = results.twins()
    if twins is None and not results.interrupted:
        raise NoPairError(results.failures)
    return twins
