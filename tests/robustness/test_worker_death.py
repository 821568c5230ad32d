"""Commands with worker processes: signals, workers that are killed or hang, no process left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from tests import ROOT
from tests.robustness.disturbed_commands import check_results, check_store
from tests.support.long_version import FULL, Note

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}
PATIENCE = 300.0  # s for all that a command with its processes may take on a busy machine
RUN = "run random_hosts --cities c.csv --firms 60 --until 2006 --seeds 8 --workers 2 --out r"
SWEEP = "sweep run e.toml --store st --workers 2"
Wanted = dict[str, tuple[pd.DataFrame, float]]
COMMANDS = {"run": (RUN.split(), check_results), "sweep": (SWEEP.split(), check_store)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="signals of Unix"),
    pytest.mark.skipif(not FULL, reason="part of make reliability: it starts many processes"),
]


@dataclass
class Ended:
    """How a command ended: its exit code, what it said, processes that it left behind."""

    code: int
    said: str
    left: list[str]


def started(argv: Sequence[str], folder: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with (folder / "said.txt").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "viz", *argv],
            cwd=folder,
            env=env,
            text=True,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def below(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Processes below one, without those that have ended."""
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    found = []
    for one in below(process):
        try:
            if "spawn_main" in " ".join(one.cmdline()):
                found.append(one)
        except psutil.Error:
            continue
    return found


def ended(process: subprocess.Popen[str], folder: Path, known: Sequence[psutil.Process]) -> Ended:
    """Wait for the end of a command and of all processes that were seen below it."""
    code = process.wait(timeout=PATIENCE)
    _, alive = psutil.wait_procs(list(known), timeout=60.0)
    left = [" ".join(one.cmdline())[:100] for one in alive if one.status() != psutil.STATUS_ZOMBIE]
    for one in alive:
        one.kill()
    said = (folder / "said.txt").read_text(errors="replace")
    (folder / "said.txt").unlink()
    return Ended(code, said, left)


def inputs(sound: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in ("c.csv", "e.toml"):
        shutil.copy(sound / file, folder)
    if "seeds = 2" in (text := (folder / "e.toml").read_text()):
        (folder / "e.toml").write_text(text.replace("seeds = 2", "seeds = 8"))
    return folder


@pytest.fixture(scope="module")
def wanted(sound: Path, tmp_path_factory: pytest.TempPathFactory) -> Wanted:
    """What each command gives when undisturbed, and the seconds that it takes."""
    found = {}
    for name, (argv, check) in COMMANDS.items():
        folder, began = inputs(sound, tmp_path_factory.mktemp("clean") / name), time.monotonic()
        end = ended(started(argv, folder), folder, [])
        assert end.code == 0, end.said
        found[name] = (check(folder), time.monotonic() - began)
    return found


@pytest.mark.parametrize("to_all", [False, True], ids=["to the command", "to all its processes"])
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_the_command_and_all_its_processes(
    name: str, to_all: bool, sound: Path, tmp_path: Path, wanted: Wanted, note: Note
):
    argv, check = COMMANDS[name]
    truth, seconds = wanted[name]
    rng, wrong, lost = np.random.default_rng(7), [], 0
    tries = [number for number in CODES for _ in range(3)]
    for number in tries:
        share = rng.uniform(0.05, 0.95)
        what = f"{signal.Signals(number).name} after {share:.2f} of its time: "
        folder = inputs(sound, tmp_path / f"{number}-{share}")
        process, seen = started(argv, folder), {}
        end_of_wait = time.monotonic() + share * seconds
        while time.monotonic() < end_of_wait and process.poll() is None:
            seen |= {one.pid: one for one in below(process)}
            time.sleep(0.02)
        seen |= {one.pid: one for one in below(process)}
        if process.poll() is None:
            (os.killpg if to_all else os.kill)(process.pid, number)
        end = ended(process, folder, list(seen.values()))
        if end.left:
            wrong.append(f"{what}left behind: {end.left}")
        starting = end.code == -number  # Python itself is starting: no handler is set yet
        if end.code not in (0, CODES[number]) and not starting:
            wrong.append(f"{what}exit code {end.code}: {end.said[-400:]}")
        if ("Traceback" in end.said and not starting) or "this is a bug" in end.said:
            wrong.append(f"{what}{end.said[-600:]}")
        again = ended(started(argv, folder), folder, [])
        if again.code != 0 or not check(folder).equals(truth):
            lost += 1
            wrong.append(f"{what}the second time: exit code {again.code}: {again.said[-300:]}")
        shutil.rmtree(folder)
    which = "all its processes" if to_all else "the command"
    note(what=f"signals to {which}: {name} with workers", count=len(tries), faults=len(wrong), losses=lost)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", COMMANDS)
def test_workers_that_are_killed_cost_no_result(
    name: str, sound: Path, tmp_path: Path, wanted: Wanted, note: Note
):
    """As the system kills them when memory runs out: the command continues and ends with the whole result."""
    argv, check = COMMANDS[name]
    rng, wrong, killed = np.random.default_rng(3), [], 0
    for number in range(5):
        folder = inputs(sound, tmp_path / str(number))
        process, seen, here = started(argv, folder), {}, 0
        while process.poll() is None:
            for one in workers_of(process):
                seen[one.pid] = one
            if seen and here < 2 and rng.random() < 0.02 and (crew := workers_of(process)):
                try:
                    crew[int(rng.integers(len(crew)))].kill()
                    here += 1
                except psutil.NoSuchProcess:
                    pass
            time.sleep(0.05)
        end = ended(process, folder, list(seen.values()))
        killed += here
        if end.code != 0 or end.left or "Traceback" in end.said:
            wrong.append(f"exit code {end.code}, left {end.left}: {end.said[-500:]}")
        elif not check(folder).equals(wanted[name][0]):
            wrong.append("another result")
        shutil.rmtree(folder)
    note(what=f"workers killed: {name}", count=killed, faults=len(wrong), losses=len(wrong))
    assert killed
    assert not wrong, "\n".join(wrong)


STILL = {
    "python": "@interpreted\ndef wage(wage):\n    while wage > 0.0:\n        pass\n    return wage\n",
    "compiled": "def wage(wage):\n    x = 1.0\n    while x > 0.0:\n        x = 0.5 * x + 0.5\n    return x\n",
}


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("how", STILL)
def test_a_rule_that_never_ends_is_a_row_and_the_others_continue(
    how: str, workers: int, sound: Path, tmp_path: Path, note: Note
):
    folder = inputs(sound, tmp_path / "w")
    (folder / "still.py").write_text(
        f"from model import Rules, interpreted\n\n{STILL[how]}\nrules = Rules(wage=wage)\n"
    )
    (folder / "s.toml").write_text(
        'name = "s"\nrun = { chunk = 3, timeout = 30, max_failures = 2 }\n'
        'design = { factors = { rules = ["still:rules", "default"] } }\nuntil = 2006\n'
        'cities = "c.csv"\nscenario = "random_hosts"\nparameters = { firms = 60, burn_in = 2 }\n'
    )
    argv = ("sweep", "run", "s.toml", "--store", "st", "--workers", str(workers))
    process = started(argv, folder)
    time.sleep(5.0)
    end = ended(process, folder, below(process))
    runs = pd.concat(map(pd.read_parquet, (folder / "st" / "runs").glob("*.parquet")))
    status = runs.sort_values("run")["status"].tolist()
    wrong = int(end.code != 3 or status != ["timeout", "ok"] or bool(end.left) or "Traceback" in end.said)
    note(what=f"a rule that never ends: {how}, workers {workers}", count=1, faults=wrong, losses=wrong)
    assert not wrong, (end, status)


def test_run_ends_a_rule_that_never_ends(sound: Path, tmp_path: Path, note: Note):
    folder = inputs(sound, tmp_path / "w")
    (folder / "still.py").write_text(
        "from model import Extension\n\n"
        "def wage(wage, nation_quarter):\n    x = 1.0\n"
        "    while x > 0.0 and nation_quarter > 6.0:\n        x = 0.5 * x + 0.5\n    return wage\n\n"
        "extension = Extension('still', meaning='it stands still', rules=[wage])\n"
    )
    words = [*RUN.split()[:-2], "--extension", "still.py", "--timeout", "20", "--out", "r"]
    process = started(words, folder)
    time.sleep(5.0)
    end = ended(process, folder, below(process))
    wrong = int("took longer than 20 s and was ended" not in end.said or end.code != 1 or bool(end.left))
    note(what="a rule that never ends: run --timeout", count=1, faults=wrong, losses=0)
    assert not wrong, end
