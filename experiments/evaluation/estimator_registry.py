"""The estimators that are compared: each takes a panel and returns effect, error and interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from experiments.evaluation.codebook import BANDS, FIXED_CONTROLS
from experiments.evaluation.estimators.double_ml import DoubleMLSettings, double_ml
from experiments.evaluation.estimators.estimate import Estimate
from experiments.evaluation.estimators.event_study import event_study, square_panel
from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.imputation import imputation
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.evaluation.estimators.synthetic_control import donors_of, mixture
from model.files.user_tables import InputError

NEAR_BANDS = tuple(BANDS.values())[:3]
MIXTURE_YEARS = 3


@dataclass(frozen=True)
class IntervalEstimate:
    """Effect of a city's own centre, its standard error and its 95 % interval."""

    estimate: float
    se: float
    low: float
    high: float


def interval_of(found: Estimate) -> IntervalEstimate:
    """Return the first coefficient of an estimation."""
    value, error = float(found.params.iloc[0]), float(np.sqrt(found.covariance.iloc[0, 0]))
    return _interval(value, error, found.dof)


def difference_of_means(panel: pd.DataFrame, outcome: str) -> IntervalEstimate:
    """Subtract the mean of other cities from that of hosts in the last year, as a league table would.

    Raises InputError: fewer than two cities on either side.
    """
    last = panel[panel["year"] == panel["year"].max()]
    one, other = (last.loc[last["centre"] == arm, outcome].to_numpy() for arm in (1.0, 0.0))
    if min(len(one), len(other)) < 2:
        raise InputError(["the last year needs two cities with a centre and two without"])
    se = float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    return _interval(float(one.mean() - other.mean()), se, len(last) - 2)


def mean_synthetic_control(panel: pd.DataFrame, outcome: str) -> IntervalEstimate:
    """Average the synthetic controls of all hosts; the error is that of placebos in cities without a centre.

    Each such city is treated as if it had opened with one of the hosts, in turn.
    """
    square = square_panel(panel_data(panel, outcome, "centre"))
    length = square.outcome.shape[1]
    donors = donors_of(square)
    hosts = np.flatnonzero((square.opening < length) & (square.opening >= MIXTURE_YEARS))
    if len(donors) < MIXTURE_YEARS or not len(hosts):
        raise InputError(
            ["a synthetic control needs hosts with three years before and cities without a centre"]
        )
    own = [_late_gap(square.outcome, int(h), donors, int(square.opening[h])) for h in hosts]
    placebo = [
        _late_gap(square.outcome, int(d), donors[donors != d], int(square.opening[hosts[k % len(hosts)]]))
        for k, d in enumerate(donors)
    ]
    se = float(np.std(placebo, ddof=1) / np.sqrt(len(hosts)))
    return _interval(float(np.mean(own)), se, len(donors) - 1)


def _late_gap(outcome: np.ndarray, place: int, donors: np.ndarray, opening: int) -> float:
    return float(mixture(outcome, place, donors, opening)[1][opening:].mean())


def _interval(value: float, se: float, dof: float) -> IntervalEstimate:
    half = float(stats.t.ppf(0.975, dof)) * se
    return IntervalEstimate(value, se, value - half, value + half)


def controls_of(panel: pd.DataFrame) -> tuple[str, ...]:
    """Return the controls that differ between rows: those of ``attrs["controls"]``, or of the codebook."""
    names = panel.attrs.get("controls", FIXED_CONTROLS)
    return tuple(name for name in names if name in panel and panel[name].nunique() > 1)


PanelEstimator = Callable[[pd.DataFrame, str], IntervalEstimate]

ESTIMATORS: dict[str, PanelEstimator] = {
    "difference of means": difference_of_means,
    "fixed effects": lambda panel, outcome: interval_of(fixed_effects(panel, outcome)),
    "fixed effects, trends by traits": lambda panel, outcome: interval_of(
        fixed_effects(panel, outcome, controls=controls_of(panel))
    ),
    "difference-in-differences": lambda panel, outcome: interval_of(event_study(panel, outcome)),
    "difference-in-differences, traits": lambda panel, outcome: interval_of(
        event_study(panel, outcome, controls=controls_of(panel))
    ),
    "imputation": lambda panel, outcome: interval_of(imputation(panel, outcome)),
    "imputation, trends by traits": lambda panel, outcome: interval_of(
        imputation(panel, outcome, controls=controls_of(panel))
    ),
    "Sun-Abraham": lambda panel, outcome: interval_of(event_study(panel, outcome, comparison="never")),
    "synthetic control": mean_synthetic_control,
    "double ML, lasso": lambda panel, outcome: interval_of(
        double_ml(panel, outcome, controls=controls_of(panel), settings=DoubleMLSettings("lasso"))
    ),
    "double ML, lasso and bands": lambda panel, outcome: interval_of(
        double_ml(panel, outcome, ["centre", *_seen(panel)], controls_of(panel), DoubleMLSettings("lasso"))
    ),
    "double ML": lambda panel, outcome: interval_of(double_ml(panel, outcome, controls=controls_of(panel))),
}


def _seen(panel: pd.DataFrame) -> list[str]:
    return [name for name in NEAR_BANDS if panel[name].nunique() > 1]
