"""Modules on disk, under a hash of the text of their kernels: compiling one takes a minute."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import llvmlite
import numba

from model.engine.compile.compile_kernel import cache_folder, write_new
from model.engine.compile.kernel_cache import note, own_folder
from model.engine.webassembly.wasm_module import MAKER, Kernel, wasm_module


def cached_module(kernels: Sequence[Kernel], vectors: bool = True) -> bytes:
    """Return the module of these kernels, made once for each text."""
    said = [numba.__version__, llvmlite.__version__, MAKER, vectors]
    said += [(kernel.name, kernel.source, kernel.arguments) for kernel in kernels]
    name = f"computeleap_module_{hashlib.blake2b(repr(said).encode(), digest_size=10).hexdigest()}.wasm"
    made = None
    try:
        folder = own_folder(cache_folder())
        if (folder / name).exists():
            return (folder / name).read_bytes()
        made = wasm_module(kernels, vectors)
        write_new(folder, name, made)
    except OSError as error:
        note(f"{error.strerror or error} ({cache_folder()})")
    return wasm_module(kernels, vectors) if made is None else made
