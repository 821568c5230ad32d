"""Extensions that a notebook, a session or the running script defines, written to a file that workers load.

The file holds the statements on which the value depends, in the order in which they were run. It is written
to ``notebook_extensions`` in the current folder, and its content is compared with the value before use.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import hashlib
import linecache
import symtable
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model.extensions.extension import ExtensionError

FOLDER = "notebook_extensions"
SESSION = "<python-input-"  # files of statements typed at the prompt
HEAD = '"""Written by ComputeLeap from what a notebook or a session defines; edit it there."""\n\n'


@dataclass(frozen=True)
class Statement:
    """A statement at the top of a cell: its place, text, names that it binds and names that it reads."""

    place: tuple[int, int]
    text: str
    binds: frozenset[str]
    reads: frozenset[str]


def is_of_session(value: object) -> bool:
    """Return whether a function, or a function of an extension, is one that no other process can import."""
    main = sys.modules.get("__main__")
    return getattr(value, "__module__", "") == "__main__" and not hasattr(main, "__file__")


def name_in_session(value: object) -> str | None:
    """Return the variable of the notebook, session or script that holds a value; None if there is none."""
    held = list(vars(sys.modules["__main__"]).items())
    return next((name for name, found in held if found is value and not name.startswith("_")), None)


def write_file(value: object, folder: Path | None = None) -> tuple[Path, str]:
    """Write the statements on which a value depends to a file; return its path and the value's name there.

    Raises:
        ExtensionError: No variable holds it, or the statements are not known.
    """
    variable = name_in_session(value)
    if variable is None:
        raise ExtensionError("no variable of the notebook holds it: give it a name, such as extension = …")
    text = HEAD + "\n\n".join(one.text for one in _needed(variable, _statements()))
    mark = hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
    path = (folder or Path.cwd() / FOLDER) / f"{variable}_{mark}.py"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ExtensionError(f"{path} cannot be written: {error.strerror}") from None
    return path, variable


def _needed(variable: str, statements: list[Statement]) -> list[Statement]:
    """Return the statements that bind a variable and all that they read, in order."""
    last = {name: one for one in statements for name in one.binds}
    found: dict[tuple[int, int], Statement] = {}
    wanted = [variable]
    while wanted:
        name = wanted.pop()
        if name not in last:
            raise ExtensionError(
                f"no statement is known that defines {name}: write the extension to a file (%%writefile) "
                "and give its name"
            )
        one = last[name]
        if one.place not in found:
            found[one.place] = one
            wanted += [read for read in one.reads if read in last or not hasattr(builtins, read)]
    return [found[place] for place in sorted(found)]


def _statements() -> list[Statement]:
    return [statement for number, cell in enumerate(_cells()) for statement in _of_cell(number, cell)]


def _cells() -> list[str]:
    """Return the texts that were run: cells of IPython, lines of a session, or the script."""
    main = sys.modules["__main__"]
    if hasattr(main, "In") and isinstance(main.In, list):
        return [str(cell) for cell in main.In]
    if file := getattr(main, "__file__", None):
        with contextlib.suppress(OSError):
            return [Path(file).read_text(encoding="utf-8")]
    typed = [name for name in linecache.cache if name.startswith(SESSION)]
    typed.sort(key=lambda name: int(name.removeprefix(SESSION).rstrip(">")))
    return ["".join(linecache.getlines(name)) for name in typed]


def _of_cell(number: int, cell: str) -> Iterator[Statement]:
    try:
        body = ast.parse(cell).body
    except SyntaxError:
        return  # it was not run
    lines = cell.splitlines()
    for place, node in enumerate(body):
        decorators = getattr(node, "decorator_list", [])
        first = min(one.lineno for one in (node, *decorators))
        text = "\n".join(lines[first - 1 : node.end_lineno])
        yield Statement((number, place), text, *_names(node))


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """Return the global names that a statement binds, and those that it reads."""
    table = symtable.symtable(ast.unparse(node), "<cell>", "exec")
    binds = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    return frozenset(binds), frozenset(_reads(table))


def _reads(table: symtable.SymbolTable) -> Iterator[str]:
    at_top = table.get_type() == "module"
    for one in table.get_symbols():
        if one.is_referenced() and (one.is_global() or at_top):
            yield one.get_name()
    for inner in table.get_children():
        yield from _reads(inner)
