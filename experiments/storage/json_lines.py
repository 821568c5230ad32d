"""Files of lines of JSON: one for each finished piece of work, so that an interrupted one continues."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Line = dict[str, Any]  # plain values by name


def read_lines(file: Path) -> list[Line]:
    """Return the lines of a file, none if there is no file; one cut short by an interruption ends it."""
    if not file.is_file():
        return []
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:  # the work of this line is done again
            break
    return found


def append_line(file: Path, line: Line) -> None:
    """Add a line to a file, made if it is missing."""
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
