"""The contribution of compute has a verdict in a full validation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.validation import compute_rows as compute_module
from experiments.validation.compute_rows import compute_rows, multiplier_rows
from experiments.validation.rows import ValidationRuns


def test_a_quick_validation_leaves_out_what_needs_many_runs(context: ValidationRuns) -> None:
    assert compute_rows(context) == []


def test_contributions_come_with_a_verdict_in_a_full_validation(context: ValidationRuns) -> None:
    rows = compute_rows(context.changed(quick=False, until=2010))
    assert [one.id for one in rows] == ["A7", "A7", "A1", "A2", "A5", "A6", "A6", "A6"]
    assert all(one.reason for one in rows if one.verdict != "holds")


def test_multipliers_are_not_claimed() -> None:
    readings = ("sales to compute used", "digital sales to compute used", "innovation to compute used")
    table = pd.DataFrame(
        [(name, 0.1, 0.01, 8) for name in (*readings, "innovation to capacity, doubled")],
        columns=["reading", "mean", "se", "seeds"],
    )
    rows = multiplier_rows(table)
    assert {one.verdict for one in rows} == {"not claimed"}
    assert all(one.reason for one in rows)
    assert math.isnan(next(one for one in rows if one.id == "A5").measured)


def test_why_the_share_of_hosts_is_not_met_is_said():
    frame = pd.DataFrame({"multiple": [0.5, 1.0], "utilisation": [0.9, 0.7], "contribution": [0.2, 0.1]})
    reached = compute_module._why_not(frame, 0.3, compute_module.FAILS + "?", 0.4)
    assert reached == "two standard errors reach the published range, the mean lies outside it"
    above, below = (compute_module._why_not(frame, value, compute_module.FAILS, 0.4) for value in (0.5, 0.3))
    assert above != below
    assert above.endswith("which varies with the hosts' size and capacity")
    assert "use does not fall through 80 %" in compute_module._why_not(
        frame, np.nan, compute_module.FAILS, 0.4
    )
    nothing = frame.assign(contribution=np.nan)
    assert compute_module._why_not(nothing, np.nan, compute_module.FAILS, 0.4) == (
        "no centre of the scenario opens in these cities"
    )
