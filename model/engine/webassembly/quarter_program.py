"""The quarter of a run as kernels and the order of their calls: what a host without Python needs to run it.

Arrays are named ``table.column``, or as the state names them. All parameters are one array, the keys of all
draws another; each call says where its arguments are. Chunks and sums over them are those of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numba import types
from numpy.typing import NDArray

from model.engine.binding import bind_procedure, drawn_for
from model.engine.births import Births, Ends
from model.engine.compile.kernel_source import header, kernel_buffers, kernel_text, procedure_text
from model.engine.draws import stream_base
from model.engine.engine import Engine, Grouped
from model.engine.event_texts import bound_event
from model.engine.events import ForEach, Procedure, Rule
from model.engine.rule_source import RuleError, arguments, is_interpreted, where
from model.engine.webassembly.wasm_module import Kernel

Array = NDArray[np.float64] | NDArray[np.int32] | NDArray[np.int64] | NDArray[np.uint64] | NDArray[np.uint32]
Argument = tuple[str, str | int]
"""Kind and name: ``array``, ``parameter``, ``key`` and their names, ``whole`` and a number, ``chunk`` or
``part`` (of a sum) and its place."""

PARAMETERS, BASES, KEYS = "parameters", "draw_bases", "draw_keys"
VALUES, ROWS = "buffer_values", "buffer_rows_{}"
CHUNK = 5  # arguments that say which rows: range of outer rows, range of rows, width


@dataclass(frozen=True)
class Call:
    """A call of a kernel, once or for each chunk of a table; parts of ``totals`` are then added up."""

    event: str
    kernel: int
    every: int
    arguments: tuple[Argument, ...]
    table: str | None = None
    totals: tuple[str, ...] = ()


@dataclass
class Program:
    """Kernels (helpers first), calls in order, and the arrays, parameters and draws that they name."""

    kernels: list[Kernel] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    arrays: dict[str, Array] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    values: int = 0  # length of the longest buffer of values
    indices: int = 0  # number of buffers of rows

    def bases(self, seed: int) -> NDArray[np.uint64]:
        """Return the numbers from which the keys of the draws of a seed follow, one for each stream."""
        return np.array([stream_base(seed, stream) for stream in self.streams], dtype=np.uint64)

    def numbers(self, parameters: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the values of the parameters in their order."""
        return np.array([parameters[name] for name in self.parameters], dtype=np.float64)


def quarter_program(engine: Engine) -> Program:
    """Return the program of a run's quarter. Raises RuleError: an event of it cannot be compiled."""
    for name, path in engine.varying.items():
        if isinstance(path, Grouped):
            raise RuleError(f"parameter {name} varies by groups, which compiled code of a page cannot")
    made = Program(helper_kernels())
    tables = engine.state.tables
    made.arrays |= {f"{name}.{column}": table[column] for name, table in tables.items() for column in table}
    made.arrays |= engine.state.arrays
    _Writer(engine, made).write()
    return made


_HELPERS = {
    "write_keys": """
from model.engine.compile.numba_intrinsics import step_key_compiled

@_compiled
def kernel(draw_bases, draw_keys, quarter):
    for k in range(len(draw_bases)):
        draw_keys[k] = step_key_compiled(draw_bases[k], np.int64(quarter[0]))
""",
    "clear_sums": """
@_compiled
def kernel(part):
    for k in range(len(part)):
        part[k] = 0.0
""",
    "take_sums": """
@_compiled
def kernel(target, part):
    for k in range(len(part)):
        target[k] = part[k]
""",
    "add_sums": """
@_compiled
def kernel(target, part):
    for k in range(len(part)):
        target[k] += part[k]
""",
}
_FLOATS, _BITS = types.Array(types.float64, 1, "C"), types.Array(types.uint64, 1, "C")
_GIVEN = {
    "write_keys": (_BITS, _BITS, _FLOATS),
    "clear_sums": (_FLOATS,),
    "take_sums": (_FLOATS, _FLOATS),
    "add_sums": (_FLOATS, _FLOATS),
}


def helper_kernels() -> list[Kernel]:
    """Return what the engine does between kernels: keys of the draws, and sums over chunks."""
    first = header("strict", portable=True)
    return [Kernel(name, first + text, _GIVEN[name]) for name, text in _HELPERS.items()]


class _Writer:
    def __init__(self, engine: Engine, made: Program) -> None:
        self.engine, self.made = engine, made
        self.names = {id(array): name for name, array in made.arrays.items()}

    def write(self) -> None:
        events = [event for event in self.engine.quarter if event.name in self.engine.names]
        for event in events:
            if isinstance(event, Births | Ends):
                raise RuleError(f"event {event.name!r} cannot be compiled: it changes the length of a table")
            if isinstance(event, Procedure):
                self._procedure(event)
            else:
                self._for_each(event)

    def _procedure(self, event: Procedure) -> None:
        _refuse_interpreted(event.name, [event.function])
        for name in arguments(event.function):
            if drawn_for(name, self.engine.state.schema):
                raise RuleError(f"event {event.name!r} cannot be compiled: it draws whole columns ({name})")
        found = bind_procedure(event.function, self.engine.state, self.engine.parameters)
        given: list[Argument] = []
        kinds: list[types.Type] = []
        for name, value in zip(arguments(event.function), found, strict=True):
            if isinstance(value, np.ndarray):
                given.append(("array", self._name(value, f"off.{name}")))
                kinds.append(_type(value))
            else:
                given.append(self._parameter(name))
                kinds.append(types.float64)
        kernel = Kernel(event.name, procedure_text(event.function, portable=True), tuple(kinds))
        self._call(event.name, kernel, event.every, given)

    def _for_each(self, event: ForEach) -> None:
        engine = self.engine
        functions = event.functions_from(engine.rules)
        _refuse_interpreted(event.name, functions)
        bound, signature = bound_event(
            event, functions, tuple(engine.parameters), engine.state.schema, engine.absent
        )
        arrays = [(f"{table}.{column}", engine.state[table][column]) for table, column in signature.arrays]
        streams = [f"{event.table}.{name}" for name in signature.draws]
        totals = [f"{total.table}.{total.column}" for total in bound.totals]
        given: list[Argument] = [("chunk", k) for k in range(CHUNK)]
        given += [("array", name) for name, _ in arrays]
        given += [self._parameter(name) for name in signature.parameters]
        given += [("key", self._stream(stream)) for stream in streams]
        given += [("part", k) for k in range(len(totals))]
        kinds = [types.int64] * CHUNK + [_type(array) for _, array in arrays]
        kinds += [types.float64] * len(signature.parameters) + [types.uint64] * len(streams)
        kinds += [_type(self.made.arrays[name]) for name in totals]
        rows = 0
        for length, kind in kernel_buffers(bound, signature):
            if kind == "uint32":
                given.append(("array", ROWS.format(rows)))
                kinds.append(types.Array(types.uint32, 1, "C"))
                rows += 1
            else:
                given.append(("array", VALUES))
                kinds.append(types.Array(types.float64, 1, "C"))
                self.made.values = max(self.made.values, length)
        self.made.indices = max(self.made.indices, rows)
        kernel = Kernel(event.name, kernel_text(bound, signature, portable=True), tuple(kinds))
        self._call(event.name, kernel, event.every, given, event.table, totals)

    def _call(
        self,
        event: str,
        kernel: Kernel,
        every: int,
        given: Sequence[Argument],
        table: str | None = None,
        totals: Sequence[str] = (),
    ) -> None:
        self.made.kernels.append(kernel)
        number = len(self.made.kernels) - 1
        self.made.calls.append(Call(event, number, every, tuple(given), table, tuple(totals)))

    def _name(self, array: Array, otherwise: str) -> str:
        if id(array) not in self.names:  # of a mechanism that is off
            self.made.arrays[otherwise] = array
            self.names[id(array)] = otherwise
        return self.names[id(array)]

    def _parameter(self, name: str) -> Argument:
        if name not in self.made.parameters:
            self.made.parameters.append(name)
        return "parameter", name

    def _stream(self, name: str) -> str:
        if name not in self.made.streams:
            self.made.streams.append(name)
        return name


def _refuse_interpreted(event: str, functions: Sequence[Rule]) -> None:
    for function in functions:
        if is_interpreted(function):
            raise RuleError(
                f"event {event!r} cannot be compiled: {function.__name__} ({where(function)}) is marked "
                "@interpreted, and a page runs compiled rules only"
            )


def _type(array: Array) -> types.Type:
    kind = {"f8": types.float64, "i4": types.int32, "i8": types.int64, "u8": types.uint64, "u4": types.uint32}
    return types.Array(kind[array.dtype.str[1:]], array.ndim, "C")
