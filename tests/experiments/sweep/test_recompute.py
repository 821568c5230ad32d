"""A changed model: old runs are kept apart, and runs of two models are never mixed unseen."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from experiments.sweep import Sweep, SweepError, open_store, recompute
from experiments.sweep import chunk as chunk_module
from experiments.sweep.store import Store
from tests.support.sweep_commands import change_model


@pytest.fixture
def changed(done: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    """A finished store whose model has changed since."""
    sweep = open_store(shutil.copytree(done.folder, tmp_path / "s"))
    change_model(monkeypatch)
    yield sweep
    chunk_module._contexts.clear()


def test_old_runs_are_a_store_of_their_own(changed: Sweep, done: Sweep) -> None:
    with pytest.raises(SweepError, match=rf"computeleap sweep recompute {changed.folder}, or continue"):
        changed.run()
    former = changed.recompute()
    assert former == changed.folder / "former" / "0"
    assert open_store(former).digest() == done.digest()
    assert open_store(former).status().missing == 0
    assert changed.status().done == 0
    assert changed.run().missing == 0
    assert changed.recompute() == former  # the same command again continues
    assert changed.digest() == done.digest()  # in truth nothing changed
    assert len(open_store(former).runs) == 4


def test_a_second_change_has_its_own_place(changed: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    changed.recompute()
    changed.run()
    monkeypatch.undo()
    chunk_module._contexts.clear()
    assert changed.recompute() == changed.folder / "former" / "1"


def test_an_interruption_while_runs_are_set_aside_loses_none(
    changed: Sweep, done: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, count = recompute._move, 0

    def interrupted(path: Path, target: Path) -> None:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        moved(path, target)

    monkeypatch.setattr(recompute, "_move", interrupted)
    with pytest.raises(KeyboardInterrupt):
        changed.recompute()
    monkeypatch.setattr(recompute, "_move", moved)
    former = changed.recompute()
    assert open_store(former).digest() == done.digest()


def test_chosen_points_are_recomputed_and_their_old_rows_kept_apart(changed: Sweep, done: Sweep) -> None:
    names = [path.relative_to(changed.folder) for path in changed.store.files("runs")]
    former = open_store(changed.recompute(points=[1]))
    assert former.runs["point"].tolist() == [1, 1]
    whole = done.sql("select * from metrics where point = 1 order by run, year")
    assert former.metrics.equals(whole)
    assert changed.status().by_status == {"ok": 2, "set aside": 2}
    assert len(changed.finals) == 2
    assert changed.recompute(points=[1]) == former.folder  # an interruption here loses nothing
    assert len(former.runs) == 2
    assert changed.retry(where="status = 'set aside'").failed == 0
    assert changed.runs["change"].tolist() == [0, 0, 1, 1]
    assert changed.digest() == done.digest()  # in truth nothing changed
    assert {path.relative_to(changed.folder) for path in changed.store.files("runs")} > set(names)
    second = changed.recompute(where="point = 0 and replication = 1")
    assert second == former.folder
    assert open_store(second).runs["run"].tolist() == [1, 2, 3]
    changed.retry()
    assert changed.digest() == done.digest()


@pytest.mark.parametrize("stop", range(1, 7))
def test_an_interruption_of_chosen_points_loses_no_row(
    changed: Sweep, done: Sweep, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    write, count = Store.write_table, 0

    def interrupted(store: Store, path: Path, table: object) -> None:
        nonlocal count
        count += 1
        if count == stop:
            raise KeyboardInterrupt
        write(store, path, table)

    changed.compact()
    monkeypatch.setattr(Store, "write_table", interrupted)
    with pytest.raises(KeyboardInterrupt):
        changed.recompute(points=[1])
    monkeypatch.setattr(Store, "write_table", write)
    former = changed.recompute(points=[1])
    assert open_store(former).runs["run"].tolist() == [2, 3]
    assert open_store(former).finals.equals(done.finals[done.finals["point"] == 1].reset_index(drop=True))
    assert changed.finals.equals(done.finals[done.finals["point"] == 0].reset_index(drop=True))
    assert changed.runs["status"].tolist() == ["ok", "ok", "set aside", "set aside"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"points": [7]}, "there is no point 7: points are 0 to 1"),
        ({"where": "nonsense = 1"}, "nonsense"),
        ({"where": "point > 9"}, "no stored run of .* is chosen"),
        ({"where": "1); copy runs to 'x.csv'; select (1"}, "must begin with select|cannot be answered"),
    ],
)
def test_a_choice_of_nothing_is_refused(changed: Sweep, choice: dict, said: str) -> None:
    with pytest.raises(SweepError, match=said):
        changed.recompute(**choice)
    assert not changed.store.frozen.changes


def test_nothing_is_recomputed_of_the_same_model(done: Sweep) -> None:
    for choice in ({}, {"where": "point = 0"}):
        with pytest.raises(SweepError, match="nothing is recomputed"):
            done.recompute(**choice)


def test_runs_of_two_models_are_told_apart(changed: Sweep, caplog: pytest.LogCaptureFixture) -> None:
    lost = changed.store.stored()[1]
    changed.store.remove(lost)
    changed.run(allow_change=True)
    assert changed.runs["change"].tolist() == [0, 0, 1, 1]
    with caplog.at_level(logging.WARNING):
        assert len(changed.finals) == 4
    assert (
        "mixes runs of several states of the model, rules or data: 2 as begun, 2 with change 1" in caplog.text
    )
    assert changed.recompute().name == "0"
    caplog.clear()
    changed.run()
    assert len(changed.finals) == 4
    assert caplog.text == ""
