"""The whole model, timed small: by event, by threads, by size."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from benchmarks import full_model
from model.step import QUARTER


def test_a_quarter_is_timed_by_event():
    row = full_model.phases(12, 200, repeats=1)
    always = {event.name for event in QUARTER if event.when is None}
    assert always <= row["events_ms"].keys() <= {event.name for event in QUARTER}
    times = list(row["events_ms"].values())
    assert times == sorted(times, reverse=True)
    assert row["quarter_ms"] == pytest.approx(sum(times))
    assert row["ns_per_firm"] == pytest.approx(1e6 * row["quarter_ms"] / 200)


def test_two_threads_are_timed_against_one():
    row = full_model.threads(12, 200, repeats=1)
    assert row["speed_up"] == pytest.approx(row["wall_ms_1"] / row["wall_ms_2"])


def test_the_exponent_of_growth_is_that_of_the_two_largest():
    rows = [dict(firms=f, quarter_ms=ms) for f, ms in ((400, 16.0), (100, 9.0), (200, 4.0))]
    assert full_model.growth(rows, "firms") == pytest.approx(2.0)


def test_the_full_model_is_measured_printed_and_written(monkeypatch, tmp_path, capsys):
    def phases(cities, firms, repeats=7):
        return dict(
            cities=cities,
            firms=firms,
            quarter_ms=float(cities * firms),
            ns_per_firm=1.0,
            state_mb=2.0,
            events_ms={"pay": 1.5, "meet": 0.5},
        )

    commands = []
    monkeypatch.setattr(full_model, "phases", phases)
    monkeypatch.setattr(
        full_model, "threads", lambda cities, firms: dict(firms=firms, speed_up=1.5, wall_ms_2=2.0)
    )
    monkeypatch.setattr(
        full_model, "subprocess", SimpleNamespace(run=lambda words, **_: commands.append(words))
    )
    target = tmp_path / "there" / "full.json"
    monkeypatch.setattr(sys, "argv", ["full_model", str(target), "--large"])
    full_model.main()
    found = json.loads(target.read_text(encoding="utf-8"))
    assert found["by_firms"][-1]["firms"] == 10_000_000
    assert found["exponent_firms"] == pytest.approx(1.0)
    assert [row["cities"] for row in found["by_cities"]] == [60, 338, 1_000, 3_000, 10_000]
    assert len(commands) == 9
    said = capsys.readouterr().out
    assert "largest events, ms" in said
    assert len(full_model.measure()["by_firms"]) == len(full_model.FIRMS)
