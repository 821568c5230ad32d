"""Replace a function, or a module, by its mutant within one process; no file is changed."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.util
import sys
import types
from collections.abc import Iterable
from typing import Any

from tests import ROOT


class Instead(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports one module from a text in place of its file."""

    def __init__(self, name: str, path: str, text: str) -> None:
        self.name, self.path, self.text = name, path, text

    def find_spec(self, name: str, path: object, target: object = None) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_filename(self, name: str) -> str:
        return self.path

    def get_data(self, path: Any) -> bytes:
        return self.text.encode()


def forget() -> None:
    """Forget the project's modules, those of mutation testing apart, so that they are imported again."""
    here = (f"{ROOT}/tests/mutation/", f"{ROOT}/tests/support/fork_server", f"{ROOT}/tests/__init__")
    for name, module in list(sys.modules.items()):
        file = str(getattr(module, "__file__", None) or "")
        if file.startswith(f"{ROOT}/") and not file.startswith(here):
            del sys.modules[name]


def clear_caches() -> None:
    """Empty the caches of functions of the project."""
    caches = [thing for thing in gc.get_objects() if type(thing).__name__ == "_lru_cache_wrapper"]
    for thing in caches:
        if (thing.__module__ or "").split(".")[0] in ("agents", "model", "experiments"):
            thing.cache_clear()


def changed_function(
    old: types.CodeType, new: types.CodeType
) -> tuple[types.CodeType, types.CodeType] | None:
    """The outermost function in which two modules differ; None if they differ outside functions."""
    if bare(old) != bare(new):
        return None
    pairs = zip(inner(old), inner(new), strict=True)
    for one, other in pairs:
        if one != other:
            is_class = not one.co_flags & 0x2  # CO_NEWLOCALS: functions have it, bodies of classes do not
            return changed_function(one, other) if is_class else (one, other)
    return None


def inner(code: types.CodeType) -> list[types.CodeType]:
    return [one for one in code.co_consts if isinstance(one, types.CodeType)]


def bare(code: types.CodeType) -> types.CodeType:
    """Without what is within functions, and without columns."""
    kept = tuple(one for one in code.co_consts if not isinstance(one, types.CodeType))
    return code.replace(co_consts=kept, co_linetable=b"")


Functions = dict[tuple[str, str, int], list[types.FunctionType]]


def functions_of(paths: Iterable[str]) -> Functions:
    """All functions of some files, by file, name and first line."""
    wanted, found = set(paths), Functions()
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename in wanted:
            found.setdefault(place(thing.__code__), []).append(thing)
    return found


def place(code: types.CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def replace(functions: list[types.FunctionType], new: types.CodeType) -> bool:
    """Give functions a new code; false if there are none or they cannot take it."""
    if any(len(function.__code__.co_freevars) != len(new.co_freevars) for function in functions):
        return False
    for function in functions:
        function.__code__ = new
    return bool(functions)
