"""Double numbers in worker processes, without guarding the script's own code."""

import sys
from functools import partial

from experiments.study.worker_pool import iter_results
from tests.support.worker_jobs import doubles_first

print("the script runs")
print(sorted(iter_results(partial(doubles_first, bytes(10**6)), range(4), int(sys.argv[1]))))
