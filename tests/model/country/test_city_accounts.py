"""Accounts of cities in 2015: the shipped table, and the institutions that it gives."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd

from model.country.city_accounts import drawn_institutions, load_accounts, with_institutions
from model.country.city_estimates import load_places
from model.country.city_tables import load_cities


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


def written(folder: Path, header: str, *rows: str) -> Path:
    path = folder / "mine.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_institutions_of_a_users_table_are_given_or_drawn(tmp_path: Path) -> None:
    header = "city_id,lon,lat,population_10k,gdp_100m_cny,gdp_2015,fiscal_revenue_share,entry_rate_2005_2015"
    rows = ("7,100,30,1,1,5,0.1,", "8,100,31,1,1,,0,12.5", "130200,118.2,39.6,700,5000,,,")
    cities = load_cities(written(tmp_path, header, *rows))
    np.testing.assert_array_equal(cities["fiscal_revenue_share"], [0.1, 0.0, np.nan])
    np.testing.assert_array_equal(cities["entry_rate_2005_2015"], [np.nan, 12.5, np.nan])
    assert cities["fiscal_revenue_share_basis"].tolist() == ["given", "given", "drawn"]
    assert cities["entry_rate_2005_2015_basis"].tolist() == ["drawn", "given", "drawn"]
    assert cities["gdp_2015_basis"].tolist() == ["given", "estimated", "estimated"]
    assert drawn_institutions(cities) == {
        "fiscal_revenue_share": [130200],
        "entry_rate_2005_2015": [7, 130200],
    }
    assert cities.attrs["filled"]["gdp_2015"] == [8, 130200]


def test_gdp_of_2015_is_between_2010_and_2022(tmp_path: Path) -> None:
    """1 in 2010 and 4096 in 2022 double every year: 32 in 2015."""
    header = "city_id,lon,lat,population_10k,gdp_100m_cny,gdp_2010"
    cities = load_cities(written(tmp_path, header, "7,100,30,1,4096,1", "8,101,30,1,0,0"))
    assert cities["gdp_2015"].tolist() == [32.0, 0.0]
