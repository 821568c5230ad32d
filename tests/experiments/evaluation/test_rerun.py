"""Runs of a results folder, repeated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from experiments.evaluation.rerun import capacity_by_year, check_repeatable, read_repeatable
from experiments.evaluation.true_effects import run_with
from experiments.results.read_results import ResultsError
from experiments.study.study import WITH
from model.economy.centre_tables import relative_sizes
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario import Opening
from tests.support.city_panels import empty_results


def test_the_runs_of_a_folder_come_out_the_same_again(results: Path) -> None:
    found = read_repeatable(results)
    check_repeatable(found)
    again = run_with(found.study, 2, found.openings(2))
    there = found.rows(2, WITH)
    assert again["innovation"].tolist() == there["innovation"].tolist()
    other = replace(
        found, study=replace(found.study, parameters=found.study.parameters.changed(cloud_start_price=2.0))
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


def test_an_extension_that_has_changed_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "mine.py"
    source.write_text("from model import Extension\nextension = Extension(name='mine')\n", encoding="utf-8")
    named = [{"name": "mine", "source": f"{source}:extension", "hash": "old"}]
    empty_results(tmp_path, extensions=named)
    with pytest.raises(InputError, match="was made with another source of extension mine: run it again"):
        read_repeatable(tmp_path)


@pytest.mark.parametrize("opens", [-3, 0, 2, 9])
def test_capacities_by_year_are_found_from_the_sizes_at_the_end_of_each_year(opens: int) -> None:
    """Steps on the anniversary of the opening, as the model makes them of capacities in EFLOPS."""
    parameters = Parameters(start_year=2005, capacity_growth_super=0.3)
    first = max(opens, 0)
    quarters = [opens, *range(first + 4, first + 17, 4)]
    given = Opening(
        "A", 0, "super", opens, capacity=tuple((q, 0.1 * (k + 1)) for k, q in enumerate(quarters))
    )
    sizes = relative_sizes(given, parameters)
    at_end = {
        year: [size for quarter, size in sizes if quarter <= 4 * year + 3][-1]
        for year in range(first // 4, first // 4 + 5)
    }
    found = capacity_by_year("super", opens, {-1: 0.5, **at_end}, parameters)
    assert [quarter for quarter, _ in found] == quarters
    assert [eflops for _, eflops in found] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


def test_results_without_sizes_of_centres_are_of_another_version(results: Path) -> None:
    found = read_repeatable(results)
    with pytest.raises(InputError, match="its centres have no column size"):
        replace(found, centres=found.centres.drop(columns="size")).openings(1)
