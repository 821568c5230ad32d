"""A file operation that fails, a full disk, a killed process: at every place where it can happen."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from tests.robustness.disturbed_commands import COMMANDS, SHORT, Command
from tests.support.long_version import FULL, Note
from tests.support.sandbox import Outcome, Sandbox

NEVER = 10**9
PATIENCE = 900.0  # s for a command: an audit takes 70 CPU-s, on a machine that may be busy
WAYS = ("once", "full", "kill")
SERVERS = 2  # sandboxes at once in the long version
LOST = "LOST"  # marks a result that is lost, doubled or another


def attempts(operations: int, command: Command) -> Iterable[tuple[int, str]]:
    """Which operation fails, and how: all of them, or some spread evenly."""
    some = command.most if FULL else command.some
    if some is None:
        return [(n, how) for how in WAYS for n in range(1, operations + 1)]
    step = max(1, operations // some)
    return [(n, WAYS[k % 3]) for k, n in enumerate(range(1, operations + 1, step))]


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS if FULL else SHORT)
def test_nothing_is_lost_wherever_it_breaks(
    name: str, faulty: Sandbox, failing_files: Path, sound: Path, tmp_path: Path, note: Note
):
    command = COMMANDS[name]
    folder = command.prepared(sound, tmp_path / "clean")
    clean = faulty.run(command.argv, folder, PATIENCE, fault=(NEVER, "count"))
    assert clean.code == 0, clean.err
    assert clean.operations
    place = Place(command, sound, tmp_path, command.check(folder))
    tries = list(attempts(clean.operations, command))
    if not FULL:
        found = [place.attempt(faulty, *one) for one in tries]
    else:
        with ThreadPoolExecutor(SERVERS) as pool:
            parts = pool.map(lambda k: place.several(failing_files, tries[k::SERVERS]), range(SERVERS))
            found = [one for part in parts for one in part]
    wrong = [said for said in found if said]
    lost = sum(LOST in said for said in wrong)
    note(
        what=f"file operations that fail: {name}",
        count=len(tries),
        places=clean.operations,
        faults=len(wrong),
        losses=lost,
    )
    assert not wrong, "\n".join(wrong)


@dataclass
class Place:
    """Where a command meets its faults: inputs, and what it gives when undisturbed."""

    command: Command
    sound: Path
    root: Path
    wanted: pd.DataFrame
    known: dict[str, Outcome] = field(default_factory=dict)  # by what a folder held

    def several(self, failing_files: Path, tries: Sequence[tuple[int, str]]) -> list[str]:
        """What is wrong with each attempt, in a sandbox of its own."""
        with Sandbox(failing_files, warm=True) as own:
            return [self.attempt(own, *one) for one in tries]

    def attempt(self, faulty: Sandbox, n: int, how: str) -> str:
        """What is wrong after the n-th operation failed and the command was given again; empty if nothing.

        A folder that holds what it held after another fault is not put to the command a second time.
        """
        argv, made, check = self.command.argv, self.command.made, self.command.check
        folder = self.command.prepared(self.sound, self.root / f"{how}{n}")
        broken = faulty.run(argv, folder, PATIENCE, fault=(n, how))
        said = answer_is_fit(broken, how)
        if broken.code == 0 and not (folder / made).exists():
            said.append(f"{LOST}: success without a result")
        try:
            if made != "st" and (folder / made).exists():
                check(folder)  # a file under its final name is whole
            state = contents(folder)
            again = self.known.get(state)
            if again is None:
                again = faulty.run(argv, folder, PATIENCE, fault=(NEVER, "count"))
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
    part by lot, and no command reads its files.
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
