"""Source of compiled code: the Numba module of an event or a procedure, written from its rules.

A kernel works through blocks of rows in short loops: gather what the rules read into a scratch buffer, one
loop of pure arithmetic for each rule, write back, add up. Apart, the arithmetic loops vectorise; in one loop
with gathers and sums they do not (measured: 69 against 14-20 ns a row). Arithmetic is strict IEEE throughout,
so the bits are those of the interpreted rules.

A kernel in stretches runs those of its rules that a call asks for: where a user replaces or adds a rule, the
kernel of the model's long event serves before and after it, and nothing but that rule is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping

from model.engine.binding import BoundEvent, Source
from model.engine.events import Rule
from model.engine.rule_source import collect_sources, is_user_defined

BLOCK = 256
NO_ROW = 2**32 - 1  # NO_PARTNER among the unsigned rows of an index buffer
HEADER = """\
import math
import numpy as np
from numba import njit
from model.engine.compile.numba_intrinsics import bits_of, float_of, uniform_compiled

_inline = njit(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy"OPTIONS)
_compiled = njit(nogil=True, no_cpython_wrapper=PORTABLE, no_cfunc_wrapper=True, error_model="numpy"OPTIONS)
"""
# Strict arithmetic rounds after every operation, on every machine; fast lets the machine fuse a product and a
# sum into one operation. No other fast mathematics is ever allowed.
ARITHMETIC = {"strict": "", "fast": ', fastmath={"contract"}'}
COMPILED = "@_compiled\n"
CHECKED = ", boundscheck=True"  # user-defined procedures: a missing row is an error, not another array
# Code for another machine (model.engine.webassembly): it allocates nothing and is never called from Python.
PORTABLE = ", _nrt=False"


def header(arithmetic: str, checked: bool = False, portable: bool = False) -> str:
    """Return the first lines of a generated module: imports, and how its functions are compiled."""
    options = ARITHMETIC[arithmetic] + CHECKED * checked + PORTABLE * portable
    return HEADER.replace("PORTABLE", str(portable)).replace("OPTIONS", options)


def _inlined(sources: Mapping[str, str]) -> list[str]:
    return [f"@_inline\n{source}" if source.startswith("def ") else source for source in sources.values()]


class KernelSignature:
    """The order of a kernel's arguments and of the slots in its scratch buffer.

    ``stretches``: the kernel writes the results of all rules to arrays of their own, whichever are columns.
    """

    def __init__(self, bound: BoundEvent, stretches: bool = False) -> None:
        self.stretches = stretches
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
        for name in () if stretches else bound.writes:
            self._array(self.table, name)

    def _array(self, table: str, column: str) -> None:
        if (table, column) not in self.arrays:
            self.arrays.append((table, column))

    def _add(self, source: Source) -> None:
        if source.kind == "parameter":
            if source.name not in self.parameters:
                self.parameters.append(source.name)
            return
        if source.kind == "draw":
            if source.name not in self.draws:
                self.draws.append(source.name)
        elif source.kind == "lookup":
            self._array(source.table, source.name)
            self._array(self.table, source.index)
        elif source.kind == "second_lookup":
            assert self.pair is not None
            self._array(source.table, source.name)
            self._array(self.pair.second[1], source.index)
        elif source.kind != "value":
            self._array(source.table, source.name)
        if source.kind in ("nation", "first"):
            self.scalars.setdefault(source, f"scalar_{len(self.scalars)}")
        else:
            self.slots.setdefault(source, len(self.slots))


def array_name(table: str, column: str) -> str:
    """Return the name of a column's array in generated source."""
    return f"{table}__{column}"


def kernel_text(
    bound: BoundEvent, signature: KernelSignature, arithmetic: str = "strict", portable: bool = False
) -> str:
    """Return the source of the module that runs the event over rows ``first`` to ``last``.

    The kernel's arguments: range of outer rows, range of rows, rows of the table per outer row, the
    arrays, the parameters, the keys of the draws, one array of sums for each total; portable code takes
    its buffers too (``kernel_buffers``), for it cannot allocate. In stretches, the width is followed by the
    first rule that is run and the one after the last (the totals come after all rules), and by an array for
    the results of each rule, which is empty where nothing reads them.
    """
    names = ["low", "high", *(f"made_{rule.name}" for rule in bound.rules)] if signature.stretches else []
    names += [array_name(*item) for item in signature.arrays]
    names += [f"p_{name}" for name in signature.parameters] + [f"key_{name}" for name in signature.draws]
    names += [f"total_{k}" for k in range(len(bound.totals))]
    body = _Body(bound, signature, portable)
    names += body.buffers() if portable else []
    made = [f"    {name} = np.empty({length}, np.{kind})" for name, (length, kind) in body.buffers().items()]
    lines = [
        f"def kernel(outer_first, outer_last, first, last, width, {', '.join(names)}):",
        *([] if portable else made),
        "    for outer in range(outer_first, outer_last):",
        "        base = outer * width",
    ]
    for source, name in signature.scalars.items():
        row = "0" if source.kind == "nation" else "outer"
        lines.append(f"        {name} = {array_name(source.table, source.name)}[{row}]")
    lines += [
        f"        for start in range(first, last, {BLOCK}):",
        f"            count = min({BLOCK}, last - start)",
        "            at = base + start",
    ]
    lines += ["            " + line for line in body.lines()]
    sources: dict[str, str] = {}
    for rule in bound.rules:
        collect_sources(rule.function, sources, f"rule_{rule.name}")
    functions = "\n\n\n".join(_inlined(sources))
    return f"{header(arithmetic, portable=portable)}\n\n{functions}\n\n\n{COMPILED}" + "\n".join(lines) + "\n"


def kernel_buffers(bound: BoundEvent, signature: KernelSignature) -> list[tuple[int, str]]:
    """Return length and type of the buffers of a kernel, in order: ``(512, "float64")``."""
    return list(_Body(bound, signature).buffers().values())


def _only(condition: str, lines: list[str]) -> list[str]:
    return [f"if {condition}:", *("    " + line for line in lines)] if lines else []


class _Body:
    """The loops over one block of rows.

    Where only some rows take part, their positions in the block are listed first, and all later loops run
    over the listed rows, without branches.
    """

    def __init__(self, bound: BoundEvent, signature: KernelSignature, portable: bool = False) -> None:
        self.bound, self.signature, self.table = bound, signature, bound.event.table
        self.place = "" if portable else ", outer, start"  # of a wrong value, told with the rule's name
        self.row = "i" if bound.mask is None else "rows[i]"

    def at(self, source: Source) -> str:
        return f"scratch[{self.signature.slots[source] * BLOCK} + i]"

    def lines(self) -> list[str]:
        lines = self._select()
        for index, (table, name, start) in self._indices().items():
            lines += [f"column = {array_name(table, name)}[{start}:{start} + count]"]
            lines += self._loop(f"{index}[i] = np.uint32(column[{self.row}])")
        for source in self.signature.slots:
            gathered = self._gather(source)
            if self.signature.stretches and gathered:
                readers = self._readers(source)
                gathered = _only(f"low <= {readers[-1]} and high > {readers[0]}", gathered)
            lines += gathered
        for place, rule in enumerate(self.bound.rules):
            reads = ", ".join(self._read(source) for source in rule.reads)
            result = self.at(Source("value", rule.name))
            applied = self._loop(f"{result} = rule_{rule.name}({reads})")
            if self.signature.stretches:
                applied = self._in_stretch(place, rule.name, applied)
            lines += applied
            if is_user_defined(rule.function):
                # Apart from the loop of the rule, which stays free of branches.
                lines.append("wrong = 0")
                low, high = self.bound.limits(rule)
                lines += self._loop(f"wrong += 0 if {low!r} <= {result} <= {high!r} else 1")
                lines += ["if wrong > 0:", f'    raise FloatingPointError("{rule.name}"{self.place})']
        if self.signature.stretches:
            return [*lines, *_only(f"high > {len(self.bound.rules)}", self._totals())]
        for name in self.bound.writes:
            lines.append(f"column = {array_name(self.table, name)}[at:at + count]")
            lines += self._loop(f"column[{self.row}] = {self.at(Source('value', name))}")
        return lines + self._totals()

    def _in_stretch(self, place: int, name: str, applied: list[str]) -> list[str]:
        """Return the lines that apply a rule and pass its results on, or take what was passed on."""
        result = self.at(Source("value", name))
        column = f"column = made_{name}[at:at + count]"
        kept = [column, *self._loop(f"column[{self.row}] = {result}")]
        lines = _only(f"low <= {place} < high", [*applied, *_only(f"len(made_{name}) > 0", kept)])
        readers = self._readers(Source("value", name))
        if readers:
            taken = [column, *self._loop(f"{result} = column[{self.row}]")]
            lines += _only(f"{place} < low <= {readers[-1]}", taken)
        return lines

    def _readers(self, source: Source) -> list[int]:
        """Return the places of the rules that read a source, in order; totals come after all rules."""
        found = [place for place, rule in enumerate(self.bound.rules) if source in rule.reads]
        summed = any(total.value == source for total in self.bound.totals)
        return [*found, *([len(self.bound.rules)] if summed else [])]

    def buffers(self) -> dict[str, tuple[int, str]]:
        """Return the buffers, each with its length and type: values, listed rows, rows of other tables."""
        indices = ["rows", *self._indices()] if self.bound.mask else list(self._indices())
        values = {"scratch": (max(1, len(self.signature.slots)) * BLOCK, "float64")}
        return values | dict.fromkeys(indices, (BLOCK, "uint32"))

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
        """Return the index buffers in use: name → (table, column, first row of the block)."""
        found: dict[str, tuple[str, str, str]] = {}
        for source in self.signature.slots:
            if source.kind == "lookup":
                found[f"index_{source.index}"] = (self.table, source.index, "at")
            elif source.kind == "second_lookup":
                assert self.signature.pair is not None
                found[f"index_second_{source.index}"] = (self.signature.pair.second[1], source.index, "start")
        for total in self.bound.totals:
            if total.index:
                found[f"index_{total.index}"] = (self.table, total.index, "at")
        return found

    def _read(self, source: Source) -> str:
        if source.kind == "parameter":
            return f"p_{source.name}"
        return self.signature.scalars.get(source) or self.at(source)

    def _gather(self, source: Source) -> list[str]:
        array = array_name(source.table, source.name)
        if source.kind in ("own", "second"):
            start = "at" if source.kind == "own" else "start"
            return [
                f"column = {array}[{start}:{start} + count]",
                *self._loop(f"{self.at(source)} = column[{self.row}]"),
            ]
        if source.kind in ("lookup", "second_lookup"):
            index = f"index_{source.index}" if source.kind == "lookup" else f"index_second_{source.index}"
            found = f"{array}[{index}[i]]"
            if source.optional:
                found = f"0.0 if {index}[i] == {NO_ROW} else {found}"
            return self._loop(f"{self.at(source)} = {found}")
        if source.kind == "draw":
            identity = "at + i" if self.bound.mask is None else "at + np.int64(rows[i])"
            return self._loop(f"{self.at(source)} = uniform_compiled(key_{source.name}, {identity})")
        return []

    def _totals(self) -> list[str]:
        by_index: dict[str, list[str]] = {}
        sides = {"": "0", "first": "outer", "second": f"start + {self.row}"}
        for k, total in enumerate(self.bound.totals):
            row = f"index_{total.index}[i]" if total.index else sides[total.side]
            there = f"if {row} != {NO_ROW}: " if total.optional else ""
            by_index.setdefault(row, []).append(f"{there}total_{k}[{row}] += {self.at(total.value)}")
        return [line for sums in by_index.values() for line in self._loop(*sums)]


def procedure_text(function: Rule, arithmetic: str = "strict", portable: bool = False) -> str:
    """Return the source of the module that holds a procedure, and all it calls, compiled."""
    sources: dict[str, str] = {}
    collect_sources(function, sources, "kernel")
    main = sources.pop("kernel")
    first = header(arithmetic, is_user_defined(function), portable).rstrip("\n")
    return "\n\n\n".join([first, *_inlined(sources), COMPILED + main]) + "\n"
