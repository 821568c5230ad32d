"""Columns that methods of agents read, as arguments: gathered for all rows at once, as for any other rule.

``self.age`` looks a value up row by row. A method that only reads columns of its agent is called as a
function of these columns instead, with the same numbers, and so are the methods of the agent that it calls.
It may keep ``self`` for attributes of its own and for ``self.model``. Columns that it writes it reads and
writes in place. A method that hands ``self`` on or calls the model could change what it has read: it is
called as it is.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Container
from dataclasses import replace
from types import FunctionType
from typing import Any, Protocol

from model.engine.binding import BoundRule, Source
from model.engine.events import Rule

PREFIX, HELPER, PLACE = "column_", "helper_", "place_"
OF_AGENT = ("model", "row", "unique_id", "random")
INTERNAL = ("_columns", "_made", "pos")
CHANCE = ("random", "rng")  # generators, whose methods may be called


class _OtherUseError(Exception):
    """A use of ``self`` by which a column may be written, or which is not understood."""


class _Columns(ast.NodeTransformer):
    """Replaces columns of the agent by arguments; ``found`` names them, ``asks`` says if ``self`` is left."""

    def __init__(self, agent: str, readable: _Readable, stack: tuple[str, ...]) -> None:
        self.agent, self.readable, self.stack = agent, readable, stack
        self.found: list[str] = []
        self.helpers: dict[str, object] = {}  # methods that it calls, and columns that it writes
        self.asks = False

    def _argument(self, name: str) -> ast.expr:
        if name not in self.found:
            self.found.append(name)
        return ast.Name(PREFIX + name, ast.Load())

    def _in_place(self, node: ast.Attribute) -> ast.AST:
        """Return the place of a column that is written: ``column[row]``, or ``column.item(row)`` to read."""
        if isinstance(node.ctx, ast.Del):
            raise _OtherUseError
        self.helpers[PLACE + node.attr] = self.readable.columns[node.attr]
        self.asks = True
        column = ast.Name(PLACE + node.attr, ast.Load())
        row = ast.Attribute(ast.Name(self.agent, ast.Load()), "row", ast.Load())
        if isinstance(node.ctx, ast.Store):
            return ast.copy_location(ast.Subscript(column, row, ast.Store()), node)
        item = ast.Attribute(column, "item", ast.Load())
        return ast.copy_location(ast.Call(item, [row], []), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        target = node.target
        if isinstance(target, ast.Attribute) and _root(target, self.agent) == (target.attr,):
            # A plain number is read and written, whose division by 0 raises.
            read = ast.Attribute(target.value, target.attr, ast.Load())
            changed = ast.BinOp(read, node.op, node.value)
            return self.visit(ast.copy_location(ast.Assign([target], changed), node))
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not (isinstance(node.value, ast.Name) and node.value.id == self.agent):
            root = _root(node, self.agent)
            if root and not isinstance(node.ctx, ast.Load):
                raise _OtherUseError
            self.generic_visit(node)
            return node
        if node.attr in self.readable.written:
            return self._in_place(node)
        if node.attr in self.readable and isinstance(node.ctx, ast.Load):
            return ast.copy_location(self._argument(node.attr), node)
        kept = node.attr in OF_AGENT and isinstance(node.ctx, ast.Load)
        if not kept and not self.readable.is_own(node.attr):
            raise _OtherUseError
        self.asks = True
        if isinstance(node.ctx, ast.Load):
            return node
        # Setting an attribute of an agent looks for a column of that name first: this one is not.
        space = ast.Attribute(ast.Name(self.agent, ast.Load()), "__dict__", ast.Load())
        return ast.copy_location(ast.Subscript(space, ast.Constant(node.attr), node.ctx), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load) and _root(node, self.agent):
            raise _OtherUseError
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        root = _root(node.func, self.agent)
        if root and isinstance(node.func, ast.Attribute):
            if isinstance(node.func.value, ast.Name):
                return self._helper(node, node.func.attr)
            if not set(root) & set(CHANCE):
                raise _OtherUseError
        self.generic_visit(node)
        return node

    def _helper(self, node: ast.Call, name: str) -> ast.AST:
        method = self.readable.method(name)
        if method is None or name in self.stack:
            raise _OtherUseError
        made = _converted(method, self.readable, (*self.stack, name))
        self.helpers[HELPER + name] = made.function
        given: list[ast.expr] = []
        if made.asks:
            self.asks = True
            given.append(ast.Name(self.agent, ast.Load()))
        given += [self.visit(one) for one in node.args]
        named = [self.visit(one) for one in node.keywords]
        more = [self._argument(column) for column in made.found]
        if named or any(isinstance(one, ast.Starred) for one in given):
            named += [ast.keyword(PREFIX + of, one) for of, one in zip(made.found, more, strict=True)]
        else:
            given += more  # quicker by position
        return ast.copy_location(ast.Call(ast.Name(HELPER + name, ast.Load()), given, named), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == self.agent:
            raise _OtherUseError
        return node


def _root(node: ast.AST, agent: str) -> tuple[str, ...]:
    """Return the attributes on the way from ``self`` to a place below it; empty if it begins elsewhere."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.value
    return tuple(names) if isinstance(node, ast.Name) and node.id == agent else ()


class _Converted:
    """A method as a function: of ``self`` if it ``asks`` for it, its own arguments, then ``found``."""

    def __init__(self, function: Rule, found: list[str], asks: bool) -> None:
        self.function, self.found, self.asks = function, found, asks


def as_function_of_columns(
    rule: BoundRule, table: str, columns: Columns, made: Container[str]
) -> tuple[BoundRule, Rule] | None:
    """Return the rule and its function of columns; None if it needs the agent as it is.

    Args:
        rule: Its function reads ``self`` first.
        table: The table of the event.
        columns: The columns of the table.
        made: Results of earlier rules of the event.
    """
    function = rule.function
    face = getattr(function, "face", object)
    try:
        readable = _Readable(columns, made, face)
        readable.written = _written(function, readable, (function.__name__,))
        found = _converted(function, readable, (function.__name__,))
    except (OSError, TypeError, SyntaxError, IndexError, _OtherUseError):
        return None
    found.function.by_columns = True  # type: ignore[attr-defined]  # it needs no values of the event
    found.function.writes = bool(readable.written)  # type: ignore[attr-defined]
    reads = tuple(source for source in rule.reads if found.asks or source.kind != "face")
    more = tuple(
        Source("value", name) if name in made else Source("own", name, table) for name in found.found
    )
    return replace(rule, reads=(*reads, *more)), found.function


def _converted(function: Any, readable: _Readable, stack: tuple[str, ...]) -> _Converted:
    """Return a method as a function of columns. Raises _OtherUseError."""
    if function.__code__.co_freevars or function.__code__.co_filename == "<string>":
        raise _OtherUseError  # code run by exec has no source, but a program may have a file of that name
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef) or definition.decorator_list:
        raise _OtherUseError
    asked = definition.args
    first = asked.args.pop(0)
    if asked.defaults or asked.kwonlyargs or asked.vararg or asked.kwarg or asked.posonlyargs:
        raise _OtherUseError
    if any(one.arg.startswith(PREFIX) for one in asked.args):
        raise _OtherUseError
    reader = _Columns(first.arg, readable, stack)
    definition.body = [reader.visit(statement) for statement in definition.body]
    if reader.asks:
        asked.args.insert(0, first)
    asked.args += [ast.arg(PREFIX + name) for name in reader.found]
    asked.kwonlyargs = [ast.arg(name) for name in reader.helpers]
    asked.kw_defaults = [None for _ in reader.helpers]
    ast.increment_lineno(ast.fix_missing_locations(tree), function.__code__.co_firstlineno - 1)
    space: dict[str, Any] = {}  # a method's name is not a global one
    exec(
        compile(tree, function.__code__.co_filename, "exec"), function.__globals__, space
    )  # the author's text
    made = space[definition.name]
    made.__kwdefaults__ = dict(reader.helpers)
    return _Converted(made, reader.found, reader.asks)


def _written(function: Any, readable: _Readable, stack: tuple[str, ...]) -> set[str]:
    """Return the columns that a method, or one that it calls, assigns to. Raises _OtherUseError."""
    definition: Any = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    agent = definition.args.args[0].arg
    found: set[str] = set()
    for node in ast.walk(definition):
        called = _root(node.func, agent) if isinstance(node, ast.Call) else ()
        method = readable.method(called[0]) if len(called) == 1 and called[0] not in stack else None
        if method:
            found |= _written(method, readable, (*stack, called[0]))
        stored = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        if stored and len(place := _root(node, agent)) == 1:
            found.add(place[0])
    found = {name for name in found if name in readable.columns}
    if any(name not in readable or readable.is_passed_on(name) for name in found):
        raise _OtherUseError
    return found


class Columns(Protocol):
    """Columns by name: a table."""

    def __contains__(self, name: object) -> bool: ...
    def __getitem__(self, name: str) -> object: ...


class _Readable:
    """Names of columns and results that no attribute of the agent's class hides; ``written`` columns."""

    written: Container[str] = ()

    def __init__(self, columns: Columns, made: Container[str], face: type) -> None:
        self.columns, self.made, self.face = columns, made, face
        self.decisions: Container[str] = getattr(face, "decisions", dict)()

    def __contains__(self, name: object) -> bool:
        hidden = hasattr(self.face, str(name)) and str(name) not in self.decisions
        return not hidden and (name in self.made or name in self.columns)

    def is_passed_on(self, name: str) -> bool:
        """Return whether an earlier rule of the event makes a value of this name, which hides the column."""
        return name in self.made or name in getattr(self.columns, "passed_on", ())

    def is_own(self, name: str) -> bool:
        """Return whether it is an attribute that methods keep on the agent, or a number of its class."""
        known = name in self.made or name in self.columns
        plain = isinstance(getattr(self.face, name, 0.0), int | float | str)
        return not known and plain and name not in INTERNAL and not name.startswith("__")

    def method(self, name: str) -> FunctionType | None:
        """Return the method of that name if it is the one that agents have."""
        found = getattr(self.face, name, None)
        overridden = bool(self.face.__subclasses__()) or name in self.columns or name in self.made
        return found if isinstance(found, FunctionType) and not overridden else None
