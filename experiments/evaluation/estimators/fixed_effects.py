"""Two-way fixed effects: least squares with city and year effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.covariance import covariance, freedom, year_columns
from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.estimators.within_transform import within
from experiments.measures.ols import least_squares, unexplained_part, unit_columns


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
    data = panel_data(frame, outcome, treatment, controls, city=city, year=year)
    return estimate_fixed_effects(data, cov_type)


def estimate_fixed_effects(data: PanelData, cov_type: str = "jackknife") -> Estimate:
    """Run ``fixed_effects`` on arrays; only the coefficients of the treatments are returned.

    ``details``: ``residuals`` (n, 1 + k) of outcome and treatments, the number of ``controls``, and
    ``dof_residual``, rows less coefficients, and ``r2_within``, of the outcome within city and year.
    """
    moved = within(np.column_stack([data.outcome, data.treatments]), data.city, data.year)
    controls = control_columns(data)
    # Frisch-Waugh-Lovell: controls are partialled out first, so collinear ones do no harm.
    left = unexplained_part(moved, controls)
    values, residual = least_squares(left[:, 1:], left[:, 0])
    others = unit_columns(np.column_stack([controls, year_columns(data)]))
    total = float(moved[:, 0] @ moved[:, 0])
    return make_estimate(
        data.treatment_names,
        values,
        covariance(left[:, 1:], residual, others, data, cov_type),
        dof=freedom(cov_type, data),
        nobs=data.rows,
        cities=data.cities,
        method=f"Two-way fixed effects of {data.outcome_name}: covariance {cov_type}",
        details={
            "residuals": left,
            "controls": controls.shape[1],
            "cov_type": cov_type,
            "dof_residual": data.rows - data.cities - len(values) - int(np.linalg.matrix_rank(others)),
            "r2_within": 1.0 - float(residual @ residual) / total if total > 0 else float("nan"),
        },
    )


def control_columns(data: PanelData) -> Floats:
    """Return controls within city and year, and of those that are fixed traits the linear trend: (n, p)."""
    fixed = within(data.controls, data.city, data.year).std(axis=0) == 0
    trends = data.controls * (data.year - data.year.mean())[:, None]
    return within(np.where(fixed, trends, data.controls), data.city, data.year)
