"""Runs the events of a quarter: compiled (the default) or interpreted, on one thread or several.

The result never depends on how it is run: rows are cut into chunks of fixed size whatever the number
of threads, sums are taken within a chunk in row order and over chunks in chunk order, and draws are
pure functions of (seed, stream, step, row).
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine.binding import Absent, Bound, bind_each, bind_market, off
from model.engine.compile.kernel_source import (
    ARITHMETIC,
    BLOCK,
    Layout,
    compiled_market,
    kernel_text,
    load,
    market_text,
)
from model.engine.draws import stream_key
from model.engine.events import Event, ForEach, Procedure, is_on
from model.engine.interpreter import Faces, Interpreted, not_finite
from model.engine.mixed_events import divided_event, is_free
from model.engine.rule_source import RuleError, plain, state_of, where
from model.engine.schema import Schema
from model.engine.state import State
from model.engine.user_code_checks import guarded, rows_exist

CHUNK_ROWS = 65_536
ENGINES = ("compiled", "interpreted")
COLOURS = re.compile(r"\x1b\[\d*m")  # that Numba writes into its messages
Call = Callable[[int], None]


def interpreted(rule: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a rule that may use anything Python has; its event runs interpreted, all others compiled."""
    rule.interpreted = True  # type: ignore[attr-defined]
    return rule


@functools.lru_cache(maxsize=512)
def _kernel(name: str, text: str) -> Callable[..., Any]:
    return load(name, text)


# Binding and writing text depend on names and functions alone, so runs of one process share the work.
@functools.lru_cache(maxsize=512)
def _planned(
    event: ForEach,
    functions: tuple[Callable[..., Any], ...],
    parameters: tuple[str, ...],
    schema: Schema,
    absent: Absent,
) -> tuple[Bound, Layout]:
    bound = bind_each(event, dict(zip(event.rules, functions, strict=True)), parameters, schema, absent)
    return bound, Layout(bound)


@functools.lru_cache(maxsize=512)
def _text(
    event: ForEach,
    functions: tuple[Callable[..., Any], ...],
    parameters: tuple[str, ...],
    schema: Schema,
    absent: Absent,
    states: tuple[Hashable, ...],
    arithmetic: str,
) -> str:
    # ``states`` only tells apart what the functions' text cannot: numbers they use from outside.
    return kernel_text(*_planned(event, functions, parameters, schema, absent), arithmetic)


class Engine:
    """Binds the events of a quarter to one economy and runs them."""

    def __init__(
        self,
        quarter: Sequence[Event],
        state: State,
        rules: Mapping[str, Callable[..., Any]],
        parameters: Mapping[str, float],
        seed: int,
        mode: str = "compiled",
        threads: int = 1,
        arithmetic: str = "strict",
        faces: Faces | None = None,
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
        neutral = {off(*item): state.schema.start(*item) for item in self.absent}
        self.parameters = {**parameters, **neutral}
        self.pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.faces = faces
        self.by_row: list[tuple[str, Callable[..., None]]] = []  # events that give every row its own values
        events = [event for event in quarter if is_on(event.when, self.parameters)]
        self.names = [event.name for event in events]
        self.calls = [self._bind(event) for event in events]

    def around(self, event: str, wrap: Callable[[Call], Call]) -> None:
        """Put something before or after an event: ``wrap`` takes its call, of a quarter, and returns another.

        For experiments that hold a column where it would not stay.

        Raises KeyError: no event of that name takes place.
        """
        if event not in self.names:
            raise KeyError(f"no event {event!r} takes place in this run")
        place = self.names.index(event)
        every, call = self.calls[place]
        self.calls[place] = (every, wrap(call))

    def on(self, state: State) -> Engine:
        """An engine of the same quarter, rules, parameters and seed for other tables."""
        return Engine(
            self.quarter, state, self.rules, self.parameters, self.seed, self.mode, self.threads,
            self.arithmetic, self.faces,
        )  # fmt: skip

    def catch_up(self, table: str, row: int, step: int) -> None:
        """Give one row what the rules of its table alone would have given it in quarter ``step``."""
        for name, run in self.by_row:
            if name == table:
                run(step, ((0, 1), (row, row + 1), 0), [])

    def run(
        self, first: int, steps: int = 1, recorded: Sequence[tuple[str, str]] = ()
    ) -> list[NDArray[np.float64]]:
        """Run quarters ``first`` to ``first + steps - 1``; their numbers name the draws and may be negative.

        ``recorded`` are (table, column); return their values at the end of each quarter, one array of
        shape (steps, rows) for each.
        """
        records = [np.empty((steps, self.state[table].rows)) for table, _ in recorded]
        for step in range(first, first + steps):
            for _, call in self.events_of(step):
                call(step)
            for record, (table, column) in zip(records, recorded, strict=True):
                record[step - first] = self.state[table][column]
        return records

    def events_of(self, step: int) -> Iterator[tuple[str, Call]]:
        """Name and call of each event of quarter ``step``, in order; notes which quarter it is."""
        if "quarter" in self.state["nation"]:
            self.state["nation"]["quarter"] = step
        for name, (every, call) in zip(self.names, self.calls, strict=True):
            if (step + 1) % every == 0:
                yield name, call

    def _bind(self, event: Event) -> tuple[int, Call]:
        call = self._bind_market(event) if isinstance(event, Procedure) else self._bind_each(event)
        return event.every, call

    def _bind_market(self, event: Procedure) -> Call:
        found = bind_market(event.function, self.state, self.parameters)
        if getattr(event.function, "interpreted", False):  # it may use anything, on NumPy's arrays
            run, passed = event.function, found
        elif self.mode == "interpreted":
            # memoryviews give plain Python numbers, whose arithmetic is that of the compiled code.
            passed = [memoryview(item) if isinstance(item, np.ndarray) else item for item in found]
            run = plain(event.function)
        else:
            run, passed = compiled_market(event.function, self.arithmetic), found
        checked = guarded(event, run, found, self.state)
        return lambda step: checked(step, passed)

    def _bind_each(self, event: ForEach, state: State | None = None) -> Call:
        state = state or self.state
        key = (
            event, tuple(self.rules[name] for name in event.rules), tuple(self.parameters), state.schema,
            self.absent,
        )  # fmt: skip
        bound, plan = _planned(*key)
        free = any(is_free(rule) for rule in bound.rules)
        parts = divided_event(bound, state) if free and self.mode == "compiled" else None
        if parts:
            return _in_turn([self._bind_each(part, parts[1]) for part in parts[0]])
        plainly = free or self.mode == "interpreted"
        if plainly:
            run = self._interpreted(bound, state)
        else:
            states = tuple(state_of(rule.function) for rule in bound.rules)
            run = self._compiled(bound, plan, _text(*key, states, self.arithmetic), state)
        return rows_exist(bound, state, self._over_chunks(bound, state, run, None if plainly else self.pool))

    def _over_chunks(
        self, bound: Bound, state: State, run: Callable[..., None], pool: ThreadPoolExecutor | None
    ) -> Callable[[int], None]:
        chunks = self._chunks(bound.event.table)
        if not bound.totals and bound.event.table not in state.schema.pairs:
            self.by_row.append((bound.event.table, run))
        targets = [state[total.table][total.column] for total in bound.totals]
        sums = [[np.zeros_like(target) for target in targets] for _ in chunks]

        def call(step: int) -> None:
            for part in sums:
                for values in part:
                    values[:] = 0.0
            if pool is None or len(chunks) == 1:
                for chunk, part in zip(chunks, sums, strict=True):
                    run(step, chunk, part)
            else:
                list(pool.map(lambda item: run(step, *item), zip(chunks, sums, strict=True)))
            for k, target in enumerate(targets):
                target[:] = sums[0][k]
                for part in sums[1:]:
                    target += part[k]

        return call

    def _chunks(self, table: str) -> list[tuple[tuple[int, int], tuple[int, int], int]]:
        """(outer rows, rows, width) of each chunk: fixed by the sizes of the tables alone."""
        if table in self.state.schema.pairs:
            pair = self.state.schema.pairs[table]
            high, width = self.state[pair.first[1]].rows, self.state[pair.second[1]].rows
            each = max(1, CHUNK_ROWS // max(1, width))
            return [((k, min(k + each, high)), (0, width), width) for k in range(0, max(1, high), each)]
        rows = self.state[table].rows
        starts = range(0, rows, CHUNK_ROWS) if rows else [0]
        return [((0, 1), (k, min(k + CHUNK_ROWS, rows)), 0) for k in starts]

    def _keys(self, bound: Bound, draws: Sequence[str], step: int) -> dict[str, int]:
        return {name: stream_key(self.seed, f"{bound.event.table}.{name}", step) for name in draws}

    def _interpreted(self, bound: Bound, state: State) -> Callable[..., None]:
        loop = Interpreted(bound, state, self.parameters, self.faces)
        draws = sorted({s.name for rule in bound.rules for s in rule.reads if s.how == "draw"})

        def run(step: int, chunk: Any, sums: list[Any]) -> None:
            outer, rows, width = chunk
            loop(outer, rows, width, self._keys(bound, draws, step), sums, step)

        return run

    def _compiled(self, bound: Bound, plan: Layout, text: str, state: State) -> Callable[..., None]:
        kernel = _kernel(bound.event.name, text)
        arrays = [state[table][column] for table, column in plan.arrays]

        def run(step: int, chunk: Any, sums: list[Any]) -> None:
            (outer_first, outer_last), (first, last), width = chunk
            keys = self._keys(bound, plan.draws, step)
            drawn = [np.uint64(keys[name]) for name in plan.draws]
            numbers = [self.parameters[name] for name in plan.parameters]
            try:
                kernel(outer_first, outer_last, first, last, width, *arrays, *numbers, *drawn, *sums)
            except FloatingPointError as error:
                raise self._explained(error, bound, state, chunk, keys, step) from None
            except Exception as error:
                if _is_refusal(error):
                    raise _uncompilable(error, [bound]) from None
                raise

        return run

    def _explained(
        self, error: FloatingPointError, bound: Bound, state: State, chunk: Any, keys: dict[str, int],
        step: int,
    ) -> RuleError:  # fmt: skip
        """The sentence on a rule whose result was not finite: its block, not yet written, is run again."""
        _, outer, start = error.args
        _, (_, last), width = chunk
        try:
            Interpreted(bound, state, self.parameters, self.faces).values(
                outer, (start, min(start + BLOCK, last)), width, keys, step
            )
        except RuleError as found:
            return found
        return not_finite(next(rule for rule in bound.rules if rule.name == error.args[0]), "some row")


def _in_turn(calls: Sequence[Callable[[int], None]]) -> Callable[[int], None]:
    def call(step: int) -> None:
        for one in calls:
            one(step)

    return call


def _is_refusal(error: Exception) -> bool:
    """Whether Numba refused the code: most of its errors have its name, a few are plain TypeErrors."""
    return isinstance(error, TypeError) or type(error).__module__.startswith("numba")


def _uncompilable(error: Exception, suspects: Sequence[Bound]) -> Exception:
    """Name the rule that Numba refuses: each is tried alone, with numbers for arguments."""
    for rule in (rule for bound in suspects for rule in bound.rules):
        said = f"rule {rule.name} ({where(rule.function)}) cannot be compiled"
        advice = "mark it @interpreted to run it as plain Python"
        try:
            alone = _kernel(f"try_{rule.name}", market_text(rule.function))
            with contextlib.suppress(ArithmeticError, ValueError):  # what it raises with these numbers
                alone(*(1.5 for _ in rule.reads))
            given = str(alone.nopython_signatures[0].return_type)  # type: ignore[attr-defined]
        except Exception as refused:
            if _is_refusal(refused):
                return RuleError(f"{said}: {_short(refused)}; {advice}")
            continue
        if given.startswith(("none", "Optional", "OptionalType")):
            return RuleError(f"{said}: it does not return a number on every path")
        if not given.startswith(("float", "int", "uint", "bool", "Literal[int]", "Literal[bool]")):
            return RuleError(f"{said}: it returns {given}, not a number")
    return error


def _short(error: Exception) -> str:
    return " ".join(COLOURS.sub("", str(error)).split())[:300]
