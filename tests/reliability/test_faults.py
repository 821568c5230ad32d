"""A file operation that fails, a full disk, a killed process: at every place where it can happen."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from common import FULL, Note
from sandbox import Outcome, Sandbox

from experiments.stored import read_results

NEVER = 10**9
WAYS = ("once", "full", "kill")
SERVERS = 2  # sandboxes at once in the long version
LOST = "LOST"  # marks a result that is lost, doubled or another


def attempts(operations: int, some: int) -> Iterable[tuple[int, str]]:
    """Which operation fails, and how: all of them, or a few spread evenly."""
    if FULL:
        return [(n, how) for how in WAYS for n in range(1, operations + 1)]
    step = max(1, operations // some)
    return [(n, WAYS[k % 3]) for k, n in enumerate(range(1, operations + 1, step))]


def store_rows(store: Path) -> pd.DataFrame:
    """What a store holds of its runs, without times: one row a run."""
    tables = {
        name: pd.concat([pd.read_parquet(file) for file in sorted((store / name).glob("*.parquet"))])
        for name in ("runs", "finals")
    }
    runs = tables["runs"][["run", "status"]].sort_values("run", ignore_index=True)
    assert not runs["run"].duplicated().any(), "a run is there twice"
    return runs.merge(tables["finals"].sort_values("run", ignore_index=True), on="run", validate="one_to_one")


def check_store(folder: Path) -> pd.DataFrame:
    return store_rows(folder / "st")


def check_results(folder: Path) -> pd.DataFrame:
    read_results(folder / "r")
    return pd.read_parquet(folder / "r" / "panel.parquet")


def check_table(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "p.csv")


COMMANDS: dict[str, tuple[tuple[str, ...], str, Callable[[Path], pd.DataFrame], int]] = {
    "sweep": (("sweep", "run", "e.toml", "--store", "st", "--workers", "0"), "st", check_store, 3),
    "run": (
        ("run", "random_hosts", "--cities", "c.csv", "--firms", "60", "--until", "2006", "--seeds", "1",
         "--workers", "1", "--out", "r"), "r", check_results, 2,
    ),
    "panel": (("panel", "r", "--out", "p.csv"), "p.csv", check_table, 3),
}  # fmt: skip


def prepared(sound: Path, folder: Path, name: str) -> Path:
    """A folder with the inputs of a command."""
    folder.mkdir()
    for file in ("c.csv", "e.toml"):
        shutil.copy(sound / file, folder)
    if name == "panel":
        shutil.copytree(sound / "r", folder / "r")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_nothing_is_lost_wherever_it_breaks(
    name: str, faulty: Sandbox, shim: Path, sound: Path, tmp_path: Path, note: Note
):
    argv, _, check, some = COMMANDS[name]
    folder = prepared(sound, tmp_path / "clean", name)
    clean = faulty.run(argv, folder, 300, fault=(NEVER, "count"))
    assert clean.code == 0, clean.err
    assert clean.operations
    place = Place(name, sound, tmp_path, check(folder))
    tries = list(attempts(clean.operations, some))
    if not FULL:
        found = [place.attempt(faulty, *one) for one in tries]
    else:
        with ThreadPoolExecutor(SERVERS) as pool:
            parts = pool.map(lambda k: place.several(shim, tries[k::SERVERS]), range(SERVERS))
            found = [one for part in parts for one in part]
    wrong = [said for said in found if said]
    lost = sum(LOST in said for said in wrong)
    note(
        what=f"file operations that fail: {name}", count=len(tries), places=clean.operations,
        faults=len(wrong), losses=lost,
    )  # fmt: skip
    assert not wrong, "\n".join(wrong)


@dataclass
class Place:
    """Where a command meets its faults: inputs, and what it gives when undisturbed."""

    name: str
    sound: Path
    root: Path
    wanted: pd.DataFrame
    known: dict[str, Outcome] = field(default_factory=dict)  # by what a folder held

    def several(self, shim: Path, tries: Sequence[tuple[int, str]]) -> list[str]:
        """What is wrong with each attempt, in a sandbox of its own."""
        with Sandbox(shim, warm=True) as own:
            return [self.attempt(own, *one) for one in tries]

    def attempt(self, faulty: Sandbox, n: int, how: str) -> str:
        """What is wrong after the n-th operation failed and the command was given again; empty if nothing.

        A folder that holds what it held after another fault is not put to the command a second time.
        """
        argv, made, check, _ = COMMANDS[self.name]
        folder = prepared(self.sound, self.root / f"{how}{n}", self.name)
        broken = faulty.run(argv, folder, 300, fault=(n, how))
        said = answer_is_fit(broken, how)
        if broken.code == 0 and not (folder / made).exists():
            said.append(f"{LOST}: success without a result")
        try:
            if self.name != "sweep" and (folder / made).exists():
                check(folder)  # what stands under its own name is whole
            state = contents(folder)
            again = self.known.get(state)
            if again is None:
                again = faulty.run(argv, folder, 300, fault=(NEVER, "count"))
                forced = again.code == 2 and "--force" in again.err
                if again.code != 0 and not forced:
                    said.append(f"the second time: exit code {again.code}: {again.err[-300:]}")
                elif not check(folder).equals(self.wanted):
                    said.append(f"{LOST}: another result the second time")
                if not said:
                    self.known[state] = again
        except Exception as error:  # whatever reading of a damaged result leads to
            said.append(f"{LOST}: {type(error).__name__}: {error}")
        shutil.rmtree(folder)
        return f"{how} at operation {n}: {'; '.join(said)}" if said else ""


def contents(folder: Path) -> str:
    """Hash of the names and bytes of all files below a folder, and of its folders.

    Of a hidden folder that a killed process left behind, half-filled, the names alone count: its own has a
    part by lot, and its files are read by nobody.
    """
    known = hashlib.blake2b()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        left = folder.joinpath(parts[0]).is_dir() and parts[0].startswith(".")
        names = ("." if left else parts[0], *parts[1:])
        known.update("/".join(names).encode() + b"\0")
        if path.is_file() and not left:
            known.update(hashlib.blake2b(path.read_bytes()).digest())
    return known.hexdigest()


def answer_is_fit(outcome: Outcome, how: str) -> list[str]:
    """What is wrong with how a command ended that met a fault."""
    if how == "kill":
        return [] if outcome.code in (-9, 0) else [f"exit code {outcome.code} instead of being killed"]
    if outcome.hung:
        return ["hung"]
    if outcome.crashed:
        return [f"crashed: {outcome.err[-400:]}"]
    if outcome.code not in (0, 2, 3, 4):
        return [f"exit code {outcome.code}: {outcome.err[-300:]}"]
    return (
        [] if outcome.code == 0 or "computeleap: " in outcome.err else [f"no sentence: {outcome.err[-300:]}"]
    )
