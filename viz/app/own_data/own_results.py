"""A visitor's results folder from a zip file: only its tables and summary, by plain names, within limits."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath

from experiments.sweep.store_page import FROZEN
from viz.app.explore.run_options import RunOptionsError

MAX_ENTRIES = 500
MAX_UNPACKED = 200_000_000  # bytes, of all entries together
MAX_DEPTH = 4
PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]{0,99}")
READ = (".json", ".parquet")  # what the readers of results open; all else is left out
COPIED = 1 << 20


def unpack_results(data: bytes, target: Path) -> None:
    """Write the tables and summaries of a zip file under a folder of the server's.

    A name that is absolute, climbs, or is not plain, a link, a password, a sweep (whose file may name code)
    and more than the limits are refused before anything is written. Raises RunOptionsError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            check_entries(entries)
            left = MAX_UNPACKED
            for entry in entries:
                if PurePosixPath(entry.filename).suffix in READ:
                    left -= copy_entry(archive, entry, target, left)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, RunOptionsError):
            raise
        raise RunOptionsError("zip_broken") from None


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Raise RunOptionsError for an entry that is not allowed, or too many."""
    if len(entries) > MAX_ENTRIES or sum(one.file_size for one in entries) > MAX_UNPACKED:
        raise RunOptionsError("zip_large", entries=MAX_ENTRIES, most=f"{MAX_UNPACKED / 1e6:g}")
    for one in entries:
        parts = one.filename.split("/")
        plain = len(parts) <= MAX_DEPTH and all(PART.fullmatch(part) for part in parts)
        if not plain or stat.S_ISLNK(one.external_attr >> 16):
            raise RunOptionsError("zip_name", given=repr(one.filename[:60]))
        if one.flag_bits & 1:
            raise RunOptionsError("zip_broken")
        if parts[-1] == FROZEN:
            raise RunOptionsError("zip_sweep")
    if not any(one.filename.rsplit("/", 1)[-1] == "summary.json" for one in entries):
        raise RunOptionsError("zip_empty")


def copy_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Write an entry and return its bytes; what it says of its own size is not trusted."""
    path = target.joinpath(*entry.filename.split("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, path.open("wb") as made:
        while part := source.read(COPIED):
            written += len(part)
            if written > most:
                raise RunOptionsError("zip_large", entries=MAX_ENTRIES, most=f"{MAX_UNPACKED / 1e6:g}")
            made.write(part)
    return written
