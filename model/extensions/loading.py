"""Extensions by name: ``my_module:extension`` or ``path/to/file.py:extension``."""

from __future__ import annotations

import contextlib
import copyreg
import hashlib
import importlib
import importlib.util
import linecache
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from agents.rules import Rules
from agents.suggestions import did_you_mean
from model.extensions.extension import Extension, ExtensionError
from model.extensions.notebook import is_of_session, write_file
from model.extensions.option import split_options, with_files
from model.extensions.source_hash import (
    content,
    content_mark,
    data_files,
    functions_of,
    module_files,
    source_hash,
)
from model.extensions.wrapping import is_wrapper

DEFAULT = "extension"
LONGEST = 1000  # characters of a name with its path


def load_extensions(names: Iterable[str], folder: str | Path | None = None) -> tuple[Extension, ...]:
    """Return the extensions of these names, in order; see ``load_extension`` for the form of a name."""
    return tuple(one for name in names for one in load_extension(name, folder))


def load_extension(name: str, folder: str | Path | None = None) -> tuple[Extension, ...]:
    """Return the extensions named ``module:attribute`` or ``file.py:attribute``, as a tuple.

    The attribute (``extension`` by default) is an ``Extension``, several in a tuple or list, a ``Rules``, or
    one rule. Modules and files are looked for in ``folder``, by default the current one; modules also on
    Python's path. Files for its options follow the name: ``treaties.py pairs=mine.csv``.

    Raises:
        ExtensionError: Something could not be found, or the file failed; the message says what and where.
    """
    plain, given = split_options(name)
    where, attribute = _parts(plain)
    base = start = Path.cwd() if folder is None else Path(folder).resolve()
    if where.endswith(".py"):
        where = str((base / where).resolve())
        base = Path(where).parent
    files = tuple(sorted((option, str((start / file).resolve())) for option, file in given.items()))
    return _loaded(where, attribute, str(base), files)


def _load_one(name: str, number: int, mark: str) -> Extension:
    found = load_extension(name)[number]
    if source_hash(found) != mark:
        raise found.error("its file was edited while runs with it were under way: run them again")
    return found


def _reduced(one: Extension) -> str | tuple[Any, ...]:
    if not one.source and any(map(is_of_session, functions_of(one))):
        (one,) = load_extension(_written(one))
    return (_load_one, (*one.source, source_hash(one))) if one.source else one.__reduce_ex__(2)


# An extension that was loaded by name is loaded by it in another process; one of a notebook is written to a
# file first; others are pickled by content.
copyreg.pickle(Extension, _reduced)


def absolute(name: str, folder: str | Path = ".") -> str:
    """Return the name with absolute paths of its file, if it has one, and of the files for its options."""
    plain, given = split_options(name)
    where, attribute = _parts(plain)
    base = Path(folder)
    if where.endswith(".py"):
        plain = f"{(base / where).resolve()}:{attribute}"
    return plain + "".join(f" {option}={(base / file).resolve()}" for option, file in given.items())


def name_of(value: object) -> str:
    """Return the name by which another process loads an extension: that of a variable of a module or file.

    One that a notebook or the running script defines is written to a file (``model.extensions.notebook``).

    Raises:
        ExtensionError: it is no extension, or no variable holds it.
    """
    if not isinstance(value, Extension | Rules | FunctionType):
        raise ExtensionError(
            f"extension cannot be a {type(value).__name__}: it is an Extension, Rules, a rule, or a name "
            "such as my_module:extension"
        )
    if isinstance(value, Extension) and value.source and load_extension(value.source[0]) == (value,):
        return value.source[0]
    made_in = value.place.rpartition(":")[0] if isinstance(value, Extension) else None
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    for name in sorted(files, key=lambda name: files[name] != made_in):  # others may import it
        module = sys.modules[name]
        if name in ("__main__", "__mp_main__") or not isinstance(module, ModuleType):
            continue
        for attribute, found in list(vars(module).items()):
            if found is value:
                file = str(files[name])
                where = name if "." in name or not file.endswith(".py") else file
                return absolute(f"{where}:{attribute}")
    return _written(value)


def _written(value: Extension | Rules | FunctionType) -> str:
    """Return the name of a value that the notebook or script defines, written to a file for workers."""
    try:
        path, variable = write_file(value)
        name = absolute(f"{path}:{variable}")
        (found,) = load_extension(name)
        if content(found) != content(_as_extension(value, variable, name)):
            raise ExtensionError(f"it is not what the statements that define it give, which are in {path}")
    except ExtensionError as error:
        raise ExtensionError(
            f"worker processes cannot find {getattr(value, 'name', type(value).__name__)}: make it a "
            "variable of a module or a file other than the script that runs, or name it, as in "
            f"file.py:extension ({error})"
        ) from None
    return name


def _parts(name: str) -> tuple[str, str]:
    if name.endswith(".py"):
        name += f":{DEFAULT}"
    where, colon, attribute = name.rpartition(":")
    if not colon:
        where, attribute = name, DEFAULT
    if not where or not attribute.isidentifier() or not name.isprintable() or len(name) > LONGEST:
        raise ExtensionError(
            f"extension cannot be {name[:100]!r}: write module:attribute or path/to/file.py:attribute"
        )
    return where, attribute


@dataclass(frozen=True)
class _Loaded:
    """What a name stands for, with the files that it was read from and their contents."""

    extensions: tuple[Extension, ...]
    files: tuple[Path, ...]
    mark: str


Given = tuple[tuple[str, str], ...]  # option, file
_known: dict[tuple[str, str, str, Given], _Loaded] = {}


def _loaded(where: str, attribute: str, folder: str, given: Given) -> tuple[Extension, ...]:
    # Kept, so that a name is one value in a process, and all that is derived from it is shared; read again
    # when one of its files has another content.
    key = (where, attribute, folder, given)
    before = _known.get(key)
    if before is not None:
        if content_mark(before.files) == before.mark:
            return before.extensions
        _forget(before.files)
        del _known[key]
    name = f"{where}:{attribute}" + "".join(f" {option}={file}" for option, file in given)
    module = _of_file(Path(where), folder) if where.endswith(".py") else _of_module(where, folder)
    try:
        if not hasattr(module, attribute):
            hint = did_you_mean(attribute, [key for key in vars(module) if not key.startswith("_")])
            raise ExtensionError(f"{where} has no {attribute}{hint}")
        found = getattr(module, attribute)
        several = found if isinstance(found, list | tuple) else (found,)
        _check_forgotten(module)
        made = tuple(
            replace(_given(_as_extension(one, attribute, name), given), source=(name, number))
            for number, one in enumerate(several)
        )
    except ExtensionError:
        _forget(module_files(module))  # it is read again when it is mended
        raise
    files = (*module_files(module), *(path for one in made for path in data_files(one)))
    _known[key] = _Loaded(made, files, content_mark(files))
    for one in made:
        source_hash(one)  # reads the text now: the file may be edited before the first run
    return made


def _given(one: Extension, given: Given) -> Extension:
    """Return the extension with the files given for its options."""
    try:
        return replace(one, options=with_files(one.options, dict(given))) if given else one
    except KeyError as error:
        raise one.error(error.args[0]) from None


def _check_forgotten(module: ModuleType) -> None:
    """Check that an extension holds what its module makes for one: wrappers, and ``prepare``."""
    given = vars(module).values()
    values = [value for one in given for value in (one if isinstance(one, list | tuple) else (one,))]
    extensions = [one for one in values if isinstance(one, Extension | Rules)]
    held = {id(function) for one in extensions for function in functions_of(one)}
    for name, function in vars(module).items():
        if not isinstance(function, FunctionType) or function.__module__ != module.__name__:
            continue
        if (is_wrapper(function) or name == "prepare") and extensions and id(function) not in held:
            what = "is marked @wraps" if is_wrapper(function) else "looks like that of an extension"
            field = "rules=" if is_wrapper(function) else "prepare="
            raise ExtensionError(
                f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}: {name} {what}, and no "
                f"extension of the file holds it: give it by {field}"
            )


def _forget(files: Iterable[Path]) -> None:
    """Let modules of these files be imported again from their text."""
    paths = {str(path) for path in files}
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and str(Path(file).resolve()) in paths:
            del sys.modules[name]
    for path in paths:
        linecache.cache.pop(path, None)
        with contextlib.suppress(OSError, ValueError, NotImplementedError):
            # Byte code counts as current if the edit left time (in seconds) and size as they were.
            Path(importlib.util.cache_from_source(path)).unlink()
    importlib.invalidate_caches()


def _as_extension(found: Any, attribute: str, name: str) -> Extension:
    if isinstance(found, Extension):
        return found
    if isinstance(found, Rules):
        return Extension(attribute, rules=found, place=name)
    if callable(found) and not isinstance(found, type):
        return Extension(attribute, rules=found, place=name)
    raise ExtensionError(f"{name} must be an Extension, Rules or a rule, not {type(found).__name__}")


def _of_file(path: Path, folder: str) -> ModuleType:
    try:
        there = path.is_file()
    except OSError as error:  # a name too long for the disk
        raise ExtensionError(f"{path} cannot be read: {error.strerror}") from None
    if not there:
        raise ExtensionError(f"{path}: there is no such file")
    mark = hashlib.blake2b(str(path).encode(), digest_size=5).hexdigest()
    name = f"computeleap_extension_{path.stem}_{mark}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ExtensionError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    loader = spec.loader
    sys.modules[name] = module  # its functions are looked up there, by their module's name

    def run() -> ModuleType:
        loader.exec_module(module)
        return module

    try:
        return _imported(run, str(path), folder)
    except BaseException:
        del sys.modules[name]
        raise


def _of_module(name: str, folder: str) -> ModuleType:
    return _imported(lambda: importlib.import_module(name), name, folder)


def _imported(run: Callable[[], ModuleType], name: str, folder: str) -> ModuleType:
    """Return the module that ``run`` imports, with ``folder`` on the path; explain an error of its code."""
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        return run()
    except ExtensionError:
        raise
    except SyntaxError as error:
        raise ExtensionError(f"{error.filename or name}:{error.lineno}: {error.msg}") from error
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            raise ExtensionError(
                f"there is no module {error.name} in {folder} or on Python's path; name a file with its "
                "ending, path/to/file.py:attribute"
            ) from None
        raise ExtensionError(
            f"{_line(error, name)} needs the module {error.name}, which is not installed"
        ) from error
    except (Exception, SystemExit) as error:  # a module that exits would end the program
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ExtensionError(f"{_line(error, name)} cannot be run: {what}") from error


def _line(error: BaseException, name: str) -> str:
    """Return file and line of the user's code that raised."""
    ours = (os.path.dirname(__file__), "<frozen")
    for frame in traceback.extract_tb(error.__traceback__):
        if not frame.filename.startswith(ours) and "importlib" not in frame.filename:
            return f"{frame.filename}:{frame.lineno}"
    return name
