"""The store of a sweep: a folder of Parquet files, each written whole, and the chunks of runs it holds.

Chunk k is runs k·size to (k+1)·size − 1 (``experiments.sweep.run_numbers``). A worker writes the files of a
chunk one after the other, ``metrics`` last: a chunk counts as stored when that file is there. Two writers of
one chunk write the same values under the same name, so their order does not matter. A pack holds many
chunks in one file of each table.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from experiments.storage import parquet
from experiments.storage.folders import folder_at, is_remote, open_file, see_afresh, write_file
from experiments.sweep.errors import SweepError
from experiments.sweep.estimates import COLUMNS
from experiments.sweep.experiment_file import Experiment
from experiments.sweep.measures import CITY_MEASURES, EFFECTS, METRICS
from experiments.sweep.store_page import FROZEN, Frozen, newest_page, number_of, numbered, read_page

DESIGN, UNIT = "design.parquet", "unit.parquet"
MARK = "metrics"  # the table whose file is written last
FORMER = "former"  # the folder of runs of an earlier model
STALE = 3600.0  # s after which an unfinished file has no writer any more
SEEN, LOOK = 90.0, 0.2  # s that a listing of a network file system may be old; s between two looks
_NAME = re.compile(r"(?:c(\d+)|p(\d+)-(\d+))(?:\.r(\d+))?\.parquet")

RUNS = pa.schema(
    [
        ("run", pa.int64()),
        ("point", pa.int64()),
        ("replication", pa.int64()),
        ("seed", pa.int64()),
        ("key", pa.string()),
        ("status", pa.string()),
        ("error", pa.string()),
        ("traceback", pa.string()),
        ("seconds", pa.float64()),
        ("attempt", pa.int64()),
        ("worker", pa.string()),
        ("change", pa.int64()),  # changes of model, rules or data before the run
    ]
)


def schemas(experiment: Experiment) -> dict[str, pa.Schema]:
    """Return the tables that a chunk of the experiment fills, in the order of writing."""
    metrics = experiment.record.metrics or [*METRICS, *experiment.own_metrics]
    finals = [*metrics, *((*EFFECTS, *COLUMNS) if experiment.twin else ())]
    yearly = [("run", pa.int64()), ("year", pa.int16()), *((name, pa.float32()) for name in metrics)]
    found = {"runs": RUNS, "finals": pa.schema([("run", pa.int64()), *((n, pa.float64()) for n in finals)])}
    if experiment.record.panel is not None:
        keys = [("run", pa.int64()), ("arm", pa.string()), ("year", pa.int16()), ("city_id", pa.int64())]
        found["panel"] = pa.schema([*keys, *((name, pa.float32()) for name in CITY_MEASURES)])
    if experiment.twin:
        found["twin_metrics"] = pa.schema(yearly)
    return found | {MARK: pa.schema(yearly)}


@dataclass(frozen=True)
class Stored:
    """Files of one name in each table: the chunks that they hold, and the highest attempt among them."""

    first: int
    last: int
    attempt: int

    @property
    def name(self) -> str:
        """Name of the files, without ending."""
        return chunk_name(self.first, self.attempt) if self.last == self.first else pack_name(self)

    @property
    def chunks(self) -> range:
        """The chunks."""
        return range(self.first, self.last + 1)

    def holds(self, other: Stored) -> bool:
        """Return whether it holds the chunks of another, tried as often."""
        return self.first <= other.first and other.last <= self.last and other.attempt <= self.attempt

    def order(self) -> tuple[int, int, int]:
        """Return a key that puts packs before what they hold, and chunks in order, then attempts."""
        return self.first, -self.last, self.attempt


class Store:
    """A store that exists. Raises SweepError if there is none, or one of another format."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = folder_at(folder)
        if is_remote(self.folder):
            see_afresh(self.folder)
        self.page = newest_page(self.folder)
        self.frozen = read_page(self.folder, self.page)
        self.tables = schemas(self.frozen.experiment)

    @staticmethod
    def exists(folder: Path) -> bool:
        """Return whether a store has been begun there."""
        return (folder / FROZEN).is_file()

    @classmethod
    def create(cls, folder: Path, frozen: Frozen) -> Store:
        """Begin a store, or find the one that another process began at the same moment."""
        known = {DESIGN, UNIT, *schemas(frozen.experiment)}
        if (
            not cls.exists(folder)
            and folder.is_dir()
            and any(entry.name[:1] != "." and entry.name not in known for entry in folder.iterdir())
        ):
            raise SweepError(
                f"{folder} holds files that do not belong to a store: name another folder with --store"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for table in schemas(frozen.experiment):
            (folder / table).mkdir(exist_ok=True)
        with suppress(FileExistsError):  # one of several starters wins
            _write_page(folder / FROZEN, frozen, only_new=True)
        return cls(folder)

    def rewrite(self, frozen: Frozen) -> None:
        """Replace ``experiment.json``, or the newest page."""
        _write_page(self.folder / self.page, frozen)
        self.frozen = frozen

    def grow(self, frozen: Frozen, design: pd.DataFrame, unit: pd.DataFrame | None) -> None:
        """Begin a new page, with a new design; what is there stays as it is.

        Raises SweepError if another process begins one at the same moment.
        """
        page = numbered(FROZEN, number_of(self.page) + 1)
        self._write_design(design, unit, number_of(page))
        try:
            _write_page(self.folder / page, frozen, only_new=True)
        except FileExistsError:
            raise SweepError(f"another process extends {self.folder}: give the command again") from None
        self.page, self.frozen = page, frozen

    # ── The design ───────────────────────────────────────────────────────────────────────────────

    def write_design(self, design: pd.DataFrame, unit: pd.DataFrame | None) -> None:
        """Write the design; it is a function of the experiment, so a second writer does no harm."""
        self._write_design(design, unit, number_of(self.page))

    def _write_design(self, design: pd.DataFrame, unit: pd.DataFrame | None, number: int) -> None:
        for name, frame in ((UNIT, unit), (DESIGN, design)):
            if frame is not None:
                path = self.folder / numbered(name, number)
                self.write_table(path, pa.Table.from_pandas(frame, preserve_index=False))

    @property
    def design_file(self) -> Path:
        """The file of the design."""
        return self.folder / numbered(DESIGN, number_of(self.page))

    @property
    def unit_file(self) -> Path:
        """The file of the design in the unit cube."""
        return self.folder / numbered(UNIT, number_of(self.page))

    def has_design(self) -> bool:
        """Return whether the design is written."""
        return _has_end(self.design_file)

    def design(self) -> pd.DataFrame:
        """Return the design: point, then the factors. Raises SweepError."""
        return self._frame(self.design_file)

    def unit(self) -> pd.DataFrame | None:
        """Return the design in the unit cube, if it was sampled. Raises SweepError."""
        return self._frame(self.unit_file) if self.unit_file.is_file() else None

    def _frame(self, path: Path) -> pd.DataFrame:
        table = self.read(path)
        try:
            return parquet.frame_of(table, path)
        except parquet.DamagedError as error:
            raise SweepError(str(error)) from None

    # ── Chunks ───────────────────────────────────────────────────────────────────────────────────

    def commit(self, name: str, tables: Mapping[str, Mapping[str, object] | pa.Table]) -> None:
        """Write the tables of a chunk, each whole, in the order of ``schemas``: the mark comes last."""
        for table, schema in self.tables.items():
            (self.folder / table).mkdir(exist_ok=True)
            given = tables[table]
            rows = given if isinstance(given, pa.Table) else pa.table(dict(given), schema=schema)
            self.write_table(self.folder / table / f"{name}.parquet", rows)

    def write_table(self, path: Path, table: pa.Table) -> None:
        """Write a file of the store, whole and sealed."""
        write_file(path, lambda file: parquet.write_sealed(table, file, self._sealed_name(path)))

    def _sealed_name(self, path: Path) -> str:
        return path.name if path.parent == self.folder else f"{path.parent.name}/{path.name}"

    def read(self, path: Path) -> pa.Table:
        """Read a file of the store and compare it with its checksum. Raises SweepError."""
        try:
            return _not_stale(lambda: parquet.read_table(path, self._sealed_name(path)))
        except parquet.DamagedError as error:
            raise SweepError(_with_the_mend(error)) from None

    def check(self, tables: Iterable[str] | None = None) -> int:
        """Compare stored files with their checksums, all tables by default; return their number of bytes.

        A file that has not changed since this process compared it is not read again. Raises SweepError for
        one that is damaged.
        """
        size = 0
        for path in self._paths(self.tables if tables is None else tables):
            known = _state(path)
            size += known[0]
            if _compared.get(str(path)) == known:
                continue
            try:
                _not_stale(lambda path=path: parquet.check(path, self._sealed_name(path)))  # type: ignore[misc]
            except parquet.DamagedError as error:
                raise SweepError(_with_the_mend(error)) from None
            _compared[str(path)] = known
        return size

    def size(self) -> int:
        """Return the number of bytes of all stored files."""
        return sum(path.stat().st_size for path in self._paths(self.tables))

    def _paths(self, tables: Iterable[str]) -> list[Path]:
        names = self.stored()
        designs = (path for path in (self.design_file, self.unit_file) if path.is_file())
        return [*designs, *(self.folder / table / f"{one.name}.parquet" for table in tables for one in names)]

    def stored(self) -> list[Stored]:
        """Return what is stored, in order of chunk, then of attempt.

        A file that was lost makes its chunk missing; chunks that a pack holds are left out.
        """
        found = set[str].intersection(*(_names(self.folder / table) for table in self.tables))
        ended = (name for name in found if _has_end(self.folder / MARK / name))
        kept: list[Stored] = []
        pack = Stored(-1, -1, -1)
        for one in sorted(filter(None, map(stored_of, ended)), key=Stored.order):
            if not pack.holds(one):
                kept.append(one)
                pack = one if one.last > max(one.first, pack.last) else pack
        return kept

    def superseded(self) -> list[Stored]:
        """Return names whose files are still there, in part perhaps, although a pack holds their chunks."""
        packs = [one for one in self.stored() if one.last > one.first]
        return [one for one in self.names() if any(pack != one and pack.holds(one) for pack in packs)]

    def names(self) -> list[Stored]:
        """Return every name that any table has a file of, in order."""
        found = set[str]().union(*(_names(self.folder / table) for table in self.tables))
        return sorted(filter(None, map(stored_of, found)), key=Stored.order)

    def has(self, name: str) -> bool:
        """Return whether that chunk, or retry, is stored."""
        wanted = stored_of(f"{name}.parquet")
        assert wanted is not None
        paths = (self.folder / table / f"{name}.parquet" for table in self.tables if table != MARK)
        if _has_end(self.folder / MARK / f"{name}.parquet") and all(path.is_file() for path in paths):
            return True
        packs = filter(None, map(stored_of, (n for n in _names(self.folder / MARK) if n.startswith("p"))))
        return any(wanted.first in one.chunks and wanted.attempt <= one.attempt for one in packs)

    def attempts(self) -> dict[int, int]:
        """Return the stored chunks, each with its highest attempt."""
        found: dict[int, int] = {}
        for one in self.stored():
            for chunk in one.chunks:
                found[chunk] = max(one.attempt, found.get(chunk, 0))
        return found

    def missing(self) -> Iterator[int]:
        """Yield the chunks that are not stored, in order."""
        there = self.attempts()
        return (k for k in range(self.frozen.chunks) if k not in there)

    def wait_for(self, chunks: Collection[int], seconds: float = SEEN) -> None:
        """Wait until chunks that others say they have stored are seen here, that many seconds at most."""
        end = time.monotonic() + seconds
        while not self.attempts().keys() >= set(chunks) and time.monotonic() < end:
            for table in self.tables:
                see_afresh(self.folder / table)
            time.sleep(LOOK)

    def files(self, table: str) -> list[Path]:
        """Return the files of a table that belong to stored chunks, in order of chunk, then of attempt."""
        return [self.folder / table / f"{one.name}.parquet" for one in self.stored()]

    def remove(self, one: Stored) -> None:
        """Remove the files of a chunk or pack: the mark first, so that none is left in part."""
        for table in reversed(self.tables):
            (self.folder / table / f"{one.name}.parquet").unlink(missing_ok=True)

    def sweep_up(self) -> None:
        """Remove unfinished files of writers that were ended."""
        for path in () if is_remote(self.folder) else self.folder.rglob(".*.part"):
            try:
                if time.time() - path.stat().st_mtime > STALE:
                    path.unlink()
            except OSError:  # another process was faster
                continue


def _write_page(path: Path, frozen: Frozen, only_new: bool = False) -> None:
    write_file(path, lambda file: file.write(frozen.text().encode()), only_new)


def chunk_name(chunk: int, attempt: int = 0) -> str:
    """Return the name of the files of a chunk, or of a retry of runs in it."""
    return f"c{chunk:05d}" + (f".r{attempt}" if attempt else "")


def pack_name(pack: Stored) -> str:
    """Return the name of the files of a pack."""
    return f"p{pack.first:05d}-{pack.last:05d}" + (f".r{pack.attempt}" if pack.attempt else "")


def stored_of(file: str) -> Stored | None:
    """Return the chunks and the attempt of a file's name; None for another file."""
    match = _NAME.fullmatch(file)
    if match is None:
        return None
    first = int(match[1] or match[2])
    return Stored(first, int(match[3] or first), int(match[4] or 0))


_compared: dict[str, tuple[int, float, int]] = {}
"""Files that this process has compared with their checksums, and their state then."""


def _state(path: Path) -> tuple[int, float, int]:
    found = path.stat()
    return found.st_size, getattr(found, "st_mtime_ns", 0) or found.st_mtime, getattr(found, "st_ino", 0)


def _names(folder: Path) -> set[str]:
    """Return the names of the files in a folder, none if it is missing."""
    try:
        if is_remote(folder):
            return {entry.name for entry in folder.iterdir()}
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def _has_end(path: Path) -> bool:
    """Return whether a Parquet file has its end: a power failure may leave one without."""
    if is_remote(path):
        return path.is_file()
    try:
        with open_file(path) as file:
            file.seek(-4, os.SEEK_END)
            return file.read(4) == b"PAR1"
    except OSError:
        return False


def _not_stale[T](read: Callable[[], T]) -> T:
    """Read once more what another machine replaced meanwhile, for which a network file system has ESTALE."""
    try:
        return read()
    except parquet.DamagedError as error:
        if os.strerror(errno.ESTALE) not in str(error):
            raise
        return read()


def _with_the_mend(error: Exception) -> str:
    return f"{error} (without that file, the sweep makes it again)"
