"""Reading what was chosen."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from tests.support.results_shelf import opened
from viz.app.results import result_reader
from viz.app.results.result_reader import (
    BackgroundReader,
    ResultCache,
    RunFolder,
    SweepStore,
    UnreadableError,
    read,
)
from viz.app.ui.translations import translator

EN = translator("en")


def test_a_results_folder_is_read_as_it_was_written(shelf, folder):
    found = opened(shelf, "random_hosts")
    assert isinstance(found, RunFolder)
    told = json.loads((folder / "random_hosts" / "summary.json").read_text())
    assert found.tables["effects"]["mean"].tolist() == pytest.approx([row["mean"] for row in told["effects"]])
    panel = pd.read_parquet(folder / "random_hosts" / "panel.parquet")
    totals = panel.groupby(["seed", "arm", "year"])["innovation"].sum().unstack("year")
    for arm in ("with", "without"):
        assert found.series["innovation", arm] == pytest.approx(totals.xs(arm, level="arm").to_numpy())


def test_a_store_is_read_as_the_sweep_says(shelf):
    found = opened(shelf, "tiny")
    assert isinstance(found, SweepStore)
    assert (found.total, found.by_status, found.factors) == (
        12,
        {"ok": 12},
        ("capacity_scale", "talent_mobility"),
    )
    assert {"change_theil", "innovation"} <= set(found.measures)


@pytest.mark.parametrize("key", ["odd_store", "other_study", "<b>garbled"])
def test_what_cannot_be_read_has_a_reason_in_the_translations(shelf, folder, key):
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find(key))
    assert EN(f"results.broken.{caught.value.reason}", **caught.value.values)
    assert str(folder.parent) not in str(caught.value)  # where it is concerns no reader


def test_folders_that_are_too_large_are_refused(shelf, monkeypatch):
    monkeypatch.setattr(result_reader, "MAX_PANEL_ROWS", 10)
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find("actual"))
    assert "more than the 10 that this page reads" in EN("results.broken.large", **caught.value.values)
    monkeypatch.setattr(result_reader, "MAX_SWEEP_RUNS", 3)
    with pytest.raises(UnreadableError) as caught:
        read(shelf.find("tiny"))
    assert "This sweep has 12 runs" in EN("results.broken.large_store", **caught.value.values)


def test_what_was_read_is_kept_until_its_files_change(shelf, folder):
    kept, item = ResultCache(), shelf.find("studies/layouts")
    first = kept.read(item)
    assert kept.read(item) is first
    os.utime(folder / "studies" / "layouts" / "layouts.parquet", (1.0e9, 4.0e9))
    assert kept.read(item) is not first


def test_reading_reports_its_steps_and_can_be_cancelled(shelf):
    items = [shelf.find(key) for key in ("tiny", "damaged")]
    steps: list[tuple[str, int]] = []
    BackgroundReader(items, lambda step, done, found, bad: steps.append((step, done)), ResultCache()).run()
    assert steps[0] == ("tables", 0)
    assert steps[-1] == ("", 2)
    heard, going = [], threading.Event()

    def on_step(step: str, done: int, found: list[Any], bad: dict[str, Any]) -> None:
        heard.append(step)
        going.set()
        reading.cancel()

    reading = BackgroundReader(items, on_step, ResultCache())
    reading.start()
    assert going.wait(30.0)
    time.sleep(0.3)
    assert heard == ["tables"]
