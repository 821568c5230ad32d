"""Compiled form of an event: the text of a Numba module, written from the bound rules.

A kernel works through blocks of rows in short loops: gather what the rules read into a scratch
buffer, one loop of pure arithmetic for each rule, write back, add up. Kept apart, the arithmetic
loops vectorise; in one loop with gathers and sums they do not (measured: 69 against 14-20 ns a row).
Strict IEEE arithmetic throughout, so bits are those of the interpreted rules.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from types import ModuleType
from typing import Any

import numba

from model.engine.binding import Bound, Source
from model.engine.compile.kernel_cache import keep_machine_code, note, own_folder, temporary_folder
from model.engine.rule_source import is_own, state_of, texts

BLOCK = 256
_IMPORTING = threading.RLock()
HEADER = """\
import math
import numpy as np
from numba import njit
from model.engine.compile.numba_intrinsics import bits_of, float_of, uniform_compiled

_inline = njit(forceinline=True, error_model="numpy"OPTIONS)
_compiled = njit(nogil=True, error_model="numpy"OPTIONS)
"""
# Strict arithmetic rounds after every operation, on every machine alike; fast lets a product and a sum
# be one operation where the machine has it. Nothing else of fast mathematics is ever allowed.
ARITHMETIC = {"strict": "", "fast": ', fastmath={"contract"}'}
COMPILED = "@_compiled\n"
LARGEST = sys.float_info.max  # of finite numbers


def header(arithmetic: str) -> str:
    """First lines of every generated module: imports, and how its functions are compiled."""
    return HEADER.replace("OPTIONS", ARITHMETIC[arithmetic])


def functions_text(functions: dict[str, Callable[..., Any]]) -> str:
    """Source of functions (under the given names) and of all they call, each marked for inlining."""
    seen: dict[str, str] = {}
    for alias, function in functions.items():
        texts(function, seen, alias)
    return "\n\n\n".join(_inlined(seen))


def _inlined(seen: dict[str, str]) -> list[str]:
    return [f"@_inline\n{text}" if text.startswith("def ") else text for text in seen.values()]


class Layout:
    """Order of a kernel's arguments and of the slots in its scratch buffer."""

    def __init__(self, bound: Bound) -> None:
        self.arrays: list[tuple[str, str]] = []
        self.parameters: list[str] = []
        self.draws: list[str] = []
        self.slots: dict[Source, int] = {}
        self.scalars: dict[Source, str] = {}
        self.table = bound.event.table
        self.pair = bound.schema.pairs.get(self.table)
        for rule in bound.rules:
            for source in rule.reads:
                self._add(source)
            self.slots.setdefault(Source("value", rule.name), len(self.slots))
        if bound.mask:
            self._array(self.table, bound.mask[0])
        for total in bound.totals:
            self._add(total.value)
            if total.index:
                self._array(self.table, total.index)
        for name in bound.writes:
            self._array(self.table, name)

    def _array(self, table: str, column: str) -> None:
        if (table, column) not in self.arrays:
            self.arrays.append((table, column))

    def _add(self, source: Source) -> None:
        if source.how == "parameter":
            if source.name not in self.parameters:
                self.parameters.append(source.name)
            return
        if source.how == "draw":
            if source.name not in self.draws:
                self.draws.append(source.name)
        elif source.how == "via":
            self._array(source.table, source.name)
            self._array(self.table, source.index)
        elif source.how == "second_via":
            assert self.pair is not None
            self._array(source.table, source.name)
            self._array(self.pair.second[1], source.index)
        elif source.how != "value":
            self._array(source.table, source.name)
        if source.how in ("nation", "first"):
            self.scalars.setdefault(source, f"scalar_{len(self.scalars)}")
        else:
            self.slots.setdefault(source, len(self.slots))


def array_name(table: str, column: str) -> str:
    """Name of a column's array in generated text."""
    return f"{table}__{column}"


def kernel_text(bound: Bound, plan: Layout, arithmetic: str = "strict") -> str:
    """Source of the module that runs the event over rows ``first`` to ``last``.

    The kernel's arguments: range of outer rows, range of rows, rows of the table per outer row, the
    arrays, the parameters, the keys of the draws, one array of sums for each total.
    """
    names = [array_name(*item) for item in plan.arrays]
    names += [f"p_{name}" for name in plan.parameters] + [f"key_{name}" for name in plan.draws]
    names += [f"total_{k}" for k in range(len(bound.totals))]
    body = _Body(bound, plan)
    lines = [
        f"def kernel(outer_first, outer_last, first, last, width, {', '.join(names)}):",
        *("    " + line for line in body.buffers()),
        "    for outer in range(outer_first, outer_last):",
        "        base = outer * width",
    ]
    for source, name in plan.scalars.items():
        row = "0" if source.how == "nation" else "outer"
        lines.append(f"        {name} = {array_name(source.table, source.name)}[{row}]")
    lines += [
        f"        for start in range(first, last, {BLOCK}):",
        f"            count = min({BLOCK}, last - start)",
        "            at = base + start",
    ]
    lines += ["            " + line for line in body.lines()]
    functions = {f"rule_{rule.name}": rule.function for rule in bound.rules}
    return f"{header(arithmetic)}\n\n{functions_text(functions)}\n\n\n{COMPILED}" + "\n".join(lines) + "\n"


class _Body:
    """The loops over one block of rows.

    Where only some rows take part, their places in the block are listed first and everything after
    works on the listed rows alone, without branches.
    """

    def __init__(self, bound: Bound, plan: Layout) -> None:
        self.bound, self.plan, self.table = bound, plan, bound.event.table
        self.row = "i" if bound.mask is None else "rows[i]"

    def at(self, source: Source) -> str:
        return f"scratch[{self.plan.slots[source] * BLOCK} + i]"

    def lines(self) -> list[str]:
        lines = self._select()
        for index, (table, name, start) in self._indices().items():
            lines += [f"column = {array_name(table, name)}[{start}:{start} + count]"]
            lines += self._loop(f"{index}[i] = np.uint32(column[{self.row}])")
        for source in self.plan.slots:
            lines += self._gather(source)
        for rule in self.bound.rules:
            reads = ", ".join(self._read(source) for source in rule.reads)
            yielded = self.at(Source("value", rule.name))
            lines += self._loop(f"{yielded} = rule_{rule.name}({reads})")
            if is_own(rule.function):
                # Apart from the rule's own loop, which stays free of branches.
                lines.append("wrong = 0")
                lines += self._loop(f"wrong += 0 if abs({yielded}) <= {LARGEST!r} else 1")
                lines += ["if wrong > 0:", f'    raise FloatingPointError("{rule.name}", outer, start)']
        for name in self.bound.writes:
            lines.append(f"column = {array_name(self.table, name)}[at:at + count]")
            lines += self._loop(f"column[{self.row}] = {self.at(Source('value', name))}")
        return lines + self._totals()

    def buffers(self) -> list[str]:
        """What the kernel allocates once: values, listed rows and rows of other tables."""
        made = [f"scratch = np.empty({max(1, len(self.plan.slots)) * BLOCK})"]
        if self.bound.mask:
            made.append(f"rows = np.empty({BLOCK}, np.uint32)")
        return made + [f"{index} = np.empty({BLOCK}, np.uint32)" for index in self._indices()]

    def _loop(self, *lines: str) -> list[str]:
        return [
            f"for i in range({'count' if self.bound.mask is None else 'listed'}):",
            *("    " + line for line in lines),
        ]

    def _select(self) -> list[str]:
        if self.bound.mask is None:
            return []
        name, wanted = self.bound.mask
        return [
            f"column = {array_name(self.table, name)}[at:at + count]",
            "listed = 0",
            "for i in range(count):",
            "    rows[listed] = np.uint32(i)",
            f"    listed += 1 if column[i] {'>' if wanted else '<='} 0.5 else 0",
        ]

    def _indices(self) -> dict[str, tuple[str, str, str]]:
        """Index buffers in use: name → (table, column, first row of the block)."""
        found: dict[str, tuple[str, str, str]] = {}
        for source in self.plan.slots:
            if source.how == "via":
                found[f"index_{source.index}"] = (self.table, source.index, "at")
            elif source.how == "second_via":
                assert self.plan.pair is not None
                found[f"index_second_{source.index}"] = (self.plan.pair.second[1], source.index, "start")
        for total in self.bound.totals:
            if total.index:
                found[f"index_{total.index}"] = (self.table, total.index, "at")
        return found

    def _read(self, source: Source) -> str:
        if source.how == "parameter":
            return f"p_{source.name}"
        return self.plan.scalars.get(source) or self.at(source)

    def _gather(self, source: Source) -> list[str]:
        array = array_name(source.table, source.name)
        if source.how in ("own", "second"):
            start = "at" if source.how == "own" else "start"
            return [
                f"column = {array}[{start}:{start} + count]",
                *self._loop(f"{self.at(source)} = column[{self.row}]"),
            ]
        if source.how in ("via", "second_via"):
            index = f"index_{source.index}" if source.how == "via" else f"index_second_{source.index}"
            return self._loop(f"{self.at(source)} = {array}[{index}[i]]")
        if source.how == "draw":
            identity = "at + i" if self.bound.mask is None else "at + np.int64(rows[i])"
            return self._loop(f"{self.at(source)} = uniform_compiled(key_{source.name}, {identity})")
        return []

    def _totals(self) -> list[str]:
        by_index: dict[str | None, list[str]] = {}
        for k, total in enumerate(self.bound.totals):
            row = f"index_{total.index}[i]" if total.index else "0"
            by_index.setdefault(total.index, []).append(f"total_{k}[{row}] += {self.at(total.value)}")
        return [line for sums in by_index.values() for line in self._loop(*sums)]


def market_text(function: Callable[..., Any], arithmetic: str = "strict") -> str:
    """Source of the module that holds a market function, and what it calls, compiled."""
    seen: dict[str, str] = {}
    texts(function, seen, "kernel")
    main = seen.pop("kernel")
    return "\n\n\n".join([header(arithmetic).rstrip("\n"), *_inlined(seen), COMPILED + main]) + "\n"


def compiled_market(function: Callable[..., Any], arithmetic: str = "strict") -> Callable[..., Any]:
    """The compiled form of a function of whole columns."""
    return _compiled_market(function, arithmetic, state_of(function))


@functools.lru_cache(maxsize=512)
def _compiled_market(function: Callable[..., Any], arithmetic: str, state: Hashable) -> Callable[..., Any]:
    # ``state`` only tells apart what the function's text cannot: numbers it uses from outside.
    return load(function.__name__, market_text(function, arithmetic))


def cache_folder() -> Path:
    """Where compiled kernels are kept: ``COMPUTELEAP_CACHE`` or the user's cache folder."""
    given = os.environ.get("COMPUTELEAP_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "computeleap"


def load(name: str, text: str) -> Callable[..., Any]:
    """The kernel of the module of that text, which is written to the cache folder first if it is new.

    The file's name holds a hash of the text and of Numba's version, so a changed rule is a new file
    and the machine code of an unchanged one is found beside it. A folder that cannot be written to, or to
    which everybody may write, is replaced by a temporary one.
    """
    mark = hashlib.blake2b(f"{numba.__version__}\n{text}".encode(), digest_size=10).hexdigest()
    module_name = f"computeleap_kernel_{name}_{mark}"
    with _IMPORTING:  # a module is entered before it is read: another thread would find it empty
        if module_name not in sys.modules:
            _enter(module_name, text)
    return sys.modules[module_name].kernel


def _enter(module_name: str, text: str) -> None:
    file = f"{module_name}.py"
    try:
        path = _write(own_folder(cache_folder()), file, text)
    except OSError as error:
        note(f"{error.strerror or error} ({cache_folder()})")
        path = _write(temporary_folder(), file, text)
    module = ModuleType(module_name)
    module.__file__ = str(path)
    sys.modules[module_name] = module
    try:
        # Not imported: the text is at hand, and byte code beside the file is not looked at.
        exec(compile(text, path, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[module_name]
        raise
    keep_machine_code(module.kernel)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    if path.exists() and path.read_bytes() == text.encode():
        return path
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
