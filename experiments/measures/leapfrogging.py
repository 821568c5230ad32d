"""Leapfrogging: lasting overtakes past a margin, pair by pair.

A pair (i, j) is *possible* if city i starts behind city j by the margin, y_j > (1 + m)·y_i, and both start
above zero. It is an *overtake* if in addition y_i > (1 + m)·y_j in every one of the last h periods. Without a
margin and a holding time, cities that are nearly alike trade places all the time and count as leaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from experiments.measures.inequality import ranks
from experiments.measures.panel_checks import Flags, Floats, check_lasting, checked_panel

MARGIN = 0.05
HOLD = 2  # years: eight quarters
Kind = Literal["any", "strict", "technological"]


@dataclass(frozen=True)
class Leaps:
    """overtakes: pairs. possible: pairs. rate: overtakes/possible, NaN if no pair is possible."""

    overtakes: int
    possible: int

    @property
    def rate(self) -> float:
        """Share of the possible pairs that are overtakes, 0 to 1."""
        return self.overtakes / self.possible if self.possible else float("nan")


def possible_pairs(start: ArrayLike, margin: float = MARGIN) -> Flags:
    """Return (C, C), true at [i, j] if i starts above zero and behind j by the margin. start: (C,)."""
    y = np.asarray(start, dtype=float)
    return (y[None, :] > (1.0 + margin) * y[:, None]) & (y > 0)[:, None]


def overtakes(values: ArrayLike, margin: float = MARGIN, hold: int = HOLD) -> Flags:
    """Return (C, C), true at [i, j] if i lastingly overtakes j. C² bytes.

    values: (T, C). margin: by which one must be above the other, a share. hold: last periods that must be so.
    Raises ValueError.
    """
    y, _ = checked_panel(values)
    check_lasting(len(y), margin, hold)
    found = possible_pairs(y[0], margin)
    for row in y[-hold:]:
        found &= row[:, None] > (1.0 + margin) * row[None, :]
    return found


def leaps(
    values: ArrayLike,
    kind: Kind = "any",
    *,
    margin: float = MARGIN,
    hold: int = HOLD,
    adopted: ArrayLike | None = None,
) -> Leaps:
    """Count the overtakes among the possible pairs of a kind.

    values: (T, C). kind: ``any`` counts every pair; ``strict`` those in which i starts in the bottom half and
    j in the top quartile; ``technological`` those in which i took up a new technique before j. adopted: (C,),
    date of first adoption in any unit, NaN for never; needed for ``technological`` alone. margin, hold: as of
    ``overtakes``. Raises ValueError.
    [technological: Brezis, Krugman & Tsiddon 1993]
    """
    y, _ = checked_panel(values)
    counted = np.ones((y.shape[1],) * 2, dtype=bool)
    if kind == "strict":
        low, high = halves_and_quartiles(y[0])
        counted = low[:, None] & high[None, :]
    elif kind == "technological":
        counted = _adopted_first(adopted, y.shape[1])
    elif kind != "any":
        raise ValueError(f"kind cannot be {kind!r}: it must be any, strict or technological")
    found = overtakes(y, margin, hold) & counted
    return Leaps(int(found.sum()), int((possible_pairs(y[0], margin) & counted).sum()))


def excess_rate(
    values: ArrayLike,
    null: ArrayLike,
    kind: Kind = "any",
    *,
    margin: float = MARGIN,
    hold: int = HOLD,
    adopted: ArrayLike | None = None,
) -> float:
    """Return the rate of overtakes less that of the null model. values, null: (T, C). Raises ValueError."""
    y, other = np.asarray(values), np.asarray(null)
    if y.shape != other.shape:
        raise ValueError(f"the null model must have the shape of the values, {y.shape}, not {other.shape}")
    here = leaps(y, kind, margin=margin, hold=hold, adopted=adopted)
    return here.rate - leaps(other, kind, margin=margin, hold=hold, adopted=adopted).rate


def strict_leapers(values: ArrayLike, margin: float = MARGIN, hold: int = HOLD) -> Flags:
    """Return the cities, (C,), that start in the bottom half and lastingly reach the top quartile.

    They are in it in every one of the last `hold` periods, and have lastingly overtaken, past the margin, a
    city that started in it.
    """
    y, _ = checked_panel(values)
    low, high = halves_and_quartiles(y[0])
    found = low & (overtakes(y, margin, hold) & high[None, :]).any(axis=1)
    for row in y[-hold:]:
        found &= halves_and_quartiles(row)[1]
    return found


def halves_and_quartiles(values: Floats) -> tuple[Flags, Flags]:
    """Return (bottom half, top quartile) of values (C,) by rank; a middle value is in no half."""
    place, count = ranks(values), len(values)
    return place > (count + 1) / 2, place <= count / 4


def _adopted_first(adopted: ArrayLike | None, cities: int) -> Flags:
    if adopted is None:
        raise ValueError("technological leapfrogging needs the date at which each city adopted the technique")
    when = np.asarray(adopted, dtype=float)
    if when.shape != (cities,):
        raise ValueError(f"adopted must have one date for each of {cities} cities, not shape {when.shape}")
    dated = np.where(np.isnan(when), np.inf, when)
    return dated[:, None] < dated[None, :]
