"""The text of rules: read once, rewritten alike for every engine.

A rule is plain Python. Two rewrites make its text mean the same bits everywhere: ``x ** y`` becomes
``power(x, y)``, and ``math.exp``/``np.exp`` (and ``log``, ``pow``) become our own. Everything else is
left as written; line numbers are kept, so breakpoints and tracebacks point into the author's file.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import textwrap
import types
from collections.abc import Callable
from typing import Any

from agents import elementary

ELEMENTARY = {"exp": "exp", "log": "log", "pow": "power", "power": "power"}
BITS = ("bits_of", "float_of")


class RuleError(ValueError):
    """A rule that cannot be used; the text says which, where and why."""


def where(function: Callable[..., Any]) -> str:
    """File and line of a function, for sentences."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "a built-in"


def arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of what a rule reads, in order."""
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            name = getattr(function, "__name__", "a rule")
            raise RuleError(
                f"rule {name} ({where(function)}) takes *{parameter.name}: a rule names each thing it reads"
            )
    return tuple(parameter.name for parameter in parameters)


class _Rewrite(ast.NodeTransformer):
    """``**`` and the usual elementary functions to ours; docstrings and annotations away."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            called = ast.Call(ast.Name("power", ast.Load()), [node.left, node.right], [])
            return ast.copy_location(called, node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            ours = ELEMENTARY.get(called.attr)
            if ours and called.value.id in ("math", "np", "numpy"):
                node.func = ast.copy_location(ast.Name(ours, ast.Load()), called)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.decorator_list = []
        for argument in node.args.args + node.args.posonlyargs:
            argument.annotation = None
        if node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return ast.copy_location(ast.Assign([node.target], node.value), node)


@functools.cache
def tree(function: Callable[..., Any]) -> ast.FunctionDef:
    """The rewritten definition of a function.

    Raises:
        RuleError: the text cannot be found, or is not a ``def``.
    """
    name = getattr(function, "__name__", repr(function))
    try:
        source = textwrap.dedent(inspect.getsource(function))
        module = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        raise RuleError(
            f"the text of rule {name} cannot be read: define it with def in a file or a notebook cell"
        ) from None
    definition = module.body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise RuleError(f"rule {name} ({where(function)}) must be written with def, not as a lambda")
    rewritten = _Rewrite().visit(definition)
    ast.increment_lineno(rewritten, function.__code__.co_firstlineno - 1)
    return ast.fix_missing_locations(rewritten)


def free_names(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function's text uses from outside: module-level or enclosing functions and numbers."""
    used = {node.id for node in ast.walk(tree(function)) if isinstance(node, ast.Name)}
    # Local names first: an argument may share its name with a function of the module.
    local = set(function.__code__.co_varnames)
    outside = inspect.getclosurevars(function)
    known = {**outside.globals, **outside.nonlocals}
    if "power" in used:
        known["power"] = elementary.power
    for theirs, ours in ELEMENTARY.items():
        if theirs in used and _is_library(known.get(theirs)):
            known[theirs] = getattr(elementary, ours)
        elif ours in used and ours not in known:
            known[ours] = getattr(elementary, ours)
    return {name: known[name] for name in sorted(used - local) if name in known}


def _is_library(value: Any) -> bool:
    return isinstance(value, types.BuiltinFunctionType) or type(value).__name__ == "ufunc"


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as the interpreted engine calls it: itself, unless its text had to be rewritten."""
    names = free_names(function)
    original = inspect.getclosurevars(function).globals
    same = all(original.get(name) is value for name, value in names.items())
    if same and not any(
        isinstance(node, ast.Pow)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function))))
    ):
        return function
    module = ast.Module([tree(function)], type_ignores=[])
    space: dict[str, Any] = {**function.__globals__, **names}
    exec(compile(module, function.__code__.co_filename, "exec"), space)  # the author's own text
    rewritten: Callable[..., Any] = space[function.__name__]
    return rewritten


def texts(function: Callable[..., Any], seen: dict[str, str], alias: str | None = None) -> None:
    """Add to ``seen`` (name → source text) the function and all it calls, callees first.

    ``alias`` renames the function in the emitted text. Two different helpers of one name are refused.
    """
    for name, value in free_names(function).items():
        if name in BITS or name in seen:
            continue
        if isinstance(value, types.FunctionType):
            texts(value, seen, name)
        elif isinstance(value, bool | int | float):
            seen[name] = f"{name} = {value!r}"
        elif not isinstance(value, types.BuiltinFunctionType | type):
            raise RuleError(
                f"rule {function.__name__} ({where(function)}) uses {name}, a {type(value).__name__}: a "
                "compiled rule may use numbers and functions only; mark it @interpreted to use anything"
            )
    definition = tree(function)
    emitted = alias or function.__name__
    renamed = ast.copy_location(
        ast.FunctionDef(**{**dict(ast.iter_fields(definition)), "name": emitted}), definition
    )
    text = ast.unparse(renamed)
    if seen.get(emitted, text) != text:
        raise RuleError(f"two different functions are called {emitted}; rename one ({where(function)})")
    seen[emitted] = text


@functools.cache
def fingerprint(function: Callable[..., Any]) -> str:
    """Short hash of the text of a rule and of all that it calls."""
    seen: dict[str, str] = {}
    try:
        texts(function, seen)
    except RuleError:
        seen = {"source": inspect.getsource(function)}
    return hashlib.blake2b(repr(sorted(seen.items())).encode(), digest_size=8).hexdigest()
