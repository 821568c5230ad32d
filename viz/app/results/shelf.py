"""The contents of the server's results folder: results, studies, sweeps, and folders that are broken.

A visitor chooses from this list by a key of the list; no text of the browser becomes a path. Symbolic links
are not followed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from experiments.measures.number_text import one_line
from experiments.results.result_tables import NEEDED
from experiments.sweep.store_page import FORMAT, FROZEN

DEPTH = 3  # folders below the one of the server
MAX_ITEMS = 200  # of the list
MAX_JSON_BYTES = 20_000_000  # bytes of a summary or an experiment.json that are read
CACHE = "runs"  # kept runs of studies (experiments.study.run_cache): not results

Kind = Literal["run", "study", "sweep", "broken"]


@dataclass(frozen=True)
class Item:
    """An entry of the list.

    Attributes:
        key: Its path below the results folder.
        version: Version of ComputeLeap that wrote it; "" if unknown.
        rules: Hash of the rules; "" if unknown.
        reason: Why it is broken: the translation ``results.broken.REASON``.
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
    """The list; ``more`` says that the folder holds more than ``MAX_ITEMS`` entries."""

    items: tuple[Item, ...]
    more: bool = False

    def find(self, key: str) -> Item | None:
        """Return the item of that key, or None; a key is looked up and never becomes a path."""
        return next((item for item in self.items if item.key == key), None)


def scan_shelf(folder: Path) -> Shelf:
    """Return the list of a folder, newest first within each kind; empty if the folder does not exist."""
    root = folder.resolve()
    found: list[Item] = []
    for place in _places(root, DEPTH):
        item = _item(root, place)
        if item is not None:
            found.append(item)
        if len(found) > MAX_ITEMS:
            break
    more = len(found) > MAX_ITEMS
    order = {"run": 0, "study": 1, "sweep": 2, "broken": 3}
    found = sorted(found[:MAX_ITEMS], key=lambda item: item.name.lower())
    found.sort(key=lambda item: item.date, reverse=True)
    found.sort(key=lambda item: order[item.kind])
    return Shelf(tuple(found), more)


def _places(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the folders below, by name, without links, hidden folders, kept runs, and parts of results."""
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
    return None  # a folder of folders, or of unrelated files


def _results(key: str, place: Path) -> Item:
    summary = _read(place / "summary.json")
    if summary is None:
        return _broken(key, place, "unreadable")
    versions = summary.get("versions")
    facts: dict[str, Any] = {
        "date": _date(summary.get("date")),
        "version": _text(versions.get("computeleap")) if isinstance(versions, Mapping) else "",
        "rules": _text(summary.get("rules")),
        "seeds": len(summary["seeds"]) if isinstance(summary.get("seeds"), list) else 0,
        "bytes": _size(place),
    }
    if isinstance(summary.get("study"), str):
        return Item(key, place, "study", _name(place), _text(summary["study"]), **facts)
    if not isinstance(summary.get("scenario"), str):
        return _broken(key, place, "foreign")
    if any(not (place / name).is_file() for name in NEEDED):
        return _broken(key, place, "incomplete")
    return Item(key, place, "run", _name(place), _text(summary["scenario"]), **facts)


def _sweep(key: str, place: Path) -> Item:
    summary = _read(place / FROZEN)
    if summary is None:
        return _broken(key, place, "unreadable")
    if summary.get("format") != FORMAT:
        return _broken(key, place, "old")
    experiment = summary.get("experiment")
    if not isinstance(experiment, Mapping) or not isinstance(experiment.get("name"), str):
        return _broken(key, place, "foreign")
    provenance = summary.get("provenance")
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
    """Return the JSON object of a file, or None if it holds none."""
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
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
    """Return the size of the tables of a folder and of the folders in it, bytes."""
    total = 0
    for pattern in ("*.parquet", "*/*.parquet"):
        for path in place.glob(pattern):
            try:
                total += path.stat().st_size
            except OSError:  # removed in the meantime
                continue
    return total
