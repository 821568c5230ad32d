"""A changed model: old runs are kept apart, and runs of two models are never mixed unseen."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from experiments.sweep import Sweep, SweepError, identity, open_store, recompute
from experiments.sweep import chunk as chunk_module
from experiments.sweep import sweep as sweep_module


def change_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Act as if a file of the model had changed."""
    for module in (identity, sweep_module, chunk_module):
        monkeypatch.setattr(module, "model_fingerprint", lambda: "changed")
    chunk_module._contexts.clear()


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


def test_nothing_is_recomputed_of_the_same_model(done: Sweep) -> None:
    with pytest.raises(SweepError, match="nothing is recomputed"):
        done.recompute()


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
