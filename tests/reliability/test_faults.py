"""A file operation that fails, a full disk, a killed process: at every place where it can happen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest
from common import FULL, Note
from sandbox import Outcome, Sandbox

from experiments.stored import read_results

NEVER = 10**9
WAYS = ("once", "full", "kill")


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
    name: str, faulty: Sandbox, sound: Path, tmp_path: Path, note: Note
):
    argv, made, check, some = COMMANDS[name]
    folder = prepared(sound, tmp_path / "clean", name)
    clean = faulty.run(argv, folder, 300, fault=(NEVER, "count"))
    assert clean.code == 0, clean.err
    assert clean.operations
    wanted = check(folder)
    tried, wrong = 0, []
    for n, how in attempts(clean.operations, some):
        tried += 1
        folder = prepared(sound, tmp_path / f"{how}{n}", name)
        broken = faulty.run(argv, folder, 300, fault=(n, how))
        said = answer_is_fit(broken, how)
        if broken.code == 0 and not (folder / made).exists():
            said.append("success without a result")
        if name != "sweep" and (folder / made).exists():
            check(folder)  # what stands under its own name is whole
        again = faulty.run(argv, folder, 300, fault=(NEVER, "count"))
        forced = again.code == 2 and "--force" in again.err
        if again.code != 0 and not forced:
            said.append(f"the second time: exit code {again.code}: {again.err[-300:]}")
        elif not check(folder).equals(wanted):
            said.append("another result the second time")
        if said:
            wrong.append(f"{how} at operation {n}: {'; '.join(said)}")
        shutil.rmtree(folder)
    note(what=f"file operations that fail: {name}", count=tried, places=clean.operations, faults=len(wrong))
    assert not wrong, "\n".join(wrong)


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
