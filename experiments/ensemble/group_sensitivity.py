"""Sobol indices of headlines over groups of uncertain parameters, from the members of the ensemble.

Each parameter is measured by its rank among the members, which is uniform: that is its marginal
posterior. Members leave parameters nearly uncorrelated; the largest correlation is reported. A sparse
polynomial in orthonormal Legendre terms (lines, parabolas, and products of lines of the parameters that
matter) is fitted by the lasso. In such a basis the indices are sums of squared coefficients [Sudret
2008, Reliability Engineering & System Safety 93(7)]. Intervals are of bootstrap samples of members, each
fitted with the same penalty.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ensemble.member_run import uncertain_factors
from experiments.ensemble.members import Ensemble
from model.parameters import describe

Array = NDArray[np.float64]
FOLDS, SAMPLES, INTERVAL = 5, 200, (0.05, 0.95)
CROSSED = 10  # parameters of which products are terms
HEADLINES = (
    "effect_hosts",
    "effect_others",
    "effect_national",
    "effect_gdp",
    "effect_gdp_hosts",
    "effect_gdp_others",
    "change_theil",
    "change_theil_between",
    "change_gdp_theil_per_head",
    "channel_adoption_share",
)
PROGRESS = "Progress of compute"
CENTRES = "Centres, cloud and prices"
NETWORK = "Latency and friction"
_OF_COMPUTE = {
    **dict.fromkeys(
        (
            "progress_basic",
            "progress_intelligent",
            "progress_super",
            "deep_learning_pull",
            "language_model_pull",
        ),
        PROGRESS,
    ),
    **dict.fromkeys(
        (
            "interoperability_friction",
            "latency_scale",
            "real_time_scale",
            "real_time_share_super",
            "queue_cost",
            "traffic_scale",
        ),
        NETWORK,
    ),
}


def mechanism_of(factor: str) -> str:
    """Return the group of a factor: that of its parameters, of the compute market one of three."""
    if factor in _OF_COMPUTE:
        return _OF_COMPUTE[factor]
    scales = uncertain_factors().all_scales
    group = describe(scales[factor][0] if factor in scales else factor)["group"]
    return CENTRES if group.startswith("Compute market") else str(group).split(" (")[0]


@dataclass(frozen=True)
class Fit:
    """A polynomial. terms: factors of each term (columns of ``x``); coefficients: of scaled effects, (T,)."""

    terms: list[tuple[int, ...]]
    coefficients: Array

    def total(self, groups: Mapping[str, Sequence[int]]) -> dict[str, float]:
        """Return the total index of each group: the share of the variance of terms that have a part in it."""
        weights = self.coefficients**2
        whole = float(weights.sum()) or 1.0
        return {
            name: float(sum(w for term, w in zip(self.terms, weights, strict=True) if set(term) & set(rows)))
            / whole
            for name, rows in groups.items()
        }


def ranks(places: Array) -> Array:
    """Return the ranks of members, column by column, as −1 to 1."""
    count = len(places)
    order = places.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return np.asarray(2.0 * (order + 0.5) / count - 1.0)


def legendre(x: Array, terms: Sequence[tuple[int, ...]]) -> Array:
    """Return orthonormal terms of coordinates in −1 to 1, (n, T): (i,) a line, (i, i) a parabola."""
    line = np.sqrt(3.0) * x
    columns = []
    for term in terms:
        if len(term) == 1:
            columns.append(line[:, term[0]])
        elif term[0] == term[1]:
            columns.append(np.sqrt(5.0) * 0.5 * (3.0 * x[:, term[0]] ** 2 - 1.0))
        else:
            columns.append(line[:, term[0]] * line[:, term[1]])
    return np.column_stack(columns)


def fit(x: Array, y: Array, penalty: float | None = None) -> tuple[Fit, float]:
    """Fit a polynomial to effects (n,) at ranks (n, k); return it with the penalty, found if not given."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso, LassoCV

    aim = (y - y.mean()) / (y.std() or 1.0)
    count = x.shape[1]
    plain = [*((i,) for i in range(count)), *((i, i) for i in range(count))]
    lines = legendre(x, plain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if penalty is None:
            penalty = float(LassoCV(cv=FOLDS, alphas=25, fit_intercept=False).fit(lines, aim).alpha_)
        lasso = Lasso(alpha=penalty, max_iter=5000, fit_intercept=False)
        found = np.array(lasso.fit(lines, aim).coef_)
        strength = np.abs(found[:count]) + np.abs(found[count:])
        top = sorted(np.argsort(-strength, kind="stable")[:CROSSED].tolist())
        crossed = [(i, j) for place, i in enumerate(top) for j in top[place + 1 :]]
        terms = [term for term, size in zip(plain, found, strict=True) if size] + crossed
        coefficients = np.array(lasso.fit(legendre(x, terms), aim).coef_)
    kept = np.flatnonzero(coefficients)
    return Fit([terms[place] for place in kept], coefficients[kept]), penalty


def explained(x: Array, y: Array, penalty: float) -> float:
    """Return the share of the variance that is predicted of members left out, by folds."""
    folds = np.arange(len(y)) % FOLDS
    missed = np.empty(len(y))
    for fold in range(FOLDS):
        out = folds == fold
        known = y[~out]
        model = fit(x[~out], known, penalty)[0]
        guess = legendre(x[out], model.terms) @ model.coefficients if model.terms else 0.0
        missed[out] = y[out] - known.mean() - known.std() * guess
    return float(1.0 - np.mean(missed**2) / y.var())


def sensitivities(
    found: Ensemble, headlines: Sequence[str] = HEADLINES, samples: int = SAMPLES
) -> pd.DataFrame:
    """Return the total index of each group of parameters for each headline, a row each.

    effect, group, parameters (their number), total, low, high (bootstrap, 90 %), explained (share of the
    variance between members that the polynomial predicts of members left out), seeds_share, members.
    """
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(found.factors):
        groups.setdefault(mechanism_of(name), []).append(row)
    places, rows = found.places(), []
    for headline in headlines:
        y = found.members[headline].to_numpy(dtype=float)
        good = np.isfinite(y)
        x, aim = ranks(places[good]), y[good]
        noise = float(found.defaults[headline].var(ddof=1))
        best, penalty = fit(x, aim)
        totals, told = best.total(groups), explained(x, aim, penalty)
        rng = np.random.Generator(
            np.random.PCG64([15, HEADLINES.index(headline) if headline in HEADLINES else 0])
        )
        drawn = []
        for _ in range(samples):
            chosen = rng.integers(0, len(aim), len(aim))
            drawn.append(fit(x[chosen], aim[chosen], penalty)[0].total(groups))
        for name, total in totals.items():
            low, high = np.quantile([one[name] for one in drawn], INTERVAL) if drawn else (np.nan, np.nan)
            rows.append(
                {
                    "effect": headline,
                    "group": name,
                    "parameters": len(groups[name]),
                    "total": total,
                    "low": float(low),
                    "high": float(high),
                    "explained": told,
                    "seeds_share": min(noise / float(aim.var(ddof=1)), 1.0),
                    "members": len(aim),
                }
            )
    return pd.DataFrame(rows)


def largest_correlation(found: Ensemble) -> float:
    """Return the largest correlation between the ranks of two parameters among the members."""
    between = np.asarray(np.corrcoef(ranks(found.places()).T))
    np.fill_diagonal(between, 0.0)
    return float(np.abs(between).max())
