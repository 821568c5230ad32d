"""What lies under the server's results folder: results, studies, stores of sweeps; also what cannot be read.

A visitor chooses from this list, by a key that the list itself gave out: nothing that comes from the browser
is made a path. What leads out of the folder by a link is left out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from experiments.results.result_tables import NEEDED
from experiments.sweep.store import FORMAT, FROZEN
from viz.number_text import one_line

DEPTH = 3  # folders below the one of the server
MOST = 200  # things that are listed
LARGEST_JSON = 20_000_000  # bytes of a summary or an experiment.json that are read
CACHE = "runs"  # kept runs of studies (experiments.study.run_cache): not results

Kind = Literal["run", "study", "sweep", "broken"]


@dataclass(frozen=True)
class Item:
    """A thing on the shelf. ``key``: its place below the results folder, as the list gave it out.

    ``reason`` of what is broken is a key of the words, ``results.broken.REASON``. ``version`` is that of
    ComputeLeap, ``rules`` the hash of the rules; both may be unknown, ``""``.
    """

    key: str
    folder: Path
    kind: Kind
    name: str
    title: str = ""
    date: str = ""
    version: str = ""
    rules: str = ""
    seeds: int = 0
    bytes: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Shelf:
    """All that was found; ``more`` says that there was more than ``MOST``."""

    items: tuple[Item, ...]
    more: bool = False

    def find(self, key: str) -> Item | None:
        """The item of that key, or None: a key is only ever looked up, never made a path."""
        return next((item for item in self.items if item.key == key), None)


def look(folder: Path) -> Shelf:
    """The shelf of a folder, newest first within each kind; empty if the folder is not there."""
    root = folder.resolve()
    found: list[Item] = []
    for place in _places(root, DEPTH):
        item = _item(root, place)
        if item is not None:
            found.append(item)
        if len(found) > MOST:
            break
    more = len(found) > MOST
    order = {"run": 0, "study": 1, "sweep": 2, "broken": 3}
    found = sorted(found[:MOST], key=lambda item: item.name.lower())
    found.sort(key=lambda item: item.date, reverse=True)
    found.sort(key=lambda item: order[item.kind])
    return Shelf(tuple(found), more)


def _places(folder: Path, depth: int) -> Iterator[Path]:
    """Folders below, by name; links, hidden folders and kept runs are left out, as is what is in a result."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or not entry.is_dir(follow_symlinks=False) or entry.name == CACHE:
            continue
        place = Path(entry.path)
        yield place
        if depth > 1 and not ((place / "summary.json").exists() or (place / FROZEN).exists()):
            yield from _places(place, depth - 1)


def _item(root: Path, place: Path) -> Item | None:
    key = place.relative_to(root).as_posix()
    if (place / FROZEN).is_file():
        return _sweep(key, place)
    if (place / "summary.json").is_file():
        return _results(key, place)
    missing = [name for name in NEEDED if not (place / name).is_file()]
    if len(missing) < len(NEEDED):
        return _broken(key, place, "incomplete")
    return None  # a folder of folders, or of other things


def _results(key: str, place: Path) -> Item:
    told = _read(place / "summary.json")
    if told is None:
        return _broken(key, place, "unreadable")
    versions = told.get("versions")
    facts: dict[str, Any] = {
        "date": _date(told.get("date")),
        "version": _text(versions.get("computeleap")) if isinstance(versions, Mapping) else "",
        "rules": _text(told.get("rules")),
        "seeds": len(told["seeds"]) if isinstance(told.get("seeds"), list) else 0,
        "bytes": _size(place),
    }
    if isinstance(told.get("study"), str):
        return Item(key, place, "study", _name(place), _text(told["study"]), **facts)
    if not isinstance(told.get("scenario"), str):
        return _broken(key, place, "foreign")
    if any(not (place / name).is_file() for name in NEEDED):
        return _broken(key, place, "incomplete")
    return Item(key, place, "run", _name(place), _text(told["scenario"]), **facts)


def _sweep(key: str, place: Path) -> Item:
    told = _read(place / FROZEN)
    if told is None:
        return _broken(key, place, "unreadable")
    if told.get("format") != FORMAT:
        return _broken(key, place, "old")
    experiment = told.get("experiment")
    if not isinstance(experiment, Mapping) or not isinstance(experiment.get("name"), str):
        return _broken(key, place, "foreign")
    provenance = told.get("provenance")
    known = provenance if isinstance(provenance, Mapping) else {}
    versions = known.get("versions")
    return Item(
        key,
        place,
        "sweep",
        _name(place),
        _text(experiment["name"]),
        date=_date(known.get("created")) or _day(place / FROZEN),
        version=_text(versions.get("computeleap")) if isinstance(versions, Mapping) else "",
        seeds=experiment["seeds"] if isinstance(experiment.get("seeds"), int) else 0,
        bytes=_size(place),
    )


def _broken(key: str, place: Path, reason: str) -> Item:
    return Item(key, place, "broken", _name(place), reason=reason)


def _read(path: Path) -> dict[str, Any] | None:
    """A JSON object, or None if the file is none."""
    try:
        if path.stat().st_size > LARGEST_JSON:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _name(place: Path) -> str:
    return one_line(place.name, 60)


def _text(given: object) -> str:
    return one_line(given, 60) if isinstance(given, str) else ""


def _date(given: object) -> str:
    try:
        return date.fromisoformat(str(given)[:10]).isoformat()
    except ValueError:
        return ""


def _day(path: Path) -> str:
    try:
        return date.fromtimestamp(path.stat().st_mtime).isoformat()
    except OSError:
        return ""


def _size(place: Path) -> int:
    """Bytes of the tables at the top of a folder, and of those one below."""
    total = 0
    for pattern in ("*.parquet", "*/*.parquet"):
        for path in place.glob(pattern):
            try:
                total += path.stat().st_size
            except OSError:  # it went away
                continue
    return total
