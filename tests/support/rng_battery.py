"""Tests of random numbers: each takes draws in [0, 1) and answers with a p-value.

All are textbook tests whose statistic has a known law under independent uniform draws. They are put to draws
with fixed keys, so a verdict never changes with the day; what a verdict of many tests means is said by
``judged``.

References:
    Knuth (1997), The Art of Computer Programming 2, section 3.3.2 (pairs, gaps, runs, permutations, maxima).
    Marsaglia (1985), A current view of random number generators (birthday spacings).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numba import njit
from scipy import special, stats

from model.engine.compile.numba_intrinsics import step_key_compiled, uniform_compiled

Draws = np.ndarray
BITS = 53  # of a draw
SMALLEST = 1e-7  # a family of tests fails by chance once in ten million batteries


@njit(error_model="numpy")
def filled(keys, first, out):
    """``out[k, i]`` is the draw of identity ``first + i`` with ``keys[k]``."""
    for k in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[k, i] = uniform_compiled(keys[k], first + i)


@njit(error_model="numpy")
def keys_of(bases, steps, out):
    """``out[k]`` is the key of step ``steps[k]`` of the stream with base ``bases[k]``."""
    for k in range(out.size):
        out[k] = step_key_compiled(bases[k], steps[k])


def as_bits(draws: Draws) -> np.ndarray:
    """The 53 bits of each draw, as an integer."""
    return (draws * 2.0**BITS).astype(np.int64)


def _fits(counts: np.ndarray, expected: np.ndarray | None = None) -> float:
    """p-value of chi-square: counts of cells against what is expected (alike, if not given)."""
    expected = np.full(counts.shape, counts.mean()) if expected is None else expected
    return float(stats.chi2.sf(((counts - expected) ** 2 / expected).sum(), counts.size - 1))


def _two_sided(z: float) -> float:
    return float(special.erfc(abs(z) / np.sqrt(2.0)))


# ── One sequence ─────────────────────────────────────────────────────────────────────────────────


def cells(u: Draws) -> float:
    """The unit interval in 1,024 cells."""
    return _fits(np.bincount((u * 1024).astype(int), minlength=1024))


def distribution(u: Draws) -> float:
    """Kolmogorov and Smirnov."""
    return float(stats.kstest(u, "uniform", method="asymp").pvalue)


def last_digits(u: Draws) -> float:
    """The last eight of 53 bits."""
    return _fits(np.bincount(as_bits(u) & 0xFF, minlength=256))


def single_bits(u: Draws) -> float:
    """Each of 53 bits is set half the time."""
    bits = as_bits(u)
    z = [((bits >> b & 1).sum() - 0.5 * u.size) / np.sqrt(0.25 * u.size) for b in range(BITS)]
    return float(stats.chi2.sf(np.square(z).sum(), BITS))


def weights(u: Draws) -> float:
    """How many of 53 bits are set, against the binomial law; the rare ends are put together."""
    count = np.bitwise_count(as_bits(u))
    low, high = 17, 36
    found = np.bincount(np.clip(count, low, high) - low, minlength=high - low + 1)
    law = stats.binom(BITS, 0.5)
    expected = law.pmf(np.arange(low, high + 1))
    expected[0], expected[-1] = law.cdf(low), law.sf(high - 1)
    return _fits(found, u.size * expected)


def pairs(u: Draws) -> float:
    """Pairs of neighbours as points of a square of 32 by 32 cells."""
    index = (u[: u.size // 2 * 2] * 32).astype(int).reshape(-1, 2) @ [32, 1]
    return _fits(np.bincount(index, minlength=1024))


def triples(u: Draws) -> float:
    """Triples of neighbours as points of a cube of 10 by 10 by 10 cells."""
    index = (u[: u.size // 3 * 3] * 10).astype(int).reshape(-1, 3) @ [100, 10, 1]
    return _fits(np.bincount(index, minlength=1000))


def permutations(u: Draws) -> float:
    """The 24 orders of four neighbours come equally often."""
    orders = np.argsort(u[: u.size // 4 * 4].reshape(-1, 4), axis=1) @ [64, 16, 4, 1]
    return _fits(np.unique(orders, return_counts=True)[1])


def gaps(u: Draws) -> float:
    """How many draws pass until the next below a tenth: geometric."""
    gap = np.diff(np.flatnonzero(u < 0.1)) - 1
    longest = 40
    found = np.bincount(np.minimum(gap, longest), minlength=longest + 1)
    expected = 0.1 * 0.9 ** np.arange(longest + 1)
    expected[-1] = 0.9**longest
    return _fits(found, gap.size * expected)


def runs(u: Draws) -> float:
    """Runs up and down: (2n − 1)/3 of them, with variance (16n − 29)/90."""
    n = u.size
    up = np.diff(u) > 0
    count = 1 + int((up[1:] != up[:-1]).sum())
    return _two_sided((count - (2 * n - 1) / 3) / np.sqrt((16 * n - 29) / 90))


def maxima(u: Draws) -> float:
    """The largest of eight neighbours, to the eighth power, is uniform."""
    return distribution(u[: u.size // 8 * 8].reshape(-1, 8).max(axis=1) ** 8)


def correlations(u: Draws) -> float:
    """Correlation with what comes 1 to 16 draws later."""
    z = [serial(u[:-lag], u[lag:]) for lag in range(1, 17)]
    return float(stats.chi2.sf(np.square(z).sum(), 16))


def birthdays(u: Draws) -> float:
    """Equal distances between 512 birthdays in a year of 2**24 days: Poisson with mean 2."""
    years = u.size // 512
    days = np.sort((u[: years * 512] * 2.0**24).astype(np.int64).reshape(years, 512), axis=1)
    distances = np.sort(np.diff(days, axis=1), axis=1)
    equal = (np.diff(distances, axis=1) == 0).sum(axis=1)
    most = 7
    law = stats.poisson(512**3 / 2.0**26)
    expected = np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    return _fits(np.bincount(np.minimum(equal, most), minlength=most + 1), years * expected)


def moments(u: Draws) -> float:
    """The first six moments, as means of Legendre's polynomials, which are independent of each other."""
    z = [np.sqrt((2 * k + 1) / u.size) * special.eval_legendre(k, 2 * u - 1).sum() for k in range(1, 7)]
    return float(stats.chi2.sf(np.square(z).sum(), 6))


def choices(u: Draws) -> float:
    """A choice among 338 by int(338 u), as rules choose."""
    return _fits(np.bincount((u * 338).astype(int), minlength=338))


ONE: tuple[Callable[[Draws], float], ...] = (
    cells,
    distribution,
    last_digits,
    single_bits,
    weights,
    pairs,
    triples,
    permutations,
    gaps,
    runs,
    maxima,
    correlations,
    birthdays,
    moments,
    choices,
)

# ── Two sequences ────────────────────────────────────────────────────────────────────────────────


def serial(x: Draws, y: Draws) -> float:
    """Correlation over its standard error, with the means known."""
    return float(12.0 * ((x - 0.5) * (y - 0.5)).sum() / np.sqrt(x.size))


def correlated(x: Draws, y: Draws) -> float:
    """Draws, and their distances from the middle, of two sequences."""
    z = (serial(x, y), serial(np.abs(2 * x - 1), np.abs(2 * y - 1)))
    return float(stats.chi2.sf(np.square(z).sum(), 2))


def square(x: Draws, y: Draws) -> float:
    """Draws at the same place as points of a square of 24 by 24 cells."""
    return _fits(np.bincount((x * 24).astype(int) * 24 + (y * 24).astype(int), minlength=576))


def common_bits(x: Draws, y: Draws) -> float:
    """Bits in which they differ: half of 53, with the binomial variance."""
    differ = np.bitwise_count(as_bits(x) ^ as_bits(y)).sum()
    n = BITS * x.size
    return _two_sided((differ - 0.5 * n) / np.sqrt(0.25 * n))


def wrapped_sum(x: Draws, y: Draws) -> float:
    """Their sum modulo 1 is uniform."""
    return distribution((x + y) % 1.0)


TWO: tuple[Callable[[Draws, Draws], float], ...] = (correlated, square, common_bits, wrapped_sum)


def results(u: Draws, name: str) -> Iterator[tuple[str, float]]:
    """Name and p-value of every test of one sequence."""
    for test in ONE:
        yield f"{name}: {test.__name__}", test(u)


def paired_results(x: Draws, y: Draws, name: str) -> Iterator[tuple[str, float]]:
    """Name and p-value of every test of two sequences."""
    for test in TWO:
        yield f"{name}: {test.__name__}", test(x, y)


def judged(found: list[tuple[str, float]]) -> list[str]:
    """What is wrong with a family of p-values, in sentences; nothing for independent uniform draws.

    The smallest is compared with its law (Bonferroni), and all of them against the uniform law: many p-values
    a little too small, or all too good, are a fault as well.
    """
    p = np.array([value for _, value in found])
    name, least = min(found, key=lambda item: item[1])
    wrong = []
    if least * p.size < SMALLEST:
        wrong.append(f"{name} has p = {least:.2g}, one of {p.size} tests")
    spread = stats.kstest(p, "uniform").pvalue
    if spread < SMALLEST:
        wrong.append(f"{p.size} p-values are not uniform: p = {spread:.2g}, median {np.median(p):.3f}")
    return wrong


def avalanche(flip: Callable[[np.ndarray, int], tuple[Draws, Draws]], inputs: np.ndarray, bits: int) -> float:
    """The farthest from one half that a bit of a draw is moved by a bit of the input, over the inputs.

    ``flip(inputs, bit)``: draws before and after that bit of every input was flipped.
    """
    worst = 0.0
    for bit in range(bits):
        before, after = flip(inputs, bit)
        moved = as_bits(before) ^ as_bits(after)
        rates = [float((moved >> b & 1).mean()) for b in range(BITS)]
        worst = max(worst, max(abs(rate - 0.5) for rate in rates))
    return worst
