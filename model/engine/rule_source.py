"""Source of rules: read once, rewritten identically for both engines.

A rule is plain Python. One rewrite makes it give the same bits everywhere: ``x ** y``, ``pow(x, y)``, and
``exp``, ``log`` and ``pow`` of ``math`` or NumPy become the functions of ``agents.elementary``. Everything
else stays as written. Line numbers are kept, so breakpoints and tracebacks point into the author's file.
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
from model.engine.events import Rule
from model.engine.ieee_division import IEEE_OPERATIONS, IeeeRewriter

# Names of the elementary functions in rewritten source; an author's name is unlikely to clash with them.
OURS = {
    "elementary_exp": elementary.exp,
    "elementary_log": elementary.log,
    "elementary_power": elementary.power,
}
REPLACED: dict[Any, str] = {
    **dict.fromkeys((math.exp, np.exp), "elementary_exp"),
    **dict.fromkeys((math.log, np.log), "elementary_log"),
    **dict.fromkeys((math.pow, np.power, pow), "elementary_power"),
}
BITS = ("bits_of", "float_of")
# Joins a module and its attribute in rewritten source, where ``module.NUMBER`` becomes one name.
DOT = "_dot_"
# Library functions whose results IEEE 754 fixes to the last bit, so compiled rules may call them.
EXACT = {f"math.{name}": getattr(math, name) for name in ("sqrt", "floor", "ceil", "fabs", "copysign")}
EXACT["np.sqrt"] = math.sqrt


class RuleError(UserError):
    """A rule or procedure that cannot be used; the message says which, where and why."""


def where(function: Rule) -> str:
    """Return file and line of a function, for messages."""
    function = getattr(function, "around", function)  # a rule around another (model.extensions.wrapping)
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "a built-in"


def is_user_defined(function: Rule) -> bool:
    """Return whether a rule or procedure comes from outside the model: its results are then checked."""
    return (getattr(function, "__module__", "") or "").split(".")[0] not in ("agents", "model")


def is_interpreted(function: Rule) -> bool:
    """Return whether a rule or procedure is marked ``@interpreted``."""
    return bool(getattr(function, "interpreted", False))


def interpreted[R: Rule](rule: R) -> R:
    """Mark a rule or procedure that may use anything in Python: it is interpreted, not compiled.

    A bound method, such as that of a fitted policy, becomes a function that calls it.

    Raises:
        RuleError: It is not a function or a method.
    """
    if isinstance(rule, types.MethodType):

        @functools.wraps(rule)
        def called(*given: object) -> object:
            return rule(*given)

        called.interpreted = True  # type: ignore[attr-defined]
        return called  # type: ignore[return-value]
    if not isinstance(rule, types.FunctionType):
        raise RuleError(f"interpreted takes a function or a method, not {rule!r}: write one with def")
    rule.interpreted = True  # type: ignore[attr-defined]
    return rule


@functools.cache
def arguments(function: Rule) -> tuple[str, ...]:
    """Return the names that a rule or procedure reads, in order."""
    parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            name = f"rule {getattr(function, '__name__', repr(function))} ({where(function)})"
            raise RuleError(f"{name} takes *{parameter.name}: a rule must name each value it reads")
    return tuple(parameter.name for parameter in parameters)


def resolve_name(function: Rule, name: str) -> object:
    """Return the value that a name of the function's source has outside it; None if it has none."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for free, cell in cells:
        if free == name:
            return cell.cell_contents
    if name in function.__globals__:
        return function.__globals__[name]
    head, dots, tail = name.partition(DOT)
    if dots:
        return getattr(resolve_name(function, head), tail, None)
    return OURS.get(name, getattr(builtins, name, None))


def _ours(value: object) -> str | None:
    """Return the elementary function that replaces a library function, by its name in rewritten source."""
    return REPLACED.get(value) if callable(value) and isinstance(value, Hashable) else None


class _Rewrite(ast.NodeTransformer):
    """Rewrites powers and elementary functions; drops docstrings, annotations and decorators."""

    def __init__(self, function: Rule) -> None:
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
            value = resolve_name(self.function, node.id)
            ours = "math.sqrt" if value is math.sqrt or value is np.sqrt else _ours(value)
            if ours:
                return ast.copy_location(ast.Name(ours, ast.Load()), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id not in self.local:
            module = resolve_name(self.function, node.value.id)
            if isinstance(module, types.ModuleType):
                return ast.copy_location(ast.Name(self._of_module(module, node), ast.Load()), node)
        self.generic_visit(node)
        return node

    def _of_module(self, module: types.ModuleType, node: ast.Attribute) -> str:
        """Return one name for ``module.name``: elementary, exact, or a user's number or function."""
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
            "same everywhere, and functions and numbers of your own modules; mark it @interpreted to use "
            "anything"
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
def rewritten_ast(function: Rule) -> ast.FunctionDef:
    """Return the rewritten definition of a function.

    Raises:
        RuleError: The source cannot be found, or is not a plain ``def``.
    """
    name = getattr(function, "__name__", repr(function))
    if not isinstance(function, types.FunctionType):
        raise RuleError(f"the source of rule {name} cannot be read: define it with def, without a wrapper")
    if hasattr(function, "__wrapped__"):
        raise RuleError(
            f"rule {name} ({where(function)}) has a decorator, which a compiled rule cannot have; remove it, "
            "or mark the rule @interpreted"
        )
    try:
        if function.__code__.co_filename == "<string>":
            raise OSError  # code run by exec has no source, but a program given by -c may have that file name
        source = getattr(function, "source_text", None) or textwrap.dedent(inspect.getsource(function))
        module = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        raise RuleError(
            f"the source of rule {name} cannot be read: define it with def in a file or a notebook cell"
        ) from None
    definition = module.body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise RuleError(f"rule {name} ({where(function)}) must be written with def, not as a lambda")
    rewritten = _Rewrite(function).visit(definition)
    ast.increment_lineno(rewritten, function.__code__.co_firstlineno - 1)
    return ast.fix_missing_locations(rewritten)


@functools.cache
def _used(function: Rule) -> tuple[str, ...]:
    names = {
        node.id for node in ast.walk(rewritten_ast(function)) if isinstance(node, ast.Name)
    } - EXACT.keys()
    # Local names first: an argument may share its name with a function of the module.
    return tuple(sorted(names - set(function.__code__.co_varnames)))


def free_names(function: Rule) -> dict[str, object]:
    """Return the functions and numbers that a function uses from outside, as they are now; no built-ins."""
    outside = {} if function.__closure__ else function.__globals__  # where most names are: a quick look first
    found = {
        name: outside[name] if name in outside else resolve_name(function, name) for name in _used(function)
    }
    return {name: value for name, value in found.items() if getattr(builtins, name, None) is not value}


def undefined_names(function: Rule) -> list[str]:
    """Return names that a function uses and nothing defines; none if its source cannot be read."""
    try:
        nodes = [node for node in ast.walk(rewritten_ast(function)) if isinstance(node, ast.Name)]
    except RuleError:
        return []
    bound = {node.id for node in nodes if not isinstance(node.ctx, ast.Load)}
    names = [name for name in _used(function) if name not in bound and resolve_name(function, name) is None]
    return [name for name in names if not hasattr(builtins, name) and name not in function.__globals__]


def captured_constants(function: Rule, within: tuple[Rule, ...] = ()) -> Hashable:
    """Return a cache key: the function and the numbers that it and its helpers use from outside."""
    if is_interpreted(function):
        return function
    parts: list[Hashable] = [function]
    for name, value in free_names(function).items():
        if isinstance(value, types.FunctionType) and value not in (*within, function) and name not in BITS:
            parts.append(captured_constants(value, (*within, function)))
        elif isinstance(value, bool | int | float):
            parts.append((name, repr(value)))
    return tuple(parts)


def as_python(function: Rule, within: tuple[Rule, ...] = (), ieee: bool = False) -> Rule:
    """Return the function that the interpreted engine calls: itself, unless a rewrite changed its source.

    A rule marked ``@interpreted`` is returned as it is. ``ieee``: division by zero and the root of a negative
    number give inf or nan, as in compiled code, where Python would raise.
    """
    if is_interpreted(function):
        return function
    names = free_names(function)
    changed = {name: value for name, value in names.items() if name in OURS}
    definition = rewritten_ast(function)
    if ieee:
        definition = ast.fix_missing_locations(IeeeRewriter().visit(copy.deepcopy(definition)))
        changed |= dict(IEEE_OPERATIONS.values())
    for name, value in names.items():
        if isinstance(value, types.FunctionType) and value not in (*within, function) and name not in changed:
            helper = as_python(value, (*within, function), ieee)
            if helper is not value:
                changed[name] = helper
    if not changed:
        return function
    module = ast.Module([definition], type_ignores=[])
    space: dict[str, Any] = {**function.__globals__, **EXACT, **names, **changed}
    exec(compile(module, function.__code__.co_filename, "exec"), space)  # the author's own text
    rewritten: Rule = space[function.__name__]
    return rewritten


def _constant(value: float) -> str:
    """Return a number as Python source; inf and nan have no literal."""
    if not math.isfinite(value):
        return "(1e999 - 1e999)" if math.isnan(value) else "1e999" if value > 0 else "-1e999"
    return repr(value)


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


def collect_sources(
    function: Rule,
    seen: dict[str, str],
    alias: str | None = None,
    within: tuple[Rule, ...] = (),
) -> str:
    """Add to ``seen`` (name → source) a function and all it calls, callees first; return its name there.

    ``alias`` names the function in the generated source. Where two helpers or constants share a name, the
    later one gets a number as suffix.

    Raises:
        RuleError: The source uses something that compiled code cannot, or calls itself.
    """
    if function in within:
        raise RuleError(f"{function.__name__} ({where(function)}) calls itself, which a compiled rule cannot")
    names: dict[str, str] = {}
    for name, value in free_names(function).items():
        if name in BITS:
            continue
        if isinstance(value, types.FunctionType):
            names[name] = collect_sources(value, seen, name, (*within, function))
        elif isinstance(value, bool | int | float):
            names[name] = _keep(seen, name, functools.partial("{1} = {0}".format, _constant(value)))
        elif not isinstance(value, types.BuiltinFunctionType | type):
            raise RuleError(
                f"rule {function.__name__} ({where(function)}) uses {name}, a {type(value).__name__}: a "
                "compiled rule may use numbers and functions only; mark it @interpreted to use anything"
            )
    written = functools.partial(
        _written, function, tuple((old, new) for old, new in names.items() if old != new)
    )
    if alias is None or within:
        return _keep(seen, alias or function.__name__, written)
    text = written(alias)
    if seen.setdefault(alias, text) != text:
        raise RuleError(f"two different functions are called {alias}; rename one ({where(function)})")
    return alias


@functools.lru_cache(maxsize=4096)
def _written(function: Rule, renamed: tuple[tuple[str, str], ...], kept: str) -> str:
    """Return the rewritten source of a function under the name ``kept``, with some names replaced."""
    text = ast.unparse(rewritten_ast(function))
    if not renamed and kept == function.__name__:
        return text
    definition = _Rename(dict(renamed)).visit(ast.parse(text).body[0])
    definition.name = kept
    return ast.unparse(definition)


def _keep(seen: dict[str, str], wanted: str, written: Callable[[str], str]) -> str:
    """Add a source under the wanted name, numbered if another source has it; return the name."""
    for number in itertools.count(1):
        name = wanted if number == 1 else f"{wanted}_{number}"
        text = written(name)
        if seen.setdefault(name, text) == text:
            break
    return name


def fingerprint(function: Rule) -> str:
    """Return a short hash of the source of a rule and of all that it calls."""
    seen: dict[str, str] = {}
    try:
        collect_sources(function, seen)
    except RuleError:
        seen = {"source": inspect.getsource(function)}
    return hashlib.blake2b(repr(sorted(seen.items())).encode(), digest_size=8).hexdigest()
