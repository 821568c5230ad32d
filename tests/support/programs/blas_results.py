"""Run a small sweep in a folder; print hashes of a product of matrices and of the sweep's results."""

import hashlib
import json
import sys

import numpy as np
import pandas as pd

from experiments.sweep.queries import digest
from tests.support.sweeps import make

draws = np.random.default_rng(1).normal(size=(200, 200))
sweep = make(sys.argv[1], scenario="random_hosts", twin=True, record={"panel": "true"}, until=2008, seeds=1)
assert sweep.run().failed == 0
panel = hashlib.md5(pd.util.hash_pandas_object(sweep.panel, index=False).to_numpy()).hexdigest()
found = digest(sweep.store, ("finals", "twin_metrics", "metrics")) + panel
print(json.dumps([hashlib.md5(np.linalg.inv(draws) @ draws).hexdigest(), found]))
