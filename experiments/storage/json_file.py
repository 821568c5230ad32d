"""Read a JSON object that the program wrote; a damaged file is answered with one sentence."""

from __future__ import annotations

import json
from pathlib import Path

from experiments.storage.parquet import DamagedError

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None
MOST_BYTES = 100_000_000  # a summary or the settings of a store have some kilobytes


def read_object(path: Path) -> dict[str, Json]:
    """Return the object of a JSON file. Raises DamagedError, FileNotFoundError and NotADirectoryError."""
    try:
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
