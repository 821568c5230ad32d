"""Values that the shell completes are those that the commands take."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.parameters import Parameters
from model.scenarios.scenario_catalogue import SCENARIOS
from viz.cli import completion


def test_names_come_with_their_meaning() -> None:
    assert [name for name, _ in completion.scenario_names("")] == list(SCENARIOS)
    assert [name for name, _ in completion.parameter_names("")] == list(Parameters.model_fields)
    assert [name for name, _ in completion.changed_parameters("firms")] == ["firms="]
    assert all(meaning for _, meaning in completion.parameter_names(""))


def test_files_of_the_folder_that_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    for name in ("mine.toml", "mine.txt", "mine/deep.yaml"):
        (tmp_path / name).write_text("")
    assert completion.experiment_files("mi") == ["mine.toml", "mine/"]
    assert completion.experiment_files("mine/") == ["mine/deep.yaml"]
    assert completion.experiment_files("capac") == ["capacity"]


def test_results_are_offered_before_other_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    assert completion.folders("") == ["other"]
    (tmp_path / "results" / "first").mkdir(parents=True)
    assert completion.folders("") == ["results/first"]
    assert completion.folders("results/f") == ["results/first"]
    assert completion.folders("o") == ["other"]


def test_tables_of_schema() -> None:
    assert completion.table_names("c") == ["cities", "centres"]
