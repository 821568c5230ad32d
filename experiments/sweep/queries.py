"""Reading a store: DuckDB views over its files, tables as pandas frames, exports, a digest of the results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.sweep.errors import SweepError
from experiments.sweep.store import MARK, Store, read_whole, schemas

EXPORTS = (".csv", ".parquet", ".xlsx", ".nc")
EXCEL_ROWS = 1_048_575  # below the header


def connect(store: Store) -> duckdb.DuckDBPyConnection:
    """Connect to the views ``design``, ``runs``, ``finals``, ``metrics`` and, if recorded, others.

    ``finals``, ``metrics``, ``twin_metrics`` and ``panel`` have ``point`` and ``replication`` as well as
    ``run``; ``finals`` and ``runs`` also the factors. Of a run tried again ``runs`` shows the last try.
    """
    own = duckdb.connect()
    try:
        _make_views(own, store)
    except duckdb.Error as error:
        own.close()
        raise SweepError(f"{store.folder} cannot be read: {' '.join(str(error).split())}") from None
    return own


def _make_views(own: duckdb.DuckDBPyConnection, store: Store) -> None:
    own.execute(f"create view design as select * from read_parquet({_quoted(store.design_file)})")
    experiment, many = store.frozen.experiment, store.frozen.experiment.seeds
    point, replication = store.frozen.numbers.sql()
    factors = [name for name in store.design().columns if name != "point"]
    named = "".join(f', d."{name}"' for name in factors)
    for table, schema in schemas(experiment).items():
        source = _source(own, store, table, schema)
        # Once a store has grown, numbers of runs differ from those in its files.
        number = f"point * {many} + replication as run" if store.frozen.blocks else "run"
        place = f"{number}, point, replication"
        placed = f"(select {point} as point, {replication} as replication, * from {source})"
        if table == "runs":
            last = "qualify row_number() over (partition by run order by attempt desc) = 1"
            last = last if any(".r" in name for name in store.stored()) else ""
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


def _source(own: duckdb.DuckDBPyConnection, store: Store, table: str, schema: pa.Schema) -> str:
    """Return the source of a view: the files of the table, or an empty table of the same columns."""
    files = store.files(table)
    if not files:
        own.register(f"no_{table}", schema.empty_table())
        return f"no_{table}"
    folder = store.folder / table
    if len(files) == len(list(folder.glob("*.parquet"))):
        return f"read_parquet({_quoted(folder / '*.parquet')})"
    # Files of chunks that are not yet stored whole are left out.
    return f"read_parquet([{', '.join(map(_quoted, files))}])"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def query(store: Store, sql: str) -> pd.DataFrame:
    """Answer an SQL query over the views. Raises SweepError with DuckDB's message."""
    with connect(store) as own:
        try:
            statements = own.extract_statements(sql)
            if not statements or not all(map(_selects, statements)):
                raise SweepError("the query must begin with select")
            return own.sql(sql).df()
        except duckdb.Error as error:
            raise SweepError(f"the query cannot be answered: {' '.join(str(error).split())}") from None


def _selects(statement: duckdb.Statement) -> bool:
    """Return whether a statement only selects. A pivot counts as several statements."""
    asks = statement.expected_result_type == [duckdb.ExpectedResultType.QUERY_RESULT]
    return asks or statement.type == duckdb.StatementType.MULTI


def table(store: Store, name: str) -> pd.DataFrame:
    """Return a table of the store in order of run. Raises SweepError for one that it does not have."""
    known = ["design", *schemas(store.frozen.experiment)]
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
    try:
        frame.to_excel(target, index=False, sheet_name=name)
    except ImportError:
        raise SweepError(
            "Excel files need openpyxl: pip install 'computeleap[excel]', or take .csv"
        ) from None


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
    waiting: list[Path] = []
    files = store.files(name)
    for path, after in zip_longest(files, files[1:]):
        waiting.append(path)
        if after is None or after.name.split(".")[0] != path.name.split(".")[0]:
            found = pa.concat_tables([read_whole(p) for p in waiting])
            waiting = []
            keys = [(k, "ascending") for k in ("run", "year") if k in found.schema.names]
            yield found.sort_by(keys)


def _sorted(store: Store, name: str) -> Iterator[pa.Table]:
    """Yield the same of a store that has grown, whose files are not in order of run."""
    fields = schemas(store.frozen.experiment)[name].names
    order = ", ".join(field for field in ("run", "year") if field in fields)
    with connect(store) as own:
        rows = own.sql(f"select {', '.join(fields)} from {name} order by {order}")
        for batch in pa.RecordBatchReader.from_stream(rows):
            yield pa.Table.from_batches([batch])


def status_counts(store: Store) -> dict[str, int]:
    """Return the number of stored runs by status (ok, failed, timeout, died)."""
    if not store.files("runs"):
        return {}
    found = query(store, "select status, count(*) as runs from runs group by status order by status")
    return {str(k): int(v) for k, v in zip(found["status"], found["runs"], strict=True)}
