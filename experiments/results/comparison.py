"""Tables of a study against the twin and over the years that its settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.measures.effect_tables import TABLES
from experiments.measures.own_measures import own_tables
from experiments.measures.twin_pairs import WINDOW_YEARS, Pair, pairs
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT
from model.scenarios.scenario import quarter_of
from model.scenarios.siting import openings_of

LATE = ("effects", "gdp", "distance", "gdp_distance", "channels", "gap")  # means of the last years alone


def comparison_tables(
    results: Results, against: str = "none", window: int = WINDOW_YEARS
) -> Mapping[str, pd.DataFrame]:
    """Return the tables of ``effect_tables.all_tables``.

    Args:
        against: ``own``: the twin misses the scenario's own openings alone, and hosts are their cities.
        window: Last years of which the tables named in LATE are means.
    """
    found = pairs(results)
    if against == "own":
        found = [replace(pair, hosts=own_hosts(results, pair.seed)) for pair in found]
    cities = results.study.country.cities
    tables = {name: make(found, cities) for name, make in TABLES.items()} | own_tables(results, found)
    if window != WINDOW_YEARS:
        late = [last_years(pair, window) for pair in found]
        tables |= {name: TABLES[name](late, cities) for name in LATE}
    return tables


def own_hosts(results: Results, seed: int) -> np.ndarray:
    """Return the rows of the cities whose centres are missing in the twin, of those open by the last year."""
    study = results.study
    start, country = study.parameters.start_year, study.country
    both = (
        openings_of(study.arms[arm], country.cities, country.centres, start, seed) for arm in (WITH, WITHOUT)
    )
    treated, control = (set(openings) for openings in both)
    last = quarter_of(f"{study.until}Q4", start)
    return np.unique([one.city for one in treated - control if one.quarter <= last]).astype(int)


def last_years(pair: Pair, years: int) -> Pair:
    """Return a pair of the last years alone."""
    arms = (
        {name: values[-years:] for name, values in arm.items()} for arm in (pair.with_centres, pair.without)
    )
    return Pair(pair.seed, pair.years[-years:], pair.hosts, *arms)
