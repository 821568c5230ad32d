"""Difference-in-differences with many opening dates, and the event study with its check of pre-trends.

Each city with a centre is compared, year by year from its last year without one, with the cities that have
none yet in the year compared. Nothing is assumed equal between cohorts or over time. [Callaway & Sant'Anna
2021, Journal of Econometrics 225(2), with not-yet-treated comparisons]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from model.engine.draws import normals, stream_key, uniforms
from model.files.user_tables import InputError

LEADS, LAGS = 4, 8
FEWEST_COMPARISONS = 5
COMPARISONS = {"not yet": "not-yet-treated", "never": "never-treated"}


@dataclass(frozen=True)
class Differences:
    """Square panel: ``outcome`` (C, T), ``opening`` (C,): first year number with a centre, T if none."""

    outcome: Floats
    opening: np.ndarray


def event_study(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    *,
    city: str = "city_id",
    year: str = "year",
    leads: int = LEADS,
    lags: int | None = None,
    comparison: str = "not yet",
) -> Estimate:
    """Estimate the effect by years since the opening, from −leads to lags (base: year −1), and their mean.

    ``params``: ``mean`` over the years from 0 to lags, each treated city-year counted once, then ``-4`` …
    ``+8`` where a city is observed. lags: None averages over all years since and lists eight. controls: a
    regression of the change on their values in the base year adjusts the comparison cities. comparison:
    cities that have no centre ``not yet`` or ``never``; without controls, the latter are the
    interaction-weighted coefficients of Sun & Abraham [2021, Journal of Econometrics 225(2)].

    ``details``: ``pretrend_p``, p value of the Wald test that all leads are zero; a small one casts doubt on
    the design; ``treated_by_year``: cities behind each coefficient. See ``uniform_bands``.

    Raises InputError: the panel has gaps, a centre closes, or there is nothing to compare.
    """
    data = panel_data(frame, outcome, treatment, controls, city=city, year=year)
    return estimate_event_study(data, leads, lags, comparison)


def estimate_event_study(
    data: PanelData, leads: int = LEADS, lags: int | None = None, comparison: str = "not yet"
) -> Estimate:
    """Run ``event_study`` on arrays."""
    if comparison not in COMPARISONS:
        raise InputError([f"comparison cannot be {comparison!r}: choose one of {', '.join(COMPARISONS)}"])
    square = square_panel(data)
    length = square.outcome.shape[1]
    controls = data.controls.reshape(*square.outcome.shape, -1)
    cohorts = np.unique(square.opening[(square.opening > 0) & (square.opening < length)])
    traits = {int(opening): _traits(controls[:, opening - 1]) for opening in cohorts}
    last = length - 1 if lags is None else lags
    tried = {k: _at(square, traits, k, comparison) for k in range(-leads, last + 1) if k != -1}
    found = {k: part for k, part in tried.items() if part is not None}
    late = [k for k in found if k >= 0]
    if not late:
        raise InputError(["no city with a centre can be compared with cities that have none yet"])
    kept = [k for k in found if k <= (LAGS if lags is None else lags)]
    mean = _mean_of([found[k] for k in late])
    table = np.column_stack([mean.influence, *(found[k].influence for k in kept)])
    values = np.array([mean.value, *(found[k].value for k in kept)])
    spread = table.T @ table
    ahead = [place + 1 for place, k in enumerate(kept) if k < 0]
    treated = int(((square.opening > 0) & (square.opening < length)).sum())
    return make_estimate(
        ("mean", *(f"{k:+d}" for k in kept)),
        values,
        spread,
        dof=max(treated - 1, 1),
        nobs=data.rows,
        cities=data.cities,
        method=f"Difference-in-differences of {data.outcome_name} with {COMPARISONS[comparison]} comparisons",
        details={
            "controls": data.controls.shape[1],
            "pretrend_p": _wald(values[ahead], spread[np.ix_(ahead, ahead)]),
            "treated_by_year": {k: int(found[k].members.sum()) for k in kept},
        },
    )


def uniform_bands(found: Estimate, alpha: float = 0.05, draws: int = 20_000) -> pd.DataFrame:
    """Return the bounds, columns 0 and 1, that hold for all years since the opening at once.

    The critical value is the 1 − alpha quantile of the largest absolute t of the years, drawn from their
    joint distribution (sup-t). [Montiel Olea & Plagborg-Møller 2019, Journal of Applied Econometrics 34(1)]
    """
    params, error = found.params.drop("mean"), found.bse.drop("mean")
    spread = found.covariance.loc[params.index, params.index] / np.outer(error, error)
    values, vectors = np.linalg.eigh(spread)
    key = stream_key(1, "evaluation.bands", 0)
    normal = normals(key, np.arange(draws * len(params))).reshape(draws, -1)
    joint = normal * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    scale = np.sqrt(stats.chi2.ppf(uniforms(key, np.arange(draws)), found.dof) / found.dof)
    half = np.quantile(np.abs(joint).max(axis=1) / scale, 1.0 - alpha) * error
    return pd.DataFrame({0: params - half, 1: params + half})


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


@dataclass(frozen=True)
class _Average:
    """A mean over treated cities: ``value``, ``influence`` of each city (C,), ``members`` (C,)."""

    value: float
    influence: Floats
    members: np.ndarray


def _mean_of(parts: list[_Average]) -> _Average:
    """Average over years; a city counts as often as it is in them, so weights have an influence as well."""
    cells = np.sum([part.members for part in parts], axis=0)
    total = cells.sum()
    value = sum(part.members.sum() * part.value for part in parts) / total
    influence = np.sum([part.members.sum() * part.influence for part in parts], axis=0)
    influence += np.sum([part.members * (part.value - value) for part in parts], axis=0)
    return _Average(float(value), influence / total, cells > 0)


def _traits(controls: Floats) -> Floats:
    """Return controls (C, p), standardised, with a constant: (C, 1 + p at most)."""
    spread = controls.std(axis=0)
    kept = controls[:, spread > 0]
    return np.column_stack([np.ones(len(controls)), (kept - kept.mean(axis=0)) / spread[spread > 0]])


def _at(square: Differences, cohorts: dict[int, Floats], k: int, comparison: str) -> _Average | None:
    """Return the effect k years after the opening; None for fewer than two cities.

    cohorts: opening → traits of all cities in the year before it.
    """
    count, length = square.outcome.shape
    gains, influence, seen = np.zeros(count), np.zeros(count), np.zeros(count, dtype=bool)
    for opening, traits in cohorts.items():
        year = opening + k
        if not 0 <= year < length:
            continue
        cohort = square.opening == opening
        free = square.opening > (max(year, opening) if comparison == "not yet" else length - 1)
        if free.sum() < max(FEWEST_COMPARISONS, traits.shape[1] + 1):
            continue
        change = square.outcome[:, year] - square.outcome[:, opening - 1]
        line = np.linalg.pinv(traits[free])
        left = change - traits @ (line @ change[free])
        gains[cohort], seen[cohort] = left[cohort], True
        pull = line.T @ traits[cohort].sum(axis=0)  # weight of each comparison city in the cohort's sum
        influence[free] -= pull * left[free]
    members = int(seen.sum())
    if members < 2:
        return None
    value = float(gains[seen].mean())
    # Small sample: the treated cities spend one degree of freedom on their mean.
    influence[seen] += (gains[seen] - value) * np.sqrt(members / (members - 1))
    return _Average(value, influence / members, seen)


def _wald(values: Floats, spread: Floats) -> float:
    if not len(values):
        return float("nan")
    statistic = float(values @ np.linalg.pinv(spread) @ values)
    return float(stats.chi2.sf(statistic, np.linalg.matrix_rank(spread)))
