"""Partially linear instrumental variables: outcome, treatment and instruments less their predictions.

The model is ``y = θd + g(x) + city + year + u`` with instruments z that do not move u given the controls.
Residuals are cross-fitted as in ``double_ml``, and that of the treatment is instrumented by those of the
instruments. [Chernozhukov et al. 2018, Econometrics Journal 21(1)]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evaluation.estimators.covariance import covariance, freedom, year_columns
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, residual_draws
from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.measures.ols import Codes, least_squares
from model.files.user_tables import InputError

WIDEST = 1e6  # half width at which an Anderson-Rubin set counts as open, in errors of the reduced form
SETTINGS = DoubleMLSettings(cov_type="cluster")


def partially_linear_iv(
    frame: pd.DataFrame,
    instruments: Sequence[str],
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    settings: DoubleMLSettings = SETTINGS,
    *,
    city: str = "city_id",
    year: str = "year",
) -> Estimate:
    """Estimate the effect of a treatment by instruments; fixed instruments, such as slope, enter by year.

    ``details``: ``first_stage_f``, with the errors of ``settings.cov_type``; ``anderson_rubin_p``, of no
    effect, and ``anderson_rubin``, the 95 % set (see ``anderson_rubin``), of the repeat nearest to the
    median; ``estimates`` of each repeat.

    Raises InputError: columns or settings that cannot be used, or ``cov_type`` jackknife.
    """
    moving, names = moving_instruments(frame, instruments, city, year)
    data = panel_data(moving, outcome, [treatment, *names], controls, city=city, year=year)
    return estimate_partially_linear_iv(data, settings)


def estimate_partially_linear_iv(
    data: PanelData, settings: DoubleMLSettings = SETTINGS, folds: Sequence[Codes] | None = None
) -> Estimate:
    """Run ``partially_linear_iv`` on arrays: the first of the treatments, and the instruments."""
    if settings.cov_type == "jackknife":
        raise InputError(["cov_type jackknife is of least squares: choose cluster, two-way or conley"])
    years, by = year_columns(data), settings.cov_type
    _, kept = residual_draws(data, settings, folds)
    values, variances = [], []
    for left in kept:
        fitted = left[:, 2:] @ least_squares(left[:, 2:], left[:, 1])[0]
        value = float(fitted @ left[:, 0] / (fitted @ left[:, 1]))
        rest = left[:, 0] - value * left[:, 1]
        values.append(value)
        variances.append(float(covariance(fitted[:, None], rest, years, data, by)[0, 0]))
    middle = float(np.median(values))
    left = kept[int(np.argmin(np.abs(np.array(values) - middle)))]
    dof = freedom(by, data)

    def reduced(side: Floats) -> tuple[Floats, Floats]:
        slopes, rest = least_squares(left[:, 2:], side)
        return slopes, covariance(left[:, 2:], rest, years, data, by)

    sides = [reduced(side) for side in (left[:, 0], left[:, 1], left[:, 0] - left[:, 1])]
    first, spread = sides[1]
    p, bounds = anderson_rubin(sides, dof)
    return make_estimate(
        data.treatment_names[:1],
        np.array([middle]),
        np.array([[np.median(np.array(variances) + (np.array(values) - middle) ** 2)]]),
        dof=dof,
        nobs=data.rows,
        cities=data.cities,
        method=f"Partially linear instrumental variables of {data.outcome_name}: instruments "
        f"{', '.join(data.treatment_names[1:])}, {settings.folds} folds, covariance {by}",
        details={
            "controls": data.controls.shape[1],
            "cov_type": by,
            "first_stage_f": float(first @ np.linalg.solve(spread, first)) / len(first),
            "anderson_rubin_p": p,
            "anderson_rubin": bounds,
            "estimates": np.array(values),
        },
    )


def moving_instruments(
    frame: pd.DataFrame, instruments: Sequence[str], city: str = "city_id", year: str = "year"
) -> tuple[pd.DataFrame, list[str]]:
    """Return the table with instruments that change, a fixed one times the years since the first; names."""
    missing = [name for name in instruments if name not in frame]
    if missing or not instruments:
        raise InputError([f"the panel has no column {missing[0]!r}" if missing else "name an instrument"])
    found, names = frame.copy(), []
    for name in instruments:
        fixed = (frame.groupby(city)[name].nunique() <= 1).all()
        names.append(f"{name}_by_year" if fixed else name)
        if fixed:
            found[names[-1]] = frame[name] * (frame[year] - frame[year].min())
    return found, names


def anderson_rubin(sides: Sequence[tuple[Floats, Floats]], dof: float) -> tuple[float, tuple[float, float]]:
    """Return p of no effect and the 95 % set: values b at which outcome − b·treatment has no reduced form.

    sides: coefficients (q,) of the instruments and their covariance (q, q) in the regressions of outcome, of
    treatment and of their difference. The set holds with weak instruments too: infinite ends where they say
    nothing, NaN where they contradict each other. [Anderson & Rubin 1949]
    """
    (outcome, own), (treatment, other), (_, apart) = sides
    both = own + other - apart  # covariance of the two, and its transpose

    def p_at(effect: float) -> float:
        off, spread = outcome - effect * treatment, own - effect * both + effect**2 * other
        return float(stats.f.sf(off @ np.linalg.solve(spread, off) / len(off), len(off), dof))

    unit = float(np.sqrt(own[0, 0]) / max(abs(treatment[0]), 1e-12))
    middle = float(outcome @ treatment / (treatment @ treatment))
    reach = np.geomspace(1e-3, WIDEST, 400) * unit
    grid = np.concatenate([middle - reach[::-1], [middle], middle + reach])
    kept = np.array([p_at(value) > 0.05 for value in grid])
    if not kept.any():
        return p_at(0.0), (float("nan"), float("nan"))
    low, high = int(kept.argmax()), int(len(kept) - 1 - kept[::-1].argmax())
    return p_at(0.0), (
        -np.inf if low == 0 else _end(p_at, grid[low - 1], grid[low]),
        np.inf if high == len(grid) - 1 else _end(p_at, grid[high + 1], grid[high]),
    )


def _end(p_at: Callable[[float], float], outside: float, inside: float) -> float:
    for _ in range(60):
        between = 0.5 * (outside + inside)
        outside, inside = (outside, between) if p_at(between) > 0.05 else (between, inside)
    return float(inside)
