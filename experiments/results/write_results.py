"""A results folder: Parquet tables, ``summary.json``; written whole or not at all."""

from __future__ import annotations

import ctypes
import datetime
import errno
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from agents.rules import Rules
from experiments.storage import parquet
from experiments.study.study import TwinResults
from model.extensions.extended_model import extended
from model.engine.rule_source import fingerprint

AT_CWD, EXCHANGE = -100, 2  # of Linux: paths count from the current folder; two names change places
PACKAGES = (
    "computeleap",
    "mesa",
    "numpy",
    "pandas",
    "networkx",
    "numba",
    "scipy",
    "matplotlib",
    "pyarrow",
    "scikit-learn",
)


def versions() -> dict[str, str]:
    """Versions of Python, of the project and of what it stands on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def rules_fingerprint(rules: Mapping[str, Any] | None = None) -> str:
    """Short hash of the text of all rules: two results of one fingerprint come from the same rules.

    rules: by name; by default those of the model.
    """
    texts = [(name, fingerprint(rule)) for name, rule in sorted((rules or Rules()).items())]
    return hashlib.blake2b(repr(texts).encode(), digest_size=8).hexdigest()


def summary(results: TwinResults, tables: Mapping[str, pd.DataFrame], seconds: float) -> dict[str, Any]:
    """Contents of ``summary.json``; its keys are described in docs/results.md."""
    study = results.study
    parameters = study.scenario.applied_to(study.parameters)
    changed = {
        name: value
        for name, value in parameters.model_dump().items()
        if value != type(parameters).model_fields[name].default
    }
    kept = ("effects", "distance", "channels", "gap", "host_strength")
    return {
        "scenario": study.scenario.name,
        "meaning": study.scenario.meaning,
        "seeds": list(study.seeds),
        "cities": len(study.cities),
        "cities_estimated": bool(study.cities["estimated"].any()),
        "firms": parameters.firms,
        "first_year": parameters.start_year,
        "last_year": study.until,
        "burn_in_quarters": parameters.burn_in,
        "centres": centres_per_run(results.centres, study.until),
        **{name: _records(tables[name]) for name in kept},
        "parameters": parameters.model_dump(),
        "parameters_changed": changed,
        "failures": dict(results.failures),
        "seconds": round(seconds, 1),
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
        "rules": rules_fingerprint(extended(study.extension).rules),
        "extensions": extended(study.extension).facts(parameters),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }


def centres_per_run(centres: pd.DataFrame, until: int) -> int:
    """Centres that open in a run by the end of the year ``until`` (the most, if seeds differ)."""
    if not len(centres):
        return 0
    opened = centres[centres["opened"].str[:4].astype(int) <= until]
    return int(opened.groupby("seed")["centre_id"].nunique().max()) if len(opened) else 0


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    # JSON has no NaN: an undefined error is null.
    return [
        {key: None if isinstance(value, float) and value != value else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


class ResultsFolder:
    """Fills a folder beside its final place and moves it there when all is written.

    Used as a context: on an error nothing is left behind, and an older folder of that name stays as
    it was until the new one is complete.
    """

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f".{self.target.name}-", dir=self.target.parent))
        self.folder.chmod(0o755)
        return self.folder

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        try:
            put_in_place(self.folder, self.target)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)  # what stood there before, or a part


def put_in_place(folder: Path, target: Path) -> None:
    """Give a folder another name. If the name is taken the two change places, at once where the system can.

    So whoever is killed here, or comes at the same moment, leaves a whole folder under that name.
    """
    try:
        os.rename(folder, target)
        return
    except OSError:
        if not target.is_dir():
            raise
    if not _exchange(folder, target):
        old = target.with_name(f".{target.name}-old-{os.getpid()}")
        os.rename(target, old)
        os.rename(folder, target)
        os.rename(old, folder)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one operation; False where the system knows none. Raises OSError."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    if rename(AT_CWD, os.fsencode(one.absolute()), AT_CWD, os.fsencode(other.absolute()), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.ENOENT):
        return False
    raise OSError(number, os.strerror(number), str(other))


def write_whole(path: Path, text: str) -> None:
    """Write a text under another name first, so that it is there whole or not at all. Raises OSError."""
    part = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_tables(
    folder: Path, results: TwinResults, tables: Mapping[str, pd.DataFrame], summarised: Mapping[str, Any]
) -> None:
    """Write the panel, the centres and every table as Parquet, and the summary as JSON."""
    parquet.write(results.panel, folder / "panel.parquet", "zstd")
    parquet.write(results.centres, folder / "centres.parquet")
    parquet.write(results.study.cities, folder / "city_table.parquet")
    for name, frame in tables.items():
        parquet.write(frame, folder / f"{name}.parquet")
    text = json.dumps(summarised, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
