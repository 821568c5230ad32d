"""The commands that are disturbed: what each needs, makes and must have made in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.results.read_results import read_results


@dataclass(frozen=True)
class Command:
    """A command, given in a folder that holds its inputs.

    ``made`` is what it makes there, ``check`` reads that and gives what must be the same every time. ``some``
    places are tried in the short version, in the long one all, or ``most`` spread evenly. ``keeps`` is where
    it keeps runs for later besides.
    """

    line: str
    made: str
    check: Callable[[Path], pd.DataFrame]
    inputs: tuple[str, ...] = ("c.csv", "e.toml")
    some: int = 2
    most: int | None = None
    keeps: str = ""

    @property
    def argv(self) -> tuple[str, ...]:
        return tuple(self.line.split())

    def prepared(self, sound: Path, folder: Path) -> Path:
        """The folder, made, with the inputs."""
        folder.mkdir()
        for name in self.inputs:
            copy = shutil.copytree if (sound / name).is_dir() else shutil.copy
            copy(sound / name, folder / name)
        return folder


def check_store(folder: Path) -> pd.DataFrame:
    """What a store holds of its runs, without times: one row a run."""
    tables = {
        name: pd.concat([pd.read_parquet(file) for file in sorted((folder / "st" / name).glob("*.parquet"))])
        for name in ("runs", "finals")
    }
    runs = tables["runs"][["run", "status"]].sort_values("run", ignore_index=True)
    assert not runs["run"].duplicated().any(), "a run is there twice"
    return runs.merge(tables["finals"].sort_values("run", ignore_index=True), on="run", validate="one_to_one")


def check_results(folder: Path) -> pd.DataFrame:
    """The panel of a results folder that can be read whole."""
    read_results(folder / "r")
    return pd.read_parquet(folder / "r" / "panel.parquet")


def check_table(name: str) -> Callable[[Path], pd.DataFrame]:
    """A reader of one table, without what was measured of the machine."""
    read = pd.read_parquet if name.endswith("parquet") else pd.read_csv
    return lambda folder: read(folder / name).drop(columns="cpu_seconds", errors="ignore")


COMMANDS = {
    "sweep": Command("sweep run e.toml --store st --workers 0", "st", check_store, some=3),
    "run": Command(
        "run random_hosts --cities c.csv --firms 60 --until 2006 --seeds 1 --workers 1 --out r",
        "r",
        check_results,
    ),
    "panel": Command("panel r --out p.csv", "p.csv", check_table("p.csv"), ("r",), some=3),
    "export": Command("sweep export st --out x.csv", "x.csv", check_table("x.csv"), ("st",)),
    "study": Command(
        "study oversupply random_hosts --cities c.csv --firms 60 --until 2012 --seeds 2 --workers 1 --out so",
        "so",
        check_table("so/curve.parquet"),
        most=120,
        keeps="results/runs",
    ),
    "evaluate": Command(
        "evaluate r40 --learner lasso --workers 1 --out ev",
        "ev",
        check_table("ev/table.parquet"),
        ("r40",),
        most=45,
    ),
    "audit": Command(
        "audit --panels 2 --cities 30 --firms 100 --until 2016 --hosts 6 --out au",
        "au",
        check_table("au/report/scores.parquet"),
        (),
        most=18,
    ),
}
SHORT = ("sweep", "run", "panel")  # quick enough for the short version
