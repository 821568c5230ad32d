"""Changes of effects are in % of the usual effect, and contracts are compared with the cloud."""

from __future__ import annotations

import pytest

from experiments.validation.robustness_rows import change_row, robustness_rows
from experiments.validation.rows import ValidationRuns


def test_a_change_is_in_per_cent_of_the_usual_effect() -> None:
    """Seeds 1 and 2: 4 and 6 become 5 and 7, the mean 5 becomes 6, which is 20 % more."""
    usual, other = {1: {"hosts": 4.0}, 2: {"hosts": 6.0}}, {1: {"hosts": 5.0}, 2: {"hosts": 7.0}}
    found = change_row("R", "q", usual, other, "hosts", 25.0, "actual")
    assert found.measured == pytest.approx(20.0)
    # Residuals 5 − 1.2·4 = 0.2 and 7 − 1.2·6 = −0.2: s.d. 0.2·√2, s.e. of the ratio 0.2/5.
    assert found.se == pytest.approx(4.0)
    assert (found.verdict, found.seeds, found.published) == ("holds", 2, "within ±25")
    narrow = change_row("R", "q", usual, other, "hosts", 10.0, "actual")
    assert narrow.verdict == "fails"
    assert narrow.reason


def test_effects_are_compared_in_a_full_validation(context: ValidationRuns) -> None:
    assert robustness_rows(context) == []
    rows = robustness_rows(context.changed(quick=False))
    ids = ["R-government", "R-government-hosts", "R-hosted-less", "R-hosted-more"]
    assert [one.id for one in rows] == [*ids, *ids, "R-dear"]
    assert (rows[-1].verdict, rows[-1].measured) == ("holds", 0.0)
