"""Which arrays a quarter may write: found in the text of its markets and the bindings of its rules."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents import elementary
from model.binding import Bound, bind_market
from model.events import Clear
from model.kernels import Layout, array_name
from model.rule_text import arguments, free_names, tree
from model.state import State

# An event as bound, how its kernel is laid out, and the kernel.
Piece = tuple[Clear, None, Callable[..., Any]] | tuple[Bound, Layout, Callable[..., Any]]


def arrays_of(state: State) -> dict[str, NDArray[Any]]:
    """Every array of a state, by the name that it has in generated text."""
    found: dict[str, NDArray[Any]] = {}
    for table, columns in state.tables.items():
        found.update({array_name(table, column): columns[column] for column in columns})
    found.update({f"array__{name}": array for name, array in state.arrays.items()})
    return found


def written(pieces: Sequence[Piece], state: State) -> frozenset[str]:
    """Names of the arrays that some event may write."""
    found: set[str] = {array_name("nation", "quarter")}
    return frozenset(found.union(*(written_by(event, state) for event, _, _ in pieces)))


def written_by(event: Bound | Clear, state: State) -> set[str]:
    """Names of the arrays that the event may write."""
    if isinstance(event, Bound):
        found = {array_name(event.event.table, name) for name in event.writes}
        return found | {array_name(total.table, total.column) for total in event.totals}
    names = {id(array): name for name, array in arrays_of(state).items()}
    passed = bind_market(event.function, state, _AnyNumber())
    changed = _changed(event.function)
    return {
        names.get(id(value), argument)  # a column that is switched off has no array of its own
        for argument, value in zip(arguments(event.function), passed, strict=True)
        if isinstance(value, np.ndarray) and argument in changed
    }


class _AnyNumber(dict[str, float]):
    """Parameters of any name: which arrays a market writes does not depend on them."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> float:
        return 0.0


def _changed(function: Callable[..., Any]) -> set[str]:
    """Arguments of a function of columns that it, or what it calls, may write; rather too many than too few.

    A local name stands for every argument in what is assigned to it.
    """
    body = tree(function)
    stands: dict[str, set[str]] = {name: {name} for name in arguments(function)}

    def meant(node: ast.AST) -> set[str]:
        inside = (item.id for item in ast.walk(node) if isinstance(item, ast.Name))
        return set().union(*(stands.get(name, set()) for name in inside))

    assigned = [node for node in ast.walk(body) if isinstance(node, ast.Assign)]
    size = -1
    while size != sum(map(len, stands.values())):  # until no name comes to stand for more
        size = sum(map(len, stands.values()))
        for node in assigned:
            for target in node.targets:
                for item in ast.walk(target):
                    if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
                        stands[item.id] = stands.get(item.id, set()) | meant(node.value)
    changed: set[str] = set()
    outside = free_names(function)
    for part in ast.walk(body):
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
            changed |= meant(part.value)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            helper = outside.get(part.func.id)
            if not isinstance(helper, types.FunctionType) or helper.__module__ == elementary.__name__:
                continue  # built-ins and elementary functions take numbers
            theirs = _changed(helper)
            for argument, value in zip(arguments(helper), part.args, strict=False):
                if argument in theirs:
                    changed |= meant(value)
    return changed
