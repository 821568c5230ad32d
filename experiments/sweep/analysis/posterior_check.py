"""Checks of a posterior, of a store or the ensemble: figures it misses, parameters that go together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from experiments.sweep.analysis.history_matching import Array, weighted_quantiles

CHANCE = 0.05  # of any of all pairs by chance, for one to be beyond it
QUANTILES = (0.05, 0.5, 0.95)


def predictive_check(
    simulated: pd.DataFrame, published: Mapping[str, tuple[float, float]], weights: Array | None = None
) -> pd.DataFrame:
    """Return a row for each figure: value, sd, p05, p50, p95 of what the posterior predicts, and p.

    simulated: a column for each figure, a row for each draw; published: figure → value and its uncertainty,
    which is added to each draw's figure. p: share of predictions at least as far from their median as the
    value, two-sided; small where the posterior cannot give the figure. [Gelman, Meng & Stern 1996, Statistica
    Sinica 6(4)]
    """
    rng = np.random.Generator(np.random.PCG64(1))
    rows = []
    for name, (value, sd) in published.items():
        own = simulated[name].to_numpy(dtype=float)
        share = np.ones(len(own)) if weights is None else np.asarray(weights, dtype=float)
        good = np.isfinite(own)
        drawn, share = own[good] + sd * rng.normal(size=good.sum()), share[good] / share[good].sum()
        low, middle, high = weighted_quantiles(drawn, share, QUANTILES)
        below = float(share[drawn <= value].sum())
        tail = 2.0 * min(below, 1.0 - below)
        row = {"figure": name, "value": value, "sd": sd, "p05": low, "p50": middle, "p95": high}
        rows.append({**row, "p": max(tail, 1.0 / good.sum())})
    return pd.DataFrame(rows)


def parameter_correlations(
    sample: pd.DataFrame, weights: Array | None = None, top: int | None = None
) -> pd.DataFrame:
    """Return pairs of parameters, the most correlated first: one, other, correlation of ranks, beyond_chance.

    beyond_chance: whether the largest of as many pairs without a correlation would reach it with a chance
    below ``CHANCE``, given the draws of equal weight that the sample is worth.
    """
    ranks = stats.rankdata(sample.to_numpy(dtype=float), axis=0)
    share = np.ones(len(ranks)) if weights is None else np.asarray(weights, dtype=float)
    share = share / share.sum()
    centred = ranks - share @ ranks
    spread = np.sqrt(share @ centred**2)
    found = (centred * share[:, None]).T @ centred / np.maximum(np.outer(spread, spread), 1e-300)
    one, other = np.triu_indices(len(found), 1)
    value = found[one, other]
    effective = max(1.0 / float((share**2).sum()), 4.0)
    t = np.abs(value) * np.sqrt((effective - 2.0) / np.maximum(1.0 - value**2, 1e-300))
    least = float(stats.t.isf(0.5 * CHANCE / max(len(value), 1), effective - 2.0))
    order = np.argsort(-np.abs(value), kind="stable")[:top]
    names = np.asarray(sample.columns)
    columns = {"one": names[one[order]], "other": names[other[order]]}
    return pd.DataFrame({**columns, "correlation": value[order], "beyond_chance": t[order] > least})
