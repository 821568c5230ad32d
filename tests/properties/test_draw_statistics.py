"""The draws of ``model.engine.draws`` under a battery of tests: in every order, and between neighbours.

All keys are fixed, so every p-value is the same in every run; the number of tests is known and judged with.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from numba import njit
from scipy import special, stats

from model.engine.compile.numba_intrinsics import uniform_compiled
from model.engine.draws import normals, step_key, stream_base, stream_key, uniforms
from tests.support.long_version import FULL, Note
from tests.support.rng_battery import SMALLEST, avalanche, filled, judged, keys_of, paired_results, results

SIZE = 2**20 if FULL else 2**16
STREAMS = (
    "firms.draw_success",
    "firms.draw_exit",
    "firms.draw_entry",
    "city_pairs.draw_x",
    "scenario.random_hosts",
)


def of_keys(keys: np.ndarray, first: int, count: int) -> np.ndarray:
    """Draws of ``count`` identities with each key, (keys, count)."""
    out = np.empty((len(keys), count))
    filled(np.asarray(keys, dtype=np.uint64), first, out)
    return out


def of_steps(base: int, steps: np.ndarray) -> np.ndarray:
    """Keys of the steps of a stream."""
    out = np.empty(len(steps), dtype=np.uint64)
    keys_of(np.full(len(steps), base, dtype=np.uint64), np.asarray(steps, dtype=np.int64), out)
    return out


def sequences() -> Iterator[tuple[str, np.ndarray]]:
    """Draws in every order in which a model, a study or a sweep meets them."""
    base = stream_base(7, STREAMS[0])
    for seed, stream, step in ((1, STREAMS[0], 0), (2, STREAMS[1], -40), (10**12, STREAMS[2], 4000)):
        yield f"agents of {stream}, seed {seed}", of_keys([stream_key(seed, stream, step)], 0, SIZE)[0]
    for stride in (2, 1000, 2**20, 2**32):
        numbers = np.arange(SIZE) * stride
        yield f"every {stride}th agent", uniforms(stream_key(3, STREAMS[0], 1), numbers)
    for agent in (0, 1, 10**6):
        yield f"agent {agent} over time", of_keys(of_steps(base, np.arange(SIZE) - 400), agent, 1)[:, 0]
    side = int(np.sqrt(SIZE))
    table = of_keys(of_steps(base, np.arange(side)), 0, side)
    yield "agents, then time", table.ravel()
    yield "time, then agents", table.T.ravel()
    for stream in STREAMS[: len(STREAMS) if FULL else 1]:
        keys = [stream_key(seed, stream, 3) for seed in range(SIZE // 64)]
        yield f"64 agents of {stream} over seeds", of_keys(keys, 0, 64).ravel()
        yield f"seeds of {stream} by agent", of_keys(keys, 0, 64).T.ravel()
    keys = [stream_key(1, f"firms.draw_{number}", 0) for number in range(SIZE // 64)]
    yield "64 agents over streams", of_keys(keys, 5, 64).ravel()


def neighbours() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Pairs of sequences whose keys or identities differ by as little as can be."""
    size = SIZE
    for seed in (-1, 0, 1, 2**31, 10**15)[: 5 if FULL else 2]:
        one, other = (stream_key(s, STREAMS[0], 0) for s in (seed, seed + 1))
        yield f"seeds {seed} and {seed + 1}", *of_keys([one, other], 0, size)
    for step in (-41, -1, 0, 3999)[: 4 if FULL else 2]:
        base = stream_base(5, STREAMS[1])
        keys = [step_key(base, step), step_key(base, step + 1)]
        yield f"steps {step} and {step + 1}", *of_keys(keys, 0, size)
        yield (
            f"agent next to it a step later than {step}",
            of_keys(keys, 0, size)[0],
            of_keys(keys, 1, size)[1],
        )
    for one, other in itertools.pairwise(STREAMS):
        yield f"streams {one} and {other}", *of_keys([stream_key(9, s, 2) for s in (one, other)], 0, size)
    yield "streams a1 and a2", *of_keys([stream_key(9, s, 2) for s in ("a1", "a2")], 0, size)
    for distance in (1, 2, 2**10, 2**32):
        key = [stream_key(11, STREAMS[0], 8)]
        yield f"agents {distance} apart", of_keys(key, 0, size)[0], of_keys(key, distance, size)[0]
    for bit in (0, 1, 31, 32, 63):
        key = stream_key(12, STREAMS[0], 8)
        yield f"keys that differ in bit {bit}", *of_keys([key, key ^ (1 << bit)], 0, size)


def test_draws_are_uniform_in_every_order(note: Note):
    found, drawn = [], 0
    for name, draws in sequences():
        found += results(draws, name)
        drawn += draws.size
    wrong = judged(found)
    note(what=f"draws: {len(found)} tests of sequences, draws", count=drawn, faults=len(wrong))
    assert not wrong, "\n".join(wrong)


def test_neighbours_are_independent(note: Note):
    found, drawn = [], 0
    for name, one, other in neighbours():
        found += paired_results(one, other, name)
        drawn += one.size + other.size
    wrong = judged(found)
    note(what=f"draws: {len(found)} tests of neighbours, draws", count=drawn, faults=len(wrong))
    assert not wrong, "\n".join(wrong)


def weyl(keys: np.ndarray, first: int, count: int) -> np.ndarray:
    """Draws without the last stage: evenly spread, and anything but random."""
    bits = (np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return ((np.asarray(keys, dtype=np.uint64)[:, None] + bits) >> np.uint64(11)) * 2.0**-53


def half_mixed(keys: np.ndarray, first: int, count: int) -> np.ndarray:
    """Draws of a generator with 2**20 different values."""
    return np.floor(of_keys(keys, first, count) * 2.0**20) * 2.0**-20


def leaning(keys: np.ndarray, first: int, count: int) -> np.ndarray:
    """Draws that lean to the right."""
    return of_keys(keys, first, count) ** 0.9


@pytest.mark.parametrize("bad", [weyl, half_mixed, leaning])
def test_the_battery_finds_what_is_not_random(bad):
    assert judged(list(results(bad([stream_key(1, "x", 0)], 0, SIZE)[0], "bad")))


def test_the_battery_finds_draws_that_depend_on_each_other():
    one = of_keys([stream_key(1, "x", 0)], 0, SIZE)[0]
    other = of_keys([stream_key(1, "x", 1)], 0, SIZE)[0]
    for pair in ((one, one), (one, 1.0 - 2.0**-53 - one), (one, np.where(other < 0.02, one, other))):
        assert judged(list(paired_results(*pair, "bad")))


def test_every_bit_of_key_and_identity_moves_half_the_bits(note: Note):
    inputs = uniforms(stream_key(1, "inputs", 0), np.arange(100_000 if FULL else 4_000))
    keys = (inputs * 2.0**63).astype(np.uint64)
    numbers = (inputs * 2.0**40).astype(np.int64)
    key = stream_key(3, STREAMS[0], 1)

    def draws_of(keys):
        return of_keys(keys, 0, 1)[:, 0]

    def of_key(keys, bit):
        return draws_of(keys), draws_of(keys ^ np.uint64(1 << bit))

    def of_identity(numbers, bit):
        return uniforms(key, numbers), uniforms(key, numbers ^ (1 << bit))

    def of_base(bases, bit):
        both = [np.empty_like(bases) for _ in range(2)]
        for made, given in zip(both, (bases, bases ^ np.uint64(1 << bit)), strict=True):
            keys_of(given, np.full(len(given), 6), made)
        return draws_of(both[0]), draws_of(both[1])

    worst = {
        "key": avalanche(of_key, keys, 64),
        "identity": avalanche(of_identity, numbers, 40),
        "base": avalanche(of_base, keys, 64),
    }
    # Six standard errors for 64·53 rates, and the 0.005 that SplitMix64 is known to be off by in places.
    allowed = 0.005 + 6 * np.sqrt(0.25 / len(inputs))
    note(what="draws: bits flipped in key, identity and base", count=168 * len(inputs), faults=0)
    assert max(worst.values()) < allowed, worst


def test_normals_have_the_moments_and_the_law():
    found = []
    for seed in range(20 if FULL else 4):
        x = normals(stream_key(seed, "normal", 0), np.arange(SIZE))
        y = normals(stream_key(seed + 1, "normal", 0), np.arange(SIZE))
        found.append((f"law, seed {seed}", float(stats.kstest(x, "norm", method="asymp").pvalue)))
        # Hermite's polynomials of normal draws are independent, with variance k!.
        z = [special.eval_hermitenorm(k, x).sum() / np.sqrt(special.factorial(k) * SIZE) for k in range(1, 5)]
        found.append((f"moments, seed {seed}", float(stats.chi2.sf(np.square(z).sum(), 4))))
        both = (x * y).sum() / np.sqrt(SIZE)
        found.append((f"seeds {seed} and {seed + 1}", float(special.erfc(abs(both) / np.sqrt(2)))))
        found.append((f"size, seed {seed}", float(stats.chi2.sf((x * x).sum(), SIZE))))
    assert not judged(found)


@njit(error_model="numpy")
def _counted(keys, count, cells, pairs, low, weights):
    """Counts of many draws: the unit interval, pairs of neighbours, last digits, bits that are set."""
    for k in range(keys.size):
        before = 0
        for i in range(count):
            bits = np.int64(uniform_compiled(keys[k], i) * 9007199254740992.0)
            cells[bits >> 37] += 1
            top = bits >> 45
            if i % 2 == 1:
                pairs[before * 256 + top] += 1
            before = top
            low[bits & 0xFFFF] += 1
            ones = 0
            while bits:
                bits &= bits - 1
                ones += 1
            weights[ones] += 1


def test_a_very_large_number_of_draws(note: Note):
    """As many as a thousand years of a hundred thousand firms take for one decision."""
    steps, agents = (4_000, 400_000) if FULL else (40, 20_000)
    keys = of_steps(stream_base(1, STREAMS[0]), np.arange(steps))
    cells, pairs, low = (np.zeros(65_536, dtype=np.int64) for _ in range(3))
    weights = np.zeros(54, dtype=np.int64)
    _counted(keys, agents, cells, pairs, low, weights)
    drawn = steps * agents
    assert cells.sum() == low.sum() == weights.sum() == 2 * pairs.sum() == drawn
    expected = drawn * stats.binom(53, 0.5).pmf(np.arange(54))
    seen = expected > 10
    found = [
        (name, float(stats.chisquare(counts).pvalue))
        for name, counts in (("cells", cells), ("pairs", pairs), ("last digits", low))
    ]
    scale = weights[seen].sum() / expected[seen].sum()
    found.append(("bits set", float(stats.chisquare(weights[seen], expected[seen] * scale).pvalue)))
    note(what="draws: four counts of very many", count=drawn, faults=0)
    assert min(p for _, p in found) * len(found) > SMALLEST, found
