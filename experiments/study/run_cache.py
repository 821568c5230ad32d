"""Finished runs in a folder, each under the key of all that determines it (``run_key``)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.storage import parquet
from experiments.storage.atomic_write import WholeFolder
from experiments.study.one_run import RunRecord

CACHE = Path("results") / "runs"  # shared by studies and the validation
PARTS = ("panel", "centres", "start")
OWN = "national"  # there if extensions measure something


def write_record(record: RunRecord, place: Path) -> Path:
    """Write a run to its folder, whole or not at all; return the folder."""
    with WholeFolder(place) as folder:
        for part in PARTS:
            frame: pd.DataFrame = getattr(record, part)
            parquet.write(frame, folder / f"{part}.parquet", "zstd")
        if len(record.national):
            parquet.write(record.national, folder / f"{OWN}.parquet", "zstd")
    return place


def read_record(place: Path) -> RunRecord:
    """Read the run that was written to a folder. Raises DamagedError."""
    parts = (*PARTS, OWN) if (place / f"{OWN}.parquet").exists() else PARTS
    return RunRecord(*(parquet.read(place / f"{part}.parquet") for part in parts))
