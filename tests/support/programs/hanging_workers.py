"""Start two workers that hang: ``hanging_workers.py FOLDER``."""

from __future__ import annotations

import sys
from functools import partial

from experiments.study.worker_pool import iter_results
from tests.support.worker_jobs import leaves_its_number_and_hangs

if __name__ == "__main__":
    list(iter_results(partial(leaves_its_number_and_hangs, sys.argv[1]), range(2), 2))
