"""A results folder whose runs can be repeated: the study that made it, with its centres run by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.true_effects import run_with
from experiments.results.read_results import StoredResults, read_results
from experiments.study.study import WITH, WITHOUT, Study, twins
from model.country.country import build_country
from model.country.user_links import read_links
from model.extensions.extended_model import Extended, extended
from model.files.user_tables import InputError
from model.parameters import ParameterError
from model.scenarios.scenario import Opening, Scenario, quarter_of


@dataclass(frozen=True, eq=False)
class RepeatableResults(StoredResults):
    """Stored results with the study that runs the same country again."""

    study: Study

    def rows(self, seed: int, arm: str) -> pd.DataFrame:
        """Return the yearly rows of one run, in order of year and city."""
        return self.panel[(self.panel["seed"] == seed) & (self.panel["arm"] == arm)]

    def openings(self, seed: int) -> tuple[Opening, ...]:
        """Return the centres of a seed's run, with sizes that are exact to the last bit."""
        if not len(self.centres):
            return ()
        centres = self.centres[self.centres["seed"] == seed].drop_duplicates("centre_id")
        row_of = {int(city): row for row, city in enumerate(self.cities["city_id"])}
        parameters = self.study.parameters
        found = []
        for centre in centres.itertuples():
            usual = getattr(parameters, f"capacity_{centre.kind}") * (parameters.firms / 10_000)
            quarter = quarter_of(str(centre.opened), parameters.start_year)
            size = _ratio(float(centre.capacity), float(usual))
            city = row_of[int(centre.city_id)]
            found.append(Opening(str(centre.centre_id), city, str(centre.kind), quarter, size))
        return tuple(found)


def read_repeatable(folder: Path, links: Path | None = None) -> RepeatableResults:
    """Read a results folder. links: the table of links that the runs used, if not the rule.

    Raises ResultsError for a folder without results, InputError for one of another version, ExtensionError
    for a missing extension.
    """
    found = read_results(folder)
    whole = _extended(folder, found.summary)
    try:
        parameters = whole.parameters.checked(**found.summary["parameters"])
    except ParameterError as error:
        raise InputError([f"{folder} was made by another version: {error}"]) from None
    scenario = Scenario(found.scenario, found.summary["meaning"])
    network = None if links is None else read_links(links, found.cities)
    country = build_country(found.cities, links=network)
    last_year = found.summary["last_year"]
    study = Study(twins(scenario), found.seeds, parameters, last_year, country, extension=whole.extensions)
    return RepeatableResults(folder, found.summary, found.panel, found.centres, found.cities, study)


def _extended(folder: Path, summary: Mapping[str, Any]) -> Extended:
    """Return the model with the extensions of the run.

    Raises ExtensionError if one is not found, InputError if its source has changed.
    """
    named = summary.get("extensions", [])
    whole = extended(tuple(one["source"] for one in named))
    now = {one["name"]: one["hash"] for one in whole.facts(whole.parameters())}
    for one in named:
        if now.get(one["name"]) != one["hash"]:
            raise InputError(
                [f"{folder} was made with another source of extension {one['name']}: run it again"]
            )
    return whole


def _ratio(capacity: float, usual: float) -> float:
    """Return the size whose product with the usual capacity is the capacity itself, not its neighbour."""
    if usual == 0.0:
        return 1.0
    size = capacity / usual
    near = (size, np.nextafter(size, np.inf), np.nextafter(size, -np.inf))
    return next((float(one) for one in near if one * usual == capacity), size)


def check_repeatable(results: RepeatableResults) -> None:
    """Run the first seed again and compare: true effects come from further runs of the same country.

    Raises InputError if the run differs: another network, other rules, another version.
    """
    seed = results.seeds[0]
    for arm, openings in ((WITHOUT, ()), (WITH, results.openings(seed))):
        stored = results.rows(seed, arm)["innovation"].to_numpy()
        repeated = run_with(results.study, seed, openings)["innovation"].to_numpy()
        if len(stored) != len(repeated) or not np.allclose(stored, repeated, rtol=1e-9, atol=0.0):
            raise InputError(
                [
                    f"the runs in {results.folder} cannot be repeated: they were made with other rules, "
                    "another version or another network (name its table with --links)"
                ]
            )
