"""Compiled draws and bit casts: those of Python."""

import numba
import numpy as np
import pytest

from model.engine.compile import numba_intrinsics as intrinsics
from model.engine.draws import mix, step_key, stream_base, stream_key, uniform


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
