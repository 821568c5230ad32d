"""Packs: many chunks in one file of each table, so that a large store is listed and opened in moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.storage.folders import open_file
from experiments.sweep.store import Store, Stored

ROWS = 1_000_000  # of the largest table of a pack


def compact_store(store: Store, rows: int = ROWS) -> tuple[int, int]:
    """Put neighbouring chunks into packs; return the number of names before and after.

    A pack is written whole before the files of its chunks are removed, so an interruption loses nothing, and
    the same call again continues. Raises SweepError for a damaged file.
    """
    for one in store.superseded():  # of a call that was interrupted
        store.remove(one)
    before = store.stored()
    for group in _groups(store, before, rows):
        pack = Stored(group[0].first, max(one.last for one in group), max(one.attempt for one in group))
        paths = {
            table: [store.folder / table / f"{one.name}.parquet" for one in group] for table in store.tables
        }
        store.commit(
            pack.name,
            {table: pa.concat_tables(map(store.read, files)) for table, files in paths.items()},
        )
        for one in group:
            store.remove(one)
    return len(before), len(store.stored())


def _groups(store: Store, stored: Sequence[Stored], most: int) -> Iterator[list[Stored]]:
    """Yield lists of neighbours of several chunks whose largest table has no more than that many rows."""
    group: list[Stored] = []
    size = 0
    for one in stored:
        own = max(_rows(store, table, one) for table in store.tables)
        last = max((each.last for each in group), default=one.first)
        if group and (one.first > last + 1 or (one.first > last and size + own > most)):
            yield from _worth_packing(group)
            group, size = [], 0
        group.append(one)
        size += own
    yield from _worth_packing(group)


def _worth_packing(group: list[Stored]) -> Iterator[list[Stored]]:
    if len(group) > 1 and max(one.last for one in group) > group[0].first:
        yield group


def _rows(store: Store, table: str, one: Stored) -> int:
    with open_file(store.folder / table / f"{one.name}.parquet") as file:
        return int(pq.read_metadata(file).num_rows)
