"""Compiled operations that Python source cannot express: bit casts and draws in unsigned arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from llvmlite.ir import IRBuilder, Value
from numba import njit, types
from numba.core.base import BaseContext as CodeContext
from numba.core.typing.context import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from model.engine import draws

Intrinsic = tuple[Signature, Callable[..., Value]] | None  # signature and code generator


@intrinsic
def bits_of(typing_context: BaseContext, x: types.Type) -> Intrinsic:
    """Return the 64 bits of a float as a signed integer: compiled form of ``agents.elementary.bits_of``."""
    if not isinstance(x, types.Float | types.Integer):
        return None

    def code(
        context: CodeContext, builder: IRBuilder, signature: Signature, arguments: Sequence[Value]
    ) -> Value:
        return builder.bitcast(arguments[0], context.get_value_type(types.int64))

    # Numba casts the argument to the type in the signature.
    return types.int64(types.float64), code


@intrinsic
def float_of(typing_context: BaseContext, bits: types.Type) -> Intrinsic:
    """Return the float that has these 64 bits: compiled form of ``agents.elementary.float_of``."""
    if not isinstance(bits, types.Integer):
        return None

    def code(
        context: CodeContext, builder: IRBuilder, signature: Signature, arguments: Sequence[Value]
    ) -> Value:
        return builder.bitcast(arguments[0], context.get_value_type(types.float64))

    return types.float64(types.int64), code


_GOLDEN = np.uint64(draws.GOLDEN)
_FIRST = np.uint64(draws.MULTIPLIERS[0])
_SECOND = np.uint64(draws.MULTIPLIERS[1])
_UNIT = draws.UNIT


@njit(forceinline=True, error_model="numpy")
def mix_compiled(bits: np.uint64) -> np.uint64:
    """Return ``model.engine.draws.mix``, from and to ``uint64``."""
    # Each shift is by a uint64: with a signed integer Numba would convert to floats.
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


@njit(forceinline=True, error_model="numpy")
def step_key_compiled(base: np.uint64, step: np.int64) -> np.uint64:
    """Return ``model.engine.draws.step_key``, from a ``uint64`` base and an ``int64`` step."""
    return mix_compiled(np.uint64(base) + np.uint64(step) * _GOLDEN)


@njit(forceinline=True, error_model="numpy")
def uniform_compiled(key: np.uint64, identity: np.int64) -> np.float64:
    """Return ``model.engine.draws.uniform``, from a ``uint64`` key and an ``int64`` identity."""
    bits = mix_compiled(np.uint64(key) + np.uint64(identity + 1) * _GOLDEN)
    return np.float64(bits >> np.uint64(11)) * _UNIT
