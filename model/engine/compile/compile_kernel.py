"""Compilation of kernels: source written to the cache folder, run as a module, kept for later calls.

A rule becomes source in ``kernel_source``, a kernel here, and is called by ``model.engine.engine``.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Hashable
from pathlib import Path
from types import ModuleType

import numba
from numba.core.registry import CPUDispatcher

from model.engine.compile.kernel_cache import keep_machine_code, note, own_folder, temporary_folder
from model.engine.compile.kernel_source import procedure_text
from model.engine.events import Rule
from model.engine.rule_source import captured_constants

_IMPORTING = threading.RLock()
PREFIX = "computeleap_kernel_"  # of the files
PATIENCE = 2.0  # seconds of compilation before it is announced


def compiled_procedure(function: Rule, arithmetic: str = "strict") -> Rule:
    """Return the compiled form of a function of whole columns."""
    return _compiled_procedure(function, arithmetic, captured_constants(function))


@functools.lru_cache(maxsize=512)
def _compiled_procedure(function: Rule, arithmetic: str, constants: Hashable) -> Rule:
    # ``constants`` distinguishes what the function alone cannot: numbers that it uses from outside.
    return load_kernel(function.__name__, procedure_text(function, arithmetic))


def announced(kernel: Rule, event: str) -> Rule:
    """Return a kernel that says on the terminal that it is compiled, if that takes long.

    Machine code that is kept is loaded at once, and nothing is said; nor where no terminal is.
    """
    if not (isinstance(kernel, CPUDispatcher) and sys.stderr is not None and sys.stderr.isatty()):
        return kernel

    def called(*given: object) -> object:
        if kernel.signatures:
            return kernel(*given)
        said = threading.Timer(PATIENCE, say_compiling, (f"event {event}",))
        said.daemon = True
        said.start()
        try:
            return kernel(*given)
        finally:
            said.cancel()

    return called


def say_compiling(events: str) -> None:
    """Write on the terminal which events are compiled."""
    sys.stderr.write(f"compiling the rules of {events} (once; kept for later runs)\n")


def cache_folder() -> Path:
    """Return the folder of compiled kernels: ``COMPUTELEAP_CACHE`` or the user's cache folder."""
    given = os.environ.get("COMPUTELEAP_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "computeleap"


def load_kernel(name: str, text: str) -> Rule:
    """Return the function ``kernel`` of a module with this source, which is first written to the cache.

    The file name holds a hash of the source and of Numba's version: a changed rule is a new file, and an
    unchanged one finds its machine code. A folder that cannot be written to, or that everybody may write to,
    is replaced by a temporary one.
    """
    mark = hashlib.blake2b(f"{numba.__version__}\n{text}".encode(), digest_size=10).hexdigest()
    module_name = f"{PREFIX}{name}_{mark}"
    with _IMPORTING:  # a module is registered before it has run: another thread would find it empty
        if module_name not in sys.modules:
            _run_module(module_name, text)
    return sys.modules[module_name].kernel


def source_of(kernel: CPUDispatcher) -> tuple[str, str]:
    """Return the name and the text that ``load_kernel`` made a kernel from."""
    given = kernel.py_func.__globals__
    return given["__name__"].removeprefix(PREFIX).rpartition("_")[0], given["__source__"]


def _run_module(module_name: str, text: str) -> None:
    file = f"{module_name}.py"
    try:
        path = write_new(own_folder(cache_folder()), file, text.encode())
    except OSError as error:
        note(f"{error.strerror or error} ({cache_folder()})")
        path = write_new(temporary_folder(), file, text.encode())
    module = ModuleType(module_name)
    module.__file__, module.__dict__["__source__"] = str(path), text
    sys.modules[module_name] = module
    try:
        # Run, not imported: the source is at hand, and byte code next to the file is never read.
        exec(compile(text, path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[module_name]
        raise
    if isinstance(module.kernel, CPUDispatcher):
        keep_machine_code(module.kernel)


def write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write a file whole, or leave it where it holds that content already. Raises OSError."""
    path = folder / name
    if path.exists() and path.read_bytes() == content:
        return path
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
