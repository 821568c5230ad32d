"""Inference where hosts are few, and whether hosts lie next to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.evaluation.estimators.covariance import year_columns
from experiments.evaluation.estimators.estimate import Floats
from experiments.evaluation.estimators.fixed_effects import control_columns, estimate_fixed_effects
from experiments.evaluation.estimators.panel_data import PanelData
from experiments.measures.ols import group_sums, unexplained_part, unit_columns
from model.engine.draws import stream_key, uniforms

FEW_HOSTS = 40
"""Hosts below which errors that assume many of them are doubtful."""
NEIGHBOURS = 5


def wild_bootstrap_p(data: PanelData, draws: int = 999, seed: int = 1) -> float:
    """Return the two-sided p value of the first treatment of two-way fixed effects, by the wild bootstrap.

    Residuals of the regression without the treatment are multiplied by a random sign for each city, and its t
    statistic, clustered by city, is compared with those of such samples (WCR).
    [Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90(3); sums over cities as in Roodman,
    MacKinnon, Nielsen & Webb 2019, Stata Journal 19(1)]
    """
    t = _wild_t(data, draws, seed)
    return float((1 + (t[1:] >= t[0] * (1.0 - 1e-12)).sum()) / (1 + draws))


def romano_wolf_p(panels: Mapping[str, PanelData], draws: int = 999, seed: int = 1) -> dict[str, float]:
    """Return p values of several outcomes that hold for all at once, by the step-down wild bootstrap.

    panels: hypothesis → panel; those with the same cities share the draws. The largest remaining t statistic
    of each draw is compared with the hypotheses in order of strength. [Romano & Wolf 2005, Econometrica
    73(4); 2016, Statistics & Probability Letters 113]
    """
    t = np.column_stack([_wild_t(data, draws, seed) for data in panels.values()])
    found, least = dict.fromkeys(panels, 1.0), 0.0
    order = np.argsort(-t[0], kind="stable")
    for place, one in enumerate(order):
        largest = t[1:, order[place:]].max(axis=1)
        least = max(least, float((1 + (largest >= t[0, one] * (1.0 - 1e-12)).sum()) / (1 + draws)))
        found[list(panels)[one]] = least
    return found


def _wild_t(data: PanelData, draws: int, seed: int) -> Floats:
    """Return the absolute t statistic of the sample and of its draws, (1 + draws,)."""
    left = estimate_fixed_effects(data, "cluster").details["residuals"]
    restricted, treatment = unexplained_part(left[:, :2], left[:, 2:]).T
    others = unit_columns(np.column_stack([year_columns(data), left[:, 2:], control_columns(data)]))
    # All that a draw needs are sums over the rows of each city.
    scores = group_sums((treatment * restricted)[:, None], data.city)[:, 0]
    moments = group_sums(others * restricted[:, None], data.city)
    cross = group_sums(others * treatment[:, None], data.city)
    squares = group_sums((treatment**2)[:, None], data.city)[:, 0]
    inverse = np.linalg.pinv(others.T @ others, rcond=1e-10, hermitian=True)
    places = np.arange(draws * data.cities)
    signs = np.where(uniforms(stream_key(seed, "evaluation.wild", 0), places) < 0.5, -1.0, 1.0)
    signs = np.vstack([np.ones(data.cities), signs.reshape(draws, -1)])
    slopes = signs @ scores / squares.sum()
    inner = signs * scores - (signs @ moments @ inverse) @ cross.T - slopes[:, None] * squares
    return np.asarray(np.abs(slopes) / np.sqrt((inner**2).sum(axis=1)))


@dataclass(frozen=True)
class JoinCount:
    """``pairs``: hosts among the nearest neighbours of hosts; ``expected`` by lot; ``p``: one-sided."""

    pairs: int
    expected: float
    p: float


def join_count(data: PanelData, neighbours: int = NEIGHBOURS, draws: int = 999, seed: int = 1) -> JoinCount:
    """Count hosts among the nearest neighbours of hosts, compared with hosts drawn by lot.

    Raises InputError without places. [Moran 1948, JRSS-B 10(2); Cliff & Ord 1981]
    """
    hosts = np.bincount(data.city, data.treatments[:, 0] > 0.5, data.cities) > 0
    near = np.zeros((data.cities, data.cities))
    np.put_along_axis(near, data.nearest(neighbours), 1.0, axis=1)
    drawn = uniforms(stream_key(seed, "evaluation.join", 0), np.arange(draws * data.cities))
    chosen = np.argsort(drawn.reshape(draws, -1), axis=1)[:, : hosts.sum()]
    lots = np.zeros((draws, data.cities))
    np.put_along_axis(lots, chosen, 1.0, axis=1)
    own = float(hosts @ near @ hosts)
    counts = np.einsum("di,di->d", lots @ near, lots)
    return JoinCount(int(own), float(counts.mean()), float((1 + (counts >= own).sum()) / (1 + draws)))
