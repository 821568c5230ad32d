"""Catch-up, leapfrogging and gap-closing of pairs, cities and countries.

Each pair of cities, each city and each country falls into exactly one class; docs/metrics.md has the
definitions as equations. A change counts only if it lasts, that is, holds in every one of the last h periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from experiments.measures.inequality import p90_p10, sigma, theil_decomposition
from experiments.measures.leapfrogging import HOLD, MARGIN, excess_rate, leaps, overtakes, possible_pairs
from experiments.measures.mobility import kendall
from experiments.measures.panel_checks import Flags, Floats, check_lasting, checked_panel, measurable

CATCH_UP, LEAPFROG, NONE, FRONTIER, UNDEFINED = "catch-up", "leapfrog", "none", "frontier", "undefined"
GAP_CLOSING, LEAPFROGGING = "gap-closing", "leapfrogging"

CLOSER = 0.10  # log points by which a gap must fall
FRONTIER_SHARE = 0.10  # of the cities
ORDER_KEPT = 0.7  # Kendall's τ_b
NARROWER = 0.01  # share by which each measure of the gap must fall
DISPERSIONS = ("sigma", "Theil between", "P90/P10")


def pair_classes(
    values: ArrayLike, *, closer: float = CLOSER, margin: float = MARGIN, hold: int = HOLD
) -> tuple[Flags, Flags, Flags]:
    """Return (leapfrog, catch-up, none), each (C, C): every possible pair [i, j] is true in exactly one.

    leapfrog: i lastingly overtakes j. catch-up: it does not, and ln(y_j/y_i) is lastingly smaller than at the
    start by `closer`. values: (T, C). Raises ValueError.
    """
    y, _ = checked_panel(values)
    check_lasting(len(y), margin, hold)
    possible, leap = possible_pairs(y[0], margin), overtakes(y, margin, hold)
    nearer = possible & ~leap
    for row in y[-hold:]:
        nearer &= _closer(y[0][:, None], y[0][None, :], row[:, None], row[None, :], closer)
    return leap, nearer, possible & ~leap & ~nearer


def city_classes(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    closer: float = CLOSER,
    margin: float = MARGIN,
    hold: int = HOLD,
    frontier_share: float = FRONTIER_SHARE,
) -> npt.NDArray[np.str_]:
    """Return the class of each city, (C,): ``leapfrog``, ``catch-up`` or ``none``, towards the frontier.

    The frontier F is the mean, by weights, of the cities that lead at the start (`frontier_cities`); these
    have the class ``frontier``. Cities without people or with a value of zero at the start are ``undefined``.
    leapfrog: behind F by the margin at the start, lastingly above it by the margin. catch-up: behind F at the
    start, ln(F/y) lastingly smaller by `closer`, and not lastingly above F by the margin. none: all others.

    values: (T, C). weights: (C,) or (T, C), people. Raises ValueError.
    """
    y, w = checked_panel(values, weights)
    check_lasting(len(y), margin, hold)
    leading = frontier_cities(y, w, frontier_share)
    frontier = frontier_level(y, w, leading)
    passed, nearer = np.ones(y.shape[1], dtype=bool), np.ones(y.shape[1], dtype=bool)
    for row, level in zip(y[-hold:], frontier[-hold:], strict=True):
        passed &= row > (1.0 + margin) * level
        nearer &= _closer(y[0], frontier[0], row, level, closer)
    leap = (frontier[0] > (1.0 + margin) * y[0]) & passed
    behind = y[0] < frontier[0]
    found = np.select([leap, behind & nearer & ~passed], [LEAPFROG, CATCH_UP], NONE)
    return np.where(leading, FRONTIER, np.where(measurable(y, w), found, UNDEFINED))


def frontier_cities(values: Floats, weights: Floats, share: float = FRONTIER_SHARE) -> Flags:
    """Return the cities of the largest start values, (C,): a rounded `share` of those followed.

    Of equal values the city that comes first in the table leads. None if no city can be followed.
    """
    if not 0 < share <= 1:
        raise ValueError(f"frontier_share cannot be {share}: it must be above 0 and at most 1")
    followed = np.flatnonzero(measurable(values, weights))
    leading = np.zeros(values.shape[1], dtype=bool)
    if len(followed):
        order = followed[np.argsort(-values[0, followed], kind="stable")]
        leading[order[: max(1, round(share * len(followed)))]] = True
    return leading


def frontier_level(values: Floats, weights: Floats, leading: Flags) -> Floats:
    """Return the weighted mean of the leading cities in each period, (T,); 0 if there is none."""
    people = weights[:, leading].sum(axis=1)
    total = (values * weights)[:, leading].sum(axis=1)
    return np.divide(total, people, out=np.zeros(len(values)), where=people > 0)


@dataclass(frozen=True)
class Episode:
    """The kind of episode of a country between the first and the last periods, with the evidence.

    kind: ``leapfrogging``, ``gap-closing``, ``catch-up`` or ``none``. order: Kendall's τ_b, start to end.
    excess_leaps: rate of overtakes less that of the null model. falls: the smallest lasting fall of each
    measure of dispersion, share of its start value; NaN if not defined. catching: share of the people behind
    the frontier who live in a city that catches up or leapfrogs, NaN if none is behind.
    """

    kind: str
    order: float
    excess_leaps: float
    falls: dict[str, float]
    catching: float


def country_episode(
    values: ArrayLike,
    weights: ArrayLike | None,
    regions: ArrayLike,
    null: ArrayLike | None = None,
    *,
    closer: float = CLOSER,
    margin: float = MARGIN,
    hold: int = HOLD,
    frontier_share: float = FRONTIER_SHARE,
    order_kept: float = ORDER_KEPT,
    narrower: float = NARROWER,
) -> Episode:
    """Classify the episode that a country goes through.

    leapfrogging: the order is not kept (τ_b < order_kept) and there are more overtakes than in the null
    model. gap-closing: the order is kept and σ, Theil between regions and P90/P10 all fall lastingly by the
    share `narrower`. catch-up: neither, and at least half of the people behind the frontier live in cities
    that catch up or leapfrog. none: all else.

    values: (T, C). weights: (C,) or (T, C), people. regions: (C,), labels. null: (T, C), the same country
    with the mechanisms off; without it the null rate is 0. Raises ValueError.
    """
    y, w = checked_panel(values, weights)
    followed = measurable(y, w)
    if followed.sum() < 2:
        raise ValueError("an episode needs two cities with people and a value above zero at the start")
    other = np.zeros_like(y) if null is None else checked_panel(null)[0]
    if other.shape != y.shape:
        raise ValueError(f"the null model must have the shape of the values, {y.shape}, not {other.shape}")
    y, w, other = y[:, followed], w[:, followed], other[:, followed]
    order = kendall(y[0], y[-1])
    classes = city_classes(y, w, closer=closer, margin=margin, hold=hold, frontier_share=frontier_share)
    falls = dispersion_falls(y, w, np.asarray(regions)[followed], hold)
    rate = leaps(y, margin=margin, hold=hold).rate
    excess = rate if null is None else excess_rate(y, other, margin=margin, hold=hold)
    catching = _share_of_people(classes, w[0])
    kept = order >= order_kept
    if not kept and excess > 0:
        kind = LEAPFROGGING
    elif kept and all(fall >= narrower for fall in falls.values()):
        kind = GAP_CLOSING
    else:
        kind = CATCH_UP if catching >= 0.5 else NONE
    return Episode(kind, order, excess, falls, catching)


def dispersion_falls(
    values: Floats, weights: Floats, regions: ArrayLike, hold: int = HOLD
) -> dict[str, float]:
    """Return the smallest fall of σ, Theil between regions and P90/P10 over the last periods (share).

    Below zero where one has risen; NaN where the start value is 0 or a value is not defined.
    """
    rows = [0, *range(len(values) - hold, len(values))]
    measured = np.array(
        [
            [
                sigma(values[t]),
                theil_decomposition(values[t], regions, weights[t])[0],
                p90_p10(values[t], weights[t]),
            ]
            for t in rows
        ]
    )
    start, worst = measured[0], measured[1:].max(axis=0)
    falls = np.where(start > 1e-12, 1.0 - worst / np.where(start > 1e-12, start, 1.0), np.nan)
    return dict(zip(DISPERSIONS, falls.tolist(), strict=True))


def _closer(here: Floats, there: Floats, here_later: Floats, there_later: Floats, closer: float) -> Flags:
    """Whether ln(there/here) has fallen by `closer`; without logarithms, as values may be zero."""
    shrunk = there_later * here * np.exp(closer) <= there * here_later
    return (here > 0) & (here_later > 0) & shrunk


def _share_of_people(classes: npt.NDArray[np.str_], people: Floats) -> float:
    behind = np.isin(classes, (CATCH_UP, LEAPFROG, NONE))
    moving = np.isin(classes, (CATCH_UP, LEAPFROG))
    return float(people[moving].sum() / people[behind].sum()) if behind.any() else float("nan")
