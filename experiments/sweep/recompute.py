"""A changed model: its runs replace the stored ones, which are kept apart as a store of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from experiments.storage.folders import is_remote
from experiments.sweep.store import FORMER, Store


def set_aside(store: Store, fingerprints: dict[str, Any], provenance: dict[str, Any]) -> Store:
    """Move what is stored to ``former/0``, ``former/1`` …, a store of its own, and return that.

    The store is then one of the new state of model, rules and data, without runs. The same call again, after
    an interruption, continues.
    """
    text = store.frozen.text()
    place, number = store.folder / FORMER / "0", 0
    while Store.exists(place) and Store(place).frozen.text() != text:
        number += 1
        place = store.folder / FORMER / str(number)
    former = Store.create(place, store.frozen)
    if not former.has_design():
        former.write_design(store.design(), store.unit())
    for one in store.names():
        for table in store.tables:
            path = store.folder / table / f"{one.name}.parquet"
            if path.is_file():
                _move(path, former.folder / table / path.name)
    store.rewrite(replace(store.frozen, fingerprints=fingerprints, provenance=provenance, changes=()))
    return former


def newest_former(store: Store) -> Path | None:
    """Return the folder of the runs that were set aside last."""
    found, number = None, 0
    while Store.exists(store.folder / FORMER / str(number)):
        found, number = store.folder / FORMER / str(number), number + 1
    return found


def _move(path: Path, target: Path) -> None:
    if is_remote(path):
        target.write_bytes(path.read_bytes())
        path.unlink()
    else:
        path.replace(target)
