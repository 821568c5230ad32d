"""Draws by key: golden values, the same bits in three forms, and the statistics of independent draws."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from model.engine.compile.numba_intrinsics import step_key_compiled, uniform_compiled
from model.engine.draws import mix, normals, step_key, stream_base, stream_key, uniform, uniforms

KEYS = [0, 1, 2**63 - 1, 2**63, 2**64 - 1, stream_key(1, "firms.draw_success", 0)]
IDENTITIES = [0, 1, 2, 1023, 2**31 - 1, 2**31, 2**32, 2**40 - 1, 2**40, 2**62, 2**63 - 1]


@njit(error_model="numpy")
def compiled_uniforms(key, identities, out):
    for i in range(out.size):
        out[i] = uniform_compiled(key, identities[i])


@njit(error_model="numpy")
def compiled_step_key(base, step):
    return step_key_compiled(base, step)


def compiled(key, identities):
    numbers = np.asarray(identities, dtype=np.int64)
    out = np.empty(numbers.size)
    compiled_uniforms(np.uint64(key), numbers, out)
    return out


def assert_uncorrelated(x, y):
    """Draws, and their distances from the middle, correlate by less than four standard errors."""
    for transform in (lambda u: u, lambda u: np.abs(u - 0.5)):
        correlation = np.corrcoef(transform(x), transform(y))[0, 1]
        assert abs(correlation) < 4.0 / np.sqrt(x.size)


def test_golden_values():
    """These may never change: results that are published depend on them."""
    assert mix(1) == 0x5692161D100B05E5
    assert stream_base(1, "firms.draw_success") == 0xCFAE0C3F3454F544
    key = stream_key(1, "firms.draw_success", 0)
    assert key == 0xFD55121A8264D8E1
    assert stream_key(-7, "talent", -40) == 0x7EE1EB85BEBD3557
    assert uniforms(key, [0, 1, 2**40]).tolist() == [
        0.2972044903282549,
        0.20511268650209313,
        0.0680099802905777,
    ]
    assert normals(key, [0, 1, 2**40]).tolist() == [
        -0.7555118974224801,
        2.0783085424601104,
        -0.0014344460663460936,
    ]


def test_splitmix64_as_published():
    """Key 0 gives the first outputs of the reference generator with seed 0."""
    outputs = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [uniform(0, i) for i in range(3)] == [(bits >> 11) * 2.0**-53 for bits in outputs]


@pytest.mark.parametrize("key", KEYS)
def test_three_forms_have_the_same_bits(key):
    identities = [*IDENTITIES, *range(1000)]
    one_by_one = [uniform(key, i) for i in identities]
    assert uniforms(key, identities).tolist() == one_by_one
    assert compiled(key, identities).tolist() == one_by_one


@given(key=st.integers(0, 2**64 - 1), identity=st.integers(0, 2**63 - 1))
def test_three_forms_agree_at_any_key(key, identity):
    draw = uniform(key, identity)
    assert 0.0 <= draw < 1.0
    assert draw * 2.0**53 == int(draw * 2.0**53)
    assert uniforms(key, [identity])[0] == compiled(key, [identity])[0] == draw


@given(base=st.integers(0, 2**64 - 1), step=st.integers(-(2**40), 2**40))
def test_compiled_step_key(base, step):
    assert int(compiled_step_key(np.uint64(base), step)) == step_key(base, step)


def test_key_of_a_stream_is_that_of_its_base():
    assert stream_key(3, "entry", 12) == step_key(stream_base(3, "entry"), 12)
    assert stream_key(np.int64(3), "entry", np.int32(12)) == stream_key(3, "entry", 12)


def test_numpy_scalars_serve_as_key_and_identity():
    key = stream_key(4, "x", 4)
    assert (
        uniform(np.uint64(key), np.int64(9)) == uniform(key, 9) == uniforms(np.uint64(key), np.array([9]))[0]
    )


def test_draws_do_not_depend_on_order_or_company():
    key = stream_key(1, "order", 0)
    all_of_them = uniforms(key, np.arange(100))
    assert uniforms(key, [70, 3])[1] == all_of_them[3]
    assert np.array_equal(uniforms(key, np.arange(100)[::-1]), all_of_them[::-1])
    assert normals(key, [70, 3])[1] == normals(key, np.arange(100))[3]


@pytest.mark.parametrize("draw", [uniforms, normals])
def test_shapes_and_types(draw):
    assert draw(5, np.arange(6, dtype=np.int32).reshape(2, 3)).shape == (2, 3)
    assert draw(5, 7).shape == ()
    assert draw(5, []).shape == (0,)
    with pytest.raises(TypeError, match="identities are integers"):
        draw(5, np.array([0.0, 1.0]))


def test_identities_are_left_as_they_were():
    identities = np.arange(10, dtype=np.uint64)
    uniforms(5, identities)
    assert np.array_equal(identities, np.arange(10))


def test_seed_and_step_are_integers():
    with pytest.raises(TypeError):
        stream_key(1.5, "x", 0)
    with pytest.raises(TypeError):
        stream_key(1, "x", 0.5)


def test_keys_are_distinct():
    streams = [f"stream{i}" for i in range(20)]
    keys = {stream_key(*where) for where in itertools.product(range(-20, 20), streams, range(-25, 25))}
    assert len(keys) == 40 * 20 * 50


@pytest.mark.parametrize("first", [0, 2**32 - 50_000, 2**40])
def test_uniform(first):
    size = 200_000
    draws = uniforms(stream_key(11, "uniform", 3), np.arange(first, first + size))
    assert abs(draws.mean() - 0.5) < 4 * np.sqrt(1 / 12 / size)
    assert abs(draws.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / size)
    counts = np.bincount((draws * 1000).astype(int), minlength=1000)
    assert stats.chisquare(counts).pvalue > 1e-4
    assert stats.kstest(draws, "uniform").pvalue > 1e-4
    last_digits = (draws * 2.0**53).astype(np.int64) & 0xFF
    assert stats.chisquare(np.bincount(last_digits, minlength=256)).pvalue > 1e-4


def test_uniform_across_steps_and_seeds():
    """What one agent draws over time, or in many runs, is uniform too."""
    over_time = np.array([uniform(stream_key(5, "shock", step), 17) for step in range(-5_000, 15_000)])
    over_runs = np.array([uniform(stream_key(seed, "shock", 0), 17) for seed in range(20_000)])
    for draws in (over_time, over_runs):
        assert stats.kstest(draws, "uniform").pvalue > 1e-4
        assert_uncorrelated(draws[1:], draws[:-1])


@pytest.mark.parametrize("identity_step", [1, 2, 1024, 2**32])
def test_neighbouring_identities_are_independent(identity_step):
    key, numbers = stream_key(2, "identities", 0), np.arange(100_000)
    assert_uncorrelated(uniforms(key, numbers), uniforms(key, numbers + identity_step))


def test_neighbouring_seeds_steps_and_streams_are_independent():
    numbers = np.arange(100_000)
    places = [(s, stream, t) for s in (0, 1) for stream in ("firms.a", "firms.b") for t in (-1, 0, 1)]
    draws = [uniforms(stream_key(*place), numbers) for place in places]
    for x, y in itertools.combinations(draws, 2):
        assert_uncorrelated(x, y)


def test_pairs_fill_the_square():
    """Draws of neighbours, and of one agent at two steps, as points of a 32 by 32 grid."""
    numbers = np.arange(200_000)
    now, later = (uniforms(stream_key(8, "square", step), numbers) for step in (0, 1))
    for x, y in ((now[::2], now[1::2]), (now, later)):
        cells = (x * 32).astype(int) * 32 + (y * 32).astype(int)
        assert stats.chisquare(np.bincount(cells, minlength=1024)).pvalue > 1e-4


def test_normals():
    size = 200_000
    key = stream_key(12, "normal", 0)
    draws = normals(key, np.arange(size))
    assert abs(draws.mean()) < 4 / np.sqrt(size)
    assert abs(draws.var() - 1) < 4 * np.sqrt(2 / size)
    assert abs((draws**3).mean()) < 4 * np.sqrt(15 / size)
    assert abs((draws**4).mean() - 3) < 4 * np.sqrt(96 / size)
    assert stats.kstest(draws, "norm").pvalue > 1e-4
    assert_uncorrelated(draws[1:], draws[:-1])
    assert_uncorrelated(draws, uniforms(key, np.arange(size)))


def test_normals_are_those_of_box_and_muller():
    key, numbers = stream_key(13, "normal", 0), np.arange(10_000)
    radius = np.sqrt(-2 * np.log1p(-uniforms(step_key(key, 1), numbers)))
    angle = 2 * np.pi * uniforms(step_key(key, 2), numbers)
    assert normals(key, numbers) == pytest.approx(radius * np.cos(angle), rel=1e-12, abs=1e-14)
