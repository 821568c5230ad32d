"""Worlds of the ensemble: drawn by number, run, and continued."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from experiments.evaluation.audit import SPILLOVERS, AuditSettings
from experiments.evaluation.indirect_inference import __main__ as command
from experiments.evaluation.indirect_inference.simulated_worlds import (
    ANY_STRENGTH,
    LINES,
    NOTHING,
    Job,
    draw_world,
    run_worlds,
)

TINY = AuditSettings(cities=30, firms=300, until=2012, hosts=6, first=2009, last=2010)


def test_worlds_differ_by_number_and_an_eighth_has_no_effect() -> None:
    many = [draw_world(number) for number in range(400)]
    assert many[7] == draw_world(7)
    assert sum(world.size == NOTHING for world in many) == pytest.approx(50, abs=20)
    assert len({world.member for world in many}) > 150
    assert not many[0].changes
    assert many[1].changes["home_reach"] != many[3].changes["home_reach"]
    assert many[ANY_STRENGTH].changes == SPILLOVERS["strong"]
    assert Job(4, "strong").world.way == "wealth"


def test_an_interrupted_folder_continues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_worlds(tmp_path, [Job(1, settings=TINY)])
    assert set(first["data"]) == {"expected", "counts", "flawed", "omitted"}
    assert first["own"].isna().all()
    assert first["own.log_compute_price"].notna().all()
    both = run_worlds(tmp_path, [Job(1, settings=TINY), Job(0, "strong", TINY)])
    assert len(both) == 2 * len(first)
    assert len((tmp_path / LINES).read_text(encoding="utf-8").splitlines()) == 2
    monkeypatch.setattr(command, "left_out_scores", lambda rows: rows.head(1)[["data"]])
    monkeypatch.setattr(command, "cell_scores", lambda rows: rows.tail(1)[["data"]])
    command.ship(both, tmp_path / "data", tmp_path / "scores.json")
    kept = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert kept["worlds"] == 1
    assert kept["left_out"] == [{"data": both["data"].iloc[0]}]
