"""Reading a store: DuckDB views over its files, tables as pandas frames, exports, a digest of the results."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import dataset

from experiments.storage.folders import is_remote
from experiments.sweep.errors import SweepError
from experiments.sweep.fenced_sql import SECONDS, answer, fenced_connection
from experiments.sweep.store import MARK, Store, Stored

if TYPE_CHECKING:
    import duckdb

LOG = logging.getLogger(__name__)
EXPORTS = (".csv", ".parquet", ".xlsx", ".nc")
EXCEL_ROWS = 1_048_575  # below the header


def connect(store: Store) -> duckdb.DuckDBPyConnection:
    """Connect to the views ``design``, ``runs``, ``finals``, ``metrics`` and, if recorded, others.

    ``finals``, ``metrics``, ``twin_metrics`` and ``panel`` have ``point`` and ``replication`` as well as
    ``run``; ``finals`` and ``runs`` also the factors. Of a run tried again ``runs`` shows the last try.
    No file can be reached from the connection but those of the store, for reading.
    """
    import duckdb

    own = fenced_connection()
    try:
        _make_views(own, store)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        own.close()
        raise SweepError(f"{store.folder} cannot be read: {' '.join(str(error).split())}") from None
    return own


def _make_views(own: duckdb.DuckDBPyConnection, store: Store) -> None:
    design = store.read(store.design_file)
    own.register("design", design)
    many, stored = store.frozen.experiment.seeds, store.stored()
    point, replication = store.frozen.numbers.sql()
    named = "".join(f", d.{_quoted(name)}" for name in design.schema.names if name != "point")
    for table, schema in store.tables.items():
        own.register(f"stored_{table}", _source(store, table, schema, stored))
        source = f"stored_{table}"
        # Once a store has grown, numbers of runs differ from those in its files.
        number = f"point * {many} + replication as run" if store.frozen.blocks else "run"
        place = f"{number}, point, replication"
        placed = f"(select {point} as point, {replication} as replication, * from {source})"
        if table == "runs":
            last = "qualify row_number() over (partition by run order by attempt desc) = 1"
            last = last if any(one.attempt for one in stored) else ""
            rows = f"(select {place}, * exclude (run, point, replication) from {source} {last})"
            own.execute(f"create view runs as select r.*{named} from {rows} r join design d using (point)")
        elif table == "finals":
            rows = f"(select {place}, * exclude (run, point, replication) from {placed})"
            own.execute(
                f"create view finals as select f.run, f.point, f.replication{named}, "
                f"f.* exclude (run, point, replication) from {rows} f join design d using (point)"
            )
        else:
            own.execute(
                f"create view {table} as select {place}, * exclude (run, point, replication) from {placed}"
            )
    own.execute("set lock_configuration = true")


def _source(store: Store, table: str, schema: pa.Schema, stored: Sequence[Stored]) -> Any:
    """Return the source of a view: the files of the table, or an empty table of the same columns."""
    files = [store.folder / table / f"{one.name}.parquet" for one in stored]
    if not files:
        return schema.empty_table()
    reading = dataset.ParquetFragmentScanOptions(page_checksum_verification=True)
    return dataset.dataset(
        [file.path if is_remote(file) else str(file) for file in files],  # type: ignore[attr-defined]
        schema=schema,
        format=dataset.ParquetFileFormat(default_fragment_scan_options=reading),
        filesystem=files[0].fs if is_remote(files[0]) else None,  # type: ignore[attr-defined]
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def query(store: Store, sql: str, seconds: float = SECONDS) -> pd.DataFrame:
    """Answer an SQL query over the views, from files whose checksums agree.

    Raises SweepError with DuckDB's message, for a query that takes longer than ``seconds``, and for a damaged
    file of a table that the query names.
    """
    store.check(name for name in store.tables if re.search(rf"\b{name}\b", sql, re.IGNORECASE))
    with connect(store) as own:
        if store.frozen.changes:
            _tell_mixture(own, store)
        return answer(own, sql, seconds)


def _tell_mixture(own: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Warn if runs of several states of the model are in one store."""
    counts = answer(own, "select change, count(*) as runs from runs group by change order by change")
    if len(counts) > 1:
        parts = [f"{n:,} with change {k}" if k else f"{n:,} as begun" for k, n in counts.to_numpy().tolist()]
        LOG.warning(
            "%s mixes runs of several states of the model, rules or data: %s (column change of runs)",
            store.folder,
            ", ".join(parts),
        )


def table(store: Store, name: str) -> pd.DataFrame:
    """Return a table of the store in order of run. Raises SweepError for one that it does not have."""
    known = ["design", *store.tables]
    if name not in known:
        raise SweepError(f"there is no table {name!r} in {store.folder}; there are {', '.join(known)}")
    keys = {"design": "point", "runs": "run", "finals": "run", "panel": "run, arm, year, city_id"}
    return query(store, f"select * from {name} order by {keys.get(name, 'run, year')}")


def export(store: Store, name: str, target: Path) -> int:
    """Write a table as CSV, Parquet, Excel or netCDF, by the target's ending; returns its number of rows.

    Raises SweepError for another ending, or more rows than Excel takes.
    """
    ending = target.suffix.lower()
    if ending not in EXPORTS:
        raise SweepError(f"{target} must have a name that ends in {', '.join(EXPORTS)}")
    frame = table(store, name)
    if ending == ".csv":
        frame.to_csv(target, index=False)
    elif ending == ".parquet":
        frame.to_parquet(target, index=False)
    elif ending == ".xlsx":
        _to_excel(frame, name, target)
    else:
        _to_netcdf(frame, target)
    return len(frame)


def _to_excel(frame: pd.DataFrame, name: str, target: Path) -> None:
    if len(frame) > EXCEL_ROWS:
        raise SweepError(
            f"{name} has {len(frame):,} rows, more than the {EXCEL_ROWS:,} of an Excel sheet: "
            "take .csv or .parquet"
        )
    texts = frame.select_dtypes(exclude=["number", "bool"]).columns
    # Excel takes no control characters; one that begins with = must stay a text.
    clean = {text: frame[text].map(_cell_of_excel, na_action="ignore") for text in texts}
    frame = frame.assign(**clean)
    try:
        frame.to_excel(target, index=False, sheet_name=name)
    except ImportError:
        raise SweepError(
            "Excel files need openpyxl: pip install 'computeleap[excel]', or take .csv"
        ) from None


def _cell_of_excel(text: object) -> str:
    shown = "".join(char if char.isprintable() or char in "\n\t" else "?" for char in str(text))
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown


def _to_netcdf(frame: pd.DataFrame, target: Path) -> None:
    """One dimension, ``row``; texts are numbers, which the attribute ``values`` translates."""
    from scipy.io import netcdf_file

    with netcdf_file(target, "w") as file:
        file.createDimension("row", len(frame))
        for column in frame.columns:
            values = frame[column]
            if values.dtype.kind in "biuf":
                # The classic format has integers of 32 bits at most; floats of 64 hold seeds exactly.
                kind = "f8" if values.dtype.kind == "f" or values.dtype.itemsize > 4 else "i4"
                variable = file.createVariable(str(column), kind, ("row",))
                variable[:] = values.to_numpy().astype(kind)
                continue
            codes, texts = pd.factorize(values.astype("str"))
            variable = file.createVariable(str(column), "i4", ("row",))
            variable[:] = codes
            variable.values = "\n".join(map(str, texts))


def digest(store: Store, tables: Sequence[str] = ("finals", MARK)) -> str:
    """Return a hash of the stored results in order of run: the same however and wherever the sweep was run.

    Read chunk by chunk, so that memory does not grow with the store.
    """
    known = hashlib.blake2b(digest_size=16)
    for name in tables:
        columns: dict[str, Any] = {}
        for part in _sorted(store, name) if store.frozen.blocks else _in_order(store, name):
            for field in part.schema.names:
                hasher = columns.setdefault(field, hashlib.blake2b(digest_size=16))
                hasher.update(np.ascontiguousarray(part[field].to_numpy()).tobytes())
        for field, hasher in columns.items():
            known.update(f"{name}.{field}".encode() + hasher.digest())
    return known.hexdigest()


def _in_order(store: Store, name: str) -> Iterator[pa.Table]:
    """Yield tables of the chunks in order of run; runs of a retry take their place in their chunk."""
    stored = store.stored()
    while stored:
        last, count = stored[0].last, 0
        while count < len(stored) and stored[count].first <= last:
            last, count = max(last, stored[count].last), count + 1
        files = (store.folder / name / f"{one.name}.parquet" for one in stored[:count])
        found = pa.concat_tables([store.read(file) for file in files])
        stored = stored[count:]
        keys = [(k, "ascending") for k in ("run", "year") if k in found.schema.names]
        yield found.sort_by(keys)


def _sorted(store: Store, name: str) -> Iterator[pa.Table]:
    """Yield the same of a store that has grown, whose files are not in order of run."""
    fields = store.tables[name].names
    order = ", ".join(field for field in ("run", "year") if field in fields)
    with connect(store) as own:
        rows = own.sql(f"select {', '.join(map(_quoted, fields))} from {name} order by {order}")
        for batch in pa.RecordBatchReader.from_stream(rows):
            yield pa.Table.from_batches([batch])


def status_counts(store: Store) -> dict[str, int]:
    """Return the number of stored runs by status (ok, failed, timeout, died)."""
    found = query(store, "select status, count(*) as runs from runs group by status order by status")
    return {str(k): int(v) for k, v in zip(found["status"], found["runs"], strict=True)}
