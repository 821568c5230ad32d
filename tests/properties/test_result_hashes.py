"""The same bits on every engine, number of threads and version of Python; a change has a new version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from model.scenarios.scenario_catalogue import SCENARIOS
from model.version import VERSION
from tests import ROOT
from tests.properties import result_hashes
from tests.support.long_version import FULL, Note

RENEW = (
    "the model gives other results than those of its version: raise VERSION in model/version.py, say in "
    "CHANGELOG.md what changed, and run python -m tests.properties.result_hashes --write"
)


def differing(names: list[tuple[str, int]], **how: object) -> list[str]:
    known = result_hashes.read()["hashes"]
    keys = {f"{name}/{seed}": (name, seed) for name, seed in names}
    return [
        key
        for key, one in keys.items()
        if result_hashes.digest(result_hashes.run(*one, **how)) != known.get(key)
    ]


def test_the_manifest_is_of_this_version_and_names_every_scenario():
    known = result_hashes.read()
    assert known["version"] == VERSION, (
        "the version was raised: run python -m tests.properties.result_hashes --write"
    )
    assert set(known["hashes"]) == {f"{name}/{seed}" for name, seed in result_hashes.entries()}


def test_results_are_those_of_this_version(note: Note):
    """With invariants checked, which changes no bit: tests/model/test_invariant_check.py."""
    names = result_hashes.entries() if FULL else result_hashes.entries()[::2]
    found = differing(names, check_invariants=True)
    note(what="hashes: compiled, one thread", count=len(names), faults=len(found))
    assert not found, f"{RENEW}; {', '.join(found)}"


@pytest.mark.parametrize(
    "how", [{"threads": 2}, {"engine": "interpreted"}], ids=["two threads", "interpreted"]
)
def test_other_ways_of_running_give_the_same(how, note: Note, request):
    names = result_hashes.entries() if FULL else [("cross_region_trading", 1), ("paradigm", 1)]
    if "engine" in how:
        names = [one for one in names if one[0] != "shipped"]  # some minutes a run
    found = differing(names, **how)
    note(what=f"hashes: {request.node.callspec.id}", count=len(names), faults=len(found))
    assert not found, ", ".join(found)


@pytest.mark.slow
def test_a_sweep_gives_the_same_wherever_it_is_run(note: Note, tmp_path):
    """In this process, in shards, in worker processes and on a cluster with a scheduler: the same rows."""
    from distributed import LocalCluster

    from experiments.sweep import from_values

    names = [name for name in SCENARIOS if name != "closed_economy"] if FULL else ["random_hosts"]
    values = {
        "name": "same",
        "twin": True,
        "seeds": 2,
        "run": {"chunk": 2},
        "cities": "synthetic:12",
        "until": 2012,
        "parameters": result_hashes.SMALL,
        "design": {"factors": {"scenario": names, "substitution": [1.2, 2.0]}},
    }

    def digest(name: str, *ways: dict[str, Any]) -> str:
        sweep = from_values(values, tmp_path / name)
        for how in ways:
            sweep.run(**how)
        assert sweep.status().by_status == {"ok": 4 * len(names)}
        return sweep.digest()

    found = {
        "here": digest("here", {"workers": 0}),
        "shards": digest("shards", {"shard": (2, 2)}, {"shard": (1, 2)}),
    }
    if FULL:
        found["processes"] = digest("processes", {"workers": 2})
    # With sockets on the loopback interface, as a cluster has them.
    size = {"n_workers": 2, "processes": True} if FULL else {"n_workers": 1, "processes": False}
    with LocalCluster(threads_per_worker=1, protocol="tcp", dashboard_address=":0", **size) as cluster:
        found["cluster"] = digest("cluster", {"scheduler": cluster.scheduler_address})
    differ = [name for name in found if found[name] != found["here"]]
    note(what="hashes: sweeps by executor", count=4 * len(names) * len(found), faults=len(differ), losses=0)
    assert not differ, differ


def starts(name: str) -> bool:
    """Whether there is such a Python; a pyenv shim may exist and not start."""
    return (
        shutil.which(name) is not None
        and subprocess.run([name, "-c", ""], capture_output=True).returncode == 0
    )


@pytest.mark.skipif(not FULL, reason="part of make reliability: it makes an environment of its own")
def test_another_version_of_python_gives_the_same(note: Note, tmp_path):
    mine = f"python3.{sys.version_info.minor}"
    others = [name for name in ("python3.12", "python3.13", "python3.14") if name != mine and starts(name)]
    if not others:
        pytest.skip("there is no other Python here")
    failed = []
    for name in others:
        place = tmp_path / name
        subprocess.run([name, "-m", "venv", place], check=True)
        pip = [place / "bin" / "python", "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt"]
        subprocess.run([*pip, "-e", ROOT], check=True)
        program = [place / "bin" / "python", "-m", "tests.support.programs.differing_hashes"]
        environment = {**os.environ, "PYTHONPATH": ""}
        done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, env=environment)
        if done.stdout.strip() != "[]":
            failed.append(f"{name}: {done.stdout}{done.stderr[-500:]}")
    note(
        what=f"hashes: {', '.join(others)}",
        count=len(others) * len(result_hashes.entries()),
        faults=len(failed),
    )
    assert not failed, failed
