"""Whether a store is that of an experiment and of this model."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.sweep import Sweep, SweepError, open_store
from experiments.sweep.identity import check_same, differences, fingerprints_of
from experiments.sweep.store import Store


def test_differences_name_nested_keys() -> None:
    one = {"a": 1, "b": {"c": 1, "d": {"e": 1}}, "gone": 0}
    other = {"a": 1, "b": {"c": 2, "d": {"e": 3}}, "new": 0}
    assert differences(one, other) == ["b.c", "b.d.e", "gone", "new"]
    assert differences(one, one) == []


def test_only_what_was_known_can_have_changed(done: Sweep, tmp_path: Path) -> None:
    store = Store(shutil.copytree(done.folder, tmp_path / "s"))
    now = fingerprints_of(store.frozen.experiment, store.design())
    assert now == store.frozen.known
    more = {**now, "data": {**now["data"], "synthetic:20": "new"}}
    check_same(store, store.frozen.experiment, more, allow_change=False)
    assert store.frozen.known["data"] == more["data"]
    with pytest.raises(SweepError, match="the data changed since"):
        check_same(store, store.frozen.experiment, {**now, "data": {"synthetic:12": "other"}}, False)
    check_same(store, store.frozen.experiment, {**now, "model": "other"}, allow_change=True)
    newer = {**now, "model": "other", "rules": {**now["rules"], "mine": "new"}}
    check_same(store, store.frozen.experiment, newer, allow_change=False)
    assert len(store.frozen.changes) == 1
    assert store.frozen.known["rules"] == newer["rules"]


def test_countries_can_be_added_to_a_store(done: Sweep, tmp_path: Path) -> None:
    sweep = open_store(shutil.copytree(done.folder, tmp_path / "s"))
    larger = sweep.extend(add={"cities": ["synthetic:14"]})
    assert larger.run().missing == 0
    assert set(larger.store.frozen.known["data"]) == {"synthetic:12", "synthetic:14"}
    assert len(larger.finals) == 8
    assert larger.run().missing == 0


def test_another_experiment_is_named_by_its_keys(done: Sweep) -> None:
    store = done.store
    other = replace(store.frozen, experiment=store.frozen.experiment.model_copy(update={"until": 2010}))
    with pytest.raises(SweepError, match="holds another experiment: it differs in until; name another"):
        check_same(store, other.experiment, store.frozen.known, allow_change=False)
