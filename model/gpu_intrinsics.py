"""What kernels on a graphics card need beside the text of rules: moves of bits, draws, and exact products.

Generated modules import this one, so it is imported only where numba-cuda, or Numba's simulator of it
(``NUMBA_ENABLE_CUDASIM=1``), is there.

A card's compiler fuses a product and a sum into one operation wherever it finds them, and numba-cuda has
no option against it: of the options of NVIDIA's compiler it passes on ``fastmath`` and ``opt`` alone, and
that compiler fuses by default. So in strict arithmetic every product of the text is a call of ``product``,
which becomes PTX's ``mul.rn.f64``: a multiplication with its rounding named is never fused [PTX ISA, "mul"].
Sums, quotients and square roots of doubles round to nearest as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba import config, cuda
from numba import types as core_types

from agents import elementary
from model import draws, intrinsics

SIMULATED = bool(getattr(config, "ENABLE_CUDASIM", 0))


def smaller(a: Any, b: Any) -> Any:
    """``min`` of two as Python has it; the card's own differs for nan and for zeros of unlike sign."""
    return b if b < a else a


def larger(a: Any, b: Any) -> Any:
    """``max`` of two as Python has it."""
    return b if b > a else a


if SIMULATED:
    bits_of, float_of, as_float = elementary.bits_of, elementary.float_of, float

    def device(function: Callable[..., Any]) -> Callable[..., Any]:
        """In the simulator a function called by a kernel is plain Python."""
        return function

    def product(a: Any, b: Any) -> Any:
        """``a * b``: Python rounds every operation."""
        return a * b

    def step_key(base: Any, step: Any) -> int:
        """``draws.step_key`` for NumPy's integers, whose sums would overflow with a warning."""
        return draws.step_key(int(base), int(step))

    uniform = draws.uniform
else:  # compiled by numba-cuda
    from llvmlite import ir
    from numba.cuda.extending import intrinsic

    # numba-cuda has types of its own.
    types: Any = cuda.types if hasattr(cuda.types, "float64") else core_types
    float64, int64, Integer = types.float64, types.int64, types.Integer

    device = cuda.jit(device=True)
    smaller, larger = device(smaller), device(larger)

    @intrinsic
    def bits_of(typing_context: Any, x: Any) -> Any:
        """The 64 bits of a float as a signed integer."""

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], ir.IntType(64))

        return int64(float64), code

    @intrinsic
    def float_of(typing_context: Any, bits: Any) -> Any:
        """The float that has these 64 bits."""

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], ir.DoubleType())

        return float64(int64), code

    @intrinsic
    def as_float(typing_context: Any, x: Any) -> Any:
        """A number of any kind as a float: the types in the signature make Numba convert it."""

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return arguments[0]

        return float64(float64), code

    @intrinsic
    def product(typing_context: Any, a: Any, b: Any) -> Any:
        """``a * b``, never fused with a sum; of integers as always."""
        if isinstance(a, Integer) and isinstance(b, Integer):

            def whole(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
                return builder.mul(*arguments)

            return int64(int64, int64), whole

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            double = ir.DoubleType()
            name = "llvm.nvvm.mul.rn.d"
            known = builder.module.globals.get(name)
            function = known or ir.Function(builder.module, ir.FunctionType(double, [double, double]), name)
            return builder.call(function, arguments)

        return float64(float64, float64), code

    def _on_card(dispatcher: Any, **helpers: Any) -> Any:
        """The text of a compiled function of ``model.intrinsics``, compiled for the card."""
        plain = dispatcher.py_func
        space = {**plain.__globals__, **helpers}
        return device(FunctionType(plain.__code__, space, plain.__name__))

    _mix = _on_card(intrinsics.mix_compiled)
    step_key = _on_card(intrinsics.step_key_compiled, mix_compiled=_mix)
    uniform = _on_card(intrinsics.uniform_compiled, mix_compiled=_mix)
