"""Measures of extensions, with and without centres: by group of cities, and by year.

Measures by city are added up over a group of cities if their ``how`` is ``sum``, else averaged; those of the
country are taken as recorded. Columns that an extension adds to cities count as measures, too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.measures.twin_pairs import WINDOW_YEARS, Pair, mean_and_se
from experiments.study.results import Results
from experiments.study.study import WITH, WITHOUT
from model.extensions.extended_model import extended
from model.extensions.measure import Measure

COUNTRY = "whole country"
BY_GROUP = ["measure", "unit", "meaning", "group", "without", "mean", "se", "seeds"]
National = dict[int, list[pd.DataFrame]]  # seed → what the run with centres and its twin recorded
BY_YEAR = ["year", "measure", "unit", "with", "without", "difference", "se"]


def own_tables(results: Results, found: list[Pair]) -> dict[str, pd.DataFrame]:
    """Return ``own_measures`` and ``own_over_time``; nothing if no extension measures anything.

    ``own_measures``: effect of the centres on each measure in the last years, in its unit, by group.
    ``own_over_time``: the measure of the country by year.
    """
    declared = extended(results.study.extension).reported if results.study.extension else ()
    if not declared or not found:
        return {}
    arms = (WITH, WITHOUT)
    national = {pair.seed: [results.record(pair.seed, arm).national for arm in arms] for pair in found}
    # The columns of a mechanism that is off are not recorded.
    measures = [one for one in declared if all(one.name in arm for both in national.values() for arm in both)]
    groups = [row for one in measures for row in _by_group(one, national, found)]
    years = [row for one in measures for row in _by_year(one, national, found)]
    return {
        "own_measures": pd.DataFrame(groups, columns=BY_GROUP),
        "own_over_time": pd.DataFrame(years, columns=BY_YEAR),
    }


def _by_group(one: Measure, national: National, found: list[Pair]) -> list[tuple[object, ...]]:
    chosen: dict[str, list[np.ndarray]] = {}  # group → of each seed, with and without, (2,)
    for pair in found:
        if one.by == "city" and one.name in pair.without:
            hosts = pair.host_flags()
            for group, cities in (("host cities", hosts), ("other cities", ~hosts)):
                chosen.setdefault(group, []).append(_of_cities(one, pair, cities).mean(axis=1))
        chosen.setdefault(COUNTRY, []).append(
            _of_country(one, national[pair.seed])[:, -WINDOW_YEARS:].mean(axis=1)
        )
    rows: list[tuple[object, ...]] = []
    for group, both in chosen.items():
        effect = mean_and_se(treated - control for treated, control in both)
        without = mean_and_se(control for _, control in both)["mean"]
        about = (one.name, one.unit, one.meaning, group, without)
        rows.append((*about, effect["mean"], effect["se"], effect["seeds"]))
    return rows


def _by_year(one: Measure, national: National, found: list[Pair]) -> list[tuple[object, ...]]:
    values = np.array([_of_country(one, national[pair.seed]) for pair in found])  # (S, 2, T)
    rows: list[tuple[object, ...]] = []
    for k, year in enumerate(found[0].years):
        treated, control = values[:, 0, k], values[:, 1, k]
        difference = mean_and_se(treated - control)
        levels = treated.mean(), control.mean()
        rows.append((int(year), one.name, one.unit, *levels, difference["mean"], difference["se"]))
    return rows


def _of_cities(one: Measure, pair: Pair, cities: np.ndarray) -> np.ndarray:
    """Return the value of a group of cities in the last years, with and without centres, (2, years)."""
    arms = [arm[one.name][-WINDOW_YEARS:][:, cities] for arm in (pair.with_centres, pair.without)]
    if not cities.any():
        return np.full((2, len(arms[0])), np.nan)
    return np.array([values.sum(axis=1) if one.how == "sum" else values.mean(axis=1) for values in arms])


def _of_country(one: Measure, arms: list[pd.DataFrame]) -> np.ndarray:
    """Return the value of the country by year, with and without centres, (2, years)."""
    return np.array([national[one.name].to_numpy() for national in arms])
