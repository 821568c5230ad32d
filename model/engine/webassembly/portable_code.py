"""Code of kernels that no machine has optimised: Numba's own, from the same source as the native kernels.

Numba hands its code to LLVM for the machine it runs on. Here it stops before, so that LLVM can optimise it
for another machine. Memory is never allocated in it: arrays come from outside, buffers too.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from llvmlite import binding as llvm
from numba import types
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target


class _KeptAsWritten(JITCodeLibrary):
    """Functions and what they call, linked and left at that."""

    def _optimize_functions(self, ll_module: llvm.ModuleRef) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._verify_declare_only_symbols()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return a number that is no address: such a function is never called here."""
        self._ensure_finalized()
        return 1


class _Codegen(JITCPUCodegen):
    _library_class = _KeptAsWritten

    def set_env(self, env_name: str, env: object) -> None:
        """Leave out the address of a function's environment, which only Python's callers use."""


@functools.cache
def _codegen() -> _Codegen:
    return _Codegen("computeleap.portable")


@contextlib.contextmanager
def _without_machine() -> Iterator[None]:
    context = cpu_target.target_context
    usual = context._internal_codegen
    context._internal_codegen = _codegen()
    try:
        yield
    finally:
        context._internal_codegen = usual


@functools.lru_cache(maxsize=256)
def portable_code(source: str, arguments: tuple[types.Type, ...]) -> tuple[str, str]:
    """Return the code of ``kernel`` of a module with this source, and the kernel's name in it.

    ``source`` is portable text of ``model.engine.compile.kernel_source``.
    """
    space: dict[str, Any] = {}
    exec(compile(source, "<portable kernel>", "exec"), space)
    kernel = space["kernel"]
    with global_compiler_lock, _without_machine():
        kernel.compile(arguments)
        (made,) = kernel.overloads.values()
        return str(made.library._final_module), made.fndesc.llvm_func_name
