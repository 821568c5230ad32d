"""Kernels and rules: a cache that is damaged, results that are not finite, what nobody can compile."""

from __future__ import annotations

import math
import sys
from types import SimpleNamespace

import numba
import numpy as np
import pytest

import model.engine.engine
from agents.columns import Column
from model.engine.compile import kernel_cache
from model.engine.compile import kernel_source as kernels
from model.engine.compile import numba_intrinsics as intrinsics
from model.engine.compile.kernel_source import load
from model.engine.draws import mix, step_key, stream_base, stream_key, uniform
from model.engine.engine import Engine, _uncompilable, interpreted
from model.engine.events import for_each
from model.engine.ieee_division import divided
from model.engine.rule_source import RuleError, plain, texts
from model.engine.schema import Schema
from model.engine.state import State

TEXT = "def kernel(x):\n    return x + {}\n"


# ── Compiled code and its cache ──────────────────────────────────────────────────────────────────


def test_a_kernel_is_written_once_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "cache"))
    assert load("of_a_test", TEXT.format(1))(1) == 2
    (file,) = (tmp_path / "cache").glob("*.py")
    written = file.stat().st_mtime_ns
    assert load("of_a_test", TEXT.format(1)) is load("of_a_test", TEXT.format(1))
    monkeypatch.delitem(sys.modules, file.stem)
    assert load("of_a_test", TEXT.format(1))(1) == 2  # as a new process finds it
    assert file.stat().st_mtime_ns == written
    file.write_text("damaged", encoding="utf-8")
    monkeypatch.delitem(sys.modules, file.stem)
    assert load("of_a_test", TEXT.format(1))(1) == 2
    assert file.read_text(encoding="utf-8") == TEXT.format(1)
    monkeypatch.delitem(sys.modules, file.stem)


def test_the_cache_is_where_the_system_keeps_caches(tmp_path, monkeypatch):
    monkeypatch.delenv("COMPUTELEAP_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / "computeleap"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / ".cache" / "computeleap"


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(kernel_cache, "_temporary", [])
    monkeypatch.setattr(kernel_cache, "not_kept", [])
    assert load("of_a_test", TEXT.format(2))(1) == 3
    (file,) = kernel_cache.temporary_folder().glob("*.py")
    assert kernel_cache.not_kept
    kernel_cache._temporary[0].cleanup()
    monkeypatch.delitem(sys.modules, file.stem)


def test_a_kernel_that_cannot_be_imported_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    before = set(sys.modules)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load("of_a_test", "x = 1 / 0\n")
    assert set(sys.modules) == before


def test_draws_of_compiled_code_are_those_of_python():
    base, key = stream_base(7, "a"), stream_key(7, "a", 3)
    with np.errstate(over="ignore"):  # arithmetic of 64 bits wraps round on purpose
        assert int(intrinsics.mix_compiled.py_func(np.uint64(12345))) == mix(12345)
        assert int(intrinsics.step_key_compiled.py_func(np.uint64(base), 3)) == step_key(base, 3) == key
        drawn = [intrinsics.uniform_compiled.py_func(np.uint64(key), i) for i in range(5)]
    assert drawn == [uniform(key, i) for i in range(5)]


def test_bits_are_those_of_numbers():
    with pytest.raises(numba.TypingError):
        numba.njit(lambda: intrinsics.bits_of("a"))()
    with pytest.raises(numba.TypingError):
        numba.njit(lambda: intrinsics.float_of(1.5))()
    assert numba.njit(lambda x: intrinsics.float_of(intrinsics.bits_of(x)))(-2.5) == -2.5


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def test_an_undefined_quotient_is_not_a_number():
    assert divided(1.0, 4.0) == 0.25
    assert math.isnan(divided(0.0, 0.0))
    assert math.isnan(divided(math.nan, 0.0))
    assert divided(-1.0, 0.0) == -math.inf
    assert divided(1.0, -0.0) == -math.inf


def halved(quality):
    quality /= 0.0
    quality -= 0.0
    return quality


def test_a_division_in_place_may_be_by_zero():
    with pytest.raises(ZeroDivisionError):
        plain(halved)(1.0)
    assert plain(halved, divide=True)(1.0) == math.inf


def too_many(quality):
    return math.exp(quality, 2.0)


def rooted(quality):
    return np.sqrt(quality) + math.floor(quality)


def test_what_a_rule_calls_has_its_number_of_arguments():
    with pytest.raises(RuleError, match=r"rule too_many .* calls exp with 2 arguments: it takes 1"):
        texts(too_many, {})
    seen: dict[str, str] = {}
    texts(rooted, seen)
    assert "return np.sqrt(quality) + math.floor(quality)" in seen["rooted"]


@interpreted
def free(quality):
    return quality


def test_an_interpreted_rule_is_called_as_it_is():
    assert plain(free) is free


def constant():
    return 2.5


def of_itself(self):
    return 1.0


SCHEMA = Schema(
    {"things": (Column("size", "m", "how large", start=1.0),), "nation": ()}, {}, {}, {"thing_": "things"}
)


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_rule_may_read_nothing(mode):
    state = State({"things": 3, "nation": 1}, SCHEMA)
    Engine([for_each("they are equal", "things", "size")], state, {"size": constant}, {}, 1, mode=mode).run(0)
    assert state["things"]["size"].tolist() == [2.5] * 3


def test_a_rule_that_reads_self_needs_agents():
    state = State({"things": 3, "nation": 1}, SCHEMA)
    engine = Engine(
        [for_each("they look at themselves", "things", "size")],
        state,
        {"size": interpreted(of_itself)},
        {},
        1,
    )
    with pytest.raises(RuleError, match="a rule that reads self needs a RegionalModel"):
        engine.run(0)


def infinite(size):
    return size * 1e308 * 10.0


def test_a_whole_run_in_one_call_names_the_rule_whose_result_is_not_finite():
    state = State({"things": 3, "nation": 1}, SCHEMA)
    engine = Engine([for_each("they grow", "things", "size")], state, {"size": infinite}, {}, 1)
    with pytest.raises(RuleError, match=r"rule size .* gives no finite number for some row"):
        engine.run(0, 2, whole=True)


def test_an_engine_says_what_it_does_not_know():
    state = State({"things": 3, "nation": 1}, SCHEMA)
    event = for_each("they grow", "things", "size", when="growth")
    with pytest.raises(ValueError, match="arithmetic 'exact' is unknown: it is one of strict, fast"):
        Engine([event], state, {"size": constant}, {"growth": 1.0}, 1, arithmetic="exact")
    engine = Engine([event], state, {"size": constant}, {"growth": 1.0}, 1)
    with pytest.raises(KeyError, match="the engine has no parameter 'grwth'"):
        engine.restart(2, grwth=1.0)
    with pytest.raises(ValueError, match="parameter growth switches events: changing it needs a new engine"):
        engine.restart(2, growth=0.0)
    with pytest.raises(KeyError, match="no event 'shrink' takes place in this run"):
        engine.around("shrink", lambda call: call)


def test_an_error_that_no_rule_explains_stays_itself():
    error = TypeError("of something else")
    assert _uncompilable(error, []) is error
    fine = SimpleNamespace(rules=[SimpleNamespace(name="size", function=constant, reads=())])
    assert _uncompilable(error, [fine]) is error


def broken():
    raise LookupError("a bug")


def test_errors_of_the_models_own_rules_are_not_dressed_up(monkeypatch):
    """What fails in them is a bug, and its own traceback says most."""
    state = State({"things": 2, "nation": 1}, SCHEMA)
    event = for_each("they grow", "things", "size")
    engine = Engine([event], state, {"size": broken}, {}, 1, mode="interpreted")
    with pytest.raises(RuleError, match=r"rule size .* fails for row 0 of things .*: LookupError: a bug"):
        engine.run(0)
    monkeypatch.setattr("model.engine.interpreter.is_own", lambda function: False)
    with pytest.raises(LookupError, match="a bug"):
        engine.run(0)


def whole(size):
    return (size, size)


def test_a_rule_that_returns_no_number_is_told_so_by_a_whole_run():
    state = State({"things": 3, "nation": 1}, SCHEMA)
    for how in (False, True):
        engine = Engine([for_each("they grow", "things", "size")], state, {"size": whole}, {}, 1)
        with pytest.raises(RuleError, match=r"rule size .* cannot be compiled"):
            engine.run(0, 2, whole=how)


def test_an_event_is_wrapped_and_called_through():
    state = State({"things": 2, "nation": 1}, SCHEMA)
    engine = Engine([for_each("they are equal", "things", "size")], state, {"size": constant}, {}, 1)
    seen = []

    def wrap(call):
        def around(step):
            seen.append(state["things"]["size"].tolist())
            call(step)
            seen.append(state["things"]["size"].tolist())

        return around

    engine.around("size", wrap)
    engine.run(0)
    assert seen == [[1.0, 1.0], [2.5, 2.5]]


def test_a_kernel_that_falls_over_says_so_itself(monkeypatch):
    """What is neither a number that is not finite nor Numba's refusal is a bug: its own traceback stays."""
    state = State({"things": 2, "nation": 1}, SCHEMA)

    def falling(*_):
        raise MemoryError("no room")

    monkeypatch.setattr(model.engine.engine, "_kernel", lambda *_: falling)
    engine = Engine([for_each("they are equal", "things", "size")], state, {"size": constant}, {}, 1)
    for how in (False, True):
        with pytest.raises(MemoryError, match="no room"):
            engine.run(0, 1, whole=how)
