"""Further difference-in-differences: doubly robust, weighted, matched, synthetic, and honest bounds.

The package diff-diff is of the optional extra ``evaluation``; matching needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from experiments.evaluation.estimators.estimate import Estimate, make_estimate
from experiments.evaluation.estimators.event_study import event_study, square_panel
from experiments.evaluation.estimators.fixest_adapter import optional_package
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from model.files.user_tables import InputError

METHODS = {"dr": "doubly robust", "ipw": "inverse probability weighting", "reg": "outcome regression"}
FEWEST_COMPARED = 5
FEWEST_BEFORE = 2


def doubly_robust(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    method: str = "dr",
) -> Estimate:
    """Estimate the mean effect over treated city-years, not-yet-treated comparisons, by diff-diff.

    method: a name of ``METHODS``. [Sant'Anna & Zhao 2020, Journal of Econometrics 219(1); Callaway &
    Sant'Anna 2021]
    """
    if method not in METHODS:
        raise InputError([f"method cannot be {method!r}: choose one of {', '.join(METHODS)}"])
    data, table = _cohorts(frame, outcome, treatment, controls)
    with optional_package("diff_diff") as package:
        model = package.CallawaySantAnna(
            control_group="not_yet_treated", estimation_method=method, pscore_fallback="unconditional"
        )
        found = model.fit(table, "outcome", "city", "time", "first", covariates=list(controls) or None)
    label = f"Difference-in-differences of {outcome}, {METHODS[method]}"
    return _estimate(found.overall_att, found.overall_se, data, label)


def matched(
    frame: pd.DataFrame,
    outcome: str = "log_innovations",
    treatment: str = "centre",
    controls: Sequence[str] = (),
    neighbours: int = 3,
) -> Estimate:
    """Estimate difference-in-differences among hosts and the cities most like them (PSM-DiD).

    The chance of a centre is a logistic regression on the controls' means before the first opening; each host
    keeps its nearest cities without a centre, by log odds. [Heckman, Ichimura & Todd 1997] Errors take the
    matches as given. ``details``: ``matched``, the cities compared.
    """
    if not controls:
        raise InputError(["matching needs controls"])
    data = panel_data(frame, outcome, treatment, controls)
    square = square_panel(data)
    years = square.outcome.shape[1]
    before = max(int(square.opening.min()), 1)
    traits = data.controls.reshape(data.cities, years, -1)[:, :before].mean(axis=1)
    host = square.opening < years
    scores = StandardScaler().fit_transform(traits)
    odds = LogisticRegression(C=1.0).fit(scores, host).decision_function(scores)
    others = np.flatnonzero(~host)
    if len(others) < FEWEST_COMPARED:
        raise InputError([f"matching needs at least {FEWEST_COMPARED} cities without a centre"])
    near = np.abs(odds[others][None, :] - odds[host][:, None]).argsort(axis=1, kind="stable")[:, :neighbours]
    kept = data.city_ids[np.union1d(np.flatnonzero(host), others[np.unique(near)])]
    found = event_study(frame[frame["city_id"].isin(kept)], outcome, treatment)
    return make_estimate(
        tuple(found.params.index),
        found.params.to_numpy(),
        found.covariance.to_numpy(),
        dof=found.dof,
        nobs=found.nobs,
        cities=found.cities,
        method=f"Difference-in-differences of {outcome} among matched cities",
        details={**found.details, "controls": len(controls), "matched": len(kept) - int(host.sum())},
    )


def synthetic_difference(
    frame: pd.DataFrame, outcome: str = "log_innovations", treatment: str = "centre", draws: int = 100
) -> Estimate:
    """Estimate synthetic difference-in-differences for each year of opening, and their mean, by diff-diff.

    Dates weigh by their treated city-years; comparisons never have a centre; errors by placebo, dates taken
    as independent. [Arkhangelsky, Athey, Hirshberg, Imbens & Wager 2021, AER 111(12); Clarke et al. 2024]
    """
    data, table = _cohorts(frame, outcome, treatment, ())
    never = table["first"] == 0
    length = len(data.years)
    parts, weights, errors = [], [], []
    with optional_package("diff_diff") as package:
        for first in sorted(set(table.loc[~never, "first"])):
            own = table["first"] == first
            if first < FEWEST_BEFORE:
                continue
            part = table[own | never].assign(host=own.astype(int))
            after = list(range(int(first), length))
            model = package.SyntheticDiD(variance_method="placebo", n_bootstrap=draws, seed=1)
            found = model.fit(part, "outcome", "host", "city", "time", post_periods=after)
            parts.append(found.att)
            errors.append(found.se)
            weights.append(len(after) * part.loc[own, "city"].nunique())
    if not parts:
        raise InputError(["no centre opens after two years without one"])
    share = np.array(weights) / sum(weights)
    label = f"Synthetic difference-in-differences of {outcome}"
    value, error = float(share @ parts), float(np.sqrt((share**2) @ np.square(errors)))
    return _estimate(value, error, data, label)


def honest_bounds(found: Estimate, sizes: Sequence[float] = (0.0, 0.5, 1.0, 2.0)) -> pd.DataFrame:
    """Return what an event study says if trends differ: size, and estimate, low, high (95 %) of the mean.

    The mean is that of the years listed, each treated city-year counted once. size: by how many times the
    largest yearly difference of trends before the opening they may differ after it.
    [Rambachan & Roth 2023, Review of Economic Studies 90(5)] found: of ``event_study``.
    """
    years = [name for name in found.params.index if name != "mean"]
    before, after = [name for name in years if int(name) < 0], [name for name in years if int(name) >= 0]
    if len(before) < 1 or not after:
        raise InputError(["honest bounds need an event study with years before and after the opening"])
    spread = found.covariance.loc[years, years].to_numpy()
    cells = np.array([found.details["treated_by_year"][int(name)] for name in after], dtype=np.float64)
    weights = cells / cells.sum()
    nan = float("nan")
    with optional_package("diff_diff") as package:
        effects = {
            int(name): package.PeriodEffect(
                int(name), found.params[name], found.bse[name], nan, nan, (nan, nan)
            )
            for name in years
        }
        given = package.MultiPeriodDiDResults(
            effects,
            *(found.params["mean"], found.bse["mean"], nan, nan, (nan, nan)),
            *(found.nobs, 0, 0, [int(name) for name in before], [int(name) for name in after]),
            vcov=spread,
            reference_period=-1,
            interaction_indices={int(name): place for place, name in enumerate(years)},
        )
        rows = []
        for size in sizes:
            bounds = package.HonestDiD(method="relative_magnitude", M=size, l_vec=weights).fit(given)
            rows.append({"size": size, "low": bounds.ci_lb, "high": bounds.ci_ub})
    return pd.DataFrame(rows).assign(estimate=float(weights @ found.params[after]))


def _cohorts(
    frame: pd.DataFrame, outcome: str, treatment: str, controls: Sequence[str]
) -> tuple[PanelData, pd.DataFrame]:
    """Return the panel and its table with number of city and year, and the first treated year, 0 if none."""
    data = panel_data(frame, outcome, treatment, controls)
    opening = square_panel(data).opening
    columns: dict[str, Any] = {"city": data.city, "time": data.year, "outcome": data.outcome}
    columns["first"] = np.where(opening < len(data.years), opening, 0)[data.city]
    columns |= dict(zip(controls, data.controls.T, strict=True))
    return data, pd.DataFrame(columns)


def _estimate(value: float, error: float, data: PanelData, method: str) -> Estimate:
    if not np.isfinite(value) or not np.isfinite(error):
        raise InputError(["diff-diff finds no estimate on this panel"])
    hosts = len(np.unique(data.city[data.treatments[:, 0] > 0]))
    return make_estimate(
        data.treatment_names,
        np.array([value]),
        np.array([[error**2]]),
        dof=max(hosts - 1, 1),
        nobs=data.rows,
        cities=data.cities,
        method=method,
        details={"package": "diff-diff", "controls": data.controls.shape[1]},
    )
