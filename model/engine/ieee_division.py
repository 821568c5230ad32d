"""IEEE 754 semantics for interpreted rules: division by zero and square roots of negative numbers.

Compiled code continues with inf or nan where Python raises. Both engines must agree, so the interpreted one
repeats a rule that raised with these operations in place of Python's; a rule may well not use the value.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

# The message of math.sqrt before and since Python 3.14.
ROOT_OF_NEGATIVE = ("math domain error", "expected a nonnegative input")


def is_undefined(error: Exception) -> bool:
    """Return whether Python raised where IEEE arithmetic gives inf or nan."""
    negative_root = isinstance(error, ValueError) and str(error).startswith(ROOT_OF_NEGATIVE)
    return negative_root or isinstance(error, ZeroDivisionError)


def _ieee(operation: Callable[[Any, Any], float]) -> Callable[[float, float], float]:
    def applied(x: float, y: float) -> float:
        if y:
            return operation(x, y)
        with np.errstate(all="ignore"):
            return float(operation(np.float64(x), np.float64(y)))

    return applied


ieee_div = _ieee(operator.truediv)


def ieee_sqrt(x: float) -> float:
    """Return the square root; nan below 0."""
    return math.sqrt(x) if x >= 0.0 else math.nan


# Operation: its name in rewritten source, and the function.
IEEE_OPERATIONS: dict[Any, tuple[str, Callable[..., float]]] = {
    ast.Div: ("elementary_div", ieee_div),
    ast.FloorDiv: ("elementary_floor_div", _ieee(operator.floordiv)),
    ast.Mod: ("elementary_mod", _ieee(operator.mod)),
    "math.sqrt": ("elementary_sqrt", ieee_sqrt),
    "np.sqrt": ("elementary_sqrt", ieee_sqrt),
}


class IeeeRewriter(ast.NodeTransformer):
    """Rewrites ``x / y`` to a call of ``ieee_div``, and the other ``IEEE_OPERATIONS`` likewise."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        found = IEEE_OPERATIONS.get(type(node.op))
        if found is None or (isinstance(node.right, ast.Constant) and node.right.value):
            return node
        return ast.copy_location(ast.Call(ast.Name(found[0], ast.Load()), [node.left, node.right], []), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not (type(node.op) in IEEE_OPERATIONS and isinstance(node.target, ast.Name)):
            self.generic_visit(node)
            return node
        read = ast.Name(node.target.id, ast.Load())
        assignment = ast.Assign([node.target], ast.BinOp(read, node.op, node.value))
        return self.visit(ast.copy_location(assignment, node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        found = IEEE_OPERATIONS.get(node.id)
        return ast.copy_location(ast.Name(found[0], node.ctx), node) if found else node
