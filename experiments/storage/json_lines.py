"""Files of lines of JSON: one for each finished piece of work, so that an interrupted one continues."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

Line = dict[str, Any]  # plain values by name


def read_lines(file: Path) -> list[Line]:
    """Return the lines of a file, none if there is no file; one cut short by an interruption is left out."""
    if not file.is_file():
        return []
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # the work of this line is done again
            found.append(json.loads(line))
    return found


def append_line(file: Path, line: Line) -> None:
    """Add a line to a file, made if it is missing; a line that was cut short is ended first."""
    with file.open("ab+") as out:
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":
                out.write(b"\n")
        out.write(f"{json.dumps(line)}\n".encode())
