"""What every tool's form of the reduced economy has in common, whatever generator it draws with."""

from __future__ import annotations

import pytest

from benchmarks import TOOLS
from benchmarks.tools import numpy_model
from benchmarks.tools.reduced_economy import MOVE_EVERY

FIRMS = 400


def assert_follows_numpy(name: str, rel: float = 1e-9) -> None:
    """Compare a tool with NumPy where nothing depends on a draw: no innovations, before the first move.

    With innovations, at the default rate, it has some of them and repeats itself with the same seed.
    """
    tool = TOOLS[name]
    if tool.missing() is not None:
        pytest.skip(f"{name}: {tool.missing()}")
    module, found = tool.load(), tool.prepare(FIRMS, 5, rate=0.0)
    wanted = numpy_model.prepare(FIRMS, 7, rate=0.0)
    for state, by in ((found, module), (wanted, numpy_model)):
        by.advance(state, MOVE_EVERY - 1)
    assert module.measures(found) == pytest.approx(numpy_model.measures(wanted), rel=rel)
    assert module.measures(found)["total_innovations"] == 0.0
    runs = [tool.run(FIRMS, MOVE_EVERY + 2, seed) for seed in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0]["total_innovations"] > 0.0
