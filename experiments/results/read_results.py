"""Reads a results folder again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from agents.user_error import UserError
from experiments.measures.effects import Pair, pairs_of
from experiments.storage.parquet import DamagedError
from experiments.results.result_tables import NEEDED, read_tables


class ResultsError(UserError):
    """A folder that holds no results, or not all; the text is a sentence for the person."""


@dataclass(frozen=True)
class StoredResults:
    """A study as its folder holds it (docs/results.md): scenario, years, cities, pairs of runs."""

    scenario: str
    first_year: int
    last_year: int
    cities: pd.DataFrame
    pairs: list[Pair]


def read_results(folder: str | Path) -> StoredResults:
    """The results that `computeleap run` wrote. Raises ResultsError."""
    place = Path(folder)
    if not place.is_dir():
        raise ResultsError(f"{place} is not a folder: name one that computeleap run has written")
    missing = [name for name in NEEDED if not (place / name).is_file()]
    if missing:
        raise ResultsError(f"{place} is no results folder of computeleap run: it lacks {', '.join(missing)}")
    try:
        found = read_tables(place)
    except (OSError, DamagedError) as error:
        raise ResultsError(f"the results in {place} cannot be read: {error}") from None
    years, cities = found.panel["year"], found.cities
    return StoredResults(
        found.summary["scenario"], int(years.min()), int(years.max()), cities,
        pairs_of(found.panel, found.centres, cities),
    )  # fmt: skip
