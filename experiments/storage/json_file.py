"""JSON objects in files: written with a line for each row, read with one sentence on a damaged file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from experiments.storage.parquet import DamagedError

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
MOST_BYTES = 100_000_000  # a summary or the settings of a store have some kilobytes


def read_object(path: Path) -> dict[str, Json]:
    """Return the object of a JSON file. Raises DamagedError, FileNotFoundError and NotADirectoryError."""
    try:
        if path.exists() and not path.is_file():
            raise DamagedError(f"{path} is a folder or a device, not a file")
        if path.stat().st_size > MOST_BYTES:
            raise DamagedError(f"{path} is larger than {MOST_BYTES / 1e6:g} MB")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, DamagedError):
        raise
    except RecursionError:
        raise DamagedError(f"{path} is damaged: its lists are nested too deeply") from None
    except (OSError, ValueError) as error:
        raise DamagedError(f"{path} is damaged or cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise DamagedError(f"{path} is damaged: it holds no table of settings")
    return found


def json_text(values: Mapping[str, object]) -> str:
    """Return a JSON object as text: a line for each key, and one for each row of a list of objects.

    Raises ValueError for a number that is not finite.
    """
    lines = []
    for key, value in values.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            text = "[\n" + ",\n".join(f"  {_line(row)}" for row in value) + "\n ]"
        else:
            text = _line(value)
        lines.append(f" {_line(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
