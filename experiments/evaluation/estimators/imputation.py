"""Imputation: the outcome without a centre is predicted from city-years without one.

City and year effects, and trends by fixed traits, are fitted to the city-years without a centre alone; the
effect of a treated city-year is its outcome less that prediction. Effects may differ between cities and grow.
[Borusyak, Jaravel & Spiess 2024, Review of Economic Studies 91(6); Gardner 2022]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse, stats

from experiments.evaluation.estimators.estimate import Estimate, Floats, make_estimate
from experiments.evaluation.estimators.fixed_effects import control_columns
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.measures.ols import group_sums, sandwich, unit_columns
from model.files.user_tables import InputError

LEADS, LAGS = 4, 8


def imputation(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    *,
    city: str = "city_id",
    year: str = "year",
) -> Estimate:
    """Estimate the mean effect over treated city-years, and the effects by years since the opening.

    ``params``: ``mean``, then ``+0`` … ``+8``. Standard errors are clustered by city and count differences
    between the effects of cities as chance, which is conservative. ``details``: ``pretrend_p``, p value that
    the four years before the opening do not differ from earlier ones, fitted to city-years without a centre;
    ``treated_by_year``: cities behind each coefficient.

    Raises InputError: a centre closes, or no treated city-year can be predicted.
    """
    return estimate_imputation(panel_data(frame, outcome, treatment, controls, city=city, year=year))


def estimate_imputation(data: PanelData) -> Estimate:
    """Run ``imputation`` on arrays."""
    treated = data.treatments[:, 0] > 0.5
    first = np.full(data.cities, len(data.years))
    np.minimum.at(first, data.city[treated], data.year[treated])
    age = data.year - first[data.city]
    if (treated != (age >= 0)).any():
        raise InputError(["a centre closes: imputation needs centres that stay"])
    design = _design(data)
    known = ~treated
    usable = treated & np.isin(data.city, data.city[known]) & np.isin(data.year, data.year[known])
    if not usable.any():
        raise InputError(["no city-year with a centre can be predicted: cities or years have none without"])
    ages = [k for k in range(int(age[usable].max()) + 1) if (usable & (age == k)).any()]
    cells = np.column_stack([usable, *(usable & (age == k) for k in ages)]).astype(np.float64)
    weights = cells / cells.sum(axis=0)
    gram = (design[known].T @ design[known]).toarray()
    inverse = np.linalg.pinv(gram, rcond=1e-11, hermitian=True)
    fit = inverse @ (design[known].T @ data.outcome[known])
    effect = data.outcome - design @ fit
    values = weights.T @ effect
    # The estimates are sums of outcomes, with these weights. [their proposition 3]
    pull = np.where(known[:, None], -(design @ (inverse @ (design.T @ weights))), weights)
    rest = effect.copy()
    for k in ages:
        of_age = usable & (age == k)
        count = int(of_age.sum())
        # Small sample: the treated cities spend one degree of freedom on their mean.
        rest[of_age] = (rest[of_age] - rest[of_age].mean()) * np.sqrt(count / max(count - 1, 1))
    rest[treated & ~usable] = 0.0
    scores = group_sums(pull * rest[:, None], data.city)
    hosts = len(np.unique(data.city[usable]))
    kept = [0, *(place + 1 for place, k in enumerate(ages) if k <= LAGS and cells[:, place + 1].sum() > 1)]
    spread = (scores.T @ scores)[np.ix_(kept, kept)]
    names = ("mean", *(f"{k:+d}" for k in ages))
    return make_estimate(
        tuple(names[place] for place in kept),
        values[kept],
        spread,
        dof=max(hosts - 1, 1),
        nobs=int((known | usable).sum()),
        cities=data.cities,
        method=f"Imputation of {data.outcome_name}, fitted to city-years without a centre",
        details={
            "controls": data.controls.shape[1],
            "pretrend_p": _pretrend(data, age, known, design[known], inverse),
            "treated_by_year": {k: int(cells[:, place + 1].sum()) for place, k in enumerate(ages)},
        },
    )


def _design(data: PanelData) -> sparse.csr_array:
    """Return dummies of cities and of all years but the first, and the columns of controls."""
    cities, years = (sparse.csr_array(np.eye(codes.max() + 1)[codes]) for codes in (data.city, data.year))
    return sparse.csr_array(sparse.hstack([cities, years[:, 1:], unit_columns(control_columns(data))]))


def _pretrend(
    data: PanelData, age: Floats, known: np.ndarray, design: sparse.csr_array, inverse: Floats
) -> float:
    """Return the p value of the leads, clustered by city, among city-years without a centre.

    design: of these city-years; inverse: of its Gram matrix.
    """
    leads = np.column_stack([(age[known] == -k).astype(np.float64) for k in range(1, LEADS + 1)])
    left = np.column_stack([data.outcome[known], leads])
    left = left - design @ (inverse @ (design.T @ left))
    city = np.unique(data.city[known], return_inverse=True)[1]
    used = left[:, 1:].std(axis=0) > 1e-9
    outcome, regressors = left[:, 0], left[:, 1:][:, used]
    if not used.any():
        return float("nan")
    values = np.linalg.pinv(regressors.T @ regressors) @ (regressors.T @ outcome)
    scores = group_sums(regressors * (outcome - regressors @ values)[:, None], city)
    spread = sandwich(regressors, scores.T @ scores, len(scores), estimated=1)
    return float(stats.chi2.sf(values @ np.linalg.pinv(spread) @ values, np.linalg.matrix_rank(spread)))
