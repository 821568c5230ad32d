"""Sensitivity of an estimate to omitted variables: robustness values and Oster's delta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate
from model.files.user_tables import InputError


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

    A share of residual variation is a fact of the residuals, so the algebra is that of classical errors on
    the rows' degrees of freedom, whatever the errors of the estimate are. ``robustness_alpha`` counts in the
    estimate's own errors and clusters: with classical ones it is that of the article.

    Raises InputError for an estimate without residuals.
    """
    name = str(found.params.index[0]) if term is None else term
    slope, error, dof = _classical(found, name)
    critical = stats.t.ppf(1.0 - alpha / 2.0, min(found.dof, dof - 1)) * float(found.bse[name]) / error
    return _statistics(name, slope / error, dof, critical)


def statistics_of_t(term: str, t: float, dof: float, alpha: float = 0.05) -> SensitivityStatistics:
    """Return the sensitivity statistics of a classical t statistic with ``dof`` degrees of freedom."""
    return _statistics(term, t, dof, float(stats.t.ppf(1.0 - alpha / 2.0, dof - 1)))


def bias_bound(found: Estimate, treatment_r2: float, outcome_r2: float, term: str | None = None) -> float:
    """Return the largest bias from a confounder of that strength, in units of the coefficient.

    treatment_r2, outcome_r2: shares of the residual variation that the confounder explains, in [0, 1): of the
    treatment, and of the outcome given the treatment. Raises InputError for an estimate without residuals.
    """
    _, error, dof = _classical(found, str(found.params.index[0]) if term is None else term)
    return float(error * np.sqrt(dof * outcome_r2 * treatment_r2 / (1.0 - treatment_r2)))


def _classical(found: Estimate, term: str) -> tuple[float, float, int]:
    """Return the coefficient, its classical standard error and the degrees of freedom of the residuals."""
    if "residuals" not in found.details:
        raise InputError([f"sensitivity needs the residuals of a regression: {found.method} has none"])
    left, place = found.details["residuals"], 1 + list(found.params.index).index(term)
    others = np.delete(left, [0, place], axis=1)
    own = left[:, [0, place]]
    outcome, treatment = (own - others @ np.linalg.lstsq(others, own, rcond=None)[0]).T
    slope = float(outcome @ treatment / (treatment @ treatment))
    rest = outcome - slope * treatment
    dof = int(found.details["dof_residual"])
    return slope, float(np.sqrt(rest @ rest / dof / (treatment @ treatment))), dof


def _statistics(term: str, t: float, dof: float, critical: float) -> SensitivityStatistics:
    f, limit = abs(t) / np.sqrt(dof), critical / np.sqrt(dof - 1)
    extreme = f > limit > 0 and f >= 1.0 / limit  # a confounder may explain all of the outcome
    at_alpha = (f**2 - limit**2) / (1.0 + f**2) if extreme else _robustness(max(f - limit, 0.0))
    return SensitivityStatistics(term, t, dof, f**2 / (1.0 + f**2), _robustness(f), float(at_alpha))


def _robustness(f: float) -> float:
    return float(0.5 * (np.sqrt(f**4 + 4.0 * f**2) - f**2))


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
