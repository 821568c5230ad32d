"""`computeleap sweep presets`, `measures`, `plan`, `query` and `export`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from experiments.sweep.measures import EFFECTS, METRICS
from tests.support.sweep_commands import call, write


def test_plan_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = call("plan", str(write(tmp_path)), "--workers", "2")
    assert answer.exit_code == 0
    for said in ("points", "8", "time in all", "2 processes", "size of the store"):
        assert said in answer.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_measures_and_presets_are_listed() -> None:
    shown = call("measures").stdout
    assert all(name in shown for name in (*METRICS, *EFFECTS))
    assert "capacity" in call("presets").stdout


def test_query_answers_as_table_and_csv(store: Path) -> None:
    sql = "select traffic_scale, count(*) as n from finals group by 1 order by 1"
    assert "traffic_scale" in call("query", str(store), sql).stdout
    rows = list(csv.DictReader(io.StringIO(call("query", str(store), sql, "--csv").stdout)))
    assert rows == [{"traffic_scale": "0.5", "n": "4"}, {"traffic_scale": "1.0", "n": "4"}]
    wrong = call("query", str(store), "select traffic_scal from finals")
    assert wrong.exit_code == 2
    assert "traffic_scale" in wrong.stderr


def test_effects_need_twins(store: Path) -> None:
    answer = call("effects", str(store))
    assert answer.exit_code == 2
    assert "write twin = true" in answer.stderr


def test_effects_tell_the_signs(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"replication": [0, 1], "effect_hosts": [1.0, 1.1], "traffic_scale": 0.5})
    monkeypatch.setattr("experiments.sweep.sweep.Sweep.finals", rows.assign(median_effect_hosts=-1.0))
    answer = call("effects", str(store), "--by", "traffic_scale", "--csv")
    (row,) = csv.DictReader(io.StringIO(answer.stdout))
    assert (row["effect"], row["sign"], row["traffic_scale"]) == ("effect_hosts", "fragile", "0.5")
    assert "fragile: the median" in answer.stderr


def test_export_spares_a_file_that_is_there(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "runs.csv"
    assert call("export", str(store), "--table", "runs", "--out", str(target)).exit_code == 0
    assert len(pd.read_csv(target)) == 8
    assert "--force" in call("export", str(store), "--out", str(target)).stderr
