"""Read a results folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from agents.user_error import UserError
from experiments.measures.twin_pairs import Pair, pairs_of
from experiments.results.result_tables import NEEDED, read_tables
from experiments.storage.parquet import DamagedError


class ResultsError(UserError):
    """A folder that holds no results, or not all; the text is one sentence for the user."""


@dataclass(frozen=True, eq=False)
class StoredResults:
    """The files of a results folder (docs/results.md): ``summary.json`` and three tables.

    ``panel`` has the arms ``with`` and ``without`` of every seed, in order of year and city.
    """

    folder: Path
    summary: Mapping[str, Any]
    panel: pd.DataFrame
    centres: pd.DataFrame
    cities: pd.DataFrame

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return str(self.summary["scenario"])

    @property
    def first_year(self) -> int:
        """First year of the panel."""
        return int(self.panel["year"].min())

    @property
    def last_year(self) -> int:
        """Last year of the panel."""
        return int(self.panel["year"].max())

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds, each with both runs."""
        return tuple(int(seed) for seed in self.panel["seed"].unique())

    @cached_property
    def pairs(self) -> list[Pair]:
        """The pairs of runs, one per seed."""
        return pairs_of(self.panel, self.centres, self.cities)


def read_results(folder: str | Path) -> StoredResults:
    """Read the results that ``computeleap run`` or ``run_study`` wrote. Raises ResultsError."""
    place = Path(folder)
    if not place.is_dir():
        raise ResultsError(f"{place} is not a folder: name one that computeleap run has written")
    missing = [name for name in NEEDED if not (place / name).is_file()]
    if missing:
        raise ResultsError(
            f"{place} is not a results folder of computeleap run; missing: {', '.join(missing)}"
        )
    try:
        summary, panel, centres, cities = read_tables(place)
    except (OSError, DamagedError) as error:
        raise ResultsError(f"the results in {place} cannot be read: {error}") from None
    return StoredResults(place, summary, panel, centres, cities)
