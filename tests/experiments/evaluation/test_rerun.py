"""Runs of a results folder, repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.evaluation.rerun import _ratio, check_repeatable, read_repeatable
from experiments.evaluation.true_effects import run_with
from experiments.results.read_results import ResultsError
from experiments.study.study import WITH
from model.files.user_tables import InputError
from tests.support.city_panels import empty_results


def test_the_runs_of_a_folder_come_out_the_same_again(results: Path) -> None:
    found = read_repeatable(results)
    check_repeatable(found)
    again = run_with(found.study, 2, found.openings(2))
    there = found.rows(2, WITH)
    assert again["innovation"].tolist() == there["innovation"].tolist()
    other = replace(
        found, study=replace(found.study, parameters=found.study.parameters.changed(cloud_price=2.0))
    )
    with pytest.raises(InputError, match="cannot be repeated"):
        check_repeatable(other)


def test_a_folder_of_another_version_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="is not a folder: name one that computeleap run has written"):
        read_repeatable(tmp_path / "nowhere")
    with pytest.raises(
        ResultsError, match=r"is not a results folder of computeleap run; missing: summary\.json"
    ):
        read_repeatable(tmp_path)
    empty_results(tmp_path, parameters={"xyzzy": 1.0})
    with pytest.raises(InputError, match="was made by another version: "):
        read_repeatable(tmp_path)
    empty_results(tmp_path, last_year=None)
    with pytest.raises(ResultsError, match="it has no last_year between 1900 and 2200"):
        read_repeatable(tmp_path)


def test_an_extension_that_has_changed_is_refused(tmp_path: Path, monkeypatch) -> None:
    source = tmp_path / "mine.py"
    source.write_text("from model import Extension\nextension = Extension(name='mine')\n", encoding="utf-8")
    named = [{"name": "mine", "source": f"{source}:extension", "hash": "old"}]
    empty_results(tmp_path, extensions=named)
    with pytest.raises(InputError, match="was made with another source of extension mine: run it again"):
        read_repeatable(tmp_path)


def test_the_size_of_a_centre_is_found_to_the_last_bit() -> None:
    usual = 0.1
    for size in (0.3, 1.0 / 3.0, 0.7, 1.1, 2.9):
        assert _ratio(size * usual, usual) * usual == size * usual
    assert _ratio(5.0, 0.0) == 1.0
