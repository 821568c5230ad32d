"""Columns that methods of agents read, as arguments: gathered for all rows at once, as for any other rule.

``self.age`` looks a value up row by row. A method that uses ``self`` for nothing but its columns is called as
a function of these columns instead, with the same numbers; any other method is called as it is.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Container
from dataclasses import replace

from model.engine.binding import BoundRule, Source
from model.engine.events import Rule

PREFIX = "column_"


class _OtherUseError(Exception):
    """A use of ``self`` that is not the value of a column."""


class _Columns(ast.NodeTransformer):
    def __init__(self, agent: str, columns: Container[str]) -> None:
        self.agent, self.columns = agent, columns
        self.found: list[str] = []

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not (isinstance(node.value, ast.Name) and node.value.id == self.agent):
            self.generic_visit(node)
            return node
        if not isinstance(node.ctx, ast.Load) or node.attr not in self.columns:
            raise _OtherUseError
        if node.attr not in self.found:
            self.found.append(node.attr)
        return ast.copy_location(ast.Name(PREFIX + node.attr, ast.Load()), node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == self.agent:
            raise _OtherUseError
        return node


def as_function_of_columns(
    rule: BoundRule, table: str, columns: Container[str], made: Container[str]
) -> tuple[BoundRule, Rule] | None:
    """Return the rule and its function without ``self``; None if it needs the agent.

    Args:
        rule: Its function reads ``self`` first.
        table: The table of the event.
        columns: The columns of the table.
        made: Results of earlier rules of the event.
    """
    function = rule.function
    face = getattr(function, "face", object)
    if function.__code__.co_freevars:
        return None
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        definition = tree.body[0]
        if not isinstance(definition, ast.FunctionDef) or definition.decorator_list:
            return None
        first = definition.args.args.pop(0)
        given = [one.arg for one in definition.args.args]
        reader = _Columns(first.arg, _Readable(columns, made, face))
        definition.body = [reader.visit(statement) for statement in definition.body]
    except (OSError, TypeError, SyntaxError, IndexError, _OtherUseError):
        return None
    if any(name.startswith(PREFIX) for name in given) or definition.args.defaults:
        return None
    definition.args.args += [ast.arg(PREFIX + name) for name in reader.found]
    ast.increment_lineno(ast.fix_missing_locations(tree), function.__code__.co_firstlineno - 1)
    space: dict[str, Rule] = {}  # a method's name is not a global one
    exec(
        compile(tree, function.__code__.co_filename, "exec"), function.__globals__, space
    )  # the author's text
    reads = tuple(source for source in rule.reads if source.kind != "face")
    more = tuple(
        Source("value", name) if name in made else Source("own", name, table) for name in reader.found
    )
    return replace(rule, reads=(*reads, *more)), space[function.__name__]


class _Readable:
    """Names of columns and results that no attribute of the agent's class hides."""

    def __init__(self, columns: Container[str], made: Container[str], face: type) -> None:
        self.columns, self.made, self.face = columns, made, face

    def __contains__(self, name: object) -> bool:
        hidden = hasattr(self.face, str(name)) and str(name) not in getattr(self.face, "decisions", dict)()
        return not hidden and (name in self.made or name in self.columns)
