"""Many quarters in one call: a compiled function that calls the kernels of all events in order.

Between two events of a compiled quarter Python would otherwise look up, check and pass dozens of arrays;
for small countries that takes as long as the economics. The driver does nothing else than the engine's
own loop over events does, in the same chunks and the same order of sums, so its bits are the same. One
thing it leaves out: rows of pairs whose values cannot have changed since the step before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from model.binding import Bound, bind_market
from model.draws import stream_base
from model.events import Clear
from model.kernels import COMPILED, Layout, array_name, header
from model.rule_text import arguments
from model.state import State
from model.written import Piece, written_by

# Ways to read what belongs to the row of a pair or to its second agent.
_OF_THE_ROW = ("own", "second", "second_via")


class Number(NamedTuple):
    """Stands for a parameter."""

    name: str


class Draw(NamedTuple):
    """Stands for a stream of draws."""

    stream: str


class DriverText:
    """Text of the driver for a list of bound events, and the names of its arguments."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        state: State,
        parameters: Mapping[str, float],
        chunk: int,
        recorded: Sequence[tuple[str, str]] = (),
        arithmetic: str = "strict",
    ) -> None:
        self.arithmetic = arithmetic
        self.state, self.parameters, self.chunk, self.recorded = state, parameters, chunk, tuple(recorded)
        self.arguments: dict[str, Any] = {}  # name in the text → array, size, Number or Draw
        self.lines: list[str] = []
        self.before: list[str] = []  # lines ahead of the first step
        self.writes = [written_by(event, state) for event, _, _ in pieces]
        if "quarter" in state["nation"]:
            self.lines.append(f"{self._array('nation', 'quarter')}[0] = step")
        self.imports: list[str] = []
        for number, (event, plan, kernel) in enumerate(pieces):
            self.imports.append(f"from {kernel.__module__} import kernel as event_{number}")
            if isinstance(event, Clear):
                every, inner = event.every, self._market(number, event)
            else:
                assert plan is not None
                every, inner = event.event.every, self._each(number, event, plan)
            if every > 1:
                inner = [f"if (step + 1) % {every} == 0:", *("    " + line for line in inner)]
            self.lines += inner

    def text(self) -> str:
        """Source of the driver's module."""
        records = [f"record_{k}" for k in range(len(self.recorded))]
        kept = [
            f"{record}[step - first_step] = {self._array(*item)}"
            for record, item in zip(records, self.recorded, strict=True)
        ]
        names = ", ".join(["first_step", "steps", *self.arguments, *records])
        head = [
            header(self.arithmetic),
            "from model.intrinsics import step_key_compiled",
            *self.imports,
            "",
            "",
            f"{COMPILED}def kernel({names}):",
            *("    " + line for line in self.before),
            "    for step in range(first_step, first_step + steps):",
        ]
        return "\n".join(head + ["        " + line for line in [*self.lines, *kept]]) + "\n"

    def _array(self, table: str, column: str) -> str:
        name = array_name(table, column)
        self.arguments[name] = self.state[table][column]
        return name

    def _rows(self, table: str) -> str:
        name = f"rows_{table}"
        self.arguments[name] = self.state[table].rows
        return name

    def _number(self, name: str) -> str:
        self.arguments[f"p_{name}"] = Number(name)
        return f"p_{name}"

    def _market(self, number: int, event: Clear) -> list[str]:
        passed = []
        found = bind_market(event.function, self.state, self.parameters)
        for name, value in zip(arguments(event.function), found, strict=True):
            if isinstance(value, np.ndarray):
                self.arguments[f"whole_{name}"] = value
                passed.append(f"whole_{name}")
            else:
                passed.append(self._number(name))
        return [f"event_{number}({', '.join(passed)})"]

    def _each(self, number: int, bound: Bound, plan: Layout) -> list[str]:
        table = bound.event.table
        passed = [self._array(*item) for item in plan.arrays]
        passed += [self._number(name) for name in plan.parameters]
        for name in plan.draws:
            base = f"base_{table}_{name}"
            self.arguments[base] = Draw(f"{table}.{name}")
            passed.append(f"step_key_compiled({base}, step)")
        totals = []
        for k, total in enumerate(bound.totals):
            target = self._array(total.table, total.column)
            part, whole = f"part_{number}_{k}", f"sum_{number}_{k}"
            for name in (part, whole):
                self.arguments[name] = np.zeros_like(self.state[total.table][total.column])
            totals.append((target, part, whole))
        rest = ", ".join([*passed, *(part for _, part, _ in totals)])
        pair = bound.world.pairs.get(table)
        if pair:
            high, width = self._rows(pair.first[1]), self._rows(pair.second[1])
            each = f"max(1, {self.chunk} // max(1, {width}))"
            call = f"event_{number}(start, min(start + {each}, {high}), 0, {width}, {width}, {rest})"
        else:
            high, each = self._rows(table), str(self.chunk)
            call = f"event_{number}(0, 1, start, min(start + {each}, {high}), 0, {rest})"
        if self._keeps_rows(number, bound):
            return self._changed_rows(number, plan, high, f"0, {width}, {width}, {rest}")
        lines = [f"for start in range(0, max(1, {high}), {each}):"]
        lines += [f"    {part}[:] = 0.0" for _, part, _ in totals]
        lines.append(f"    {call}")
        for _, part, whole in totals:
            lines += [
                "    if start == 0:",
                f"        {whole}[:] = {part}",
                "    else:",
                f"        {whole} += {part}",
            ]
        # Not before the last chunk: a rule may read what its event adds up, which is then still last step's.
        return lines + [f"{target}[:] = {whole}" for target, _, whole in totals]

    def _keeps_rows(self, number: int, bound: Bound) -> bool:
        """Whether a pair's values stay as they are until its first agent, or the nation, changes.

        So it is where rules of pairs read nothing else but parameters and what no event ever writes, and
        nobody else writes what they write. It holds within one call, in which nothing else has the tables.
        """
        reads = {source for rule in bound.rules for source in rule.reads}
        pair = bound.world.pairs.get(bound.event.table)
        if pair is None or bound.mask or bound.totals or any(source.how == "draw" for source in reads):
            return False
        elsewhere = set().union(*(found for k, found in enumerate(self.writes) if k != number))
        steady = {array_name(source.table, source.name) for source in reads if source.how in _OF_THE_ROW}
        steady |= {array_name(pair.second[1], source.index) for source in reads if source.how == "second_via"}
        return not steady & (elsewhere | self.writes[number]) and not self.writes[number] & elsewhere

    def _changed_rows(self, number: int, plan: Layout, high: str, rest: str) -> list[str]:
        """Calls of a pair event for those first agents of whom a bit has changed since it last ran."""
        seen, fresh = f"seen_{number}", f"fresh_{number}"
        self.arguments[seen] = np.zeros((self._height(plan), max(1, len(plan.scalars))), dtype=np.int64)
        self.before.append(f"{fresh} = True")
        now = [
            f"bits_of({array_name(source.table, source.name)}[{'0' if source.how == 'nation' else 'outer'}])"
            for source in plan.scalars
        ]
        changed = [f"{value} != {seen}[outer, {k}]" for k, value in enumerate(now)]
        return [
            f"for outer in range({high}):",
            f"    if {' or '.join([fresh, *changed])}:",
            *(f"        {seen}[outer, {k}] = {value}" for k, value in enumerate(now)),
            f"        event_{number}(outer, outer + 1, {rest})",
            f"{fresh} = False",
        ]

    def _height(self, plan: Layout) -> int:
        assert plan.pair is not None
        return self.state[plan.pair.first[1]].rows

    def values(self, seed: int, parameters: Mapping[str, float]) -> list[Any]:
        """The driver's arguments between the steps and the records, for a run of that seed and parameters."""
        found: list[Any] = []
        for value in self.arguments.values():
            if isinstance(value, Number):
                found.append(parameters[value.name])
            elif isinstance(value, Draw):
                found.append(np.uint64(stream_base(seed, value.stream)))
            else:
                found.append(value)
        return found
