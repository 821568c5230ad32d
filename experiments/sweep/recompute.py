"""A changed model: its runs replace all or chosen stored ones, which are kept as a store of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from experiments.storage.folders import is_remote
from experiments.sweep import queries
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.identity import check_same
from experiments.sweep.store import FORMER, Store, Stored, chunk_name
from experiments.sweep.store_page import Frozen

SET_ASIDE = "set aside"  # status of a run whose result is no longer here and is yet to be computed again


def set_aside(store: Store, fingerprints: dict[str, object], provenance: dict[str, object]) -> Store:
    """Move what is stored to ``former/0``, ``former/1`` …, a store of its own, and return that.

    The store is then one of the new state of model, rules and data, without runs. The same call again, after
    an interruption, continues.
    """
    former = _former(store, store.frozen)
    for one in store.names():
        for table in store.tables:
            path = store.folder / table / f"{one.name}.parquet"
            if path.is_file():
                _move(path, former.folder / table / path.name)
    store.rewrite(replace(store.frozen, fingerprints=fingerprints, provenance=provenance, changes=()))
    return former


def recompute_chosen(
    store: Store,
    experiment: Experiment,
    now: Mapping[str, object],
    points: Collection[int] | None,
    where: str | None,
) -> Store:
    """Set the runs aside that are chosen by point and by a condition over ``runs``, and return their store.

    now: hashes of the model, rules and data that are there. Raises SweepError.
    """
    unknown = sorted(set(points or ()) - set(range(store.frozen.points)))
    if unknown:
        raise SweepError(f"there is no point {unknown[0]}: points are 0 to {store.frozen.points - 1}")
    rows = queries.query(store, f"select * from runs where ({where or 'true'})")
    rows = rows if points is None else rows[rows["point"].isin(points)]
    if not len(rows):
        raise SweepError(f"no stored run of {store.folder} is chosen")
    check_same(store, experiment, now, allow_change=True)
    old = rows[(rows["change"] < len(store.frozen.changes)) & (rows["status"] != SET_ASIDE)]
    if len(old):
        return set_runs_aside(store, set(map(store.frozen.numbers.stored_number, old["run"].tolist())))
    former = newest_former(store)
    if former is None:
        raise SweepError("the chosen runs are of this model, these rules and data: nothing is recomputed")
    return Store(former)


def set_runs_aside(store: Store, runs: Collection[int]) -> Store:
    """Move the rows of some runs, by their stored numbers, to ``former/…``, and return that store.

    The runs keep a row in ``runs`` that says so; a retry replaces it. Each step leaves what the next begins
    with, so that the same call again, after an interruption, continues.
    """
    former = _former(store, replace(store.frozen, changes=store.frozen.changes[:-1]))
    wanted = pa.array(sorted(runs), pa.int64())
    for one in store.stored():
        chosen = [k for k in one.chunks if any(run in runs for run in store.frozen.numbers.runs_of(k))]
        if chosen:
            tables = {table: store.read(_path(store, table, one)) for table in store.tables}
            for chunk in chosen:
                _keep(former, chunk, tables, runs)
            _take_out(store, one, tables, wanted)
    return former


def _keep(former: Store, chunk: int, tables: Mapping[str, pa.Table], runs: Collection[int]) -> None:
    """Write the rows of some runs of a chunk to the former store, unless it has them."""
    mine = former.frozen.numbers.runs_of(chunk)
    before = [one for one in former.stored() if chunk in one.chunks]
    known = {run for one in before for run in former.read(_path(former, "runs", one))["run"].to_pylist()}
    stored = tables["runs"].filter(pc.not_equal(tables["runs"]["status"], SET_ASIDE))["run"].to_pylist()
    left = pa.array([run for run in mine if run in runs and run in stored and run not in known], pa.int64())
    if len(left):
        attempt = max((one.attempt + 1 for one in before), default=0)
        rows = {name: table.filter(pc.is_in(table["run"], value_set=left)) for name, table in tables.items()}
        former.commit(chunk_name(chunk, attempt), rows)


def _take_out(store: Store, one: Stored, tables: Mapping[str, pa.Table], wanted: pa.Array) -> None:
    """Write files again without the results of some runs; ``runs`` comes last, and says so."""
    for name in (*(table for table in tables if table != "runs"), "runs"):
        table = tables[name]
        theirs = pc.is_in(table["run"], value_set=wanted)
        if name == "runs":
            rest = table
            for column, text in (("status", SET_ASIDE), ("error", "set aside: the model has changed")):
                place = table.schema.get_field_index(column)
                cells = pc.if_else(theirs, text, table[column])
                rest = rest.set_column(place, table.schema.field(place), cells)
        else:
            rest = table.filter(pc.invert(theirs))
        store.write_table(_path(store, name, one), rest)


def newest_former(store: Store) -> Path | None:
    """Return the folder of the runs that were set aside last."""
    found, number = None, 0
    while Store.exists(store.folder / FORMER / str(number)):
        found, number = store.folder / FORMER / str(number), number + 1
    return found


def _former(store: Store, frozen: Frozen) -> Store:
    """Return the store of what was set aside from a store in that state, begun if missing."""
    number = 0
    while Store.exists(place := store.folder / FORMER / str(number)):
        if Store(place).frozen.text() == frozen.text():
            break
        number += 1
    former = Store.create(place, frozen)
    if not former.has_design():
        former.write_design(store.design(), store.unit())
    return former


def _path(store: Store, table: str, one: Stored) -> Path:
    return store.folder / table / f"{one.name}.parquet"


def _move(path: Path, target: Path) -> None:
    if is_remote(path):
        target.write_bytes(path.read_bytes())
        path.unlink()
    else:
        path.replace(target)
