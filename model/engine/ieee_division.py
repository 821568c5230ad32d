"""What Python refuses and compiled code goes on with: divisions by zero and roots of negative numbers.

Both engines have to give the same, so the interpreted one makes a rule again that failed for such a reason,
with its operations replaced by these. What comes of it decides: a rule may well not use the value.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any


def is_undefined(error: Exception) -> bool:
    """Whether Python stopped at what IEEE arithmetic calls infinite or undefined."""
    return isinstance(error, ZeroDivisionError) or (
        isinstance(error, ValueError) and str(error).startswith(ROOT_OF_NEGATIVE)
    )


# As Python says it before and since version 3.14.
ROOT_OF_NEGATIVE = ("math domain error", "expected a nonnegative input")


def divided(x: float, y: float) -> float:
    """x / y as IEEE 754 has it: infinite or undefined for y = 0."""
    if y != 0.0:
        return x / y
    if x == 0.0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def floor_divided(x: float, y: float) -> float:
    """x // y, which for y = 0 is x / y."""
    return x // y if y != 0.0 else divided(x, y)


def remainder(x: float, y: float) -> float:
    """x % y, undefined for y = 0."""
    return x % y if y != 0.0 else math.nan


def root(x: float) -> float:
    """The square root, undefined below 0."""
    return math.sqrt(x) if x >= 0.0 else math.nan


# Operation in the text: the name under which it then stands there, and what that is.
FORGIVING: dict[Any, tuple[str, Callable[..., float]]] = {
    ast.Div: ("elementary_divided", divided),
    ast.FloorDiv: ("elementary_floor_divided", floor_divided),
    ast.Mod: ("elementary_remainder", remainder),
    "math.sqrt": ("elementary_root", root),
    "np.sqrt": ("elementary_root", root),
}


class Forgive(ast.NodeTransformer):
    """``x / y`` to ``divided(x, y)``, and the other operations of ``FORGIVING`` likewise."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        found = FORGIVING.get(type(node.op))
        if found is None or (isinstance(node.right, ast.Constant) and node.right.value):
            return node
        return ast.copy_location(ast.Call(ast.Name(found[0], ast.Load()), [node.left, node.right], []), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not (type(node.op) in FORGIVING and isinstance(node.target, ast.Name)):
            self.generic_visit(node)
            return node
        read = ast.Name(node.target.id, ast.Load())
        whole = ast.Assign([node.target], ast.BinOp(read, node.op, node.value))
        return self.visit(ast.copy_location(whole, node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        found = FORGIVING.get(node.id)
        return ast.copy_location(ast.Name(found[0], node.ctx), node) if found else node
