"""What docs/sweeps.md and docs/sweeps-for-mesa.md say is so."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main

from experiments.pages.sweep_measures_page import measures_table, page
from experiments.sweep import load
from experiments.sweep.experiment_file import (
    BUILT_IN_SCALES,
    KINDS,
    Design,
    Experiment,
    Limits,
    Record,
)
from tests import ROOT
from tests.support.long_version import LONG
from viz.cli.sweep_commands import sweep_commands

DOCS = ROOT / "docs"
PAGE = (DOCS / "sweeps.md").read_text(encoding="utf-8")
MESA = (DOCS / "sweeps-for-mesa.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_table_of_measures_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert measures_table() in PAGE
    assert page() == PAGE


def test_the_example_of_a_file_can_be_planned(tmp_path: Path) -> None:
    designs = {}
    for text in blocks(PAGE, "toml"):
        if "[targets." not in text:
            file = tmp_path / f"{len(designs)}.toml"
            file.write_text(text, encoding="utf-8")
            sweep = load(file)
            designs[sweep.experiment.name] = sweep.design
    assert designs.keys() == {"small", "capacity", "ranking", "wide"}
    design = designs["capacity"]
    assert len(design) == 9  # five capacities × two, less the largest with eight hosts
    assert not ((design["capacity_scale"] >= 3) & (design["scenario_hosts"] == 8)).any()


def test_every_key_kind_scale_and_command_is_on_the_page() -> None:
    rooms: dict[str, Any] = {"design": Design, "record": Record, "run": Limits}
    keys = [key for key in Experiment.model_fields if key not in (*rooms, "folder")]
    keys += [f"{room}.{key}" for room, model in rooms.items() for key in model.model_fields]
    for word in (*keys, *KINDS, *BUILT_IN_SCALES):
        assert f"`{word}" in PAGE, word
    commands: dict[str, Any] = typer.main.get_command(sweep_commands).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"`sweep {name}" in PAGE, name
        for option in command.params:
            for word in (
                w for w in option.opts if w.startswith("--") and w not in ("--help", "--force", "--csv")
            ):
                assert word in PAGE, word


@LONG
@pytest.mark.slow
def test_both_ways_of_mesas_page_run_and_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found: list[dict[str, Any]] = []
    for number, text in enumerate(blocks(MESA, "python")):
        script = tmp_path / f"block_{number}.py"
        script.write_text(text, encoding="utf-8")
        found.append(runpy.run_path(str(script), run_name="__main__"))
    rows, metrics = found[0]["rows"], found[1]["metrics"]
    last = {(row["talent_mobility"], row["rng"]): row["firms"] for row in rows}
    assert len(last) == len(found[1]["finals"]) == 6
    runs = found[1]["sweep"].runs
    assert sorted(last) == sorted(zip(runs["talent_mobility"], runs["seed"], strict=True))
    assert np.isfinite(metrics["innovation"]).all()
