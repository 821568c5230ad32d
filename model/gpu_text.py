"""Whole runs on a graphics card: the text of one module, written from the same rules as the CPU's.

Every run of an ensemble has its own copy of what runs change, laid run beside run, so that threads that
work on the same row of neighbouring runs touch neighbouring memory. A run has one or more workers (threads
of one block): they share the rows of an ``Each`` event out among themselves; each adds up the cells of the
totals that are its own, over all rows in order, so sums have the order, and the bits, of the CPU's; a
``Clear`` is the work of the first. Barriers stand between events.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.binding import Bound, Source, bind_market
from model.events import Clear
from model.kernels import Layout, array_name
from model.rule_text import RuleError, arguments, texts
from model.state import State
from model.written import Piece, arrays_of

# Under names that no author's function has.
HEADER = """\
import math
import numpy as np
from numba import cuda
from model.gpu_intrinsics import bits_of, float_of
from model.gpu_intrinsics import as_float as card_float, device as card_device, larger as card_larger
from model.gpu_intrinsics import product as card_product, smaller as card_smaller
from model.gpu_intrinsics import step_key as card_step_key, uniform as card_uniform
"""
BUFFERS = {"float64": "floats", "int32": "shorts", "int64": "longs"}
HELPERS = {"min": "card_smaller", "max": "card_larger"}


class Place(NamedTuple):
    """Where a column of one dimension lies: in which buffer, at which entry of the table of places."""

    buffer: str
    shared: bool
    entry: int


class GpuText:
    """Text of the module, and the order of what its kernel is passed.

    ``shared`` are the arrays that no event writes and all runs have alike: one copy serves all.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        state: State,
        parameters: Mapping[str, float],
        chunk: int,
        recorded: Sequence[tuple[str, str]],
        arithmetic: str,
        shared: frozenset[str],
    ) -> None:
        self.state, self.parameters, self.chunk, self.shared = state, list(parameters), chunk, shared
        self.recorded, self.arithmetic = tuple(recorded), arithmetic
        self.names = {id(array): name for name, array in arrays_of(state).items()}
        self.arrays: dict[str, NDArray[Any]] = {}  # used: name → the state's array, or scratch alike
        self.draws: dict[str, str] = {}  # name of the base in the text → stream
        self.functions: dict[str, str] = {}  # name → source, callees first
        self.events: list[str] = []
        self.lines: list[str] = []
        if "quarter" in state["nation"]:
            quarter = self._use(state["nation"]["quarter"])
            self.lines += ["if worker == 0:", f"    {quarter}[0] = step", "cuda.syncthreads()"]
        for number, (event, plan, _) in enumerate(pieces):
            if isinstance(event, Clear):
                every, inner = event.every, self._market(number, event)
            else:
                assert plan is not None
                every, inner = event.event.every, self._each(number, event, plan)
            inner.append("cuda.syncthreads()")
            if every > 1:
                inner = [f"if (step + 1) % {every} == 0:", *("    " + line for line in inner)]
            self.lines += inner
        for k, (table, column) in enumerate(self.recorded):
            name = self._use(state[table][column])
            self.lines += [
                f"for row in range(worker, {state[table].rows}, workers):",
                f"    record_{k}[step - first_step, row, run] = {name}[row]",
            ]
        if self.recorded:
            self.lines.append("cuda.syncthreads()")
        self.places = self._places()

    def _use(self, array: NDArray[Any], argument: str = "") -> str:
        # A market's column that no table has belongs to a mechanism that is off: it holds its start value.
        name = self.names.get(id(array)) or f"off_{argument}"
        self.arrays[name] = array
        return name

    def _scratch(self, name: str, rows: int) -> str:
        self.arrays[name] = np.zeros(rows)
        return name

    def _places(self) -> dict[str, Place]:
        columns = [name for name, array in self.arrays.items() if array.ndim == 1]
        return {
            name: Place(BUFFERS[self.arrays[name].dtype.name], name in self.shared, entry)
            for entry, name in enumerate(columns)
        }

    @property
    def whole(self) -> list[str]:
        """Arrays of more than one dimension, which the kernel is passed one by one, in order."""
        return [name for name, array in self.arrays.items() if array.ndim > 1]

    def text(self) -> str:
        """Source of the module."""
        taken = [f"p_{name} = card_float(parameters[{k}, run])" for k, name in enumerate(self.parameters)]
        taken += [f"{base} = bases[{k}, run]" for k, base in enumerate(self.draws)]
        for name, (buffer, shared, entry) in self.places.items():
            cut = f"places[{entry}, 0]:places[{entry}, 1]"
            taken.append(f"{name} = same_{buffer}[{cut}]" if shared else f"{name} = {buffer}[{cut}, run]")
        for name in self.whole:
            if name not in self.shared:
                every = ", ".join([":"] * self.arrays[name].ndim)
                taken.append(f"{name} = all_{name}[{every}, run]")
        names = ["first_step", "steps", "places", "parameters", "bases"]
        names += [*BUFFERS.values(), *(f"same_{buffer}" for buffer in BUFFERS.values())]
        names += [name if name in self.shared else f"all_{name}" for name in self.whole]
        names += [f"record_{k}" for k in range(len(self.recorded))]
        kernel = [
            f"def kernel({', '.join(names)}):",
            "    run = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x",
            "    worker, workers = cuda.threadIdx.y, cuda.blockDim.y",
            *("    " + line for line in taken),
            "    for step in range(first_step, first_step + steps):",
            *("        " + line for line in self.lines),
        ]
        functions = [
            f"@card_device\n{item}" if item.startswith("def ") else item for item in self._rewritten()
        ]
        return "\n\n\n".join([HEADER.rstrip("\n"), *functions, "@cuda.jit\n" + "\n".join(kernel)]) + "\n"

    def _rewritten(self) -> list[str]:
        """Functions as the card needs them: products that are never fused, and Python's min and max."""
        rewrite = _ForCard(self.arithmetic == "strict", {*HELPERS} - {*self.functions})
        return [
            ast.unparse(ast.fix_missing_locations(rewrite.visit(ast.parse(text))))
            for text in (*self.functions.values(), *self.events)
        ]

    def _market(self, number: int, event: Clear) -> list[str]:
        name = texts(event.function, self.functions, f"market_{number}")
        found = bind_market(event.function, self.state, dict.fromkeys(self.parameters, 0.0))
        passed = [
            self._use(value, argument) if isinstance(value, np.ndarray) else f"p_{argument}"
            for argument, value in zip(arguments(event.function), found, strict=True)
        ]
        return ["if worker == 0:", f"    {name}({', '.join(passed)})"]

    def _each(self, number: int, bound: Bound, plan: Layout) -> list[str]:
        table = bound.event.table
        fixed = {bound.mask[0]} if bound.mask else set()
        fixed |= {total.index for total in bound.totals if total.index}
        for name in fixed & set(bound.writes):
            raise RuleError(
                f"event {bound.event.name!r} writes {name}, by which it picks or adds up its rows: a "
                "graphics card needs an event of its own for that"
            )
        for rule in bound.rules:
            texts(rule.function, self.functions, f"rule_{rule.name}")
        passed = {array_name(*item): self._use(self.state[item[0]][item[1]]) for item in plan.arrays}
        passed |= {f"p_{name}": f"p_{name}" for name in plan.parameters}
        for name in plan.draws:
            base = f"base_{table}_{name}"
            self.draws[base] = f"{table}.{name}"
            passed[f"key_{name}"] = f"card_step_key({base}, step)"
        pair = bound.world.pairs.get(table)
        width = self.state[pair.second[1]].rows if pair else 0
        passed |= {"rows": str(self.state[table].rows), "width": str(width)}
        chunk = max(1, self.chunk // max(1, width)) * max(1, width)
        event = _EachText(number, bound, plan, chunk)
        for k, total in enumerate(bound.totals):
            target = self.state[total.table][total.column]
            passed[f"target_{k}"] = self._use(target)
            passed[f"part_{k}"] = self._scratch(f"part_{number}_{k}", len(target))
            if event.kept(total.value) is None:
                passed[f"value_{k}"] = self._scratch(f"value_{number}_{k}", self.state[table].rows)
        self.events.append(event.text(list(passed)))
        return [f"event_{number}(worker, workers, {', '.join(passed.values())})"]


class _EachText:
    """The function of one ``Each`` event on the card: a loop over rows, then the sums."""

    def __init__(self, number: int, bound: Bound, plan: Layout, chunk: int) -> None:
        self.number, self.bound, self.plan, self.chunk = number, bound, plan, chunk
        self.table = bound.event.table

    def text(self, names: Sequence[str]) -> str:
        body = ["for row in range(worker, rows, workers):"]
        if self.plan.pair:
            body += ["    outer = row // width", "    inner = row - outer * width"]
        inner = self._rules()
        if self.bound.mask:
            inner = [f"if {self._taking_part()}:", *("    " + line for line in inner)]
        body += ["    " + line for line in inner]
        if self.bound.totals:
            body += ["cuda.syncthreads()", f"for start in range(0, max(1, rows), {self.chunk}):"]
            body += ["    " + line for line in self._sums()]
        head = f"def event_{self.number}(worker, workers, {', '.join(names)}):"
        return "\n".join([head, *("    " + line for line in body)])

    def _taking_part(self) -> str:
        assert self.bound.mask is not None
        name, wanted = self.bound.mask
        return f"{array_name(self.table, name)}[row] {'>' if wanted else '<='} 0.5"

    def _rules(self) -> list[str]:
        lines = [f"{name} = {self._gathered(source)}" for source, name in self.plan.scalars.items()]
        lines += [
            f"{self._name(source)} = {self._gathered(source)}"
            for source in self.plan.slots
            if source.how != "value"
        ]
        for rule in self.bound.rules:
            reads = ", ".join(self._name(source) for source in rule.reads)
            lines.append(f"made_{rule.name} = card_float(rule_{rule.name}({reads}))")
        for name in self.bound.writes:
            lines.append(f"{array_name(self.table, name)}[row] = made_{name}")
        for k, total in enumerate(self.bound.totals):
            if self.kept(total.value) is None:
                lines.append(f"value_{k}[row] = made_{total.value.name}")
        return lines or ["pass"]

    def _name(self, source: Source) -> str:
        if source.how == "value":
            return f"made_{source.name}"
        if source.how == "parameter":
            return f"p_{source.name}"
        return self.plan.scalars.get(source) or f"read_{self.plan.slots[source]}"

    def _gathered(self, source: Source) -> str:
        if source.how == "draw":
            return f"card_uniform(key_{source.name}, row)"
        assert source.how in ("own", "via", "second", "second_via", "nation", "first")
        place = {"own": "row", "second": "inner", "nation": "0", "first": "outer"}.get(source.how)
        if source.how == "via":
            place = f"{array_name(self.table, source.index)}[row]"
        elif source.how == "second_via":
            assert self.plan.pair is not None
            place = f"{array_name(self.plan.pair.second[1], source.index)}[inner]"
        return f"card_float({array_name(source.table, source.name)}[{place}])"

    def kept(self, value: Source) -> str | None:
        """The column that holds a value after the rules, if one does."""
        if value.how == "own" or value.name in self.bound.writes:
            return array_name(self.table, value.name)
        return None

    def _sums(self) -> list[str]:
        """Sums within a chunk, then over chunks, each cell by the one worker that it belongs to."""
        by_index: dict[str | None, list[int]] = {}
        for k, total in enumerate(self.bound.totals):
            by_index.setdefault(total.index, []).append(k)
        numbers = range(len(self.bound.totals))
        lines = []
        for k in numbers:
            lines += [f"for cell in range(worker, len(part_{k}), workers):", f"    part_{k}[cell] = 0.0"]
        lines.append(f"for row in range(start, min(start + {self.chunk}, rows)):")
        inner = []
        for index, group in by_index.items():
            cell = f"{array_name(self.table, index)}[row]" if index else "0"
            # Workers are a power of two: the last bits of a cell's number name its worker.
            inner += [f"cell = {cell}", "if (cell & (workers - 1)) == worker:"]
            for k in group:
                value = self.kept(self.bound.totals[k].value) or f"value_{k}"
                inner.append(f"    part_{k}[cell] += {value}[row]")
        if self.bound.mask:
            inner = [f"if {self._taking_part()}:", *("    " + line for line in inner)]
        lines += ["    " + line for line in inner]
        for k in numbers:
            lines += [
                f"for cell in range(worker, len(part_{k}), workers):",
                "    if start == 0:",
                f"        target_{k}[cell] = part_{k}[cell]",
                "    else:",
                f"        target_{k}[cell] += part_{k}[cell]",
            ]
        return lines


class _ForCard(ast.NodeTransformer):
    """``a * b`` to ``card_product(a, b)`` and ``min``, ``max`` to Python's own meaning of them."""

    def __init__(self, strict: bool, helpers: set[str]) -> None:
        self.strict, self.helpers = strict, helpers

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if self.strict and isinstance(node.op, ast.Mult):
            return ast.Call(ast.Name("card_product", ast.Load()), [node.left, node.right], [])
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if self.strict and isinstance(node.op, ast.Mult):
            read = ast.parse(ast.unparse(node.target), mode="eval").body
            return ast.Assign([node.target], self.visit(ast.BinOp(read, node.op, node.value)))
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.helpers and len(node.args) > 1:
            found = node.args[0]
            for other in node.args[1:]:
                found = ast.Call(ast.Name(HELPERS[node.func.id], ast.Load()), [found, other], [])
            return found
        return node
