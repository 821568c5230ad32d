"""The abstract of a report states signs and sizes as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from viz.reports.sentences import abstract

Tables = dict[str, pd.DataFrame]
Summary = Callable[..., dict[str, Any]]


def test_the_abstract_says_signs_and_sizes_as_they_are(tables: Tables, summary_of: Summary) -> None:
    said = abstract(summary_of(), tables, "31 compute centres")
    assert "4 pairs of simulated runs covers 60 mainland cities from 2005 to 2022" in said
    assert "31 compute centres of the scenario “actual”" in said
    assert "In 2018–2022 the centres raise innovation in host cities by 10.12 ± 0.32 %, " in said
    assert "lower that in other cities by 0.456 ± 0.050 %, change" in said
    assert "change the country’s total by +0.011 ± 0.020 % (not distinguishable from zero)" in said
    assert "raise real GDP by " in said
    assert "(1 of 5 distance bands gain clearly, 2 lose)" in said
    assert "the gap between cities narrows (Theil, −3.21 ± 0.40 %)" in said
    assert "property-right protection falls" in said
    assert "12 cities gain 5 places or more, 12 of them with a centre" in said
    assert "weak hosts gain +4.00 ± 0.90 points against strong ones" in said
    assert said.count(". ") <= 6


def test_the_abstract_turns_with_the_numbers(tables: Tables, summary_of: Summary) -> None:
    turned = {
        name: frame.assign(mean=-frame["mean"]) if "mean" in frame else frame
        for name, frame in tables.items()
    }
    turned["ranks"] = tables["ranks"].assign(gain=-1.0)
    said = abstract(summary_of(), turned, "1 compute centre")
    assert "lower innovation in host cities by 10.12 ± 0.32 %" in said
    assert "the gap between cities widens" in said
    assert "(2 of 5 distance bands gain clearly, 1 lose)" in said
    assert "no cities gain 5 places or more" in said
    noisy = {name: frame.assign(se=99.0) if "se" in frame else frame for name, frame in tables.items()}
    said = abstract(summary_of(), noisy, "1 compute centre")
    assert not any(f" {verb} " in said for verb in ("raise", "lower", "narrows", "widens"))
    assert "None of the 6 channels in host cities moves clearly" in said


def test_ranges_over_parameters_are_in_brackets(tables: Tables, summary_of: Summary) -> None:
    without = abstract(summary_of(), tables, "31 compute centres")
    assert "[" not in without
    assert "how far the sizes hang on parameters" in without
    row = {"table": "effects", "label": "host cities", "low": 0.5, "high": 3.61, "verdict": "holds"}
    other = {"table": "gap", "label": "Theil", "low": -1.0, "high": 0.2, "verdict": "fragile"}
    unknown = {
        "table": "effects",
        "label": "other cities",
        "low": float("nan"),
        "high": 0.0,
        "verdict": "holds",
    }
    said = abstract(
        summary_of(), {**tables, "uncertainty": pd.DataFrame([row, other, unknown])}, "31 compute centres"
    )
    assert "by 10.12 ± 0.32 % [+0.50 to +3.61], lower that" in said
    assert "in brackets, the 90 % range over parameters" in said
    assert "a sign that differs between such parameters (Theil)" in said
    assert "how far the sizes hang on parameters" not in said
