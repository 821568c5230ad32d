"""The spatial Durbin panel: direct and indirect effects where the outcomes of neighbours move together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.fixest_adapter import optional_package
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.within_transform import within
from model.engine.draws import normals, stream_key
from model.files.user_tables import InputError

DRAWS = 1000


def spatial_durbin(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    neighbours: int = 5,
) -> Estimate:
    """Estimate y = ρWy + xβ + Wxθ with city and year effects by maximum likelihood (spreg).

    W: the nearest cities, alike. ``params``: ``direct``, effect of a city's own centre on it, with feedback
    through neighbours; ``indirect``, on all other cities together; ``total``. Errors: 1,000 draws of the
    coefficients. [LeSage & Pace 2009; Elhorst 2014] ``details``: ``rho`` and its standard error.

    The model takes neighbours to matter only through W, and year effects absorb what all cities share.

    Raises InputError: a gap, no lon and lat, or spreg is not installed.
    """
    data = panel_data(frame, outcome, treatment, controls)
    years = len(data.years)
    if data.rows != data.cities * years:
        raise InputError(["a spatial panel needs every city in every year"])
    near = dict(enumerate(data.nearest(neighbours).tolist()))
    columns = within(np.column_stack([data.outcome, data.treatments, data.controls]), data.city, data.year)
    columns = columns[:, [True, True, *(columns[:, 2:].std(axis=0) > 0)]]
    # Year by year, as spreg stacks a panel.
    stacked = columns.reshape(data.cities, years, -1).transpose(1, 0, 2).reshape(data.rows, -1)
    with optional_package("spreg.panel") as spreg:
        from libpysal.weights import W

        weights = W(near, silence_warnings=True)
        weights.transform = "r"
        lagged = np.vstack([weights.sparse @ part for part in np.split(stacked[:, 1:], years)])
        found = spreg.BaseML_LagFE(stacked[:, :1], np.column_stack([stacked[:, 1:], lagged]), weights)
        dense = weights.full()[0]
    places = [0, stacked.shape[1] - 1, len(found.betas) - 1]  # own, neighbours', ρ
    central, covariance = np.ravel(found.betas)[places], np.asarray(found.vm)[np.ix_(places, places)]
    key = stream_key(1, "evaluation.durbin", 0)
    root = np.linalg.cholesky(covariance + 1e-18 * np.eye(3))
    draws = central + normals(key, np.arange(3 * DRAWS)).reshape(DRAWS, 3) @ root.T
    drawn = _effects(draws[np.abs(draws[:, 2]) < 1.0], dense)
    return make_estimate(
        ("direct", "indirect", "total"),
        _effects(central[None, :], dense)[0],
        np.cov(drawn.T),
        dof=data.cities - 1,
        nobs=data.rows,
        cities=data.cities,
        method=f"Spatial Durbin panel of {outcome}, {neighbours} nearest cities",
        details={
            "package": "spreg",
            "controls": data.controls.shape[1],
            "rho": float(central[2]),
            "rho_se": float(np.sqrt(covariance[2, 2])),
        },
    )


def _effects(coefficients: Floats, weights: Floats) -> Floats:
    """Return direct, indirect and total effects of rows of (β, θ, ρ), from the powers of W: (n, 3)."""
    roots = np.linalg.eigvals(weights)
    slope, spill, rho = coefficients.T
    # trace of (I − ρW)⁻¹(β I + θ W) over the cities; W is row-standardised, so that the total is a ratio.
    inverse = 1.0 / (1.0 - rho[:, None] * roots[None, :])
    direct = ((slope[:, None] + spill[:, None] * roots[None, :]) * inverse).mean(axis=1).real
    total = (slope + spill) / (1.0 - rho)
    return np.column_stack([direct, total - direct, total])
