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
    assert "+10.12 ± 0.32 % (positive beyond two standard errors) in host cities" in said
    assert "−0.456 ± 0.050 % (negative beyond two standard errors) in other cities" in said
    assert "+0.011 ± 0.020 % (not distinguishable from zero) in the country’s total" in said
    assert "In 2018–2022" in said
    assert "Real GDP changes by +0.750 ± 0.050 % (positive beyond two standard errors) in host cities" in said
    assert "4 pairs of simulated runs covers 60 mainland cities from 2005 to 2022" in said
    assert "31 compute centres of the scenario “actual”" in said
    assert "of 5 distance bands 1 gain and 2 lose" in said
    assert "4 rise beyond two standard errors" in said
    assert "1 fall beyond two standard errors (property-right protection)" in said
    assert "the Theil index by −3.21 ± 0.40 % (the gap narrows beyond two standard errors)" in said
    assert "12 cities gain 5 places or more in innovation on average (12 with a centre, 12 beyond" in said
    assert "+4.00 ± 0.90 % (positive beyond two standard errors)" in said


def test_the_abstract_turns_with_the_numbers(tables: Tables, summary_of: Summary) -> None:
    turned = {
        name: frame.assign(mean=-frame["mean"]) if "mean" in frame else frame
        for name, frame in tables.items()
    }
    turned["ranks"] = tables["ranks"].assign(gain=-1.0)
    said = abstract(summary_of(), turned, "1 compute centre")
    assert "−10.12 ± 0.32 % (negative beyond two standard errors) in host cities" in said
    assert "(the gap widens beyond two standard errors)" in said
    assert "of 5 distance bands 2 gain and 1 lose" in said
    assert "No cities gain 5 places or more in innovation on average." in said
    noisy = {name: frame.assign(se=99.0) if "se" in frame else frame for name, frame in tables.items()}
    said = abstract(summary_of(), noisy, "1 compute centre")
    assert "beyond two standard errors)" not in said.replace("0 beyond two standard errors)", "")
    assert "None of the 6 channels in host cities is distinguishable from zero" in said
