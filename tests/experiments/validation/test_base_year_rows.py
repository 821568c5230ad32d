"""The base year is exact, and electricity has its share in cost."""

from __future__ import annotations

import pytest

from experiments.validation.base_year_rows import base_year_rows, power_rows
from experiments.validation.rows import ValidationRuns
from model import Parameters
from tests.support.economies import economy


def test_the_base_quarter_is_judged_by_its_worst_city(
    context: ValidationRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert base_year_rows(context) == []
    spreads = {"base_sigma": 0.6, "base_east_west": 1.5}
    found = [economy({}, {"base_error": error, **spreads}) for error in (1e-9, 2e-12)]
    monkeypatch.setattr(ValidationRuns, "economies", lambda self, name: [(one, one) for one in found])
    rows = {one.id: one for one in base_year_rows(context.changed(quick=False))}
    assert (rows["BASE-gdp"].measured, rows["BASE-gdp"].verdict) == (1e-9, "holds")
    assert rows["E1-base"].verdict == "holds"  # 0.599 ± 5 %
    assert rows["E13b-base"].verdict == "fails"  # 2.01 ± 5 %
    assert "split" in rows["E13b-base"].reason
    monkeypatch.setattr(
        ValidationRuns, "economies", lambda self, name: [(economy({}, {"base_error": 1e-3}),) * 2]
    )
    worse = base_year_rows(context.changed(quick=False))[0]
    assert worse.verdict == "fails"
    assert "all closed" in worse.reason


def test_electricity_in_operating_cost_by_hand(context: ValidationRuns) -> None:
    """0.4 of power at 0.5 CNY/kWh and a PUE of 1.5 costs 0.3; with 0.7 of service that is 30 %."""
    given = Parameters(
        electricity_use=0.4,
        power_usage_effectiveness=1.5,
        electricity_west=0.5,
        electricity_east=1.0,
        service_cost=0.7,
    )
    west, east = power_rows(context.changed(parameters=given))
    assert (west.id, west.measured, west.verdict) == ("G5w", pytest.approx(0.3), "holds")
    assert (east.id, east.measured, east.verdict) == ("G5e", pytest.approx(0.6 / 1.3), "holds")
    dear = context.changed(parameters=given.changed(service_cost=0.1))
    assert all(one.verdict == "fails" and one.reason for one in power_rows(dear))
