"""``Estimate``: coefficients with their uncertainty, under the names that statsmodels uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """Coefficients of one estimation.

    ``params``: one per treatment. ``covariance``: of the same, both axes named. ``dof``: degrees of freedom
    of Student's t for intervals and tests. ``nobs``: rows used; ``cities``: clusters. ``method``: one line.
    ``details``: further results of the estimator.
    """

    params: pd.Series
    covariance: pd.DataFrame
    dof: float
    nobs: int
    cities: int
    method: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bse(self) -> pd.Series:
        """Standard errors, one for each term, in the unit of the outcome."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    @property
    def tvalues(self) -> pd.Series:
        """Coefficients over their standard errors."""
        return self.params / self.bse

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p values of the hypothesis that the coefficient is zero."""
        values = 2.0 * stats.t.sf(np.abs(self.tvalues), self.dof)
        return pd.Series(values, index=self.params.index)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return the bounds of the 1 − alpha intervals, columns 0 and 1."""
        half = stats.t.ppf(1.0 - alpha / 2.0, self.dof) * self.bse
        return pd.DataFrame({0: self.params - half, 1: self.params + half})

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance of the coefficients."""
        return self.covariance

    def frame(self) -> pd.DataFrame:
        """Return one row per coefficient: term, estimate, se, t, p, low, high (95 % interval)."""
        bounds = self.conf_int()
        return pd.DataFrame(
            {
                "term": self.params.index,
                "estimate": self.params.to_numpy(),
                "se": self.bse.to_numpy(),
                "t": self.tvalues.to_numpy(),
                "p": self.pvalues.to_numpy(),
                "low": bounds[0].to_numpy(),
                "high": bounds[1].to_numpy(),
            }
        )

    def summary(self) -> str:
        """Return the estimation as a table of text, for ``print``."""
        lines = [self.method, f"{self.nobs:,} rows, {self.cities:,} cities"]
        width = max(12, *(len(str(name)) for name in self.params.index))
        head = f"{'':{width}} {'coef':>9} {'std err':>9} {'t':>8} {'P>|t|':>7} {'[0.025':>9} {'0.975]':>9}"
        lines += ["=" * len(head), head, "-" * len(head)]
        for row in self.frame().itertuples():
            lines.append(
                f"{row.term!s:{width}} {row.estimate:9.4f} {row.se:9.4f} {row.t:8.2f} {row.p:7.3f} "
                f"{row.low:9.4f} {row.high:9.4f}"
            )
        return "\n".join([*lines, "=" * len(head)])


def make_estimate(
    names: tuple[str, ...],
    values: Floats,
    covariance: Floats,
    *,
    dof: float,
    nobs: int,
    cities: int,
    method: str,
    details: Mapping[str, object] | None = None,
) -> Estimate:
    """An Estimate from plain arrays, (k,) and (k, k), named."""
    labels = pd.Index(names)
    return Estimate(
        pd.Series(values, index=labels),
        pd.DataFrame(covariance, index=labels, columns=labels),
        dof,
        nobs,
        cities,
        method,
        details or {},
    )
