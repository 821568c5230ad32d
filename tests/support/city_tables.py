"""Tables of cities for tests of the network."""

from __future__ import annotations

import numpy as np
import pandas as pd


def city_table(lon, lat, *, province=None, gdp=None, capital=None) -> pd.DataFrame:
    """A country of cities 1, 2, 3, …, all in one province unless said otherwise."""
    count = len(lon)
    return pd.DataFrame(
        {
            "city_id": np.arange(1, count + 1),
            "name_en": [f"City {i}" for i in range(1, count + 1)],
            "province": ["P"] * count if province is None else list(province),
            "provincial_capital": [False] * count if capital is None else list(capital),
            "lon": np.asarray(lon, dtype=float),
            "lat": np.asarray(lat, dtype=float),
            "gdp_2022": np.ones(count) if gdp is None else np.asarray(gdp, dtype=float),
        }
    )
