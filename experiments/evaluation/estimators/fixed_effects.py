"""Two-way fixed effects: least squares with city and year effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.covariance import covariance, freedom, year_columns
from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import least_squares


def fixed_effects(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str | Sequence[str] = "centre",
    controls: Sequence[str] = (),
    *,
    city: str = "city_id",
    year: str = "year",
    cov_type: str = "jackknife",
) -> Estimate:
    """Estimate two-way fixed effects with linear controls; fixed traits of cities enter with a linear trend.

    Under staggered openings with growing or heterogeneous effects some city-years have negative weight
    [Goodman-Bacon 2021]: compare ``event_study``.

    Raises InputError for columns that cannot be used.
    """
    return estimate_fixed_effects(
        panel_data(frame, outcome, treatment, controls, city=city, year=year), cov_type
    )


def estimate_fixed_effects(
    data: PanelData, cov_type: str = "jackknife", distances: Floats | None = None
) -> Estimate:
    """Run ``fixed_effects`` on arrays; only the coefficients of the treatments are returned.

    ``details``: ``residuals`` (n, 1 + k) of outcome and treatments, the number of ``controls``, and
    ``dof_residual``, rows less coefficients, and ``r2_within``, of the outcome within city and year.
    """
    left = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    total = float((left[:, 0] ** 2).sum())
    controls = control_columns(data)
    if controls.shape[1]:
        # Frisch-Waugh-Lovell: controls are partialled out first, so collinear ones do no harm.
        left = left - controls @ np.linalg.lstsq(controls, left, rcond=None)[0]
    values, residual = least_squares(left[:, 1:], left[:, 0])
    others = np.column_stack([controls, year_columns(data.city, data.year)])
    apart = data.distances if distances is None and cov_type == "conley" else distances
    spread = covariance(left[:, 1:], residual, data.city, data.year, cov_type, apart, others=others)
    return make_estimate(
        data.treatment_names,
        values,
        spread,
        dof=freedom(cov_type, data.cities, len(data.years)),
        nobs=data.rows,
        cities=data.cities,
        method=f"Two-way fixed effects of {data.outcome_name}: covariance {cov_type}",
        details={
            "residuals": left,
            "controls": controls.shape[1],
            "dof_residual": residual_freedom(data, controls),
            "r2_within": 1.0 - float(residual @ residual) / total if total > 0 else float("nan"),
        },
    )


def control_columns(data: PanelData) -> Floats:
    """Return controls within city and year, and of those that are fixed traits the linear trend: (n, p)."""
    changing = within(data.controls, data.city, data.year)
    fixed = changing.std(axis=0) == 0
    trends = within(data.controls[:, fixed] * (data.year[:, None] - data.year.mean()), data.city, data.year)
    return np.column_stack([changing[:, ~fixed], trends])


def residual_freedom(data: PanelData, controls: Floats | None = None) -> int:
    """Return rows less cities, years but one, treatments and controls that do not repeat others."""
    rank = 0 if controls is None or not controls.shape[1] else int(np.linalg.matrix_rank(controls))
    return data.rows - data.cities - len(data.years) + 1 - data.treatments.shape[1] - rank
