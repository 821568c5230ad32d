"""What tests share: a small country, the sandbox for commands, sound results to damage, the ledger.

``make reliability`` sets RELIABILITY=full: every test of the long suite then does all it can, and notes what
it did in the ledger, from which the table of docs/reliability.md is made. Without it each does a part, small
and always the same. Every test of a folder in SLOW is marked slow; ``make check`` leaves those out.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time

# One thread for each of the test workers: with two, threads of linear algebra that wait for each other took a
# quarter of the CPU time. It must be set before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import settings

from model.country.synthetic import synthetic_country
from tests import ROOT
from tests.support.long_version import FULL, LEDGER, Note

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

# A shell ignores Ctrl-C in what it starts in the background, and so would every command that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Processes, signals and limits there are those of POSIX.
collect_ignore = ["fuzzing", "mutation", "robustness"] if sys.platform == "win32" else []
SLOW = ("benchmarks", "fuzzing", "mutation", "properties", "robustness", "viz/app")

# The same examples in every run, so that a test fails because of the change at hand.
# HYPOTHESIS_EXPLORE=1 draws new ones.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("explore" if os.environ.get("HYPOTHESIS_EXPLORE") else "fixed")


@pytest.fixture(scope="session")
def country() -> pd.DataFrame:
    """Twelve synthetic cities."""
    return synthetic_country(12, 3)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of slow folders."""
    folders = tuple(f"tests/{name}/" for name in SLOW)
    for item in items:
        if item.nodeid.startswith(folders):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Spare garbage collections, of which the page starts many, what collection made: half a second each."""
    gc.collect()
    gc.freeze()


TINY_EXPERIMENT = """
name = "tiny"
seeds = 2
twin = true
run = { chunk = 2 }
record = { panel = "replication = 0" }
design = { factors = { substitution = [1.2, 2.0] } }
until = 2007
cities = "synthetic:12"
scenario = "random_hosts"
parameters = { firms = 60, burn_in = 2 }
"""


@pytest.fixture(scope="session")
def failing_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that fails the n-th operation on files."""
    compiler = shutil.which("cc")
    if compiler is None or not Path("/proc/self/fd").exists():
        pytest.skip("needs a C compiler (cc) and Linux")
    library = tmp_path_factory.mktemp("failing_files") / "failing_files.so"
    source = ROOT / "tests" / "robustness" / "failing_files.c"
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Commands in processes of their own."""
    from tests.support.sandbox import Sandbox

    with Sandbox() as made:
        yield made


@pytest.fixture(scope="session")
def faulty(failing_files: Path) -> Iterator[Sandbox]:
    """The same, with failing file operations."""
    from tests.support.sandbox import Sandbox

    with Sandbox(failing_files, warm=True) as made:
        yield made


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table of cities c.csv, an experiment e.toml, results r, a sweep store st, and for the
    long version results r40 of forty cities, as many as an evaluation needs."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "e.toml").write_text(TINY_EXPERIMENT)
    run = ["run", "random_hosts", "--cities", "c.csv", "--firms", "100", "--until", "2011", "--seeds", "2"]
    more = ["run", "random_hosts", "--cities", "c40.csv", "--firms", "200", "--until", "2016", "--seeds", "1"]
    from tests.support.cli import call, no_pictures

    with pytest.MonkeyPatch.context() as patch, no_pictures():
        patch.chdir(folder)
        for words in (
            ["synthetic", "12", "--out", "c.csv"],
            [*run, "--workers", "1", "--out", "r"],
            ["sweep", "run", "e.toml", "--store", "st", "--workers", "0"],
            *([["synthetic", "40", "--out", "c40.csv"], [*more, "--workers", "1", "--out", "r40"]] * FULL),
        ):
            answer = call(*words)
            assert answer.exit_code == 0, answer.output
    return folder


@pytest.fixture
def quick_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork worker processes from a server that has imported the model.

    For tests of what workers do and of their death: starting one costs seconds of imports otherwise. How
    they are started is the subject of tests/experiments/study/test_worker_pool.py.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.set_forkserver_preload(["tests.support.warm_model"])
        forking = multiprocessing.get_context("forkserver")
        monkeypatch.setattr("experiments.study.worker_pool.get_context", lambda method: forking)


@pytest.fixture
def quick_learners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a lasso of one penalty, and a tree for many: for tests that are not about what is learned."""
    from sklearn.linear_model import Lasso
    from sklearn.tree import DecisionTreeRegressor

    from experiments.evaluation.estimators import learners

    monkeypatch.setattr(learners, "penalised", lambda: Lasso(0.01, tol=1e-3))
    for name, recipe in learners.LEARNERS.items():
        if recipe.trees is not None:
            tree = learners.Recipe(recipe.lasso, lambda seed: DecisionTreeRegressor(max_depth=2))
            monkeypatch.setitem(learners.LEARNERS, name, tree)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Iterator[Note]:
    """Call it with counts by name; they go to the ledger of the long version."""
    counts: dict[str, object] = {}
    began = time.monotonic()
    yield lambda **more: counts.update(more)
    if LEDGER and counts:
        row = {"test": request.node.name, "seconds": round(time.monotonic() - began), **counts}
        with open(LEDGER, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
