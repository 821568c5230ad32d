"""Convergence clubs: the log-t test of Phillips and Sul, and its clubs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.sparse.linalg import spsolve

from experiments.measures.panel_checks import Floats

CRITICAL = -1.65  # one-sided 5 % point of the t statistic
TRIM = 0.3  # share of the periods left out at the beginning
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LogT:
    """slope: b, twice the speed at which differences die out. t: its t statistic. periods: in the regression.

    Convergence is rejected if t < −1.65. b ≥ 2 goes with convergence of levels, 0 ≤ b < 2 of growth rates.
    """

    slope: float
    t: float
    periods: int

    @property
    def converges(self) -> bool:
        """Whether the test does not reject convergence at 5 %."""
        return self.t > CRITICAL


Test = Callable[[Floats], LogT]


def log_t(values: ArrayLike, trim: float = TRIM, published: bool = False) -> LogT:
    """Apply the log-t test of Phillips and Sul to values (T, C), a row for each period, means above 0.

        h = y/mean_c(y),  H_t = mean_c(h − 1)²,  ln(H_1/H_t) − 2·ln ln t = a + b·ln t + u,  t = [rT]…T

    r = `trim`. The standard error takes the long-run variance of u, by the quadratic spectral kernel with
    Andrews' automatic bandwidth. If all cities are alike in a period the differences have died out: t is ∞.
    Use a trend (`hp_trend`), as cycles disturb the test. Raises ValueError for fewer than 8 periods, or if
    fewer than 5 remain. [Phillips & Sul 2007; Andrews 1991]

    published: as the program of Phillips and Sul, on which published tables rest: the first period is the one
    after round(rT), autocovariances leave the last residual out and are divided by one less, and the
    persistence of residuals has no bound.
    """
    y = _checked(values, trim)
    return _log_t(y, trim, published)


def _log_t(y: Floats, trim: float, published: bool = False) -> LogT:
    first = _first_period(len(y), trim, published)
    spread = np.mean((y / y.mean(axis=1, keepdims=True) - 1.0) ** 2, axis=1)
    time = np.arange(first, len(y) + 1)
    if spread[0] <= 0 and (spread > 0).any():
        return LogT(-math.inf, -math.inf, len(time))  # alike at first, apart later
    if (spread[first - 1 :] <= 1e-28).any():
        return LogT(math.inf, math.inf, len(time))
    outcome = np.log(spread[0] / spread[first - 1 :]) - 2.0 * np.log(np.log(time))
    regressor = np.log(time) - np.log(time).mean()
    slope = float(regressor @ outcome / (regressor @ regressor))
    residual = outcome - outcome.mean() - slope * regressor
    error = math.sqrt(max(0.0, long_run_variance(residual, published) / float(regressor @ regressor)))
    if error == 0.0:
        return LogT(slope, math.copysign(math.inf, slope), len(time))
    return LogT(slope, slope / error, len(time))


def long_run_variance(residual: Floats, published: bool = False) -> float:
    """Return the long-run variance of a series (n,) of mean 0; published: see `log_t`.

    Quadratic spectral kernel, bandwidth by an AR(1) fit. [Andrews 1991, equations 2.7, 6.2 and 6.4]
    """
    n = len(residual)
    size = float(residual[:-1] @ residual[:-1])
    if size <= 0:
        return 0.0
    persistence = float(residual[1:] @ residual[:-1]) / size
    if not published or persistence == 1.0:
        persistence = min(0.97, max(-0.97, persistence))
    bandwidth = 1.3221 * (4.0 * persistence**2 / (1.0 - persistence) ** 4 * n) ** 0.2
    total = float(residual @ residual)
    residual, n = (residual[:-1], n - 1) if published else (residual, n)
    for lag in range(1, n) if bandwidth > 1e-12 else ():
        x = 6.0 * math.pi * lag / (5.0 * bandwidth)
        kernel = 3.0 / x**2 * (math.sin(x) / x - math.cos(x))
        total += 2.0 * kernel * float(residual[lag:] @ residual[:-lag])
    return total / n


def clubs(values: ArrayLike, trim: float = TRIM, published: bool = False) -> Integers:
    """Return the club of each city, (C,): 1 the highest, 0 for a city that converges with no other.

    A city with a value of zero or less in any period is in no club: the mean of such cities may be zero.
    Cities are ordered by their last value. A core group is grown from the top as long as it converges, up to
    where its t is largest; each other city joins if the core with it has t > c. c is 0 and is raised until
    the club as a whole converges. The rest is tested as one club, and if it is none, searched in the same
    way. Clubs next to each other that converge together are merged. values: (T, C). trim: the part of the
    periods, from the first on, that is left out. published: see `log_t`; the t of a
    core is then the farthest from zero. Raises ValueError as `log_t` does.
    [Phillips & Sul 2007, section 3; merging: Phillips & Sul 2009]
    """
    y = _checked(values, trim)
    test = partial(_log_t, trim=trim, published=published)
    left = np.argsort(-y[-1], kind="stable")
    left = left[(y > 0).all(axis=0)[left]]
    found: list[Integers] = []
    while len(left) > 1:
        if test(y[:, left]).converges:
            found.append(left)
            break
        core = _core(y, left, test, abs if published else float)
        if core is None:
            break
        club = _with_joiners(y, left, core, test)
        found.append(club)
        left = left[~np.isin(left, club)]
    label = np.zeros(y.shape[1], dtype=np.int64)
    for number, club in enumerate(_merged(y, found, test), start=1):
        label[club] = number
    return label


def hp_trend(values: ArrayLike, smoothness: float = 6.25) -> Floats:
    """Return the trend of each city, (T, C), by the Hodrick-Prescott filter.

    Minimises Σ(y − τ)² + λ·Σ(Δ²τ)². values: (T, C). smoothness: λ, 6.25 for years, 1600 for quarters. Raises
    ValueError for fewer than three periods and values that are not finite.
    [Hodrick & Prescott 1997; Ravn & Uhlig 2002]
    """
    y = np.asarray(values, dtype=float)
    if y.ndim != 2 or len(y) < 3 or not np.isfinite(y).all() or not smoothness >= 0:
        raise ValueError(f"a trend needs three periods or more of finite values, (T, C), not {y.shape}")
    bend = sparse.diags_array([1.0, -2.0, 1.0], offsets=[0, 1, 2], shape=(len(y) - 2, len(y)))
    return np.asarray(spsolve((sparse.eye_array(len(y)) + smoothness * bend.T @ bend).tocsc(), y)).reshape(
        y.shape
    )


def _core(y: Floats, order: Integers, test: Test, rank: Callable[[float], float] = float) -> Integers | None:
    """Return the core group, from the first neighbours in the order that converge; None if no two do."""
    for start in range(len(order) - 1):
        t = test(y[:, order[start : start + 2]]).t
        if t <= CRITICAL:
            continue
        best, highest = 2, rank(t)
        for size in range(3, len(order) - start + 1):
            t = test(y[:, order[start : start + size]]).t
            if t <= CRITICAL:
                break
            if rank(t) > highest:
                best, highest = size, rank(t)
        return order[start : start + best]
    return None


def _with_joiners(y: Floats, order: Integers, core: Integers, test: Test) -> Integers:
    """Return the core and its joiners, under the lowest threshold c at which the whole club converges."""
    others = order[~np.isin(order, core)]
    t = np.array([test(y[:, [*core, city]]).t for city in others])
    threshold = 0.0
    while True:
        joined = others[t > threshold]
        club = np.concatenate([core, joined])
        if not len(joined) or test(y[:, club]).converges:
            return club
        threshold = float(t[t > threshold].min())  # the next at which a city drops out


def _merged(y: Floats, found: list[Integers], test: Test) -> list[Integers]:
    merged: list[Integers] = []
    for club in found:
        together = np.concatenate([merged[-1], club]) if merged else club
        if merged and test(y[:, together]).converges:
            merged[-1] = together
        else:
            merged.append(club)
    return merged


def _first_period(periods: int, trim: float, published: bool = False) -> int:
    start = round(trim * periods) + 1 if published else math.floor(trim * periods)
    return max(2, start)  # ln ln 1 has no value


def _checked(values: ArrayLike, trim: float) -> Floats:
    y = np.asarray(values, dtype=float)
    if y.ndim != 2 or y.shape[1] < 2 or not np.isfinite(y).all():
        raise ValueError(f"the log-t test needs finite values of two cities or more, (T, C), not {y.shape}")
    if not 0 <= trim < 1 or len(y) - _first_period(len(y), trim) + 1 < 5 or len(y) < 8:
        raise ValueError(
            f"the log-t test needs 8 periods or more, of which 5 are kept, not {len(y)} with trim {trim}"
        )
    if (y.mean(axis=1) <= 0).any():
        raise ValueError("the log-t test needs a mean above zero in every period")
    return y
