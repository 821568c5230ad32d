"""Finished runs in a folder, each under the hash of all that determines it."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

import agents
import model
from experiments.results.write_results import ResultsFolder
from experiments.storage import parquet
from experiments.study.study import AT_START, Record, Runs
from model.extensions.extended_model import extended

PARTS = ("panel", "centres", "start")


def _hash(*texts: str) -> str:
    found = hashlib.blake2b(digest_size=16)
    for text in texts:
        found.update(text.encode())
        found.update(b"\0")
    return found.hexdigest()


@functools.cache
def code_hash() -> str:
    """Hash of the source of the model and of its rules: another text may give another run."""
    folders = [Path(str(package.__file__)).parent for package in (agents, model)]
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return _hash(*(f"{path.parent.name}/{path.name}\n{path.read_text(encoding='utf-8')}" for path in files))


def tables_hash(plan: Runs) -> str:
    """Hash of the country of a plan: cities, centres and network."""
    links = sorted((min(u, v), max(u, v), sorted(facts.items())) for u, v, facts in plan.network.edges.data())
    return _hash(plan.cities.to_csv(index=False), plan.centres.to_csv(index=False), repr(links))


def key(plan: Runs, seed: int, arm: str, tables: str) -> str:
    """Hash of all that determines a run: scenario, parameters, seed, country, code, what is recorded, and the
    text of extensions.

    The names of scenario and arm do not, nor does the number of threads. tables: ``tables_hash(plan)``.
    """
    scenario = plan.arms[arm]
    facts: dict[str, Any] = asdict(scenario)
    changes = facts.pop("parameters")
    del facts["name"], facts["meaning"]
    facts |= {
        "parameters": plan.parameters.changed(**changes).model_dump(),
        "seed": seed,
        "until": plan.until,
        "recorded": [*plan.measures, *AT_START],
    }
    own = extended(plan.extension).fingerprint
    return _hash(json.dumps(facts, sort_keys=True), tables, code_hash(), *([own] if own else []))


def put(record: Record, place: Path) -> Path:
    """Write a run to its folder, whole or not at all; return the folder."""
    with ResultsFolder(place) as folder:
        for part in PARTS:
            frame: pd.DataFrame = getattr(record, part)
            parquet.write(frame, folder / f"{part}.parquet", "zstd")
    return place


def kept(place: Path) -> Record:
    """The run that was written to a folder."""
    return Record(*(parquet.read(place / f"{part}.parquet") for part in PARTS))
