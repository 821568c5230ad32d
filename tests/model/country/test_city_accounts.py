"""Accounts of cities in 2015: the shipped table, and the institutions that it gives."""

from __future__ import annotations

import math

import pandas as pd

from model.country.city_accounts import drawn_institutions, load_accounts, with_institutions
from model.country.city_estimates import load_places


def test_the_shipped_accounts() -> None:
    accounts = load_accounts()
    assert len(accounts) == 278
    assert (accounts.drop(columns="city_id") > 0).all(axis=None)
    assert (accounts["fiscal_revenue_2015_100m_cny"] < 0.3 * accounts["gdp_2015_100m_cny"]).all()
    places = load_places().set_index("city_id")
    assert accounts["city_id"].isin(places.index).all()
    assert places.loc[accounts["city_id"], "province"].nunique() == 31


def test_institutions_by_hand() -> None:
    """Revenue 2 of GDP 8 is a quarter; 30 establishments for 20,000 residents are 15 per 10,000."""
    cities = pd.DataFrame({"city_id": [5, 6, 7], "population_2010": [20_000.0, 10.0, 0.0]})
    accounts = pd.DataFrame(
        {
            "city_id": [7, 5],
            "gdp_2015_100m_cny": [0.0, 8.0],
            "fiscal_revenue_2015_100m_cny": [1.0, 2.0],
            "establishments_opened_2005_2015": [3, 30],
        }
    )
    found = with_institutions(cities, accounts)
    assert (found["fiscal_revenue_share"].iloc[0], found["entry_rate_2005_2015"].iloc[0]) == (0.25, 15.0)
    assert all(math.isnan(value) for value in found["fiscal_revenue_share"].iloc[1:])
    assert found["fiscal_revenue_share_basis"].tolist() == ["observed 2015", "drawn", "drawn"]
    residents = "observed 2005-2015, estimated residents"
    assert found["entry_rate_2005_2015_basis"].tolist() == [residents, "drawn", "drawn"]
    assert drawn_institutions(found) == {"fiscal_revenue_share": [6, 7], "entry_rate_2005_2015": [6, 7]}


def test_a_table_without_institutions_has_them_drawn() -> None:
    cities = pd.DataFrame({"city_id": [5, 6]})
    assert drawn_institutions(cities)["fiscal_revenue_share"] == [5, 6]
