"""The page of a store, ``experiment.json``: what it was begun with, and what was added later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.storage.json_file import read_object
from experiments.storage.parquet import DamagedError
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment, checked
from experiments.sweep.run_numbers import Block, RunNumbers

FORMAT = 4
FROZEN = "experiment.json"


@dataclass(frozen=True)
class Frozen:
    """``experiment.json``: the experiment as first run, with the hashes and versions that it was run with.

    ``blocks``: rectangles of runs, once the store has grown. ``changes``: hashes and versions of each later
    state of model, rules or data that the store was continued with.
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

    @property
    def known(self) -> Mapping[str, Any]:
        """Hashes of the model, rules and data that the store is continued with."""
        found: Mapping[str, Any] = self.changes[-1]["fingerprints"] if self.changes else self.fingerprints
        return found

    def text(self) -> str:
        """Return the text of the file."""
        values = {"format": FORMAT, **vars(self), "experiment": self.experiment.model_dump(mode="json")}
        values["blocks"] = [asdict(block) for block in self.blocks]
        return json.dumps({**values, "sha256": _hash(values)}, indent=1, ensure_ascii=False) + "\n"


def read_page(folder: Path, page: str) -> Frozen:
    """Read a page of a store. Raises SweepError."""
    path = folder / page
    try:
        values: dict[str, Any] = read_object(path)
    except (FileNotFoundError, NotADirectoryError):
        raise SweepError(f"{folder} is not the store of a sweep: it has no {FROZEN}") from None
    except (OSError, DamagedError) as error:
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


def newest_page(folder: Path) -> str:
    """Return the name of the page in force: ``experiment.json``, or one that a later extension wrote."""
    number = 0
    while (folder / numbered(FROZEN, number + 1)).is_file():
        number += 1
    return numbered(FROZEN, number)


def numbered(name: str, number: int) -> str:
    """Return the name of a file as an extension wrote it: ``experiment.2.json`` by the second."""
    stem, _, ending = name.partition(".")
    return f"{stem}.{number}.{ending}" if number else name


def number_of(page: str) -> int:
    """Return the number of the extension that wrote a page, 0 for the first."""
    return int(page.split(".")[1]) if page.count(".") == 2 else 0


def _writer(values: Mapping[str, Any]) -> str:
    """Name the version that wrote a store of another format."""
    provenance = values.get("provenance")
    versions = provenance.get("versions") if isinstance(provenance, Mapping) else None
    version = versions.get("computeleap") if isinstance(versions, Mapping) else None
    return f"ComputeLeap {version or 'of another version'} in format {values.get('format')!r}, not {FORMAT}"


def _hash(values: Mapping[str, Any]) -> str:
    plain = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()
