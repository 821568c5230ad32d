"""Our exp, log, power and logistic: the same bits interpreted and compiled, and right to the last place."""

import importlib.util
import inspect
import math
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite.binding import get_host_cpu_features

from agents import elementary
from agents.elementary import bits_of, exp, float_of, log, logistic, power
from tests.support.long_version import examples

INF, NAN = math.inf, math.nan
TINY, LEAST, GREATEST = sys.float_info.min, 5e-324, sys.float_info.max
MAGNITUDES = [0.0, LEAST, 1e-310, TINY, 1e-300, 1e-17, 1e-8, 0.25, 0.5, math.sqrt(0.5), 0.7071067811865474]
MAGNITUDES += [0.9999999999999999, 1.0, 1.0000000000000002, math.sqrt(2.0), math.e, 2.0, 3.0, 700.0, 709.78]
MAGNITUDES += [709.79, 745.13, 745.14, 799.9, 800.0, 801.0, 1024.0, 2.0**52, 2.0**63, 1e300, GREATEST, INF]
SPECIAL = [*MAGNITUDES, *[-x for x in MAGNITUDES], NAN]
ONE_ARGUMENT = ["exp", "log", "logistic"]

HEADER = """\
from numba import njit
from model.engine.compile.numba_intrinsics import bits_of, float_of
inline = njit(forceinline=True, error_model="numpy")
"""
LOOP = """\
@njit(error_model="numpy")
def {name}_each({arguments}, out):
    for i in range(out.size):
        out[i] = {name}({values})
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A module with the functions' own text, compiled, and a loop over arrays for each."""
    parts = [HEADER]
    for name, value in vars(elementary).items():
        if isinstance(value, float):
            parts.append(f"{name} = {value!r}\n")
        elif inspect.isfunction(value) and name not in ("bits_of", "float_of"):
            parts.append("@inline\n" + inspect.getsource(value))
    parts += [LOOP.format(name=name, arguments="x", values="x[i]") for name in ONE_ARGUMENT]
    parts.append(LOOP.format(name="power", arguments="x, y", values="x[i], y[i]"))
    path = tmp_path_factory.mktemp("compiled") / "compiled_elementary.py"
    path.write_text("\n\n".join(parts), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("compiled_elementary", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def each(compiled, name, *arguments):
    arrays = [np.array(argument, dtype=np.float64) for argument in arguments]
    out = np.empty_like(arrays[0])
    getattr(compiled, f"{name}_each")(*arrays, out)
    return out


def assert_same_bits(compiled, name, *arguments):
    function = getattr(elementary, name)
    ours = each(compiled, name, *arguments)
    interpreted = np.array([function(*values) for values in zip(*arguments, strict=True)])
    differ = np.flatnonzero(ours.view(np.int64) != interpreted.view(np.int64))
    shown = [tuple(argument[i] for argument in arguments) for i in differ[:3]]
    assert differ.size == 0, f"{name}: {differ.size} of {ours.size} differ, as at {shown}"


def any_floats(rng, count):
    """Floats of every exponent and sign, special ones among them; of nan only the usual one."""
    x = rng.integers(-(2**63), 2**63, count).view(np.float64)
    x[::50] = rng.choice(SPECIAL, x[::50].size)
    x[np.isnan(x)] = NAN
    return x


def positive_floats(rng, count):
    return rng.integers(1, bits_of(INF), count).view(np.float64)


def within(value, exact):
    """Distance from the exact value in units of its last place."""
    if exact == 0:
        return abs(value) / LEAST
    exponent = max(mpmath.frexp(exact)[1] - 53, -1074)
    return float(abs(mpmath.mpf(value) - exact) / mpmath.mpf(2) ** exponent)


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_same_bits_one_argument(compiled, name):
    rng = np.random.default_rng(1)
    assert_same_bits(compiled, name, SPECIAL)
    assert_same_bits(compiled, name, any_floats(rng, 5_000).tolist())
    assert_same_bits(compiled, name, rng.uniform(-800, 800, 7_500).tolist())
    assert_same_bits(
        compiled, name, (rng.choice([-1, 1], 7_501) * 2.0 ** rng.uniform(-60, 12, 7_501)).tolist()
    )


def test_same_bits_power(compiled):
    rng = np.random.default_rng(2)
    pairs = [(x, y) for x in SPECIAL for y in SPECIAL]
    assert_same_bits(compiled, "power", *zip(*pairs, strict=True))
    assert_same_bits(compiled, "power", any_floats(rng, 5_000).tolist(), any_floats(rng, 5_000).tolist())
    x = positive_floats(rng, 7_500)
    assert_same_bits(compiled, "power", x.tolist(), (rng.uniform(-760, 720, 7_500) / np.log(x)).tolist())
    assert_same_bits(
        compiled, "power", rng.uniform(0, 100, 7_501).tolist(), rng.uniform(-5, 5, 7_501).tolist()
    )


@given(values=st.lists(st.floats(), min_size=1, max_size=20), second=st.floats())
@settings(max_examples=examples(40, 150), deadline=None)
def test_same_bits_whatever_the_floats(compiled, values, second):
    values = [NAN if x != x else x for x in values]
    for name in ONE_ARGUMENT:
        assert_same_bits(compiled, name, values)
    assert_same_bits(compiled, "power", values, [NAN if second != second else second] * len(values))


def has_avx2():
    try:
        return get_host_cpu_features().get("avx2", False)
    except RuntimeError:  # LLVM does not know this processor
        return False


@pytest.mark.skipif(not has_avx2(), reason="reads assembly of x86 with AVX2")
@pytest.mark.parametrize("name", [*ONE_ARGUMENT, "power"])
def test_loops_vectorise(compiled, name):
    each(compiled, name, *([[1.0, 2.0]] * (2 if name == "power" else 1)))
    loop = getattr(compiled, f"{name}_each")
    assembly = loop.inspect_asm(loop.signatures[0])
    assert assembly.count("mulpd") >= assembly.count("mulsd")
    assert "fmadd" not in assembly, "a fused product and sum would change bits"


def test_bits():
    assert bits_of(1.0) == 0x3FF0000000000000
    assert bits_of(-0.0) == -(2**63)
    assert float_of(bits_of(-1.5e-310)) == -1.5e-310


def test_exp_accuracy():
    rng = np.random.default_rng(3)
    midway = (rng.integers(-1070, 1024, 800) + 0.5) * math.log(2.0)
    small = rng.choice([-1, 1], 1_000) * 2.0 ** rng.uniform(-60, 2, 1_000)
    subnormal_results = rng.uniform(-745.2, -708.3, 800)
    with mpmath.workdps(40):
        for x in [*rng.uniform(-708, 709.78, 1_500), *midway, *small, *subnormal_results, -745.13]:
            assert within(exp(x), mpmath.exp(float(x))) <= 0.8, x


def test_log_accuracy():
    rng = np.random.default_rng(4)
    near_one = 1.0 + rng.choice([-1, 1], 1_000) * 2.0 ** rng.uniform(-52, -1, 1_000)
    subnormal = rng.integers(1, bits_of(TINY), 500).view(np.float64)
    hardest = np.concatenate([rng.uniform(0.7, 0.7072, 500), rng.uniform(1.4, 1.4143, 500)])
    with mpmath.workdps(40):
        for x in [*positive_floats(rng, 1_500), *near_one, *subnormal, *hardest, LEAST, TINY, GREATEST]:
            assert within(log(x), mpmath.log(float(x))) <= 0.95, x


def test_power_accuracy():
    rng = np.random.default_rng(5)
    everywhere = positive_floats(rng, 1_200)
    near_one = 1.0 + rng.choice([-1, 1], 600) * 2.0 ** rng.uniform(-52, -1, 600)
    subnormal = rng.integers(1, bits_of(TINY), 300).view(np.float64)
    hardest = np.concatenate([rng.uniform(0.7071068, 0.7072, 500), rng.uniform(1.4140, 1.4142135, 500)])
    x = np.concatenate([everywhere, near_one, subnormal, hardest])
    y = rng.uniform(-744.4, 709.7, x.size) / np.log(x)
    usual = (rng.uniform(0, 100, 1_000), rng.uniform(-5, 5, 1_000))
    with mpmath.workdps(60):
        for base, exponent in zip([*x, *usual[0]], [*y, *usual[1]], strict=True):
            exact = mpmath.power(float(base), float(exponent))
            assert within(power(base, exponent), exact) <= 0.95, (base, exponent)


def test_logistic_accuracy():
    rng = np.random.default_rng(6)
    with mpmath.workdps(40):
        for x in [*rng.uniform(-745, 40, 1_000), *rng.uniform(-4, 4, 2_000)]:
            assert within(logistic(x), 1 / (1 + mpmath.exp(-float(x)))) <= 3.0, x


@pytest.mark.parametrize(
    ("result", "arguments"),
    [(1.0, [0.0, -0.0]), (0.0, [-745.14, -1e300, -INF]), (LEAST, [-745.0]), (INF, [709.79, 1e300, INF])],
)
def test_exp_at_the_ends(result, arguments):
    assert [exp(x) for x in arguments] == [result] * len(arguments)


@pytest.mark.parametrize(
    ("x", "result"), [(0.0, -INF), (-0.0, -INF), (1.0, 0.0), (INF, INF), (LEAST, -744.4400719213812)]
)
def test_log_at_the_ends(x, result):
    assert log(x) == result


@pytest.mark.parametrize("x", [NAN, -LEAST, -1.0, -INF])
def test_log_of_what_has_none(x):
    assert bits_of(log(x)) == bits_of(NAN)


@pytest.mark.parametrize("x", MAGNITUDES)
def test_power_of_special_values_as_in_c(x):
    for y in SPECIAL[:-1]:
        try:
            result = math.pow(x, y)
        except (OverflowError, ValueError):  # Python raises where C has infinity
            result = INF
        assert power(x, y) == pytest.approx(result, rel=3e-16, abs=LEAST), y


@pytest.mark.parametrize("x", [-LEAST, -1.0, -2.0, -INF, NAN])
def test_power_of_what_has_none(x):
    assert bits_of(power(x, 2.0)) == bits_of(NAN)
    assert power(x, 0.0) == 1.0


def test_power_of_and_to_nan():
    assert power(1.0, NAN) == 1.0
    assert math.isnan(power(2.0, NAN))
    assert power(-0.0, 3.0) == 0.0
    assert power(-0.0, -3.0) == INF


def test_power_identities():
    rng = np.random.default_rng(7)
    for x in [*positive_floats(rng, 1_000).tolist(), LEAST, TINY, 1.0, GREATEST]:
        assert power(x, 1.0) == x
        assert abs(power(x, 0.5) - math.sqrt(x)) <= math.ulp(math.sqrt(x))
        square = x * x
        assert power(x, 2.0) == square or abs(power(x, 2.0) - square) <= math.ulp(square)
    for base in range(1, 30):
        for exponent in range(11):
            assert power(float(base), float(exponent)) == float(base**exponent)


def test_logistic_at_the_ends():
    assert logistic(0.0) == 0.5
    assert logistic(1e300) == logistic(INF) == 1.0
    assert logistic(-1e300) == logistic(-INF) == 0.0
    assert logistic(-745.0) == LEAST
    assert math.isnan(logistic(NAN))


def test_integers_and_numpy_scalars_are_taken_as_floats():
    assert exp(2) == exp(np.float64(2)) == exp(2.0)
    assert log(7) == log(np.int64(7)) == log(7.0)
    assert power(3, 2) == 9.0
    assert exp(np.float64(1e4)) == INF
    assert power(np.float64(1e300), np.float64(2)) == INF
    assert power(np.float64(INF), np.float64(0)) == 1.0
    assert log(np.float64(0)) == -INF
