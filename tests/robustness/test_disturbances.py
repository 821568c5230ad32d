"""Folders without the right to write, clocks that jump, signals at any moment, two commands at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.robustness.disturbed_commands import COMMANDS
from tests.support.long_version import FULL, Note
from tests.support.programs import PROGRAMS
from tests.support.sandbox import Sandbox

NAMES = tuple(COMMANDS) if FULL else ("run",)
long_alone = pytest.mark.skipif(not FULL, reason="part of make reliability")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}
BOUND = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="rights as Linux has them")


@pytest.fixture(scope="module")
def wanted(faulty: Sandbox, sound: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """What each command gives when undisturbed; the seconds that it takes are in ``attrs``."""
    found = {}
    for name in NAMES:
        folder = COMMANDS[name].prepared(sound, tmp_path_factory.mktemp("clean") / name)
        done = faulty.run(COMMANDS[name].argv, folder, 300)
        assert done.code == 0, done.err
        found[name] = COMMANDS[name].check(folder)
        found[name].attrs["seconds"] = done.seconds
    return found


# ── Folders without the right to write ───────────────────────────────────────────────────────────


@BOUND
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_without_the_right_to_write_is_named_and_left_as_it_was(
    name: str, faulty: Sandbox, sound: Path, tmp_path: Path, wanted: dict[str, pd.DataFrame], note: Note
):
    command = COMMANDS[name]
    argv, made, check = command.argv, command.made, command.check
    wrong = []
    for how in ("rights", "mount"):
        folder = command.prepared(sound, tmp_path / how)
        if how == "rights":
            folder.chmod(0o555)
            done = faulty.run(argv, folder, 120, bound=True)
            folder.chmod(0o755)
        else:
            done = faulty.run(argv, folder, 120, fault=(1, "readonly"))
        said = f"{how}: exit code {done.code}: {done.err[-300:]}"
        named = any(name in done.err for name in (str(folder), made, command.keeps or made))
        if done.crashed or done.code != 2 or not named:
            wrong.append(said)
        if (folder / made).exists() or [entry for entry in folder.iterdir() if entry.name[0] == "."]:
            wrong.append(f"{how}: something was left")
        again = faulty.run(argv, folder, 300)
        if again.code != 0 or not check(folder).equals(wanted[name]):
            wrong.append(f"{how}: the second time {again.err[-300:]}")
    note(what=f"no right to write: {name}", count=2, faults=len(wrong), losses=0)
    assert not wrong, "\n".join(wrong)


@BOUND
@long_alone
def test_a_store_without_the_right_to_write_can_be_read_and_is_not_gone_on_with(
    faulty: Sandbox, sound: Path, tmp_path: Path, note: Note
):
    shutil.copytree(sound / "st", tmp_path / "w" / "st")
    shutil.copy(sound / "e.toml", tmp_path / "w")
    folder = tmp_path / "w"
    lost = sorted((folder / "st" / "metrics").iterdir())[0]
    lost.unlink()
    places = [folder / "st", *(path for path in (folder / "st").rglob("*"))]
    for path in places:
        path.chmod(0o555 if path.is_dir() else 0o444)
    status = faulty.run(["sweep", "status", "st"], folder, 120, bound=True)
    done = faulty.run(["sweep", "run", "e.toml", "--store", "st", "--workers", "0"], folder, 120, bound=True)
    for path in places:
        path.chmod(0o755 if path.is_dir() else 0o644)
    wrong = int(status.code != 5 or status.crashed) + int(
        done.code != 2 or done.crashed or "Permission denied" not in done.err
    )
    again = faulty.run(["sweep", "run", "e.toml", "--store", "st", "--workers", "0"], folder, 300)
    wrong += int(
        again.code != 0 or not COMMANDS["sweep"].check(folder).equals(COMMANDS["sweep"].check(sound))
    )
    note(what="no right to write: store", count=2, faults=wrong, losses=0)
    assert not wrong, status.err + done.err + again.err


@BOUND
@long_alone
@pytest.mark.parametrize("mode", [0o555, 0o000], ids=["read only", "unreadable"])
def test_a_cache_folder_without_rights_costs_time_alone(mode: int, sound: Path, tmp_path: Path, note: Note):
    """The kernels of one small market are enough: each of all would be compiled for a minute."""
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(mode)
    folder = COMMANDS["run"].prepared(sound, tmp_path / "w")
    shutil.copy(PROGRAMS / "one_kernel_scenario.py", folder / "s.py")
    with Sandbox() as cold:
        done = cold.run(
            ["run", "s.py", "--out", "r"],
            folder,
            120,
            bound=True,
            environment={"COMPUTELEAP_CACHE": str(cache)},
        )
    cache.chmod(0o755)
    wrong = int("6.0 1" not in done.out or done.crashed)
    note(what=f"no right to write: kernel cache, {oct(mode)}", count=1, faults=wrong, losses=0)
    assert not wrong, done.out + done.err


# ── Clocks that jump ─────────────────────────────────────────────────────────────────────────────


def test_the_clock_does_jump(failing_files: Path):
    program = [sys.executable, PROGRAMS / "jumping_clock.py"]
    environment = {**os.environ, "LD_PRELOAD": str(failing_files)}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    years, continues = done.stdout.split()
    assert int(years) > 10
    assert continues == "True"


@pytest.mark.parametrize("name", NAMES)
def test_a_clock_that_jumps_changes_no_result(
    name: str, faulty: Sandbox, sound: Path, tmp_path: Path, wanted: dict[str, pd.DataFrame], note: Note
):
    command = COMMANDS[name]
    argv, check = command.argv, command.check
    wrong = []
    seeds = range(1, 21 if command.most is None else 4) if FULL else (1,)
    for seed in seeds:
        folder = command.prepared(sound, tmp_path / str(seed))
        done = faulty.run(argv, folder, 120, clock=seed)
        if done.code != 0 or done.crashed:
            wrong.append(f"clock {seed}: exit code {done.code}: {done.err[-300:]}")
        elif not check(folder).equals(wanted[name]):
            wrong.append(f"clock {seed}: another result")
        elif name == "sweep":
            runs = pd.concat(map(pd.read_parquet, (folder / "st" / "runs").glob("*.parquet")))
            if not runs["seconds"].between(0.0, 120.0).all():
                wrong.append(f"clock {seed}: runs took {runs['seconds'].tolist()} s")
        if "-" in "".join(word for word in done.err.split() if word.endswith("s") and word[:1] == "-"):
            wrong.append(f"clock {seed}: a negative time: {done.err[-300:]}")
        shutil.rmtree(folder)
    note(what=f"clocks that jump: {name}", count=len(seeds), faults=len(wrong), losses=0)
    assert not wrong, "\n".join(wrong)


# ── Signals ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_a_signal_at_any_moment_loses_nothing(
    name: str, faulty: Sandbox, sound: Path, tmp_path: Path, wanted: dict[str, pd.DataFrame], note: Note
):
    command = COMMANDS[name]
    argv, made, check = command.argv, command.made, command.check
    rng, many = np.random.default_rng(5), 12 if command.most is None else 3
    tries = [(number, rng.uniform(0.0, 1.1)) for number in CODES for _ in range(many if FULL else 1)]
    wrong, ended = [], 0
    for number, share in tries:
        said = f"{signal.Signals(number).name} after {share:.3f} of its time: "
        folder = command.prepared(sound, tmp_path / f"{number}-{share}")
        done = faulty.run(argv, folder, 120, cut=(share * wanted[name].attrs["seconds"], number))
        ended += done.code != 0
        if done.hung or "Traceback" in done.err or "this is a bug" in done.err:
            wrong.append(f"{said}{done.err[-400:]}")
        elif done.code not in (0, CODES[number]) and (done.code, done.out) != (-number, ""):
            wrong.append(f"{said}exit code {done.code}: {done.err[-200:]}")
        try:
            if name != "sweep" and (folder / made).exists():
                check(folder)
            again = faulty.run(argv, folder, 300)
            forced = again.code == 2 and "--force" in again.err
            if again.code != 0 and not forced:
                wrong.append(f"{said}the second time: {again.err[-300:]}")
            elif not check(folder).equals(wanted[name]):
                wrong.append(f"{said}another result the second time")
        except Exception as error:
            wrong.append(f"{said}LOST: {type(error).__name__}: {error}")
        shutil.rmtree(folder)
    lost = sum("another result" in one or "LOST" in one for one in wrong)
    note(what=f"signals: {name}", count=len(tries), faults=len(wrong), losses=lost, ended=ended)
    assert not wrong, "\n".join(wrong)


# ── Two commands at once ─────────────────────────────────────────────────────────────────────────


@long_alone
@pytest.mark.parametrize("name", ["sweep", "run"])
def test_two_commands_at_once_lose_and_double_nothing(
    name: str, failing_files: Path, sound: Path, tmp_path: Path, wanted: dict[str, pd.DataFrame], note: Note
):
    from concurrent.futures import ThreadPoolExecutor

    command = COMMANDS[name]
    argv, check = command.argv, command.check
    wrong, rounds = [], 10 if FULL else 1
    with (
        Sandbox(failing_files, warm=True) as one,
        Sandbox(failing_files, warm=True) as other,
        ThreadPoolExecutor(2) as both,
    ):
        for number in range(rounds):
            folder = command.prepared(sound, tmp_path / str(number))
            running = [both.submit(box.run, argv, folder, 300) for box in (one, other)]
            done = [future.result() for future in running]
            wrong += [f"exit code {o.code}: {o.err[-300:]}" for o in done if o.code != 0 or o.crashed]
            if not check(folder).equals(wanted[name]):
                wrong.append("another result")
            kept = [entry for entry in folder.iterdir() if entry.name[0] == "."]
            if kept:
                wrong.append(f"left behind: {kept}")
            if (
                name == "run"
                and ("next to it" in done[0].err + done[1].err) != (folder / "r-second").exists()
            ):
                wrong.append("the results of one are not where it says")
    note(what=f"two commands at once: {name}", count=2 * rounds, faults=len(wrong), losses=0)
    assert not wrong, "\n".join(wrong)
