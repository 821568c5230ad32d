"""Multipliers and the contribution of compute are those worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from experiments.validation import multiplier_rows as module
from experiments.validation.multiplier_rows import (
    contribution,
    contribution_row,
    multiplier_rows,
    output_rows,
)
from experiments.validation.rows import ValidationRuns
from tests.support.economies import economy


def test_a_quick_validation_leaves_out_what_needs_many_runs(context: ValidationRuns) -> None:
    assert multiplier_rows(context) == []


def test_multipliers_by_hand() -> None:
    """Twenty-six years. GDP 1020 with centres and 1000 without; compute 10 and 8; digital sales 110 and 100;
    centres cost 5 a year: an index point is 1 % of the 10, so centres add 20 points."""
    treated = economy({"real_gdp": 1020.0, "eflops": 10.0, "real_digital": 110.0, "real_investment": 5.0})
    control = economy({"real_gdp": 1000.0, "eflops": 8.0, "real_digital": 100.0, "real_investment": 0.0})
    rows = {one.id: one for one in output_rows([(treated, control), (treated, control)])}
    assert rows["A1"].measured == pytest.approx(math.log(1.02) / 20)
    assert rows["A2"].measured == pytest.approx(math.log(1.1) / 20)
    assert rows["A5"].measured == pytest.approx(20.0 / 5.0)
    assert rows["A6"].measured == pytest.approx(math.log(1.02) / math.log(10 / 8))
    assert rows["A5"].verdict == "holds"
    assert rows["A6"].verdict == "fails"
    assert all(one.reason for one in rows.values() if one.verdict != "holds")


def test_without_centres_nothing_is_claimed() -> None:
    same = economy({"real_gdp": 1000.0, "eflops": 8.0, "real_digital": 100.0, "real_investment": 0.0})
    rows = output_rows([(same, same)])
    assert {one.verdict for one in rows} == {"not claimed"}
    assert all(one.reason for one in rows)


def test_the_hosts_share_of_innovation_by_hand() -> None:
    treated = economy({"served": 3.0, "capacity": 4.0}, innovation=(2.0, 9.0, 8.0, 0.0), hosts=(0, 2, 3))
    control = economy({"served": 0.0, "capacity": 0.0}, innovation=(1.0, 9.0, 2.0, 0.0))
    # Mean logarithmic effect of hosts 0 and 2: (ln 2 + ln 4)/2 = 1.5 ln 2; host 3 has no innovation.
    found = contribution(treated, control)
    assert found == pytest.approx({"utilisation": 0.75, "contribution": 1.0 - 2.0**-1.5})
    nothing = contribution(economy({"served": 0.0, "capacity": 0.0}, hosts=()), control)
    assert all(math.isnan(value) for value in nothing.values())


def test_the_contribution_is_read_at_80_per_cent_use() -> None:
    rows = [
        {"seed": seed, "multiple": multiple, "utilisation": use, "contribution": share}
        for seed in (1, 2)
        for multiple, use, share in ((0.25, 0.95, 0.10), (0.5, 0.9, 0.12), (1.0, 0.7, 0.20), (2.0, 0.4, 0.3))
    ]
    found = contribution_row(pd.DataFrame(rows), "actual")
    assert found.measured == pytest.approx(0.16)  # halfway from 0.9 to 0.7
    assert found.verdict == "holds"


def test_where_80_per_cent_is_out_of_reach_the_nearest_use_counts() -> None:
    rows = [
        {"seed": seed, "multiple": multiple, "utilisation": use, "contribution": share + 0.02 * seed}
        for seed in (1, 2)
        for multiple, use, share in ((0.1, 0.6, 0.10), (0.25, 0.7, 0.12), (1.0, 0.5, 0.20))
    ]
    found = contribution_row(pd.DataFrame(rows), "actual")
    assert found.measured == pytest.approx(0.15)  # 0.14 and 0.16
    assert (found.verdict, found.seeds) == ("holds", 2)
    assert found.quantity.endswith("at 70% use")
    assert found.reason == "use does not fall through 80 % with capacity from 0.1 to 1 times the default"
    nothing = pd.DataFrame(rows).assign(utilisation=np.nan)
    assert contribution_row(nothing, "actual").verdict == "not claimed"


def test_why_the_share_of_hosts_is_not_met_is_said() -> None:
    reached = module._why_not(0.3, "undecided", 0.4)
    assert reached == "two standard errors reach the published range, the mean lies outside it"
    above, below = (module._why_not(value, "fails", 0.4) for value in (0.5, 0.3))
    assert above != below
    assert above.endswith("which varies with the hosts' size and capacity")


def test_multipliers_come_with_a_verdict_in_a_full_validation(context: ValidationRuns) -> None:
    rows = multiplier_rows(context.changed(quick=False, until=2009))
    assert [one.id for one in rows] == ["A1", "A2", "A5", "A6", "A7", "A7"]
    assert all(one.reason for one in rows if one.verdict != "holds")
