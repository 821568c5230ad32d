"""Two stores of one experiment become one: shards of two places, other seeds, other values of a factor."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.sweep import queries
from experiments.sweep.design import factor_levels
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment, Value
from experiments.sweep.growth import added_blocks, with_factors
from experiments.sweep.store import Store, Stored, chunk_name

FREE = ("seeds", "first_seed", "design", "name")  # that may differ between the two
READ = 8  # groups of files of the other store that are kept in memory


@dataclass(frozen=True)
class Merged:
    """The outcome of a merger: runs taken over, and runs that fill no chunk and are still to be run."""

    taken: int
    left: int


def merge_stores(store: Store, other: Store) -> Merged:
    """Add the runs of another store to a store; the other stays as it is.

    Raises SweepError if they are not of one experiment and one model, or disagree about a run.
    """
    _check_same(store, other)
    shift = _shift(store.frozen.experiment, other.frozen.experiment)
    experiment, design = _larger(store, other, shift)
    points = _points(design, other.design())
    if not experiment.common_random_numbers and any(k != point for k, point in enumerate(points)):
        raise SweepError("each run has its own seed, by its point: only stores of one design can be merged")
    _check_runs(store, other, points, shift)
    frozen = store.frozen
    added = added_blocks(frozen, len(design), experiment.seeds)
    if added:
        blocks = (*frozen.numbers.blocks, *added)
        larger = replace(frozen, experiment=experiment, points=len(design), blocks=blocks)
        store.grow(larger, design, store.unit())
    return _take(store, other, points, shift)


def _check_same(store: Store, other: Store) -> None:
    known = store.frozen.known
    for state in (other.frozen.fingerprints, *(change["fingerprints"] for change in other.frozen.changes)):
        for name in {*known, *state} - {"rules", "data"}:
            if known.get(name) != state.get(name):
                raise SweepError(f"{other.folder} was run with another {name} than {store.folder}")
        for kind in ("rules", "data"):
            mine, theirs = known.get(kind, {}), state.get(kind, {})
            if any(mine[name] != theirs[name] for name in {*mine} & {*theirs}):
                raise SweepError(f"{other.folder} was run with other {kind} than {store.folder}")
    one, two = store.frozen.experiment.identity(), other.frozen.experiment.identity()
    differing = [key for key in one if key not in FREE and one[key] != two[key]]
    if differing:
        raise SweepError(
            f"{other.folder} holds another experiment than {store.folder}: it differs in "
            + ", ".join(differing)
        )


def _shift(mine: Experiment, theirs: Experiment) -> int:
    """Return the replication that the other's first one becomes."""
    shift = theirs.first_seed - mine.first_seed
    if not mine.common_random_numbers and shift:
        raise SweepError("they differ in first_seed, and each run has its own seed: they cannot be merged")
    if shift < 0:
        raise SweepError("the first seed of the second store is the smaller one: merge the other way round")
    if shift > mine.seeds:
        first, last = mine.first_seed + mine.seeds, theirs.first_seed - 1
        raise SweepError(f"seeds {first:,} to {last:,} are in neither store: extend the first one before")
    return shift


def _larger(store: Store, other: Store, shift: int) -> tuple[Experiment, pd.DataFrame]:
    """Return the experiment and the design of both together."""
    mine, theirs = store.frozen.experiment, other.frozen.experiment
    design, more = store.design(), other.design()
    if set(design) != set(more):
        differing = ", ".join(sorted(set(design) ^ set(more)))
        raise SweepError(
            f"the stores have other factors: {differing}; add them with computeleap sweep extend"
        )
    seeds = max(mine.seeds, shift + theirs.seeds)
    names = [name for name in design.columns if name != "point"]
    known = set(design[names].itertuples(index=False, name=None))
    new = [row for row in more[names].itertuples(index=False, name=None) if row not in known]
    experiment = mine.model_copy(update={"seeds": seeds})
    if not new:
        return experiment, design
    if mine.design.kind != "factorial" or theirs.design.kind != "factorial":
        raise SweepError("the second store has points that the first has not, and no factorial design")
    levels = {name: _union(mine, theirs, name) for name in mine.design.factors}
    if len(design) + len(new) != math.prod(map(len, levels.values())):
        raise SweepError(
            "the points of both together are no full factorial design: add the missing values with "
            "computeleap sweep extend"
        )
    frame = pd.concat([design[names], pd.DataFrame(new, columns=names)], ignore_index=True)
    frame.insert(0, "point", np.arange(len(frame), dtype=np.int64))
    return with_factors(experiment, levels), frame


def _union(mine: Experiment, theirs: Experiment, factor: str) -> list[Value]:
    found = factor_levels(mine, factor)
    return [*found, *(value for value in factor_levels(theirs, factor) if value not in found)]


def _points(design: pd.DataFrame, other: pd.DataFrame) -> list[int]:
    """Return the point of the design that each point of the other is."""
    names = [name for name in design.columns if name != "point"]
    known = {row: k for k, row in enumerate(design[names].itertuples(index=False, name=None))}
    return [known[row] for row in other[names].itertuples(index=False, name=None)]


def _check_runs(store: Store, other: Store, points: Sequence[int], shift: int) -> None:
    """Refuse stores that give another key to one run."""
    mine, theirs = (
        queries.query(one, "select point, replication, key from runs where key is not null order by all")
        for one in (store, other)
    )
    theirs = theirs.assign(
        point=np.asarray(points)[theirs["point"]], replication=theirs["replication"] + shift
    )
    both = mine.merge(theirs, on=["point", "replication"], suffixes=("", "_other"))
    wrong = both[both["key"] != both["key_other"]]
    if len(wrong):
        row = wrong.iloc[0]
        raise SweepError(
            f"{len(wrong):,} runs have other keys in {other.folder}, the first of them replication "
            f"{row['replication']} of point {row['point']}: these are not runs of one model"
        )


def _take(store: Store, other: Store, points: Sequence[int], shift: int) -> Merged:
    """Write the chunks that are missing in the store and whole in the other."""
    numbers, theirs = store.frozen.numbers, other.frozen.numbers
    point_there = {point: k for k, point in enumerate(points)}
    seeds = other.frozen.experiment.seeds
    groups: dict[int, list[Stored]] = {}
    for one in other.stored():
        for chunk in one.chunks:
            groups.setdefault(chunk, []).append(one)

    @functools.lru_cache(maxsize=READ * len(other.tables))
    def read(table: str, name: str) -> pa.Table:
        return other.read(other.folder / table / f"{name}.parquet")

    taken = left = 0
    for chunk in list(store.missing()):
        there: dict[int, int] = {}  # numbers of runs in the other store → those in this one
        for run in numbers.runs_of(chunk):
            point, replication = numbers.place(run)
            if point in point_there and 0 <= replication - shift < seeds:
                there[theirs.stored(point_there[point], replication - shift)] = run
        held = [run for run in there if theirs.chunk_of(run) in groups]
        if len(held) < len(numbers.runs_of(chunk)):
            left += len(held)
            continue
        files = dict.fromkeys(one.name for run in held for one in groups[theirs.chunk_of(run)])
        tables = {
            table: _rows(
                [read(table, name) for name in files], there, numbers.place if table == "runs" else None
            )
            for table in store.tables
        }
        store.commit(chunk_name(chunk), tables)
        taken += len(held)
    return Merged(taken, left)


def _rows(parts: Sequence[pa.Table], there: dict[int, int], place: object) -> pa.Table:
    """Return rows of some runs under their new numbers, in order of run; of ``runs`` the last attempts."""
    wanted = pa.array(there)
    table = pa.concat_tables([part.filter(pc.is_in(part["run"], value_set=wanted)) for part in parts])
    runs = np.array([there[run] for run in table["run"].to_pylist()], dtype=np.int64)
    schema = table.schema
    table = table.set_column(schema.get_field_index("run"), schema.field("run"), pa.array(runs))
    if place is None:
        return table.take(pa.array(np.argsort(runs, kind="stable")))
    order = np.lexsort((table["attempt"].to_numpy(), runs))
    last = order[np.append(runs[order][1:] != runs[order][:-1], True)]
    table = table.take(pa.array(last))
    places = np.array([place(run) for run in table["run"].to_pylist()], dtype=np.int64)  # type: ignore[operator]
    columns = {"point": places[:, 0], "replication": places[:, 1], "attempt": np.zeros(len(places), np.int64)}
    for name, values in columns.items():
        table = table.set_column(schema.get_field_index(name), schema.field(name), pa.array(values))
    return table
