"""The store of a sweep: a folder of Parquet files, each written whole, and the chunks of runs it holds.

Chunk k is runs k·size to (k+1)·size − 1 (``experiments.sweep.run_numbers``). A worker writes the files of a
chunk one after the other, ``metrics`` last: a chunk counts as stored when that file is there. Two writers of
one chunk write the same values under the same name, so their order does not matter.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.storage import parquet
from experiments.storage.json_file import read_object
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment, checked
from experiments.sweep.measures import CITY_MEASURES, EFFECTS, METRICS
from experiments.sweep.run_numbers import Block, RunNumbers

FORMAT = 4
FROZEN, DESIGN, UNIT = "experiment.json", "design.parquet", "unit.parquet"
MARK = "metrics"  # the table whose file is written last
STALE = 3600.0  # s after which an unfinished file has no writer any more
_NAME = re.compile(r"c(\d+)(?:\.r(\d+))?\.parquet")

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
    ]
)


def schemas(experiment: Experiment) -> dict[str, pa.Schema]:
    """Return the tables that a chunk of the experiment fills, in the order of writing."""
    metrics = experiment.record.metrics or list(METRICS)
    finals = [*metrics, *(EFFECTS if experiment.twin else ())]
    yearly = [("run", pa.int64()), ("year", pa.int16()), *((name, pa.float32()) for name in metrics)]
    found = {"runs": RUNS, "finals": pa.schema([("run", pa.int64()), *((n, pa.float64()) for n in finals)])}
    if experiment.record.panel is not None:
        keys = [("run", pa.int64()), ("arm", pa.string()), ("year", pa.int16()), ("city_id", pa.int64())]
        found["panel"] = pa.schema([*keys, *((name, pa.float32()) for name in CITY_MEASURES)])
    if experiment.twin:
        found["twin_metrics"] = pa.schema(yearly)
    return found | {MARK: pa.schema(yearly)}


@dataclass(frozen=True)
class Frozen:
    """``experiment.json``: the experiment as first run, with the hashes and versions that it was run with.

    ``blocks``: rectangles of runs, once the store has grown.
    """

    experiment: Experiment
    points: int
    chunk: int
    fingerprints: Mapping[str, Any]
    provenance: Mapping[str, Any]
    changes: Sequence[Mapping[str, Any]] = ()
    blocks: Sequence[Block] = ()

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.experiment.seeds

    @property
    def numbers(self) -> RunNumbers:
        """The numbers of its runs."""
        seeds = self.experiment.seeds
        return RunNumbers(self.blocks or (Block(0, self.points, 0, seeds, self.chunk),), seeds)

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return self.numbers.chunks

    def text(self) -> str:
        """Return the text of the file."""
        values = {"format": FORMAT, **vars(self), "experiment": self.experiment.model_dump(mode="json")}
        values["blocks"] = [asdict(block) for block in self.blocks]
        return json.dumps({**values, "sha256": _hash(values)}, indent=1, ensure_ascii=False) + "\n"


class Store:
    """A store that exists. Raises SweepError if there is none, or one of another format."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.page = newest_page(self.folder)
        self.frozen = self._read()

    def _read(self) -> Frozen:
        path = self.folder / self.page
        try:
            values: dict[str, Any] = read_object(path)
        except (FileNotFoundError, NotADirectoryError):
            raise SweepError(f"{self.folder} is not the store of a sweep: it has no {FROZEN}") from None
        except (OSError, parquet.DamagedError) as error:
            raise SweepError(str(error)) from None
        if values.get("format") != FORMAT:
            raise SweepError(f"{path} was written by {_writer(values)}: name another folder with --store")
        if values.pop("sha256", None) != _hash(values):
            raise SweepError(f"{path} was changed after it was written, so it no longer describes the store")
        del values["format"]
        try:
            blocks = tuple(Block(**block) for block in values["blocks"])
            return Frozen(**{**values, "experiment": checked(values["experiment"]), "blocks": blocks})
        except (KeyError, TypeError) as error:
            raise SweepError(f"{path} is damaged: {type(error).__name__}: {error}") from None

    @staticmethod
    def exists(folder: Path) -> bool:
        """Return whether a store has been begun there."""
        return (folder / FROZEN).is_file()

    @classmethod
    def create(cls, folder: Path, frozen: Frozen) -> Store:
        """Begin a store, or find the one that another process began at the same moment."""
        if (
            folder.is_dir()
            and any(entry.name[0] != "." for entry in folder.iterdir())
            and not cls.exists(folder)
        ):
            known = {DESIGN, UNIT, *schemas(frozen.experiment)}
            if any(entry.name[0] != "." and entry.name not in known for entry in folder.iterdir()):
                raise SweepError(
                    f"{folder} holds files that do not belong to a store: name another folder with --store"
                )
        folder.mkdir(parents=True, exist_ok=True)
        for table in schemas(frozen.experiment):
            (folder / table).mkdir(exist_ok=True)
        with _unfinished(folder / FROZEN) as part, suppress(FileExistsError):
            part.write_text(frozen.text(), encoding="utf-8")
            os.link(part, folder / FROZEN)  # fails if it is there: one of several starters wins
        return cls(folder)

    def rewrite(self, frozen: Frozen) -> None:
        """Replace ``experiment.json``, or the newest page."""
        with _unfinished(self.folder / self.page) as part:
            part.write_text(frozen.text(), encoding="utf-8")
            part.replace(self.folder / self.page)
        self.frozen = frozen

    def grow(self, frozen: Frozen, design: pd.DataFrame, unit: pd.DataFrame | None) -> None:
        """Begin a new page, with a new design; what is there stays as it is.

        Raises SweepError if another process begins one at the same moment.
        """
        page = _numbered(FROZEN, _number_of(self.page) + 1)
        self._write_design(design, unit, _number_of(page))
        with _unfinished(self.folder / page) as part:
            part.write_text(frozen.text(), encoding="utf-8")
            try:
                os.link(part, self.folder / page)
            except FileExistsError:
                raise SweepError(f"another process extends {self.folder}: give the command again") from None
        self.page, self.frozen = page, frozen

    # ── The design ───────────────────────────────────────────────────────────────────────────────

    def write_design(self, design: pd.DataFrame, unit: pd.DataFrame | None) -> None:
        """Write the design; it is a function of the experiment, so a second writer does no harm."""
        self._write_design(design, unit, _number_of(self.page))

    def _write_design(self, design: pd.DataFrame, unit: pd.DataFrame | None, number: int) -> None:
        for name, frame in ((UNIT, unit), (DESIGN, design)):
            if frame is not None:
                path = self.folder / _numbered(name, number)
                self._write(path, pa.Table.from_pandas(frame, preserve_index=False))

    @property
    def design_file(self) -> Path:
        """The file of the design."""
        return self.folder / _numbered(DESIGN, _number_of(self.page))

    def has_design(self) -> bool:
        """Return whether the design is written."""
        return _whole(self.design_file)

    def design(self) -> pd.DataFrame:
        """Return the design: point, then the factors."""
        return read_frame(self.design_file)

    def unit(self) -> pd.DataFrame | None:
        """Return the design in the unit cube, if it was sampled."""
        path = self.folder / _numbered(UNIT, _number_of(self.page))
        return read_frame(path) if path.is_file() else None

    # ── Chunks ───────────────────────────────────────────────────────────────────────────────────

    def commit(self, name: str, tables: Mapping[str, Mapping[str, object]]) -> None:
        """Write the tables of a chunk, each whole, in the order of ``schemas``: the mark comes last."""
        for table, schema in schemas(self.frozen.experiment).items():
            (self.folder / table).mkdir(exist_ok=True)
            path = self.folder / table / f"{name}.parquet"
            self._write(path, pa.table(dict(tables[table]), schema=schema))

    def _write(self, path: Path, table: pa.Table) -> None:
        try:
            self._write_once(path, table)
        except (
            FileNotFoundError
        ):  # another process took the unfinished file for a dead writer's: a clock jumped
            self._write_once(path, table)

    def _write_once(self, path: Path, table: pa.Table) -> None:
        floats = [field.name for field in table.schema if pa.types.is_floating(field.type)]
        texts = [
            field.name
            for field in table.schema
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        with _unfinished(path) as part:
            with part.open("wb") as file:
                pq.write_table(
                    table,
                    file,
                    compression="zstd",
                    use_dictionary=texts,
                    use_byte_stream_split=floats or False,
                    write_page_checksum=True,
                )
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)

    def check(self) -> None:
        """Compare every stored file with its checksums. Raises SweepError for one that is damaged."""
        for table in schemas(self.frozen.experiment):
            for path in self.files(table):
                read_whole(path)

    def stored(self) -> set[str]:
        """Return the names of what is stored: ``c00012`` for chunk 12, ``c00012.r1`` for its first retry."""
        there = {path.name for path in self._marks() if _whole(path)}
        for table in schemas(self.frozen.experiment):  # a file that was lost later makes its chunk missing
            if table != MARK:
                folder = self.folder / table
                there &= {p.name for p in folder.iterdir() if p.is_file()} if folder.is_dir() else set()
        return {name.removesuffix(".parquet") for name in there}

    def has(self, name: str) -> bool:
        """Return whether that chunk, or retry, is stored."""
        others = (self.folder / table / f"{name}.parquet" for table in schemas(self.frozen.experiment))
        return _whole(self.folder / MARK / f"{name}.parquet") and all(path.is_file() for path in others)

    def missing(self) -> Iterator[int]:
        """Yield the chunks that are not stored, in order."""
        there = self.stored()
        return (k for k in range(self.frozen.chunks) if chunk_name(k) not in there)

    def _marks(self) -> Iterator[Path]:
        folder = self.folder / MARK
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if _NAME.fullmatch(path.name))

    def files(self, table: str) -> list[Path]:
        """Return the files of a table that belong to stored chunks, in order of chunk, then of attempt."""
        names = sorted(self.stored(), key=order_of)
        paths = (self.folder / table / f"{name}.parquet" for name in names)
        return [path for path in paths if path.is_file()]

    def sweep_up(self) -> None:
        """Remove unfinished files of writers that were ended."""
        for path in self.folder.rglob(".*.part"):
            try:
                if time.time() - path.stat().st_mtime > STALE:
                    path.unlink()
            except OSError:  # another process was faster
                continue


def newest_page(folder: Path) -> str:
    """Return the name of the page in force: ``experiment.json``, or one that a later extension wrote."""
    number = 0
    while (folder / _numbered(FROZEN, number + 1)).is_file():
        number += 1
    return _numbered(FROZEN, number)


def _numbered(name: str, number: int) -> str:
    """Return the name of a file as an extension wrote it: ``experiment.2.json`` by the second."""
    stem, _, ending = name.partition(".")
    return f"{stem}.{number}.{ending}" if number else name


def _number_of(page: str) -> int:
    return int(page.split(".")[1]) if page.count(".") == 2 else 0


def _writer(values: Mapping[str, Any]) -> str:
    """Name the version that wrote a store of another format."""
    provenance = values.get("provenance")
    versions = provenance.get("versions") if isinstance(provenance, Mapping) else None
    version = versions.get("computeleap") if isinstance(versions, Mapping) else None
    return f"ComputeLeap {version or 'of another version'} in format {values.get('format')!r}, not {FORMAT}"


def chunk_name(chunk: int, attempt: int = 0) -> str:
    """Return the name of the files of a chunk, or of a retry of runs in it."""
    return f"c{chunk:05d}" + (f".r{attempt}" if attempt else "")


def order_of(name: str) -> tuple[int, int]:
    """Return (chunk, attempt) of a name."""
    match = _NAME.fullmatch(f"{name}.parquet")
    assert match is not None
    return int(match[1]), int(match[2] or 0)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yield a new file next to the target, to be renamed; it is removed at the end if it was not."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    part.chmod(0o644)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _hash(values: Mapping[str, Any]) -> str:
    plain = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _whole(path: Path) -> bool:
    """Return whether a Parquet file has its end: a power failure may leave one without."""
    try:
        with path.open("rb") as file:
            file.seek(-4, os.SEEK_END)
            return file.read(4) == b"PAR1"
    except OSError:
        return False


def read_whole(path: Path) -> pa.Table:
    """Read a Parquet file of the store and check its checksums. Raises SweepError if it is damaged."""
    try:
        return parquet.read_table(path)
    except parquet.DamagedError as error:
        raise SweepError(str(error)) from None


def read_frame(path: Path) -> pd.DataFrame:
    """Read the same as a pandas frame. Raises SweepError if it is damaged."""
    try:
        return parquet.read(path)
    except parquet.DamagedError as error:
        raise SweepError(str(error)) from None
