"""Sensitivity of an estimate to omitted variables: robustness values and Oster's delta."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError


class SensitivityStatistics(NamedTuple):
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
    name, t, error, dof = _classical(found, term)
    critical = stats.t.ppf(1.0 - alpha / 2.0, min(found.dof, dof - 1)) * float(found.bse[name]) / error
    return statistics_of_t(name, t, dof, critical)


def statistics_of_t(term: str, t: float, dof: float, critical: float | None = None) -> SensitivityStatistics:
    """Return the sensitivity statistics of a classical t statistic with ``dof`` degrees of freedom.

    critical: the t below which the coefficient is insignificant; None: that of 5 %.
    """
    f, limit = abs(t) / np.sqrt(dof), (critical or stats.t.ppf(0.975, dof - 1)) / np.sqrt(dof - 1)
    extreme = f > limit > 0 and f >= 1.0 / limit  # a confounder may explain all of the outcome
    squared = np.array([f, max(f - limit, 0.0)]) ** 2
    robustness, at_alpha = 0.5 * (np.sqrt(squared**2 + 4.0 * squared) - squared)
    at_alpha = (f**2 - limit**2) / (1.0 + f**2) if extreme else at_alpha
    return SensitivityStatistics(term, t, dof, f**2 / (1.0 + f**2), float(robustness), float(at_alpha))


def bias_bound(found: Estimate, treatment_r2: float, outcome_r2: float, term: str | None = None) -> float:
    """Return the largest bias from a confounder of that strength, in units of the coefficient.

    treatment_r2, outcome_r2: shares of the residual variation that the confounder explains, in [0, 1): of the
    treatment, and of the outcome given the treatment. Raises InputError for an estimate without residuals.
    """
    _, _, error, dof = _classical(found, term)
    return float(error * np.sqrt(dof * outcome_r2 * treatment_r2 / (1.0 - treatment_r2)))


def _classical(found: Estimate, term: str | None) -> tuple[str, float, float, int]:
    """Return the name of a coefficient, its classical t and standard error, and the residuals' freedom."""
    if "residuals" not in found.details:
        raise InputError([f"sensitivity needs the residuals of a regression: {found.method} has none"])
    names, left, dof = list(found.params.index), found.details["residuals"], found.details["dof_residual"]
    place = 0 if term is None else names.index(term)
    values, rest = least_squares(left[:, 1:], left[:, 0])
    error = float(np.sqrt(rest @ rest / dof * np.linalg.inv(left[:, 1:].T @ left[:, 1:])[place, place]))
    return str(names[place]), float(values[place]) / error, error, int(dof)


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
