"""Ensembles on a graphics card: simulated, compiled without a card, and on a card where there is one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model import gpu_run
from model.ensemble import Ensemble
from model.gpu_text import GpuText
from model.kernels import load
from model.written import arrays_of, written

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))
import small_economy as economy  # noqa: E402

sys.path.pop(0)


def test_simulated_card_agrees_with_the_cpu():
    # The simulator is chosen when Numba is imported, so it needs a process of its own.
    root = FOLDER.parents[1]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "simulated_gpu_cases.py"],
        cwd=FOLDER,
        env={
            **os.environ,
            "NUMBA_ENABLE_CUDASIM": "1",
            "PYTHONPATH": os.pathsep.join([str(root), str(FOLDER)]),
        },
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert re.search(r"(\d+) passed", run.stdout)
    assert "skipped" not in run.stdout


@pytest.mark.skipif(gpu_run.missing() is None, reason="there is a card here")
def test_without_a_card_one_sentence_says_so_and_the_cpu_does_the_work():
    with pytest.warns(UserWarning, match="falls back") as warned:
        ensemble = Ensemble(
            economy.QUARTER, economy.first_state(), economy.RULES, economy.PARAMETERS, device="gpu"
        )
    assert [str(item.message) for item in warned] == [
        f'device="gpu" falls back to the CPU: {gpu_run.missing()}'
    ]
    assert ensemble.run([1], 2).device == "cpu"


@pytest.mark.skipif(gpu_run.missing() is not None, reason=f"no card to run on: {gpu_run.missing()}")
def test_a_real_card_agrees_with_the_cpu():
    seeds, growth = list(range(50)), np.linspace(0.1, 0.5, 50)
    one, other = (
        Ensemble(
            economy.QUARTER, economy.first_state(500), economy.RULES, economy.PARAMETERS, device=device
        ).run(seeds, 20, parameters={"growth": growth}, final=economy.COLUMNS)
        for device in ("cpu", "gpu")
    )
    assert other.device == "gpu"
    for item in one.final:
        assert np.array_equal(one.final[item], other.final[item]), item


@pytest.mark.parametrize(("arithmetic", "fused"), [("strict", False), ("fast", True)])
def test_nvidias_compiler_fuses_nothing_in_strict_arithmetic(monkeypatch, arithmetic, fused):
    """Down to the card's assembly, which needs NVIDIA's compiler but no card."""
    pytest.importorskip("numba_cuda", reason="numba-cuda is not installed", exc_type=ImportError)
    from types import SimpleNamespace

    from numba import cuda
    from numba.cuda import dispatcher, types

    # Functions of the card ask the card which instructions it has.
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: SimpleNamespace(compute_capability=(9, 0)))
    state = economy.first_state()
    engine = Ensemble(economy.QUARTER, state, economy.RULES, economy.PARAMETERS)._engine()
    shared = frozenset(arrays_of(engine.state)) - written(engine.pieces, engine.state)
    text = GpuText(engine.pieces, engine.state, engine.parameters, 65_536, [], arithmetic, shared)
    matrices = [types.float64, types.uint64, types.float64, types.int32, types.int64]
    columns = [types.float64, types.int32, types.int64]
    signature = (
        types.int64, types.int64, types.Array(types.int64, 2, "C"),
        *(types.Array(kind, 2, "C") for kind in matrices), *(types.Array(kind, 1, "C") for kind in columns),
    )  # fmt: skip
    kernel = load("gpu", text.text())
    assembly, _ = cuda.compile(kernel.py_func, signature, device=False, cc=(9, 0), abi="numba")
    assert ("fma.rn.f64" in assembly) == fused
    # What is left of plain products are draws, times 2**-53: exact, fused or not.
    plain = {line.split()[-1] for line in assembly.splitlines() if "mul.f64" in line}
    assert fused or plain <= {"0d3CA0000000000000;"}


def test_what_keeps_a_card_from_working_is_said(monkeypatch):
    from numba import cuda

    monkeypatch.setattr(gpu_run.importlib.util, "find_spec", lambda name: None)
    assert gpu_run.missing.__wrapped__().startswith("numba-cuda is not installed")
    monkeypatch.setattr(gpu_run.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(cuda, "is_available", lambda: False)
    assert gpu_run.missing.__wrapped__() == "no CUDA card, or no driver for it, was found"

    def broken():
        raise RuntimeError("the driver is\ntoo old")

    monkeypatch.setattr(cuda, "is_available", broken)
    assert gpu_run.missing.__wrapped__() == (
        "numba-cuda does not work here (RuntimeError: the driver is too old)"
    )
