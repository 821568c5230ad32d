"""A smaller country for many runs: each city that is left out is added to the nearest that stays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.country.country import Country, build_country

TOTALS = ("population_2010", "population_2020", "gdp_2010", "gdp_2015", "gdp_2022")
MEANS = ("fiscal_revenue_share", "entry_rate_2005_2015")  # weighted by GDP of 2010


def reduced_country(country: Country, cities: int) -> Country:
    """Return a country of that many cities: those with centres, and of the others every n-th by GDP of 2010.

    People and GDP of a city that is left out go to the nearest one that stays, of its own region where there
    is one, so that the totals of the country and of its regions are those of the whole.
    """
    table = country.cities
    hosts = set(country.centres["city_id"])
    order = table["gdp_2010"].to_numpy(dtype=float).argsort()[::-1]
    others = [row for row in order if table["city_id"].iloc[row] not in hosts]
    wanted = max(cities - len(hosts), 0)
    spaced = np.linspace(0, len(others) - 1, wanted).round().astype(int)
    kept = np.isin(table["city_id"], list(hosts))
    kept[[others[place] for place in np.unique(spaced)]] = True
    near = country.distances[:, kept] + 1e6 * (country.region[:, None] != country.region[kept][None, :])
    owner = near.argmin(axis=1)
    owner[kept] = np.arange(kept.sum())
    small = table[kept].reset_index(drop=True).copy()
    weight = table["gdp_2010"].to_numpy(dtype=float)
    for name in TOTALS:
        small[name] = np.bincount(owner, table[name].to_numpy(dtype=float), len(small))
    for name in MEANS:
        given = table[name].to_numpy(dtype=float)
        known = np.isfinite(given)
        above = np.bincount(owner[known], (given * weight)[known], len(small))
        below = np.bincount(owner[known], weight[known], len(small))
        small[name] = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
    return build_country(pd.DataFrame(small), centres=country.centres)
