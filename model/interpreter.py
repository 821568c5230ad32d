"""Interpreted form of an event: plain Python, agent by agent, the same bits as the compiled one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from model.binding import Bound, Source
from model.draws import uniform
from model.rule_text import plain
from model.state import State

Getter = Callable[[int, int, int], float]


class Interpreted:
    """An ``Each`` event as a loop over rows; called like a compiled kernel."""

    def __init__(self, bound: Bound, state: State, parameters: Mapping[str, float]) -> None:
        self.bound, self.state, self.parameters = bound, state, parameters
        self.table = state[bound.event.table]
        self.rules = [(rule, plain(rule.function)) for rule in bound.rules]

    def __call__(
        self,
        outer: tuple[int, int],
        rows: tuple[int, int],
        width: int,
        keys: Mapping[str, int],
        totals: list[Any],
    ) -> None:
        """Apply the rules to rows ``outer × width + rows``; sums go to ``totals``."""
        bound = self.bound
        getters = {s: self._getter(s, keys) for rule, _ in self.rules for s in rule.reads if s.how != "value"}
        mask = self.table[bound.mask[0]] if bound.mask else None
        wanted = bound.mask[1] if bound.mask else True
        for first in range(*outer):
            base = first * width
            pending: list[tuple[int, dict[str, float]]] = []
            for second in range(*rows):
                row = base + second
                if mask is not None and (mask.item(row) > 0.5) != wanted:
                    continue
                values: dict[str, float] = {}
                for rule, function in self.rules:
                    reads = [
                        values[s.name] if s.how == "value" else getters[s](first, second, row)
                        for s in rule.reads
                    ]
                    values[rule.name] = float(function(*reads))
                pending.append((row, values))
            for row, made in pending:
                self._finish(row, made, totals)

    def _finish(self, row: int, values: dict[str, float], totals: list[Any]) -> None:
        for name in self.bound.writes:
            self.table[name][row] = values[name]
        for total, sums in zip(self.bound.totals, totals, strict=True):
            target = int(self.table[total.index].item(row)) if total.index else 0
            source = total.value
            value = values[source.name] if source.how == "value" else self.table[source.name].item(row)
            sums[target] += value

    def _getter(self, source: Source, keys: Mapping[str, int]) -> Getter:
        """How a value is found from the rows of the first and the second of a pair, and the row itself."""
        if source.how == "parameter":
            return lambda first, second, row: self.parameters[source.name]
        if source.how == "draw":
            key = keys[source.name]
            return lambda first, second, row: uniform(key, row)
        column = self.state[source.table][source.name].item
        if source.how == "nation":
            return lambda first, second, row: column(0)
        if source.how == "first":
            return lambda first, second, row: column(first)
        if source.how == "second":
            return lambda first, second, row: column(second)
        if source.how == "via":
            index = self.table[source.index].item
            return lambda first, second, row: column(int(index(row)))
        if source.how == "second_via":
            index = self.state[self.bound.world.pairs[self.bound.event.table].second[1]][source.index].item
            return lambda first, second, row: column(int(index(second)))
        return lambda first, second, row: column(row)
