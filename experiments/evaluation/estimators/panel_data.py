"""``PanelData``: a city panel as arrays of outcome, treatments, controls, cities and years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.suggestions import did_you_mean
from experiments.evaluation.estimators.estimate import Floats
from experiments.measures.ols import Codes
from model.country.city_tables import distances_km
from model.files.user_tables import InputError

FEWEST_CITIES = 10
PLACE = ("lon", "lat")


@dataclass(frozen=True)
class PanelData:
    """n rows of a panel, in order of city and year.

    ``outcome`` (n,), ``treatments`` (n, k), ``controls`` (n, p); ``city`` and ``year`` (n,): 0, 1, … for
    each; ``city_ids``, ``years``: the ids, numbers or texts, and years behind these numbers. ``places``
    (C, 2): longitude and latitude, None where the table has no lon and lat for every city.
    """

    outcome: Floats
    treatments: Floats
    controls: Floats
    city: Codes
    year: Codes
    outcome_name: str
    treatment_names: tuple[str, ...]
    control_names: tuple[str, ...]
    city_ids: NDArray
    years: NDArray[np.int64]
    places: Floats | None = None

    @property
    def rows(self) -> int:
        """Number of rows, n."""
        return len(self.outcome)

    @property
    def cities(self) -> int:
        """Number of cities, C."""
        return len(self.city_ids)

    @cached_property
    def distances(self) -> Floats:
        """Great-circle distances between cities, (C, C), km. Raises InputError without places."""
        if self.places is None:
            raise InputError(["distances between cities need lon and lat of every city"])
        return distances_km(*self.places.T)

    def nearest(self, count: int) -> NDArray[np.int64]:
        """Return the nearest other cities of each city, (C, count). Raises InputError without places."""
        apart = self.distances + np.diag(np.full(self.cities, np.inf))
        return np.argsort(apart, axis=1, kind="stable")[:, :count]

    def of(self, rows: NDArray[np.bool_]) -> PanelData:
        """Return the chosen rows, (n,), with the remaining cities and years renumbered."""
        city_ids, city = np.unique(self.city[rows], return_inverse=True)
        years, year = np.unique(self.year[rows], return_inverse=True)
        return replace(
            self,
            outcome=self.outcome[rows],
            treatments=self.treatments[rows],
            controls=self.controls[rows],
            city=city,
            year=year,
            city_ids=self.city_ids[city_ids],
            years=self.years[years],
            places=None if self.places is None else self.places[city_ids],
        )


def panel_data(
    frame: pd.DataFrame,
    outcome: str,
    treatment: str | Sequence[str],
    controls: Sequence[str] = (),
    *,
    city: str = "city_id",
    year: str = "year",
) -> PanelData:
    """Return the columns of a table as a PanelData; cities may be named by text.

    Raises InputError: a column that is missing, not a number or has gaps; a city that has a year twice; fewer
    than ten cities; an outcome or a treatment that is the same in every row.
    """
    treatments = (treatment,) if isinstance(treatment, str) else tuple(treatment)
    names = (city, year, outcome, *treatments, *controls)
    columns = list(map(str, frame.columns))
    problems = [
        f"the panel has no column {name!r}{did_you_mean(name, columns)}"
        for name in names
        if name not in frame
    ]
    if problems:
        raise InputError(problems)
    used = dict.fromkeys((*names, *(name for name in PLACE if name in frame)))
    ordered = frame[list(used)].sort_values([city, year], kind="stable")
    values = {name: _numbers(ordered[name], name, problems) for name in names if name != city}
    ids = ordered[city].to_numpy()
    if ordered[city].isna().any():
        problems.append(f"column {city} has {ordered[city].isna().sum()} blank cells: every row needs a city")
    if problems:
        raise InputError(problems)
    city_ids, cities = np.unique(ids, return_inverse=True)
    years, year_codes = np.unique(values[year], return_inverse=True)
    twice = np.flatnonzero((np.diff(cities) == 0) & (np.diff(year_codes) == 0))
    if len(twice):
        who, when = ids[twice[0]], values[year][twice[0]]
        raise InputError([f"city {who} has the year {when:.0f} twice: one row is allowed"])
    if len(city_ids) < FEWEST_CITIES or len(years) < 2:
        size = f"{len(city_ids)} and {len(years)}"
        raise InputError([f"a panel needs at least {FEWEST_CITIES} cities and 2 years, not {size}"])
    for name in (outcome, *treatments):
        if np.ptp(values[name]) == 0:
            raise InputError(
                [f"column {name} is {values[name][0]:g} in every row: there is nothing to compare"]
            )
    return PanelData(
        values[outcome],
        _stack([values[name] for name in treatments], len(ordered)),
        _stack([values[name] for name in controls], len(ordered)),
        cities,
        year_codes,
        outcome,
        treatments,
        tuple(controls),
        city_ids,
        years.astype(np.int64),
        _places(ordered, cities),
    )


def _places(frame: pd.DataFrame, city: Codes) -> Floats | None:
    """Return longitude and latitude of each city, (C, 2), from its first row; None if one has none."""
    if not set(PLACE) <= set(frame.columns):
        return None
    first = np.unique(city, return_index=True)[1]
    rows = frame[list(PLACE)].iloc[first]
    there = rows.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    return there if np.isfinite(there).all() else None


def _stack(columns: Sequence[Floats], rows: int) -> Floats:
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def _numbers(column: pd.Series, name: str, problems: list[str]) -> Floats:
    try:
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        problems.append(f"column {name} holds text: the estimators take numbers")
        return np.empty(0)
    gaps = int((~np.isfinite(values)).sum())
    if gaps:
        problems.append(f"column {name} has {gaps} blank cells: fill them or leave these rows out")
    return values
