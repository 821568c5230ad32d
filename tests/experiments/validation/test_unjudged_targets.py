"""Every published figure is judged by a row or listed with the reason why not."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from experiments.measures.published_targets import targets
from experiments.validation import ROWS, emergence, validate
from experiments.validation.record import page, record
from experiments.validation.rows import ValidationRuns
from experiments.validation.unjudged_targets import NOT_JUDGED, judged, left_out
from tests.support.validation_row import row


def test_a_figure_is_judged_by_a_row_of_its_id_and_quantity() -> None:
    several = row(id="E5", quantity="beta slope 2010-22")
    assert [one.quantity for one in judged([several])] == ["beta slope 2010-22"]
    assert [one.id for one in judged([row(id="A7", quantity="anything")])] == ["A7"]
    with pytest.raises(KeyError):
        left_out([])


def test_reasons_are_given_for_figures_that_exist() -> None:
    assert set(NOT_JUDGED) <= {one.id for one in targets()}
    assert all(NOT_JUDGED.values())


def test_a_full_validation_judges_or_lists_every_figure(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a small country; most verdicts are empty there, but each figure has its row.

    Known solutions, invariants, layouts, switches and robustness judge no figure.
    """
    monkeypatch.setattr(emergence, "SWITCHES", ())
    others = ("closed_rows", "invariant_rows", "layout_rows", "robustness_rows")
    makers = [one for one in ROWS if one.__name__ not in others]
    assert len(makers) == len(ROWS) - len(others)
    country = context.country
    regions = pd.Series(["east", "west"] * (len(country.cities) // 2))
    halves = replace(country, cities=country.cities.assign(region=regions.to_numpy()))
    whole = context.changed(quick=False, country=halves, until=2011, seeds=(1,))
    rows = validate(whole, makers)
    listed = left_out(rows)
    assert len(judged(rows)) + len(listed) == len(targets())
    assert {one.id for one, _ in listed} == set(NOT_JUDGED)  # no reason for what is judged
    assert rows[-1].id == "FACTS"
    contents = record(rows, whole, 1.0, "computeleap validate")
    assert len(contents["not_judged"]) == len(listed)
    text = page(contents)
    assert "## Published figures that are not judged" in text
    assert "- C25 (co-patents per 10k people, Broadband China): patents of two cities" in text
