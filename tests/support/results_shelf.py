"""A results folder with a bit of everything in it, made by the commands themselves; small and quick."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.sweep import from_values
from experiments.sweep.store_page import FORMAT
from tests.support.cli import call, no_pictures

if TYPE_CHECKING:
    from viz.app.results.shelf import Shelf

SMALL = ("--firms", "150", "--until", "2011", "--seeds", "2", "--workers", "1")
SWEEP: dict[str, Any] = {
    "name": "tiny",
    "meaning": "What does the capacity change?",
    "twin": True,
    "seeds": 2,
    "scenario": "random_hosts",
    "cities": "synthetic:12",
    "until": 2011,
    "parameters": {"firms": 150, "burn_in": 0},
    "design": {"factors": {"capacity_scale": [0.5, 1.0, 2.0], "talent_mobility": [0.0, 0.05]}},
}
MORRIS = {
    **SWEEP,
    "name": "tiny_morris",
    "design": {
        "kind": "morris",
        "n": 3,
        "factors": {
            "substitution": {"low": 1.0, "high": 2.5},
            "talent_mobility": {"low": 0.01, "high": 0.05},
        },
    },
}


def fill(folder: Path) -> Path:
    """Results, studies, sweeps, and folders that are broken in every way."""
    folder.mkdir()
    cities = folder.parent / "twelve.csv"
    assert _call("synthetic", 12, "--out", cities) == 0
    for name in ("random_hosts", "actual"):
        words = ("run", name, *SMALL, "--cities", cities, "--out", folder / name)
        with no_pictures():
            assert _call(*words, "--set", "tender_rate=0.2") == 0
    before = Path.cwd()
    os.chdir(folder.parent)  # kept runs go to results/runs of the working folder
    try:
        words = ("study", "layouts", "random_hosts", "poor_sites_network", *SMALL, "--cities", cities)
        assert _call(*words, "--out", folder / "studies" / "layouts") == 0
    finally:
        os.chdir(before)
    from_values(SWEEP, folder / "tiny").run()
    from_values(MORRIS, folder / "tiny_morris").run()
    broken(folder)
    return folder


def broken(folder: Path) -> None:
    """Folders that cannot be shown: damaged, foreign, of another time, incomplete; and a way out."""
    for name, text in (
        ("damaged", "{"),
        ("foreign", '{"hello": 1}'),
        ("listed", "[1]"),
        ("other_study", '{"study": "unheard_of"}'),
        ("incomplete", '{"scenario": "actual", "seeds": [1]}'),
        ("deep", "[" * 100_000),
    ):
        (folder / name).mkdir()
        (folder / name / "summary.json").write_text(text)
    (folder / "old_store").mkdir()
    (folder / "old_store" / "experiment.json").write_text(json.dumps({"format": 0}))
    (folder / "odd_store").mkdir()
    (folder / "odd_store" / "experiment.json").write_text(
        json.dumps({"format": FORMAT, "experiment": {"name": "x"}})
    )
    garbled = folder / "<b>garbled"
    garbled.mkdir()
    summary = {"scenario": "<img src=x onerror=alert(1)>", "seeds": [1], "versions": 3, "date": 7}
    (garbled / "summary.json").write_text(json.dumps(summary))
    for table in ("panel", "centres", "city_table"):
        (garbled / f"{table}.parquet").write_bytes(b"PAR1 nothing PAR1")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "summary.json").write_text('{"scenario": "secret", "seeds": []}')
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "summary.json").write_text('{"scenario": "outside", "seeds": []}')
    (folder / "way_out").symlink_to(outside, target_is_directory=True)


def _call(*words: object) -> int:
    return call(*words).exit_code


def opened(shelf: Shelf, key: str) -> Any:
    """Read an entry of the list, once for all tests."""
    from viz.app.results.result_reader import SHARED_CACHE

    item = shelf.find(key)
    assert item is not None
    return SHARED_CACHE.read(item)
