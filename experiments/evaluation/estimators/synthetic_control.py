"""Synthetic control: one host compared with a weighted mean of cities that had the same path before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.event_study import Differences, square_panel
from experiments.evaluation.estimators.panel_data import panel_data
from model.files.user_tables import InputError

FEWEST_YEARS = 3
FEWEST_DONORS = 5
SUM_PENALTY = 1e3  # weight of the condition that weights add up to one


@dataclass(frozen=True)
class SyntheticControl:
    """One host: ``effect`` (mean after opening), ``p`` by placebos, ``gaps`` by year, ``weights`` of donors.

    ``fit``: root mean square gap before the opening. ``p``: share of cities, the host among them, whose gap
    after over gap before is at least as large when each is treated as if it were the host.
    """

    city_id: int
    effect: float
    p: float
    fit: float
    gaps: pd.Series
    weights: pd.Series
    placebo_effects: Floats


def synthetic_control(
    frame: pd.DataFrame,
    host: int,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    *,
    city: str = "city_id",
    year: str = "year",
) -> SyntheticControl:
    """Fit the synthetic control of one host from cities that never have a centre.

    [Abadie et al. 2010, JASA 105] Weights are at least zero, add up to one and fit the outcome of every year
    before the opening, demeaned over these years [Ferman & Pinto 2021].

    Raises InputError: the city has no centre, fewer than three years before it, or too few donors.
    """
    data = panel_data(frame, outcome, treatment, city=city, year=year)
    square = square_panel(data)
    places = np.flatnonzero(data.city_ids == host)
    length = square.outcome.shape[1]
    if not len(places) or square.opening[places[0]] >= length:
        raise InputError([f"city {host} has no centre in the panel"])
    place = int(places[0])
    opening = int(square.opening[place])
    if opening < FEWEST_YEARS:
        raise InputError(
            [f"city {host} has {opening} years before its centre: at least {FEWEST_YEARS} needed"]
        )
    donors = donors_of(square)
    if len(donors) < FEWEST_DONORS:
        raise InputError([f"{len(donors)} cities never have a centre: at least {FEWEST_DONORS} needed"])
    weights, gap = mixture(square.outcome, place, donors, opening)
    placebos = [mixture(square.outcome, donor, donors[donors != donor], opening)[1] for donor in donors]
    ratios = np.array([_ratio(one, opening) for one in placebos])
    own = _ratio(gap, opening)
    kept = weights > 1e-6
    return SyntheticControl(
        host,
        float(gap[opening:].mean()),
        float((1 + (ratios >= own).sum()) / (1 + len(ratios))),
        float(np.sqrt(np.mean(gap[:opening] ** 2))),
        pd.Series(gap, index=data.years),
        pd.Series(weights[kept], index=data.city_ids[donors][kept]).sort_values(ascending=False),
        np.array([float(one[opening:].mean()) for one in placebos]),
    )


def donors_of(square: Differences) -> np.ndarray:
    """Return the rows of cities that never have a centre."""
    return np.flatnonzero(square.opening >= square.outcome.shape[1])


def mixture(outcome: Floats, place: int, donors: np.ndarray, opening: int) -> tuple[Floats, Floats]:
    """Return the weights of the donors (D,) and the host's gap to their weighted mean in every year (T,)."""
    moved = outcome - outcome[:, :opening].mean(axis=1, keepdims=True)
    before = moved[donors, :opening].T
    scale = max(float(np.abs(before).max()), 1e-12)
    rows = np.vstack([before / scale, np.full((1, len(donors)), SUM_PENALTY)])
    weights, _ = nnls(rows, np.append(moved[place, :opening] / scale, SUM_PENALTY), maxiter=50 * len(donors))
    weights = weights / weights.sum()
    return weights, moved[place] - weights @ moved[donors]


def _ratio(gap: Floats, opening: int) -> float:
    after, before = np.mean(gap[opening:] ** 2), np.mean(gap[:opening] ** 2)
    return float(np.sqrt(after / max(before, 1e-24)))
