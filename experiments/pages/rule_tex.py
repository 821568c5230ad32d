"""Rules as LaTeX: the text of the function as an equation, its docstring as a sentence."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable

SIGNS = {"\\": "\\textbackslash{}", "&": "\\&", "%": "\\%", "$": "\\$", "#": "\\#", "_": "\\_", "{": "\\{"}
SIGNS |= {"}": "\\}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"}
COMPARED = {ast.Lt: "<", ast.LtE: r"\leq", ast.Gt: ">", ast.GtE: r"\geq", ast.Eq: "=", ast.NotEq: r"\neq"}
FUNCTIONS = {"exp": r"\exp", "log": r"\ln", "min": r"\min", "max": r"\max", "abs": r"\operatorname{abs}"}
FIRST, SECOND, THIRD = 1, 2, 3  # how strongly an operator binds


def escaped(text: str) -> str:
    """Return text as LaTeX prints it."""
    return "".join(SIGNS.get(sign, sign) for sign in text)


def rule_tex(name: str, function: Callable[..., object]) -> str:
    """Return a rule as a paragraph: its docstring, and its equation, or its text if that is no equation."""
    said = " ".join((inspect.getdoc(function) or "").split())
    head = f"\\paragraph{{\\texttt{{{escaped(name)}}}}} {escaped(said)}"
    source = textwrap.dedent(inspect.getsource(function))
    definition = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    try:
        lines = _lines(definition.body, _name(name))
    except NotImplementedError:
        return f"{head}\n\\begin{{verbatim}}\n{source.rstrip()}\n\\end{{verbatim}}"
    return f"{head}\n\\begin{{align*}}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _lines(body: list[ast.stmt], result: str) -> list[str]:
    lines = []
    for place, node in enumerate(body):
        match node:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                lines.append(f"{_name(name)} &= {_tex(value)}")
            case ast.Return(value=ast.expr() as value):
                return [*lines, f"{result} &= {_tex(value)}"]
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as value)], orelse=[]):
                rest = _cases(body[place + 1 :])
                cases = [f"{_tex(value)} & \\text{{if }} {_tex(test)}", *rest]
                return [*lines, f"{result} &= \\begin{{cases}}" + r" \\ ".join(cases) + "\\end{cases}"]
            case _:
                raise NotImplementedError
    return lines


def _cases(body: list[ast.stmt]) -> list[str]:
    """Return the further cases of a rule whose statements are ``if …: return …`` and a last ``return``."""
    cases = []
    for node in body:
        match node:
            case ast.If(test=test, body=[ast.Return(value=ast.expr() as value)], orelse=[]):
                cases.append(f"{_tex(value)} & \\text{{if }} {_tex(test)}")
            case ast.Return(value=ast.expr() as value):
                return [*cases, f"{_tex(value)} & \\text{{otherwise}}"]
            case _:
                raise NotImplementedError
    raise NotImplementedError


def _name(name: str) -> str:
    return f"\\mathit{{{escaped(name)}}}"


def _tex(node: ast.expr, binds: int = 0) -> str:
    match node:
        case ast.Constant(value=int() | float() as value):
            return f"{value:g}"
        case ast.Name(id=name):
            return _name(name)
        case ast.UnaryOp(op=ast.USub(), operand=value):
            return _wrapped(f"-{_tex(value, SECOND)}", FIRST, binds)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            sign = "+" if isinstance(op, ast.Add) else "-"
            return _wrapped(f"{_tex(left, FIRST)} {sign} {_tex(right, SECOND)}", FIRST, binds)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _wrapped(rf"{_tex(left, SECOND)} \cdot {_tex(right, SECOND)}", SECOND, binds)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _wrapped(rf"{_tex(left, SECOND)} \bmod {_tex(right, THIRD)}", SECOND, binds)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{_tex(left)}}}{{{_tex(right)}}}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return rf"{{{_tex(left, THIRD + 1)}}}^{{{_tex(right)}}}"
        case ast.Compare():
            return _comparison(node)
        case ast.BoolOp(op=op, values=values):
            word = r" \text{ and } " if isinstance(op, ast.And) else r" \text{ or } "
            return word.join(map(_tex, values))
        case ast.IfExp(test=test, body=body, orelse=other):
            cases = f"{_tex(body)} & \\text{{if }} {_tex(test)} \\\\ {_tex(other)} & \\text{{otherwise}}"
            return f"\\begin{{cases}}{cases}\\end{{cases}}"
        case ast.Call(func=ast.Name(id=name), args=values, keywords=[]):
            called = FUNCTIONS.get(name, rf"\operatorname{{{escaped(name)}}}")
            return rf"{called}\left({', '.join(map(_tex, values))}\right)"
        case _:
            raise NotImplementedError


def _comparison(node: ast.Compare) -> str:
    parts = [_tex(node.left)]
    for op, value in zip(node.ops, node.comparators, strict=True):
        if type(op) not in COMPARED:
            raise NotImplementedError
        parts += [COMPARED[type(op)], _tex(value)]
    return " ".join(parts)


def _wrapped(text: str, own: int, binds: int) -> str:
    return rf"\left({text}\right)" if own < binds else text
