"""Mutation testing of rules, markets and metrics: python tests/reliability/mutants.py (hours)."""
from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import mutant_runs
import mutation

ap = argparse.ArgumentParser()
ap.add_argument("--group", default="rules")
ap.add_argument("--module", action="append")
ap.add_argument("--share", type=float, default=1.0)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--workers", type=int, default=2)
ap.add_argument("--budget", type=float, default=10)
ap.add_argument("--tests", nargs="*")
ap.add_argument("--out", default="build/mutants.jsonl")
a = ap.parse_args()
modules = a.module or mutation.GROUPS[a.group]
ms = [m for mod in modules for m in mutation.mutants_of(mod)]
rng = random.Random(a.seed)
rng.shuffle(ms)
ms = ms[: round(a.share * len(ms))]
ms.sort(key=lambda m: (m.module, m.line, m.column))
out = open(a.out, "a")
def done(m, f):
    out.write(json.dumps({**m.__dict__, **f}) + "\n"); out.flush()
mutant_runs.run(a.group, ms, a.workers, a.budget, done, lambda s: print(time.strftime("%H:%M:%S"), s, file=sys.stderr, flush=True), tuple(a.tests or ()))
