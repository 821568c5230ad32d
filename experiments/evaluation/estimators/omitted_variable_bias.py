"""Sensitivity of an estimate to omitted variables: robustness values and Oster's delta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate


@dataclass(frozen=True)
class SensitivityStatistics:
    """Sensitivity of one coefficient to omitted confounders. [Cinelli & Hazlett 2020, JRSS-B 82(1)]

    ``robustness``: share of the residual variation of both treatment and outcome that a confounder would have
    to explain to bring the estimate to zero; ``robustness_alpha``: to make it insignificant at level alpha.
    ``partial_r2``: share of the outcome's residual variation that the treatment explains: a confounder that
    explains all the rest of the outcome would have to explain this share of the treatment.
    """

    term: str
    t: float
    dof: float
    partial_r2: float
    robustness: float
    robustness_alpha: float


def sensitivity_statistics(
    found: Estimate, term: str | None = None, alpha: float = 0.05
) -> SensitivityStatistics:
    """Return the sensitivity statistics of a coefficient; term: its name, by default the first.

    Degrees of freedom are those of the clusters, not of the rows: years of a city are not independent.
    """
    name = str(found.params.index[0]) if term is None else term
    return statistics_of_t(name, float(found.tvalues[name]), found.dof, alpha)


def statistics_of_t(term: str, t: float, dof: float, alpha: float = 0.05) -> SensitivityStatistics:
    """Return the sensitivity statistics of a t statistic with ``dof`` degrees of freedom."""
    f = abs(t) / np.sqrt(dof)
    critical = stats.t.ppf(1.0 - alpha / 2.0, dof - 1) / np.sqrt(dof - 1)
    return SensitivityStatistics(
        term, t, dof, float(t**2 / (t**2 + dof)), _robustness(f), _robustness(max(f - critical, 0.0))
    )


def _robustness(f: float) -> float:
    return float(0.5 * (np.sqrt(f**4 + 4.0 * f**2) - f**2))


def bias_bound(found: Estimate, treatment_r2: float, outcome_r2: float, term: str | None = None) -> float:
    """Return the largest bias from a confounder of that strength, in units of the coefficient.

    treatment_r2, outcome_r2: shares of the residual variation that the confounder explains, in [0, 1).
    """
    name = str(found.params.index[0]) if term is None else term
    strength = np.sqrt(outcome_r2 * treatment_r2 / (1.0 - treatment_r2))
    return float(found.bse[name] * np.sqrt(found.dof) * strength)


def oster_delta(
    plain: float, plain_r2: float, controlled: float, controlled_r2: float, most_r2: float = 1.0
) -> float:
    """Return the selection on unobservables, relative to observables, that would make the effect zero.

    The approximation for comparable controls is δ = β̃ (R̃ − Ṙ) / ((β̇ − β̃)(R_max − R̃)), dots for the regression
    without and tildes for that with controls. Above 1 counts as robust; infinite where controls change
    nothing. [Oster 2019, Journal of Business & Economic Statistics 37(2)]
    """
    moved = (plain - controlled) * (most_r2 - controlled_r2)
    return float(controlled * (controlled_r2 - plain_r2) / moved) if moved != 0 else float("inf")
