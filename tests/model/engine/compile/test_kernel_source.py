"""Compiled markets: what they use from outside counts as it is now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from model.engine.compile import kernel_source as kernels
from model.engine.compile.kernel_source import compiled_market

PACE = 2.0


def quicken(values):
    for k in range(len(values)):
        values[k] *= PACE


def test_a_constant_of_a_market_that_was_changed_counts(monkeypatch):
    values = np.ones(3)
    compiled_market(quicken)(values)
    assert values.tolist() == [2.0, 2.0, 2.0]
    monkeypatch.setitem(quicken.__globals__, "PACE", 5.0)
    compiled_market(quicken)(values)
    assert values.tolist() == [10.0, 10.0, 10.0]
    assert compiled_market(quicken) is compiled_market(quicken)


def test_two_threads_that_load_a_kernel_for_the_first_time_both_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    text = "import time\ntime.sleep(0.2)\n\n\ndef kernel():\n    return 7\n"
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: kernels.load("slow", text)(), range(4)))
    assert found == [7] * 4
