"""The text of rules: read once, rewritten alike for every engine.

A rule is plain Python. A few rewrites make its text mean the same bits everywhere: ``x ** y``,
``pow(x, y)``, and ``exp``, ``log`` and ``pow`` of ``math`` or NumPy become our own. Everything else is
left as written; line numbers are kept, so breakpoints and tracebacks point into the author's file.
"""

from __future__ import annotations

import ast
import builtins
import copy
import functools
import hashlib
import inspect
import itertools
import math
import textwrap
import types
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from agents import elementary
from agents.user_error import UserError
from model.engine.ieee_division import FORGIVING, Forgive

# Names under which rewritten text finds our functions; no author's name can clash with them.
OURS = {
    "elementary_exp": elementary.exp,
    "elementary_log": elementary.log,
    "elementary_power": elementary.power,
}
REPLACED: dict[Any, str] = {
    math.exp: "elementary_exp", np.exp: "elementary_exp",
    math.log: "elementary_log", np.log: "elementary_log",
    math.pow: "elementary_power", np.power: "elementary_power", pow: "elementary_power",
}  # fmt: skip
BITS = ("bits_of", "float_of")
# Stands between a module and its attribute in rewritten text, where ``module.NUMBER`` becomes one name.
DOT = "_dot_"
# Library functions whose results IEEE 754 fixes to the last bit, so compiled rules may call them.
EXACT = {
    "math.sqrt": math.sqrt, "math.floor": math.floor, "math.ceil": math.ceil, "math.fabs": math.fabs,
    "math.copysign": math.copysign, "np.sqrt": math.sqrt,
}  # fmt: skip


class RuleError(UserError):
    """A rule that cannot be used; the text says which, where and why."""


def where(function: Callable[..., Any]) -> str:
    """File and line of a function, for sentences."""
    code = getattr(function, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "a built-in"


def is_own(function: Callable[..., Any]) -> bool:
    """Whether a rule or market is a person's own: what it yields is then looked at."""
    return (getattr(function, "__module__", "") or "").split(".")[0] not in ("agents", "model")


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


def outside(function: Callable[..., Any], name: str) -> Any:
    """What a name of the function's text stands for outside it; None if nothing."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for free, cell in cells:
        if free == name:
            return cell.cell_contents
    if name in function.__globals__:
        return function.__globals__[name]
    head, dots, tail = name.partition(DOT)
    if dots:
        return getattr(outside(function, head), tail, None)
    return OURS.get(name, getattr(builtins, name, None))


def _ours(value: Any) -> str | None:
    """Name of our function in place of a library's, if it is one that we replace."""
    return REPLACED.get(value) if callable(value) and isinstance(value, Hashable) else None


class _Rewrite(ast.NodeTransformer):
    """Powers and elementary functions to ours; docstrings, annotations and decorators away."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.local = set(function.__code__.co_varnames)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            power = ast.Name("elementary_power", ast.Load())
            return ast.copy_location(ast.Call(power, [node.left, node.right], []), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in OURS:
            wanted = 2 if node.func.id == "elementary_power" else 1
            if len(node.args) != wanted or node.keywords:
                called = node.func.id.removeprefix("elementary_")
                raise RuleError(
                    f"rule {self.function.__name__} ({where(self.function)}) calls {called} with "
                    f"{len(node.args) + len(node.keywords)} arguments: it takes {wanted}"
                )
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not (isinstance(node.op, ast.Pow) and isinstance(node.target, ast.Name)):
            self.generic_visit(node)
            return node
        read = ast.Name(node.target.id, ast.Load())
        power = ast.BinOp(read, ast.Pow(), node.value)
        return self.visit(ast.copy_location(ast.Assign([node.target], power), node))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and node.id not in self.local:
            value = outside(self.function, node.id)
            ours = "math.sqrt" if value is math.sqrt or value is np.sqrt else _ours(value)
            if ours:
                return ast.copy_location(ast.Name(ours, ast.Load()), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id not in self.local:
            module = outside(self.function, node.value.id)
            if isinstance(module, types.ModuleType):
                return ast.copy_location(ast.Name(self._of_module(module, node), ast.Load()), node)
        self.generic_visit(node)
        return node

    def _of_module(self, module: types.ModuleType, node: ast.Attribute) -> str:
        """One name for ``module.name``: ours, an exact library function, or a user's number or function."""
        assert isinstance(node.value, ast.Name)
        value = getattr(module, node.attr, None)
        ours = _ours(value)
        if ours:
            return ours
        library = "np" if module is np else module.__name__
        if f"{library}.{node.attr}" in EXACT:
            return f"{library}.{node.attr}"
        if isinstance(value, bool | int | float | types.FunctionType) and module is not np:
            return f"{node.value.id}{DOT}{node.attr}"
        raise RuleError(
            f"rule {self.function.__name__} ({where(self.function)}) uses {node.value.id}.{node.attr}: a "
            f"compiled rule may use exp, log, powers and {', '.join(sorted(EXACT))}, whose bits are the "
            "same everywhere, and what your own modules define; mark it @interpreted to use anything"
        )

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.decorator_list = []
        for argument in node.args.args + node.args.posonlyargs:
            argument.annotation = None
        if node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
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
        RuleError: the text cannot be found, or is not that of a plain ``def``.
    """
    name = getattr(function, "__name__", repr(function))
    if not isinstance(function, types.FunctionType):
        raise RuleError(f"the text of rule {name} cannot be read: define it with def, without a wrapper")
    if hasattr(function, "__wrapped__"):
        raise RuleError(
            f"rule {name} ({where(function)}) has a decorator around it, which a compiled rule cannot have; "
            "take it off, or mark the rule @interpreted"
        )
    try:
        if function.__code__.co_filename == "<string>":
            raise OSError  # what exec runs has no text, but a program given by -c may lie under that name
        source = textwrap.dedent(inspect.getsource(function))
        module = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        raise RuleError(
            f"the text of rule {name} cannot be read: define it with def in a file or a notebook cell"
        ) from None
    definition = module.body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise RuleError(f"rule {name} ({where(function)}) must be written with def, not as a lambda")
    rewritten = _Rewrite(function).visit(definition)
    ast.increment_lineno(rewritten, function.__code__.co_firstlineno - 1)
    return ast.fix_missing_locations(rewritten)


@functools.cache
def _used(function: Callable[..., Any]) -> tuple[str, ...]:
    names = {node.id for node in ast.walk(tree(function)) if isinstance(node, ast.Name)} - EXACT.keys()
    # Local names first: an argument may share its name with a function of the module.
    return tuple(sorted(names - set(function.__code__.co_varnames)))


def free_names(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function's text uses from outside: functions and numbers, as they are now; not built-ins."""
    found = {name: outside(function, name) for name in _used(function)}
    return {name: value for name, value in found.items() if getattr(builtins, name, None) is not value}


def state_of(function: Callable[..., Any], within: tuple[Callable[..., Any], ...] = ()) -> Hashable:
    """The function with the numbers that its text and its helpers' use, as they are now: a key for caches."""
    if getattr(function, "interpreted", False):
        return function
    parts: list[Hashable] = [function]
    for name, value in free_names(function).items():
        if isinstance(value, types.FunctionType) and value not in (*within, function) and name not in BITS:
            parts.append(state_of(value, (*within, function)))
        elif isinstance(value, bool | int | float):
            parts.append((name, repr(value)))
    return tuple(parts)


def plain(
    function: Callable[..., Any], within: tuple[Callable[..., Any], ...] = (), divide: bool = False
) -> Callable[..., Any]:
    """The function as the interpreted engine calls it: itself, unless its text, or a helper's, had to change.

    A rule marked ``@interpreted`` is called as it is. ``divide``: a division by zero and the root of a
    negative number are infinite or undefined, as in compiled code, where Python would raise.
    """
    if getattr(function, "interpreted", False):
        return function
    names = free_names(function)
    changed = {name: value for name, value in names.items() if name in OURS}
    definition = tree(function)
    if divide:
        definition = ast.fix_missing_locations(Forgive().visit(copy.deepcopy(definition)))
        changed |= dict(FORGIVING.values())
    for name, value in names.items():
        if isinstance(value, types.FunctionType) and value not in (*within, function) and name not in changed:
            helper = plain(value, (*within, function), divide)
            if helper is not value:
                changed[name] = helper
    if not changed:
        return function
    module = ast.Module([definition], type_ignores=[])
    space: dict[str, Any] = {**function.__globals__, **EXACT, **names, **changed}
    exec(compile(module, function.__code__.co_filename, "exec"), space)  # the author's own text
    rewritten: Callable[..., Any] = space[function.__name__]
    return rewritten


def _constant(value: float) -> str:
    """A number as Python text; infinite and undefined ones have no literal of their own."""
    if not math.isfinite(value):
        return "(1e999 - 1e999)" if math.isnan(value) else "1e999" if value > 0 else "-1e999"
    return repr(value)


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


def texts(
    function: Callable[..., Any],
    seen: dict[str, str],
    alias: str | None = None,
    within: tuple[Callable[..., Any], ...] = (),
) -> str:
    """Add to ``seen`` (name → source text) the function and all it calls, callees first; its name there.

    ``alias`` names the function in the emitted text. Where two helpers or constants share a name, the
    later one gets a number behind it.

    Raises:
        RuleError: the text uses what compiled code cannot have, or calls itself.
    """
    if function in within:
        raise RuleError(f"{function.__name__} ({where(function)}) calls itself, which a compiled rule cannot")
    names: dict[str, str] = {}
    for name, value in free_names(function).items():
        if name in BITS:
            continue
        if isinstance(value, types.FunctionType):
            names[name] = texts(value, seen, name, (*within, function))
        elif isinstance(value, bool | int | float):
            names[name] = _keep(seen, name, functools.partial("{1} = {0}".format, _constant(value)))
        elif not isinstance(value, types.BuiltinFunctionType | type):
            raise RuleError(
                f"rule {function.__name__} ({where(function)}) uses {name}, a {type(value).__name__}: a "
                "compiled rule may use numbers and functions only; mark it @interpreted to use anything"
            )
    definition = tree(function)

    def written(kept: str) -> str:
        copied = ast.parse(ast.unparse(definition)).body[0]
        renamed = _Rename({old: new for old, new in names.items() if old != new}).visit(copied)
        renamed.name = kept
        return ast.unparse(renamed)

    if alias is None or within:
        return _keep(seen, alias or function.__name__, written)
    text = written(alias)
    if seen.setdefault(alias, text) != text:
        raise RuleError(f"two different functions are called {alias}; rename one ({where(function)})")
    return alias


def _keep(seen: dict[str, str], wanted: str, written: Callable[[str], str]) -> str:
    """Put a text under the wanted name, or under one with a number behind it if that is taken by another."""
    for number in itertools.count(1):
        name = wanted if number == 1 else f"{wanted}_{number}"
        text = written(name)
        if seen.setdefault(name, text) == text:
            break
    return name


def fingerprint(function: Callable[..., Any]) -> str:
    """Short hash of the text of a rule and of all that it calls."""
    seen: dict[str, str] = {}
    try:
        texts(function, seen)
    except RuleError:
        seen = {"source": inspect.getsource(function)}
    return hashlib.blake2b(repr(sorted(seen.items())).encode(), digest_size=8).hexdigest()
