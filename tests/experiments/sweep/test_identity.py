"""Whether a store is that of an experiment and of the model that is there now."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from experiments.sweep import Sweep, SweepError, open_store
from experiments.sweep.identity import check_same, differences, fingerprints_of


def test_differences_are_named_by_their_place() -> None:
    before = {"seeds": 2, "design": {"n": 3, "factors": {"a": [1]}}, "gone": 1}
    after = {"seeds": 2, "design": {"n": 4, "factors": {"a": [1], "b": [2]}}, "new": 1}
    assert differences(before, after) == ["design.n", "design.factors.b", "gone", "new"]
    assert differences(before, before) == []


class Kept:
    """A store that notes the pages that are written."""

    def __init__(self, sweep: Sweep) -> None:
        self.folder, self.frozen = Path("kept"), sweep.store.frozen
        self.pages: list[Any] = []

    def rewrite(self, page: Any) -> None:
        self.pages.append(page)


def test_fingerprints_cover_the_model_and_the_rules_and_countries_that_are_used(done: Sweep) -> None:
    found = fingerprints_of(done.experiment, done.store.design())
    assert found == dict(done.store.frozen.fingerprints)
    assert set(found["data"]) == {"synthetic:12"}
    design = done.store.design().assign(cities=["synthetic:12", "synthetic:14"])
    assert set(fingerprints_of(done.experiment, design)["data"]) == {"synthetic:12", "synthetic:14"}


def test_another_experiment_is_refused(done: Sweep) -> None:
    now = done.store.frozen.fingerprints
    for change, said, hint in (
        ({"seeds": 3}, "it differs in seeds", "computeleap sweep extend kept"),
        ({"until": 2007}, "it differs in until", None),
    ):
        other = done.experiment.model_copy(update=change)
        with pytest.raises(SweepError, match=said) as caught:
            check_same(Kept(done), other, now, False)  # type: ignore[arg-type]
        assert (hint in str(caught.value)) if hint else ("extend" not in str(caught.value))


def test_another_model_is_refused_unless_it_is_allowed_and_then_noted(done: Sweep) -> None:
    store: Any = Kept(done)
    now = {**store.frozen.fingerprints, "model": "another"}
    with pytest.raises(SweepError, match="the model changed since kept was begun"):
        check_same(store, done.experiment, now, False)
    assert store.pages == []
    check_same(store, done.experiment, now, True)
    (page,) = store.pages
    assert page.known["model"] == "another"
    assert len(page.changes) == 1


def test_a_country_that_is_new_is_added_and_nothing_else_is_written(done: Sweep) -> None:
    store: Any = Kept(done)
    known = store.frozen.fingerprints
    check_same(store, done.experiment, known, False)
    assert store.pages == []
    now = {**known, "data": {**known["data"], "other.csv": "hash"}}
    check_same(store, done.experiment, now, False)
    (page,) = store.pages
    assert page.known["data"] == now["data"]
    assert list(page.changes) == []
    # after a change of the model the newest state takes it up
    change = {"fingerprints": dict(known), "provenance": {}}
    store = SimpleNamespace(
        folder=store.folder, frozen=replace(store.frozen, changes=(change,)), rewrite=store.rewrite
    )
    check_same(store, done.experiment, now, False)


def test_countries_can_be_added_to_a_store(done: Sweep, tmp_path: Path) -> None:
    sweep = open_store(shutil.copytree(done.folder, tmp_path / "s"))
    larger = sweep.extend(add={"cities": ["synthetic:14"]})
    assert larger.run().missing == 0
    assert set(larger.store.frozen.known["data"]) == {"synthetic:12", "synthetic:14"}
    assert len(larger.finals) == 8
    assert larger.run().missing == 0


def test_a_scenario_file_that_was_edited_is_another_experiment(done: Sweep, tmp_path: Path) -> None:
    file = tmp_path / "later.toml"
    marks = []
    for rate in (0.1, 0.3):
        file.write_text(f"[varying]\ntax_rate = {{ to = {rate}, at = 2015 }}\n", encoding="utf-8")
        found = fingerprints_of(done.experiment, done.store.design().assign(scenario=str(file)))
        marks.append(found["scenarios"][str(file)])
    assert marks[0] != marks[1]
    assert "scenarios" not in fingerprints_of(done.experiment, done.store.design())
