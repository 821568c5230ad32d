"""Results do not depend on the kernel of the linear algebra library, which is chosen by the processor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests import ROOT
from tests.support.long_version import FULL, Note
from tests.support.programs import PROGRAMS

KERNELS = ("Prescott", "Haswell", "SkylakeX")  # of OPENBLAS_CORETYPE, from old to new


@pytest.mark.skipif(not FULL, reason="part of make reliability: a process for each kernel")
def test_measures_and_state_are_the_same_with_every_kernel(tmp_path, note: Note):
    products, digests = set(), set()
    for kernel in KERNELS:
        environment = {**os.environ, "OPENBLAS_CORETYPE": kernel, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, PROGRAMS / "blas_results.py", tmp_path / kernel]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, cwd=ROOT)
        if done.returncode == -signal.SIGILL:  # this processor is older than the kernel
            continue
        assert done.returncode == 0, f"{kernel}: {done.stderr}"
        product, digest = json.loads(done.stdout.splitlines()[-1])
        products.add(product)
        digests.add(digest)
    assert len(digests) == 1
    if len(products) == 1:
        pytest.skip("this library of linear algebra gives the same bits with every kernel: nothing was tried")
    note(what="kernels of the linear algebra library", count=len(products), faults=len(digests) - 1)
