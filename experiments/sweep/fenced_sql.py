"""SQL that others wrote, answered within a fence: no file, no network, no extension, and bounded in time.

DuckDB is loaded with the first query: at the end of a process it reports whatever a thread still refers to.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

from experiments.sweep.errors import SweepError

if TYPE_CHECKING:
    import duckdb

SECONDS = 600.0  # that a query may take
BYTES = 4_000_000_000  # that its answer may take
_CLOSED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def fenced_connection() -> duckdb.DuckDBPyConnection:
    """Connect to an empty database that reaches no file; what it cannot hold goes to a temporary folder."""
    import duckdb

    spilled = os.path.join(tempfile.gettempdir(), f"computeleap-{os.getpid()}-{threading.get_ident()}")
    return duckdb.connect(config={**_CLOSED, "temp_directory": spilled, "memory_limit": _half_of_memory()})


def _half_of_memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 8_000_000_000
    return f"{total // 2_000_000}MB"


@contextmanager
def bounded(own: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what the connection does after that time. Raises SweepError."""
    import duckdb

    watch = threading.Timer(seconds, own.interrupt)
    watch.daemon = True
    watch.start()
    try:
        yield
    except duckdb.InterruptException:
        raise SweepError(f"the query was stopped: it took longer than {seconds:g} s") from None
    finally:
        watch.cancel()


def answer(
    own: duckdb.DuckDBPyConnection, sql: str, seconds: float = SECONDS, most: float = BYTES
) -> pd.DataFrame:
    """Answer one statement that only selects. Raises SweepError, also past that time or size."""
    import duckdb

    try:
        statements = own.extract_statements(sql)
        if not statements or not all(map(_selects, statements)):
            raise SweepError("the query must begin with select")
        parts, size = list[pd.DataFrame](), 0
        with bounded(own, seconds):
            own.execute(sql)
            while not parts or len(parts[-1]):
                parts.append(own.fetch_df_chunk(100))
                size += int(parts[-1].memory_usage(deep=True).sum())
                if size > most:
                    raise SweepError(f"the answer is larger than {most / 1e9:g} GB: choose columns or rows")
        return parts[0] if len(parts) < 3 else pd.concat(parts[:-1], ignore_index=True)
    except duckdb.Error as error:
        raise SweepError(f"the query cannot be answered: {' '.join(str(error).split())}") from None


def _selects(statement: duckdb.Statement) -> bool:
    """Return whether a statement only selects. A pivot counts as several statements."""
    import duckdb

    asks = statement.expected_result_type == [duckdb.ExpectedResultType.QUERY_RESULT]
    return asks or statement.type == duckdb.StatementType.MULTI
