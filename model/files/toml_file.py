"""Read a user's small TOML files, with one sentence for each failure, and write such files."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_BYTES = 1_000_000
MOST_LINES, MOST_PARTS = 50_000, 500  # of the file, of a dotted key: the parser takes the square of that


class TomlError(ValueError):
    """A file that is not valid TOML; the text says why, without the file's name."""


def read_toml(path: str | Path) -> dict[str, object]:
    """Return the values of a TOML file of at most 1 MB. Raises TomlError."""
    content = read_small(path)
    try:
        text = content.decode("utf-8-sig")  # Windows may write a byte-order mark
    except UnicodeDecodeError as error:
        raise TomlError(f"it is not TOML: byte {error.start} is not UTF-8 text; save it as UTF-8") from None
    if text.count("\n") > MOST_LINES:
        raise TomlError(f"it has more than {MOST_LINES:,} lines")
    if any(part.count(".") > MOST_PARTS for part in re.split(r"[=,\n]", text)):
        raise TomlError(f"a key or text in it has more than {MOST_PARTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        end = f"at line {len(text.splitlines())}, the end of the file"
        raise TomlError(f"it is not valid TOML: {str(error).replace('at end of document', end)}") from None
    except RecursionError:
        raise TomlError("it is not valid TOML: its lists and tables are nested too deeply") from None
    except ValueError:  # Python reads no whole number of more than 4,300 digits
        raise TomlError("it is not valid TOML: a number in it has too many digits") from None


def read_small(path: str | Path) -> bytes:
    """Return the bytes of a regular file of at most 1 MB. Raises TomlError."""
    path = Path(path)
    try:
        if not path.exists():
            raise TomlError("there is no such file")
        if not path.is_file():
            raise TomlError("it cannot be read: it is a folder or a device, not a file")
        if path.stat().st_size > MOST_BYTES:
            raise TomlError(f"it is larger than {MOST_BYTES / 1e6:g} MB")
        return path.read_bytes()
    except OSError as error:
        raise TomlError(f"it cannot be read: {error.strerror}") from None


def toml_text(
    values: Mapping[str, object],
    tables: Mapping[str, Mapping[str, object] | Sequence[Mapping[str, object]]] | None = None,
    head: Sequence[str] = (),
) -> str:
    """Return the text of a TOML file; values that are None and empty tables are left out.

    Args:
        values: The keys at the top.
        tables: Tables, or lists of tables, by name.
        head: Lines to begin with, such as comments.
    """
    lines = [*head, *_lines(values)]
    for name, table in (tables or {}).items():
        if isinstance(table, Mapping):
            lines += ["", f"[{name}]", *_lines(table)] if table else []
        else:
            for one in table:
                lines += ["", f"[[{name}]]", *_lines(one)]
    return "\n".join(lines) + "\n"


def _lines(values: Mapping[str, object]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in values.items() if value is not None]


def _value(value: object) -> str:
    """Return a value as TOML: strings, numbers and lists are written as in JSON, tables are not."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
