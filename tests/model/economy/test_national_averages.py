"""National averages: worked numbers."""

from __future__ import annotations

from model.economy.national_averages import national_means
from tests.support.call_market import after


def test_means_are_by_firm_and_by_city():
    given = {
        "nation_firms": [4.0],
        "nation_revenue": [10.0],
        "nation_mean_revenue": [9.0],
        "nation_budget": [2.0],
        "nation_budget_per_firm": [9.0],
        "nation_mean_talent": [9.0],
        "city_talent": [1.0, 2.0, 6.0],
    }
    found = after(national_means, **given)
    assert found.nation_mean_revenue == [2.5]
    assert found.nation_budget_per_firm == [0.5]
    assert found.nation_mean_talent == [3.0]
    empty = after(national_means, **{**given, "nation_firms": [0.0]})
    assert (empty.nation_mean_revenue, empty.nation_budget_per_firm) == ([9.0], [9.0])
    one = after(national_means, **{**given, "nation_firms": [1.0]})
    assert (one.nation_mean_revenue, one.nation_budget_per_firm) == ([10.0], [2.0])
