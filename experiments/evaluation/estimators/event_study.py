"""Difference-in-differences with many opening dates, and the event study with its check of pre-trends.

Each city with a centre is compared, year by year from its last year without one, with the cities that have
none yet in the year compared. Nothing is assumed equal between cohorts or over time. [Callaway & Sant'Anna
2021, Journal of Econometrics 225(2), with not-yet-treated comparisons]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from model.files.user_tables import InputError

LEADS, LAGS = 4, 8
FEWEST_COMPARISONS = 5


@dataclass(frozen=True)
class Differences:
    """Square panel: ``outcome`` (C, T), ``opening`` (C,): first year number with a centre, T if none."""

    outcome: Floats
    opening: np.ndarray


def event_study(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: tuple[str, ...] = (),
    *,
    city: str = "city_id",
    year: str = "year",
    leads: int = LEADS,
    lags: int = LAGS,
) -> Estimate:
    """Estimate the effect by years since the opening, from −leads to lags (base: year −1), and their mean.

    ``params``: ``mean`` over the years from 0 to lags, each treated city-year counted once, then ``-4`` …
    ``+8`` where a city is observed. controls: fixed traits; a regression of the change on them adjusts the
    comparison cities. ``details["pretrend_p"]``: p value of the Wald test that all leads are zero; a small
    one casts doubt on the design.

    Raises InputError: the panel has gaps, a centre closes, or there is nothing to compare.
    """
    return estimate_event_study(
        panel_data(frame, outcome, treatment, controls, city=city, year=year), leads, lags
    )


def estimate_event_study(data: PanelData, leads: int = LEADS, lags: int = LAGS) -> Estimate:
    """Run ``event_study`` on arrays."""
    square = square_panel(data)
    traits = _traits(data)
    years = [k for k in range(-leads, lags + 1) if k != -1]
    found = {k: _at(square, traits, k) for k in years}
    kept = [k for k in years if found[k] is not None]
    late = [k for k in kept if k >= 0]
    if not late:
        raise InputError(["no city with a centre can be compared with cities that have none yet"])
    values, influence, counts = {}, {}, {}
    for k in kept:
        values[k], influence[k], counts[k] = found[k]  # type: ignore[misc]
    weights = np.array([counts[k] for k in late], dtype=np.float64)
    weights /= weights.sum()
    mean = float(sum(w * values[k] for w, k in zip(weights, late, strict=True)))
    mean_influence = np.sum([w * influence[k] for w, k in zip(weights, late, strict=True)], axis=0)
    table = np.column_stack([mean_influence, *(influence[k] for k in kept)])
    spread = table.T @ table
    names = ("mean", *(f"{k:+d}" for k in kept))
    ahead = [place + 1 for place, k in enumerate(kept) if k < 0]
    treated = int((square.opening < square.outcome.shape[1]).sum())
    return make_estimate(
        names,
        np.array([mean, *(values[k] for k in kept)]),
        spread,
        dof=max(treated - 1, 1),
        nobs=data.rows,
        cities=data.cities,
        method=f"Difference-in-differences of {data.outcome_name} with not-yet-treated comparisons",
        details={
            "pretrend_p": _wald(np.array([values[kept[p - 1]] for p in ahead]), spread[np.ix_(ahead, ahead)]),
            "treated_by_year": {k: counts[k] for k in kept},
        },
    )


def square_panel(data: PanelData) -> Differences:
    """Return outcomes and openings. Raises InputError: the panel has gaps, or a centre closes."""
    count, length = data.cities, len(data.years)
    if data.rows != count * length:
        raise InputError(
            [f"an event study needs every city in every year: {count * length - data.rows} rows are missing"]
        )
    treated = data.treatments[:, 0].reshape(count, length) > 0.5
    if (np.diff(treated.astype(int), axis=1) < 0).any():
        city = data.city_ids[(np.diff(treated.astype(int), axis=1) < 0).any(axis=1)][0]
        raise InputError([f"the centre of city {city} closes: an event study needs centres that stay"])
    opening = np.where(treated.any(axis=1), treated.argmax(axis=1), length)
    return Differences(data.outcome.reshape(count, length), opening)


def _traits(data: PanelData) -> Floats:
    """Return the controls that do not change within a city, standardised, with a constant: (C, 1 + p)."""
    fixed = within(data.controls, data.city, data.year).std(axis=0) == 0
    first = data.controls[:, fixed].reshape(data.cities, len(data.years), -1)[:, 0]
    spread = first.std(axis=0)
    kept = first[:, spread > 0]
    return np.column_stack([np.ones(data.cities), (kept - kept.mean(axis=0)) / spread[spread > 0]])


def _at(square: Differences, traits: Floats, k: int) -> tuple[float, Floats, int] | None:
    """Return the effect k years after opening, its influence by city (C,) and the count of treated cities."""
    count, length = square.outcome.shape
    parts, members = [], 0
    for opening in np.unique(square.opening[(square.opening > 0) & (square.opening < length)]):
        year = opening + k
        if not 0 <= year < length:
            continue
        cohort = square.opening == opening
        free = square.opening > max(year, opening)
        if free.sum() < max(FEWEST_COMPARISONS, traits.shape[1] + 1):
            continue
        change = square.outcome[:, year] - square.outcome[:, opening - 1]
        parts.append((cohort, free, change))
        members += int(cohort.sum())
    if members < 2:
        return None
    gains, influence = np.zeros(count), np.zeros(count)
    seen = np.zeros(count, dtype=bool)
    for cohort, free, change in parts:
        design = traits[free]
        line = np.linalg.pinv(design)
        left = change - traits @ (line @ change[free])
        gains[cohort], seen[cohort] = left[cohort], True
        pull = line.T @ traits[cohort].sum(axis=0)  # weight of each comparison city in the cohort's sum
        influence[free] -= pull * left[free]
    value = float(gains[seen].mean())
    # Small sample: the treated cities spend one degree of freedom on their mean.
    influence[seen] += (gains[seen] - value) * np.sqrt(members / (members - 1))
    return value, influence / members, members


def _wald(values: Floats, spread: Floats) -> float:
    if not len(values):
        return float("nan")
    statistic = float(values @ np.linalg.pinv(spread) @ values)
    return float(stats.chi2.sf(statistic, np.linalg.matrix_rank(spread)))
