"""Interpreted form of an event: plain Python called row by row, the same bits as the compiled one."""

from __future__ import annotations

import bdb
import itertools
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.engine.binding import Bound, BoundRule, Source
from model.engine.draws import uniforms
from model.engine.ieee_division import is_undefined
from model.engine.rule_source import RuleError, is_own, plain, where
from model.engine.state import State

Rows = NDArray[np.int64]
Faces = Callable[[str, int], Any]  # table, row → what Mesa sees of it


class Interpreted:
    """An ``Each`` event, rule by rule over its rows; called like a compiled kernel.

    What a rule reads is gathered for all rows at once, and the function is called with plain numbers, so that
    little more than its own time is spent. ``faces`` is asked for agents by rules that read ``self``.
    """

    def __init__(
        self, bound: Bound, state: State, parameters: Mapping[str, float], faces: Faces | None = None
    ) -> None:
        self.bound, self.state, self.parameters, self.faces = bound, state, parameters, faces
        self.table = state[bound.event.table]
        self.rules = [(rule, plain(rule.function)) for rule in bound.rules]

    def __call__(
        self,
        outer: tuple[int, int],
        rows: tuple[int, int],
        width: int,
        keys: Mapping[str, int],
        totals: list[Any],
        step: int = 0,
    ) -> None:
        """Apply the rules to rows ``outer × width + rows``; sums go to ``totals``.

        Raises:
            RuleError: a rule of one's own fails, or yields what is no finite number.
        """
        for first in range(*outer):
            at, values = self.values(first, rows, width, keys, step)
            self._finish(at, values, totals)

    def values(
        self, first: int, rows: tuple[int, int], width: int, keys: Mapping[str, int], step: int
    ) -> tuple[Rows, dict[str, list[float]]]:
        """The rows that take part, and what each rule yields for them; nothing is written."""
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
                if source.how != "value" and source not in read:
                    read[source] = self._gathered(source, first, second, at, keys)
            given = [values[s.name] if s.how == "value" else read[s] for s in rule.reads]
            values[rule.name] = self._applied(rule, function, given, at, values, step)
        return at, values

    def _applied(
        self, rule: BoundRule, function: Callable[..., Any], given: list[Any], at: Rows,
        made: Mapping[str, list[float]], step: int, again: bool = False,
    ) -> list[float]:  # fmt: skip
        """What the rule yields for each row. Values that all rows share are lists of one."""
        count = len(at)
        columns: list[Iterable[Any]] = [
            itertools.repeat(part[0], count) if source.how in _SHARED else part
            for source, part in zip(rule.reads, given, strict=True)
        ]
        if any(source.how == "face" for source in rule.reads):
            columns = [
                self._deciding(part, made) if source.how == "face" else part
                for source, part in zip(rule.reads, columns, strict=True)
            ]
        found: list[Any] = []
        numbers: list[float] = []
        try:
            # Both keep what they had when a row failed, so the row is known.
            if columns:
                found.extend(map(function, *columns))
            else:
                found.extend(function() for _ in range(count))
            numbers.extend(map(float, found))
        except (bdb.BdbQuit, RuleError):
            raise
        except Exception as error:
            if not is_own(rule.function):
                raise
            if is_undefined(error) and not _is_marked(rule) and not again:
                # Compiled code goes on with what is no number; what comes of it decides in both.
                forgiving = plain(rule.function, divide=True)
                return self._applied(rule, forgiving, given, at, made, step, again=True)
            failed = len(numbers) if len(found) == count else len(found)
            raise self._refusal(rule, given, at, failed, step, error, found) from error
        if is_own(rule.function):
            wrong = np.flatnonzero(~np.isfinite(numbers))
            if len(wrong):
                raise self._refusal(rule, given, at, int(wrong[0]), step, None, found)
        return numbers

    def _deciding(self, agents: Iterable[Any], made: Mapping[str, list[float]]) -> Iterable[Any]:
        """Agents that know what earlier rules of the event have made of them, one at a time."""
        for k, agent in enumerate(agents):
            # What compiled rules before this one have made stands in columns, of which some are hidden.
            known = {n: c.item(agent.row) for n, c in self.table.columns.items() if n not in agent._columns}
            known.update({name: values[k] for name, values in made.items()})
            object.__setattr__(agent, "_made", known)
            yield agent
            object.__setattr__(agent, "_made", {})

    def _refusal(
        self, rule: BoundRule, given: list[Any], at: Rows, k: int, step: int,
        error: Exception | None, found: list[Any],
    ) -> RuleError:  # fmt: skip
        """The sentence on a row for which a rule does not yield a finite number."""
        reads = ", ".join(
            f"{source.name if source.how != 'via' else source.index + '_' + source.name} = "
            f"{part[0] if source.how in _SHARED else part[k]:.6g}"
            for source, part in zip(rule.reads, given, strict=True)
            if source.how != "face"
        )
        of = f"row {at[k]} of {self.bound.event.table} in quarter {step}" + (
            f", where {reads}" if reads else ""
        )
        if error is not None and k >= len(found):
            line = _line(error, rule.function)
            if isinstance(error, ZeroDivisionError):
                return not_finite(rule, of, "it divides by zero", line)
            return RuleError(f"rule {rule.name} ({line}) fails for {of}: {type(error).__name__}: {error}")
        if error is not None:
            return RuleError(
                f"rule {rule.name} ({where(rule.function)}) returns {found[k]!r}, no number, for {of}"
            )
        return not_finite(rule, of)

    def _finish(self, at: Rows, values: Mapping[str, list[float]], totals: list[Any]) -> None:
        for name in self.bound.writes:
            self.table[name][at] = values[name]
        for total, sums in zip(self.bound.totals, totals, strict=True):
            source = total.value
            column = values[source.name] if source.how == "value" else self.table[source.name][at].tolist()
            if total.index:
                np.add.at(sums, self.table[total.index].astype(np.int64)[at], column)
            else:
                whole = sums.item(0)
                for value in column:  # in order; sum() would compensate for rounding
                    whole += value
                sums[0] = whole

    def _gathered(
        self, source: Source, first: int, second: Rows, at: Rows, keys: Mapping[str, int]
    ) -> list[Any]:
        """Values of the rows, or a single one that all of them share."""
        if source.how == "parameter":
            return [self.parameters[source.name]]
        if source.how == "draw":
            return uniforms(keys[source.name], at).tolist()
        if source.how == "face":
            if self.faces is None:
                raise RuleError("a rule that reads self needs a RegionalModel, whose agents it can see")
            return [self.faces(source.table, row) for row in at.tolist()]
        column = self.state[source.table][source.name]
        if source.how in ("nation", "first"):
            return [column.item(0 if source.how == "nation" else first)]
        if source.how == "via":
            return column[self.table[source.index][at]].tolist()
        if source.how == "second_via":
            pair = self.bound.schema.pairs[self.bound.event.table]
            return column[self.state[pair.second[1]][source.index][second]].tolist()
        return column[second if source.how == "second" else at].tolist()


_SHARED = ("parameter", "nation", "first")


def not_finite(rule: BoundRule, of: str, why: str = "", line: str = "") -> RuleError:
    """The sentence on a rule whose result is not finite, in either engine."""
    tail = f" ({why})" if why else ""
    return RuleError(
        f"rule {rule.name} ({line or where(rule.function)}) gives no finite number for {of}{tail}"
    )


def _is_marked(rule: BoundRule) -> bool:
    return bool(getattr(rule.function, "interpreted", False))


def _line(error: Exception, function: Callable[..., Any]) -> str:
    """Where in the person's file the error came up; the rule's own line where that is unknown."""
    file = getattr(function, "__code__", None) and function.__code__.co_filename
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{inside[-1].filename}:{inside[-1].lineno}" if inside else where(function)
