"""Apply a function of this script in worker processes, without guarding the script's own code."""

from functools import partial

from agents.user_error import UserError
from experiments.study.worker_pool import iter_results


def first(ballast: bytes, job: int) -> int:
    """Return the job."""
    return job


try:
    print(sorted(iter_results(partial(first, bytes(10**6)), range(4), 2)))
except UserError as error:
    print(error)
