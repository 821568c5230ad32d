"""Hash of the source and data of an extension, a part of the key of a run."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from agents.rules import Rules
from model.engine.births import Births
from model.engine.rule_source import RuleError, collect_sources, free_names
from model.extensions.extension import Extension, file_stamp
from model.extensions.option import split_options
from model.extensions.placed_events import Placed


@functools.cache
def source_hash(extension: Extension) -> str:
    """Return a short hash of an extension: its source, that of modules next to it, and its data files.

    Of the text at the first call: a file that is edited later does not change it.
    """
    _check_unchanged(extension)
    source_texts(extension)
    known = hashlib.blake2b(digest_size=8)
    for text in _texts(extension):
        known.update(text.encode() + b"\0")
    for path in data_files(extension):
        known.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return known.hexdigest()


@functools.cache
def source_texts(extension: Extension) -> Mapping[str, str]:
    """Return the source of an extension, by file name: modules and data, or functions if there are none."""
    paths = [*_module_files(f for _, f in _functions(extension)), *data_files(extension)]
    if (
        extension.source
        and (path := Path(split_options(extension.source[0])[0].rpartition(":")[0])).is_file()
    ):
        paths.append(path)
    found = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in paths}
    if not found:
        texts = (_function_text(function) for _, function in _functions(extension))
        found[f"{extension.name}.txt"] = "\n".join(texts)
    return found


def _check_unchanged(one: Extension) -> None:
    """Check that a value is still what its file says, before its text is read for the first time."""
    if one.stamp is not None and one.stamp != file_stamp(one.place):
        raise one.error("its file was edited after it was imported: import it again, or give its name")


def module_files(module: types.ModuleType) -> list[Path]:
    """Return the file of a user's module, and of modules in the same folder that it imports."""
    found: set[Path] = set()
    _follow(module, found)
    return sorted(found)


def content_mark(paths: Iterable[Path]) -> str:
    """Return a hash of the contents of files; one that cannot be read counts as empty."""
    known = hashlib.blake2b(digest_size=8)
    for path in paths:
        known.update(str(path).encode() + b"\0")
        with contextlib.suppress(OSError):
            known.update(path.read_bytes())
    return known.hexdigest()


def _texts(one: Extension) -> list[str]:
    """Return descriptions of its content, then the source of its functions and of their modules."""
    files = _module_files(function for _, function in _functions(one))
    return content(one) + [path.read_text(encoding="utf-8") for path in files]


def content(one: Extension) -> list[str]:
    """Return descriptions of its content, then the source of its functions: the same in whatever file."""
    functions = list(_functions(one))
    events = [_described(placed) for placed in one.events]
    agents = [(kind.table, kind.prefix, tuple(kind.columns), kind.at_work) for kind in one.agents]
    described = [one.name, list(one.rules), one.parameters, one.columns, events, agents, one.scenarios]
    described += [one.measures] if one.measures else []
    described += [sorted(option.columns.items()) for option in one.options]
    described += [sorted(one.varying.items())] if one.varying else []
    found = [repr(item) for item in described]
    return found + [f"{name}: {_function_text(function)}" for name, function in functions]


def _described(placed: Placed) -> tuple[Any, ...]:
    event = placed.event
    common: tuple[Any, ...] = (placed.position, placed.anchor, event.name, event.every, event.when)
    common += (placed.at,) if placed.at else ()
    if isinstance(event, Births):
        return (*common, event.table, event.parents, event.where, event.values)
    return (*common, *(getattr(event, name, None) for name in ("rules", "where", "totals")))


def functions_of(given: Extension | Rules) -> list[object]:
    """Return the functions and agent classes of an extension, or the functions of rules."""
    if isinstance(given, Rules):
        return list(given.replaced.values())
    classes = [kind.face for kind in given.agents]
    return [*(function for _, function in _functions(given)), *classes, *given.faces]


def _functions(one: Extension) -> Iterable[tuple[str, Callable[..., Any]]]:
    yield from sorted(one.rules.items())
    for placed in one.events:
        if hasattr(placed.event, "function"):
            yield placed.event.name, placed.event.function
    for market, functions in sorted(one.calls.items()):
        for function in functions:
            yield f"{function.__name__} of {market}", function
    for kind in one.agents:
        yield f"start of {kind.table}", kind.start
        yield from _methods(kind.face)
    for face in one.faces:
        yield from _methods(face)
    if one.prepare is not None:
        yield "prepare", one.prepare


def _methods(face: type | None) -> list[tuple[str, Callable[..., Any]]]:
    if face is None:
        return []
    found = {**vars(face), **getattr(face, "decisions", dict)()}
    return [(f"{face.__name__}.{name}", f) for name, f in sorted(found.items()) if inspect.isfunction(f)]


def _function_text(function: Callable[..., Any]) -> str:
    """Return the source of a function and its helpers, with the numbers that they use from outside."""
    seen: dict[str, str] = {}
    try:
        collect_sources(function, seen)
        return repr(sorted(seen.items()))
    except RuleError:  # it may use anything: take its own source and the plain values that it captured
        pass
    try:
        text = inspect.getsource(function)
    except (OSError, TypeError):
        return repr(function)
    try:
        names = free_names(function)
    except RuleError:
        names = {}
    plain = {name: value for name, value in names.items() if isinstance(value, bool | int | float | str)}
    return f"{text} {sorted(plain.items())!r}"


def _module_files(functions: Iterable[Callable[..., Any]]) -> list[Path]:
    """Return the files of the functions' modules, and of modules in the same folders that these import."""
    found: set[Path] = set()
    for function in functions:
        _follow(sys.modules.get(getattr(function, "__module__", None) or ""), found)
    return sorted(found)


def _follow(module: types.ModuleType | None, found: set[Path]) -> None:
    path = _own_file(module)
    if path is None or path in found or module is None:
        return
    found.add(path)
    for value in list(vars(module).values()):
        other = (
            value
            if isinstance(value, types.ModuleType)
            else sys.modules.get(getattr(value, "__module__", "") or "")
        )
        imported = _own_file(other)
        if imported is not None and imported.is_relative_to(path.parent):
            _follow(other, found)


def _own_file(module: types.ModuleType | None) -> Path | None:
    """Return the file of a user's module; None for one of the model, a library or a notebook."""
    name = getattr(module, "__file__", None)
    if module is None or not name or not str(name).endswith(".py"):
        return None
    if module.__name__.split(".")[0] in ("agents", "model", "experiments", "viz"):
        return None
    path = Path(name).resolve()
    return path if path.is_file() and "site-packages" not in path.parts else None


def home(one: Extension) -> Path:
    """Return the folder of an extension's source, from which paths of its data count."""
    name = split_options(one.source[0])[0] if one.source else ""
    return Path((name if ".py:" in name else one.place).rpartition(":")[0]).parent


def data_files(one: Extension) -> list[Path]:
    """Return the files of data that an extension names. Raises ExtensionError if one does not exist."""
    folder = home(one)
    named = [("files names", name) for name in one.files]
    named += [(f"option {option.name} names", option.file) for option in one.options]
    for what, name in named:
        if not (folder / name).is_file():
            raise one.error(f"{what} {folder / name}, which does not exist")
    return [folder / name for _, name in named]
