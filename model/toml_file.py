"""Reads a small TOML file that a person wrote; every way in which that can fail is one sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000


class TomlError(ValueError):
    """A file that is no TOML; the text says why, without the file's name."""


def read_toml(path: str | Path) -> dict[str, Any]:
    """The values of a TOML file of at most 1 MB. Raises TomlError."""
    content = read_small(path)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TomlError(f"it is not TOML: byte {error.start} is not UTF-8 text") from None
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
    """The bytes of a regular file of at most 1 MB. Raises TomlError."""
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
