"""The engine: runs the events of a quarter, compiled (the default) or interpreted, on one thread or several.

The result never depends on how it is run: rows are cut into chunks of fixed size for any number of threads,
sums are taken within a chunk in row order and over chunks in chunk order, and draws are pure functions of
(seed, stream, step, row).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from model.engine.binding import BoundEvent, bind_procedure, disabled_column_name, drawn_for
from model.engine.births import Births, Ends, bear, end
from model.engine.compile.compile_ahead import PendingKernels
from model.engine.compile.compile_errors import explain_compile_error, is_compile_error
from model.engine.compile.compile_kernel import announced, compiled_procedure, load_kernel
from model.engine.compile.kernel_source import ARITHMETIC, BLOCK, KernelSignature
from model.engine.draws import stream_key, uniforms
from model.engine.event_texts import LONG_TEXT, bound_event, event_text, long_event
from model.engine.events import Event, ForEach, Procedure, Rule, is_on
from model.engine.interpreter import Faces, Interpreted, not_finite
from model.engine.mixed_events import Stretch, split_event
from model.engine.probes import Probe, looking
from model.engine.rule_source import RuleError, arguments, as_python, is_interpreted
from model.engine.state import State
from model.engine.user_code_checks import check_row_indices, checked_procedure, interpreted_if_raised

CHUNK_ROWS = 65_536
SPLIT_ROWS = 2_000_000  # of a table up to which results are passed on from part to part of an event
ENGINES = ("compiled", "interpreted")
NOT_KEPT = np.empty(0)  # results that nothing but their own stretch of an event reads
Call = Callable[[int], None]
Chunk = tuple[tuple[int, int], tuple[int, int], int]  # outer rows, rows, width
Sums = list[NDArray[np.float64]]
Kernel = Callable[[int, Chunk, Sums], None]


@runtime_checkable
class Grouped(Protocol):
    """The values of a parameter that varies by group, which rules read from a column."""

    def write(self, state: State, quarter: int) -> None: ...


class Engine:
    """The events of a quarter, bound to the tables of one economy.

    under_way: Engine, event and step that this process computes; each time another tuple, to be watched.
    """

    under_way: ClassVar[tuple[Engine, str, int] | None] = None

    def __init__(
        self,
        quarter: Sequence[Event],
        state: State,
        rules: Mapping[str, Rule],
        parameters: Mapping[str, float],
        seed: int,
        mode: str = "compiled",
        threads: int = 1,
        arithmetic: str = "strict",
        faces: Faces | None = None,
        varying: Mapping[str, Callable[[int], float] | Grouped] | None = None,
    ) -> None:
        if arithmetic not in ARITHMETIC:
            raise ValueError(f"arithmetic {arithmetic!r} is unknown: it is one of {', '.join(ARITHMETIC)}")
        self.arithmetic = arithmetic
        if mode not in ENGINES:
            raise ValueError(f"engine {mode!r} is unknown: it is one of {', '.join(ENGINES)}")
        if threads < 1:
            raise ValueError(f"threads must be at least 1, not {threads}")
        self.quarter, self.threads = tuple(quarter), threads
        self.state, self.rules, self.seed, self.mode = state, rules, seed, mode
        self.absent = state.absent
        neutral = {disabled_column_name(*item): state.schema.start(*item) for item in self.absent}
        self.parameters = {**parameters, **neutral}
        self.varying = dict(varying or {})  # parameter → its value by step
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.faces = faces
        self.by_row: list[tuple[str, Kernel]] = []  # table and kernel of events that sum nothing over rows
        self.events = [event for event in quarter if is_on(event.when, self.parameters)]
        self.names = [event.name for event in self.events]
        self.wraps: list[tuple[int, Callable[[Call], Call]]] = []  # places in the quarter, and code around
        self.pending = PendingKernels()
        self.calls = [self._bind(event) for event in self.events]
        self.pending.compile()

    def wrap_event(self, event: str, wrap: Callable[[Call], Call]) -> None:
        """Run code before or after an event: ``wrap`` takes the call of a quarter and returns another.

        For experiments that hold a column at other values.

        Raises:
            KeyError: No event of that name takes place.
        """
        if event not in self.names:
            raise KeyError(f"no event {event!r} takes place in this run")
        self.wraps.append((self.names.index(event), wrap))
        self._wrap(*self.wraps[-1])

    def _wrap(self, place: int, wrap: Callable[[Call], Call]) -> None:
        every, call = self.calls[place]
        self.calls[place] = (every, wrap(call))

    @property
    def growing(self) -> set[str]:
        """The tables whose rows are born in a run."""
        return {event.table for event in self.events if isinstance(event, Births)}

    def grow(self, table: str, rows: int) -> None:
        """Give a table more rows, and bind all events to the longer columns."""
        self.state[table].grow(rows, self.state.schema.tables[table])
        self.by_row.clear()
        self.calls[:] = [self._bind(event) for event in self.events]  # in place: a quarter is under way
        self.pending.compile()
        for place, wrap in self.wraps:
            self._wrap(place, wrap)

    def for_state(self, state: State) -> Engine:
        """Return an engine with the same quarter, rules, parameters and seed for other tables."""
        common = (self.seed, self.mode, self.threads, self.arithmetic, self.faces, self.varying)
        return Engine(self.quarter, state, self.rules, self.parameters, *common)

    def replay_row(self, table: str, row: int, step: int) -> None:
        """Give one row the values that the rules of its table would have given it in quarter ``step``."""
        self._vary(step)
        for name, kernel in self.by_row:
            if name == table:
                kernel(step, ((0, 1), (row, row + 1), 0), [])

    def run(self, first: int, steps: int = 1, recorded: Sequence[tuple[str, str]] = ()) -> Sums:
        """Run quarters ``first`` to ``first + steps - 1``; their numbers name the draws and may be negative.

        ``recorded`` are (table, column). Return their values at the end of each quarter, an array of shape
        (steps, rows) for each.
        """
        records = [np.empty((steps, self.state[table].rows)) for table, _ in recorded]
        for step in range(first, first + steps):
            for name, call in self.iter_events(step):
                Engine.under_way = (self, name, step)
                call(step)
            Engine.under_way = None
            for record, (table, column) in zip(records, recorded, strict=True):
                record[step - first] = self.state[table][column]
        return records

    def iter_events(self, step: int) -> Iterator[tuple[str, Call]]:
        """Yield name and call of each event of quarter ``step``, in order, after noting the quarter."""
        self._vary(step)
        if "quarter" in self.state["nation"]:
            self.state["nation"]["quarter"] = step
        for name, (every, call) in zip(self.names, self.calls, strict=True):
            if (step + 1) % every == 0:
                yield name, call

    def _vary(self, step: int) -> None:
        for name, path in self.varying.items():
            if isinstance(path, Grouped):
                path.write(self.state, step)
            else:
                self.parameters[name] = path(step)

    def _bind(self, event: Event) -> tuple[int, Call]:
        if isinstance(event, Births):
            return event.every, lambda step: bear(event, self.state, self.grow)
        if isinstance(event, Ends):
            return event.every, lambda step: end(event, self.state)
        if isinstance(event, Probe):
            return event.every, looking(event, self.state, self.parameters)
        if isinstance(event, Procedure):
            return event.every, self._bind_procedure(event)
        return event.every, self._bind_for_each(event)

    def _bind_procedure(self, event: Procedure) -> Call:
        found = bind_procedure(event.function, self.state, self.parameters)
        passed: Sequence[object] = found
        run = event.function  # interpreted, on NumPy arrays, if it is marked so
        if not is_interpreted(run) and self.mode == "interpreted":
            # A memoryview gives plain Python numbers, whose arithmetic is that of compiled code.
            passed = [memoryview(item) if isinstance(item, np.ndarray) else item for item in found]
            run = as_python(run)
        elif not is_interpreted(run):
            run = compiled_procedure(run, self.arithmetic)
            self.pending.add(run, lambda: found)
        checked = checked_procedure(event, run, found, self.state)
        names = list(enumerate(arguments(event.function)))
        places = [(k, name) for k, name in names if name in self.varying]
        drawn = [
            (array, *of)
            for k, name in names
            if (of := drawn_for(name, self.state.schema)) and isinstance(array := found[k], np.ndarray)
        ]
        if not places and not drawn:
            return lambda step: checked(step, passed)
        given = list(passed)

        def varied(step: int) -> None:
            for k, name in places:
                given[k] = self.parameters[name]
            for array, table, name in drawn:
                key = stream_key(self.seed, f"{table}.{name}", step)
                array[:] = uniforms(key, np.arange(len(array)))
            checked(step, given)

        return varied

    def _bind_for_each(self, event: ForEach, state: State | None = None, whole: bool = True) -> Call:
        """Return the call of an event; ``whole``: it is no part of another one."""
        state = state or self.state
        functions = event.functions_from(self.rules)
        key = (event, functions, tuple(self.parameters), state.schema, self.absent)
        bound, signature = bound_event(*key)
        interpret = self.mode == "interpreted" or any(map(is_interpreted, functions))
        text = "" if interpret else event_text(key, self.arithmetic)
        if whole and self.mode == "compiled" and (interpret or len(text) > LONG_TEXT):
            call = self._in_parts(event, bound, state, interpret)
            if call:
                return call
        kernel = (
            self._interpreted(bound, state) if interpret else self._compiled(bound, signature, text, state)
        )
        call = self._over_chunks(bound, state, kernel, None if interpret else self.pool)
        if not interpret:
            call = interpreted_if_raised(
                bound, state, text, call, lambda step: self._again(bound, state, step)
            )
        return check_row_indices(bound, state, call)

    def _in_parts(self, event: ForEach, bound: BoundEvent, state: State, interpret: bool) -> Call | None:
        """Return the call of an event in parts; None if it is run as one."""
        context = tuple(self.parameters), self.state.schema, self.absent
        original = long_event(event, bound, context, self.arithmetic)
        small = interpret or state[event.table].rows <= SPLIT_ROWS
        parts = split_event(bound, state, original and original[0]) if small else None
        if parts is None:
            if original is None or bound.rules != original[0].rules or bound.totals != original[0].totals:
                return None
            parts = [Stretch(0, len(bound.rules) + 1)], state
        before, calls = len(self.by_row), []
        for part in parts[0]:
            if isinstance(part, Stretch):
                assert original is not None
                calls.append(self._stretch(part, *original, parts[1]))
            else:
                calls.append(self._bind_for_each(part, parts[1], whole=False))
        if bound.totals:  # none of its parts is replayed for a row
            del self.by_row[before:]
        return functools.partial(_call_in_turn, calls)

    def _stretch(
        self, part: Stretch, bound: BoundEvent, signature: KernelSignature, text: str, state: State
    ) -> Call:
        """Return the call of some rules of an event of the model, whose results other parts may read."""
        table = state[bound.event.table]
        made = [table.columns.get(rule.name, NOT_KEPT) for rule in bound.rules]
        kernel = self._compiled(bound, signature, text, state, (part.low, part.high, *made))
        summing = part.high > len(bound.rules)
        if not summing:
            unused: Sums = [np.empty(0) for _ in bound.totals]
            whole, bound = kernel, replace(bound, totals=())

            def kernel(step: int, chunk: Chunk, sums: Sums) -> None:
                whole(step, chunk, unused)

        return self._over_chunks(bound, state, kernel, self.pool)

    def _again(self, bound: BoundEvent, state: State, step: int) -> None:
        """Interpret an event of which a compiled rule raised; this raises the error that names its row."""
        kernel = self._interpreted(bound, state)
        sums = [np.zeros(state[total.table].rows) for total in bound.totals]
        for chunk in self.chunks(bound.event.table):
            kernel(step, chunk, sums)

    def _over_chunks(
        self, bound: BoundEvent, state: State, kernel: Kernel, pool: ThreadPoolExecutor | None
    ) -> Call:
        chunks = self.chunks(bound.event.table)
        if not bound.totals and bound.event.table not in state.schema.pairs:
            self.by_row.append((bound.event.table, kernel))
        targets = [state[total.table][total.column] for total in bound.totals]
        sums: list[Sums] = [[np.zeros_like(target) for target in targets] for _ in chunks]

        def call(step: int) -> None:
            for part in sums:
                for values in part:
                    values[:] = 0.0
            if pool is None or len(chunks) == 1:
                for chunk, part in zip(chunks, sums, strict=True):
                    kernel(step, chunk, part)
            else:
                given = zip(chunks, sums, strict=True)
                running = [pool.submit(kernel, step, chunk, part) for chunk, part in given]
                wait(running)  # for all, before one that failed is reported
                for one in running:
                    one.result()
            for k, target in enumerate(targets):
                target[:] = sums[0][k]
                for part in sums[1:]:
                    target += part[k]

        return call

    def chunks(self, table: str) -> list[Chunk]:
        """Return the chunks of a table, which depend on the sizes of the tables alone."""
        if table in self.state.schema.pairs:
            pair = self.state.schema.pairs[table]
            high, width = self.state[pair.first[1]].rows, self.state[pair.second[1]].rows
            stride = max(1, CHUNK_ROWS // max(1, width))
            return [((k, min(k + stride, high)), (0, width), width) for k in range(0, max(1, high), stride)]
        rows = self.state[table].rows
        starts = range(0, rows, CHUNK_ROWS) if rows else [0]
        return [((0, 1), (k, min(k + CHUNK_ROWS, rows)), 0) for k in starts]

    def _keys(self, bound: BoundEvent, draws: Sequence[str], step: int) -> dict[str, int]:
        return {name: stream_key(self.seed, f"{bound.event.table}.{name}", step) for name in draws}

    def _interpreted(self, bound: BoundEvent, state: State) -> Kernel:
        loop = Interpreted(bound, state, self.parameters, self.faces)
        draws = sorted({s.name for rule in bound.rules for s in rule.reads if s.kind == "draw"})

        def run(step: int, chunk: Chunk, sums: Sums) -> None:
            outer, rows, width = chunk
            loop(outer, rows, width, self._keys(bound, draws, step), sums, step)

        return run

    def _compiled(
        self,
        bound: BoundEvent,
        signature: KernelSignature,
        text: str,
        state: State,
        stretch: Sequence[object] = (),
    ) -> Kernel:
        loaded = load_kernel(bound.event.name, text)
        kernel = announced(loaded, bound.event.name)
        arrays = [state[table][column] for table, column in signature.arrays]

        def example() -> list[object]:
            numbers = [self.parameters[name] for name in signature.parameters]
            sums = [state[total.table][total.column] for total in bound.totals]
            return [*[0] * 5, *stretch, *arrays, *numbers, *[np.uint64()] * len(signature.draws), *sums]

        self.pending.add(loaded, example)

        def run(step: int, chunk: Chunk, sums: Sums) -> None:
            (outer_first, outer_last), (first, last), width = chunk
            keys = self._keys(bound, signature.draws, step)
            drawn = [np.uint64(keys[name]) for name in signature.draws]
            numbers = [self.parameters[name] for name in signature.parameters]
            try:
                rows = outer_first, outer_last, first, last, width
                kernel(*rows, *stretch, *arrays, *numbers, *drawn, *sums)
            except FloatingPointError as error:
                name, outer, start = error.args
                block = ((outer, outer), (start, min(start + BLOCK, last)), width)
                raise self._not_finite(name, bound, state, block, keys, step) from None
            except Exception as error:
                if is_compile_error(error):
                    raise explain_compile_error(error, bound) from None
                raise

        return run

    def _not_finite(
        self, name: str, bound: BoundEvent, state: State, block: Chunk, keys: dict[str, int], step: int
    ) -> RuleError:
        """Return the error on a non-finite result, found by interpreting its block."""
        (outer, _), rows, width = block
        try:
            Interpreted(bound, state, self.parameters, self.faces).values(outer, rows, width, keys, step)
        except RuleError as found:
            return found
        return not_finite(next(rule for rule in bound.rules if rule.name == name), "some row")


def _call_in_turn(calls: Sequence[Call], step: int) -> None:
    for call in calls:
        call(step)
