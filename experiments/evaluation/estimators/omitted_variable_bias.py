"""How strong a confounder that nobody measured would have to be to explain an estimate away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from experiments.evaluation.estimators.estimate import Estimate


@dataclass(frozen=True)
class SensitivityStatistics:
    """Robustness to omitted confounding of one coefficient. [Cinelli & Hazlett 2020, JRSS-B 82(1)]

    ``robustness``: share of the residual variation of both treatment and outcome that a confounder would have
    to explain to bring the estimate to zero; ``robustness_alpha``: to bring it within its interval of zero.
    ``partial_r2``: share of the outcome's residual variation that the treatment explains: a confounder that
    explains all else of the outcome would have to explain this share of the treatment.
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
    """Robustness values of a coefficient, from its t and degrees of freedom.

    The degrees of freedom are those of the clusters, not of the rows: years of a city are no new evidence.
    """
    name = str(found.params.index[0]) if term is None else term
    return robustness_of(name, float(found.tvalues[name]), found.dof, alpha)


def robustness_of(term: str, t: float, dof: float, alpha: float = 0.05) -> SensitivityStatistics:
    """Robustness values from a t statistic and its degrees of freedom."""
    f = abs(t) / np.sqrt(dof)
    critical = stats.t.ppf(1.0 - alpha / 2.0, dof - 1) / np.sqrt(dof - 1)
    return SensitivityStatistics(
        term, t, dof, float(t**2 / (t**2 + dof)), _robustness(f), _robustness(max(f - critical, 0.0))
    )


def _robustness(f: float) -> float:
    return float(0.5 * (np.sqrt(f**4 + 4.0 * f**2) - f**2))


def bias_bound(found: Estimate, treatment_r2: float, outcome_r2: float, term: str | None = None) -> float:
    """Largest bias that a confounder of that strength can do, in units of the coefficient.

    treatment_r2, outcome_r2: shares of the residual variation that it explains, in [0, 1).
    """
    name = str(found.params.index[0]) if term is None else term
    strength = np.sqrt(outcome_r2 * treatment_r2 / (1.0 - treatment_r2))
    return float(found.bse[name] * np.sqrt(found.dof) * strength)


def oster_delta(
    plain: float, plain_r2: float, controlled: float, controlled_r2: float, most_r2: float = 1.0
) -> float:
    """Selection on what is not measured, relative to what is, that would make the effect zero.

    The approximation for comparable controls: δ = β̃ (R̃ − Ṙ) / ((β̇ − β̃)(R_max − R̃)), dots for the regression
    without and tildes for that with controls. Above 1 counts as robust; infinite where controls move nothing.
    [Oster 2019, Journal of Business & Economic Statistics 37(2)]
    """
    moved = (plain - controlled) * (most_r2 - controlled_r2)
    return float(controlled * (controlled_r2 - plain_r2) / moved) if moved != 0 else float("inf")
