"""The smaller country has the totals of the whole, and all of its hosts."""

import pytest

from experiments.ensemble.reduced_country import TOTALS, reduced_country
from model.country.country import shipped_country


def test_a_smaller_country_keeps_totals_regions_and_hosts() -> None:
    whole = shipped_country()
    small = reduced_country(whole, 60)
    assert len(small.cities) == 60
    assert set(whole.centres["city_id"]) <= set(small.cities["city_id"])
    for name in TOTALS:
        assert small.cities[name].sum() == pytest.approx(whole.cities[name].sum())
    by_region = [one.cities.groupby("region")["gdp_2010"].sum() for one in (small, whole)]
    assert by_region[0].to_numpy() == pytest.approx(by_region[1].to_numpy())
    assert small.cities["fiscal_revenue_share"].dropna().between(0.0, 1.0).all()
