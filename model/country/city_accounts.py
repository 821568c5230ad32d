"""Observed accounts of cities in 2015: GDP, fiscal revenue, and establishments opened from 2005 to 2015.

The shipped figures are from the city statistical yearbook, as compiled by Dong et al. (2021), Scientific Data
8:5. 60 of the 338 cities are not in it. docs/data.md explains how they are used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from model.files.table_columns import TableColumn
from model.files.user_tables import read_table

FILE = Path(__file__).parents[1] / "data" / "city_accounts_2015.csv"

ACCOUNT_COLUMNS = (
    TableColumn("city_id", "integer", "GB/T 2260 code", low=1, high=10**15, required=True, blank=False),
    TableColumn("gdp_2015_100m_cny", "number", "GDP 2015", "100 m CNY", 0, required=True, blank=False),
    TableColumn(
        "fiscal_revenue_2015_100m_cny",
        "number",
        "general fiscal revenue 2015",
        "100 m CNY",
        0,
        required=True,
        blank=False,
    ),
    TableColumn(
        "establishments_opened_2005_2015",
        "integer",
        "establishments opened 2005-2015",
        "establishments",
        0,
        required=True,
        blank=False,
    ),
)

INSTITUTIONS = ("fiscal_revenue_share", "entry_rate_2005_2015")
"""Columns of institutions in the table of cities; what they measure is drawn where they are blank."""

GIVEN, DRAWN = "given", "drawn"
OBSERVED = "observed 2015"
OBSERVED_SHARE = "observed share 2015"
ESTIMATED = "estimated"
OBSERVED_PER_RESIDENT = "observed 2005-2015, estimated residents"


def load_accounts() -> pd.DataFrame:
    """Return the shipped accounts: columns as in ACCOUNT_COLUMNS, one row for each observed city."""
    return read_table(FILE, ACCOUNT_COLUMNS, key="city_id")


def with_institutions(cities: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return cities with observed institutions, NaN where they are not observed, and their basis.

    Args:
        cities: C rows with city_id and population_2010 (persons).
        accounts: Columns as in ACCOUNT_COLUMNS.

    Returns:
        `cities` with four more columns: fiscal_revenue_share (general fiscal revenue over GDP, 2015, a
        fraction), entry_rate_2005_2015 (establishments opened from 2005 to 2015 per 10,000 residents of 2010,
        a proxy of the business environment) and the basis of each (OBSERVED or DRAWN, text). The number of
        residents is itself an estimate.
    """
    own = accounts.set_index("city_id").reindex(cities["city_id"])
    gdp = own["gdp_2015_100m_cny"].to_numpy(dtype=np.float64)
    people = cities["population_2010"].to_numpy(dtype=np.float64)
    revenue = own["fiscal_revenue_2015_100m_cny"].to_numpy(dtype=np.float64)
    opened = own["establishments_opened_2005_2015"].to_numpy(dtype=np.float64, na_value=np.nan)
    share = np.divide(revenue, gdp, out=np.full(len(own), np.nan), where=gdp > 0)
    rate = np.divide(1e4 * opened, people, out=np.full(len(own), np.nan), where=people > 0)
    return cities.assign(
        fiscal_revenue_share=share,
        entry_rate_2005_2015=rate,
        fiscal_revenue_share_basis=basis(share, OBSERVED),
        entry_rate_2005_2015_basis=basis(rate, OBSERVED_PER_RESIDENT),
    )


def basis(values: npt.NDArray[np.float64], known: str, unknown: str = DRAWN) -> pd.Series:
    """Return where each figure comes from, (C,): `known` for numbers, `unknown` for NaN."""
    return pd.Series(np.where(np.isnan(values), unknown, known), dtype="str")


def drawn_institutions(cities: pd.DataFrame) -> dict[str, list[int]]:
    """Return the cities, by city_id, for which the model draws each of INSTITUTIONS."""
    return {
        name: cities["city_id"][cities[name].isna()].tolist()
        if name in cities
        else cities["city_id"].tolist()
        for name in INSTITUTIONS
    }
