"""Reads a results folder again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments import parquet
from experiments.metrics import Pair, pairs_of

NEEDED = ("summary.json", "panel.parquet", "centres.parquet", "city_table.parquet")


class ResultsError(ValueError):
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
        summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
        panel, centres, cities = (parquet.read(place / name) for name in NEEDED[1:])
        found = pairs_of(panel, centres, cities)
        return StoredResults(
            summary["scenario"], int(panel["year"].min()), int(panel["year"].max()), cities, found
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise ResultsError(f"the results in {place} cannot be read: {said}") from None
