"""Interpreted events: plain Python, called row by row, with the same bits as the compiled form."""

from __future__ import annotations

import bdb
import itertools
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.view import AgentView
from model.engine.binding import BoundEvent, BoundRule, Source
from model.engine.draws import uniforms
from model.engine.events import Rule
from model.engine.face_columns import as_function_of_columns
from model.engine.ieee_division import is_undefined
from model.engine.rule_source import RuleError, as_python, is_interpreted, is_user_defined, where
from model.engine.state import State

Rows = NDArray[np.int64]
Faces = Callable[[str, int], AgentView]  # table, row → Mesa agent


class Interpreted:
    """A ``ForEach`` event, rule by rule over its rows; called like a compiled kernel.

    The values that a rule reads are gathered for all rows at once, and the function is called with plain
    numbers, so that little time is spent outside it. ``faces`` gives the agents for rules that read ``self``.
    """

    def __init__(
        self, bound: BoundEvent, state: State, parameters: Mapping[str, float], faces: Faces | None = None
    ) -> None:
        self.bound, self.state, self.parameters, self.faces = bound, state, parameters, faces
        self.table = state[bound.event.table]
        self.rules = [self._callable(rule, place) for place, rule in enumerate(bound.rules)]
        self.known: tuple[Rows, list[AgentView]] = (np.empty(0, dtype=np.int64), [])

    def _callable(self, rule: BoundRule, place: int) -> tuple[BoundRule, Rule]:
        """Return the rule with the function that is called for a row."""
        if not any(source.kind == "face" for source in rule.reads):
            return rule, as_python(rule.function)
        made = {earlier.name for earlier in self.bound.rules[:place]}
        found = as_function_of_columns(rule, self.bound.event.table, self.table, made)
        return found or (rule, rule.function)

    def __call__(
        self,
        outer: tuple[int, int],
        rows: tuple[int, int],
        width: int,
        keys: Mapping[str, int],
        totals: Sequence[NDArray[np.float64]],
        step: int = 0,
    ) -> None:
        """Apply the rules to rows ``outer × width + rows``; add sums to ``totals``.

        Raises:
            RuleError: A user-defined rule fails, or returns no finite number.
        """
        for first in range(*outer):
            at, values = self.values(first, rows, width, keys, step)
            self._finish(first, at - first * width, at, values, totals)

    def values(
        self, first: int, rows: tuple[int, int], width: int, keys: Mapping[str, int], step: int
    ) -> tuple[Rows, dict[str, list[float]]]:
        """Return the rows that take part and the result of each rule for them; write nothing."""
        second = np.arange(*rows, dtype=np.int64)
        if self.bound.mask:
            name, wanted = self.bound.mask
            base = first * width
            second = second[(self.table[name][base + rows[0] : base + rows[1]] > 0.5) == wanted]
        at = first * width + second
        read: dict[Source, Any] = {}
        values: dict[str, list[float]] = {}
        for rule, function in self.rules:
            for source in rule.reads:
                if source.kind != "value" and source not in read:
                    read[source] = self._gathered(source, first, second, at, keys)
            given = [values[s.name] if s.kind == "value" else read[s] for s in rule.reads]
            values[rule.name] = self._applied(rule, function, given, at, values, step)
            if any(s.kind == "face" for s in rule.reads) and getattr(function, "writes", True):
                read.clear()  # the agents may have changed what later rules read
        return at, values

    def _applied(
        self,
        rule: BoundRule,
        function: Rule,
        given: list[Any],
        at: Rows,
        made: Mapping[str, list[float]],
        step: int,
        ieee: bool = False,
    ) -> list[float]:
        """Return the result of the rule for each row. A value that all rows share is a list of one."""
        count = len(at)
        columns: list[Iterable[Any]] = [
            itertools.repeat(part[0], count) if source.kind in _SHARED else part
            for source, part in zip(rule.reads, given, strict=True)
        ]
        by_row = any(source.kind == "face" for source in rule.reads)
        if by_row and not getattr(function, "by_columns", False):
            columns = [
                self._deciding(list(part), at, made) if source.kind == "face" else part
                for source, part in zip(rule.reads, columns, strict=True)
            ]
        found: list[Any] = []
        numbers: list[float] = []
        try:
            # Both lists keep the results before a failure, so the row is known.
            if columns:
                found.extend(map(function, *columns))
            else:
                found.extend(function() for _ in range(count))
            numbers.extend(map(float, found))
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            if not is_user_defined(rule.function):
                raise
            if is_undefined(error) and not is_interpreted(rule.function) and not ieee:
                # Compiled code continues with inf or nan; the result of the rule decides in both.
                function = as_python(rule.function, ieee=True)
                return self._applied(rule, function, given, at, made, step, ieee=True)
            failed = len(numbers) if len(found) == count else len(found)
            raise self._refusal(rule, given, at, failed, step, error, found) from error
        if is_user_defined(rule.function):
            low, high = self.bound.limits(rule)
            results = np.array(numbers)
            wrong = np.flatnonzero(~((low <= results) & (results <= high)))
            if len(wrong):
                raise self._refusal(rule, given, at, int(wrong[0]), step, None, found)
        return numbers

    def _deciding(
        self, agents: list[AgentView], at: Rows, made: Mapping[str, list[float]]
    ) -> Iterable[AgentView]:
        """Yield the agents, each with the results of earlier rules of the event while it decides."""
        deciding = self.table.deciding
        # Results of compiled rules before this one are in columns, some of which are hidden.
        known = agents[0]._columns if agents else self.table.columns
        columns = self.table.columns.items()
        hidden = {name: values[at].tolist() for name, values in columns if name not in known}
        deciding.values = {**hidden, **made}
        try:
            for position, agent in enumerate(agents):
                deciding.row, deciding.position = agent.row, position
                yield agent
        finally:
            deciding.values, deciding.row = {}, -1

    def _agents(self, table: str, at: Rows) -> list[AgentView]:
        """Return the agents of these rows; firms are most often those of the quarter before."""
        if self.faces is None:
            raise RuleError("a rule that reads self needs a RegionalModel, which gives it the agent")
        if not np.array_equal(self.known[0], at):
            self.known = (at, [self.faces(table, row) for row in at.tolist()])
        return self.known[1]

    def _refusal(
        self,
        rule: BoundRule,
        given: list[Any],
        at: Rows,
        k: int,
        step: int,
        error: Exception | None,
        found: list[Any],
    ) -> RuleError:
        """Return the error on a row for which a rule returns no finite number."""
        reads = ", ".join(
            f"{source.name if source.kind != 'lookup' else source.index + '_' + source.name} = "
            f"{part[0] if source.kind in _SHARED else part[k]:.6g}"
            for source, part in zip(rule.reads, given, strict=True)
            if source.kind != "face"
        )
        of = f"row {at[k]} of {self.bound.event.table} in quarter {step}"
        of += f", where {reads}" if reads else ""
        if error is None:
            result = float(found[k])
            if not np.isfinite(result):
                return not_finite(rule, of)
            column = self.bound.schema.find(self.bound.event.table, rule.name)
            return RuleError(
                f"rule {rule.name} ({where(rule.function)}) returns {result:.6g} for {of}: its column is in "
                f"{column.unit}, from 0 to {column.most:g}"
            )
        if k < len(found):
            return RuleError(
                f"rule {rule.name} ({where(rule.function)}) returns {found[k]!r}, not a number, for {of}"
            )
        line = failing_line(error, rule.function)
        if isinstance(error, ZeroDivisionError):
            return not_finite(rule, of, "it divides by zero", line)
        return RuleError(f"rule {rule.name} ({line}) fails for {of}: {type(error).__name__}: {error}")

    def _finish(
        self,
        first: int,
        second: Rows,
        at: Rows,
        values: Mapping[str, list[float]],
        totals: Sequence[NDArray[np.float64]],
    ) -> None:
        for name in self.bound.writes:
            self.table[name][at] = values[name]
        for total, sums in zip(self.bound.totals, totals, strict=True):
            source = total.value
            column = values[source.name] if source.kind == "value" else self.table[source.name][at].tolist()
            if total.index:
                rows, added = self.table[total.index].astype(np.int64)[at], np.asarray(column, np.float64)
                there = rows >= 0  # all, unless the total is optional
                np.add.at(sums, rows[there], added[there])
            elif total.side == "second":
                np.add.at(sums, second, np.asarray(column, np.float64))
            else:
                row = first if total.side == "first" else 0
                total_of_rows = sums.item(row)
                for value in column:  # in order; sum() would compensate for rounding
                    total_of_rows += value
                sums[row] = total_of_rows

    def _gathered(
        self, source: Source, first: int, second: Rows, at: Rows, keys: Mapping[str, int]
    ) -> list[Any]:
        """Return the values of the rows, or the single one that all share."""
        if source.kind == "parameter":
            return [self.parameters[source.name]]
        if source.kind == "draw":
            return uniforms(keys[source.name], at).tolist()
        if source.kind == "face":
            return self._agents(source.table, at)
        column = self.state[source.table][source.name]
        if source.kind in ("nation", "first"):
            return [column.item(0 if source.kind == "nation" else first)]
        if source.kind == "lookup":
            rows = self.table[source.index][at]
            if source.optional:
                return [column.item(row) if row >= 0 else 0.0 for row in rows.tolist()]
            return column[rows].tolist()
        if source.kind == "second_lookup":
            pair = self.bound.schema.pairs[self.bound.event.table]
            return column[self.state[pair.second[1]][source.index][second]].tolist()
        return column[second if source.kind == "second" else at].tolist()


_SHARED = ("parameter", "nation", "first")


def not_finite(rule: BoundRule, of: str, why: str = "", line: str = "") -> RuleError:
    """Return the error on a rule whose result is not finite, the same in both engines."""
    tail = f" ({why})" if why else ""
    return RuleError(
        f"rule {rule.name} ({line or where(rule.function)}) gives no finite number for {of}{tail}"
    )


def failing_line(error: Exception, function: Rule) -> str:
    """Return the line of the user's file that raised; that of the rule where it is unknown."""
    file = getattr(function, "__code__", None) and function.__code__.co_filename
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{inside[-1].filename}:{inside[-1].lineno}" if inside else where(function)
