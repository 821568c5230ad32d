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
from model.economy.centre_tables import standard_eflops
from model.extensions.extended_model import Extended, extended
from model.files.user_tables import InputError
from model.parameters import ParameterError, Parameters
from model.scenarios.parameter_paths import read_path
from model.scenarios.scenario import Opening, Scenario, quarter_of

ROUNDING = 1e-12  # by which a constant size may differ between years


@dataclass(frozen=True, eq=False)
class RepeatableResults(StoredResults):
    """Stored results with the study that runs the same country again."""

    study: Study

    def rows(self, seed: int, arm: str) -> pd.DataFrame:
        """Return the yearly rows of one run, in order of year and city."""
        return self.panel[(self.panel["seed"] == seed) & (self.panel["arm"] == arm)]

    def openings(self, seed: int) -> tuple[Opening, ...]:
        """Return the centres of a seed's run, with their sizes by year.

        Raises InputError if the table of centres has no sizes.
        """
        if not len(self.centres):
            return ()
        if "size" not in self.centres:
            raise InputError([f"{self.folder} was made by another version: its centres have no column size"])
        own = self.centres[self.centres["seed"] == seed].sort_values("year")
        row_of = {int(city): row for row, city in enumerate(self.cities["city_id"])}
        parameters = self.study.parameters
        found = []
        for name, years in own.groupby("centre_id", sort=False):
            city, kind = row_of[int(years["city_id"].iloc[0])], str(years["kind"].iloc[0])
            quarter = quarter_of(str(years["opened"].iloc[0]), parameters.start_year)
            sizes = dict(zip(years["year"] - parameters.start_year, years["size"], strict=True))
            if np.ptp(years["size"]) <= ROUNDING * years["size"].max():
                found.append(Opening(str(name), city, kind, quarter, float(years["size"].iloc[0])))
            else:
                steps = capacity_by_year(kind, quarter, sizes, parameters)
                found.append(Opening(str(name), city, kind, quarter, capacity=steps))
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
    varying = {name: read_path(how) for name, how in found.summary.get("varying", {}).items()}
    scenario = Scenario(found.scenario, found.summary["meaning"], varying=varying)
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


def capacity_by_year(
    kind: str, opens: int, sizes: Mapping[int, float], parameters: Parameters
) -> tuple[tuple[int, float], ...]:
    """Return (quarter, EFLOPS) from which a centre has the size that it has at the end of each year.

    Sizes change on the anniversary of the opening. sizes: year from the first reported one → size.
    """
    first = max(opens, 0)
    kept = [year for year in sorted(sizes) if year >= first // 4]
    quarters = [opens if year == first // 4 else first + 4 * (year - first // 4) for year in kept]
    eflops = np.array([sizes[year] for year in kept]) * standard_eflops(kind, quarters, parameters)
    return tuple(zip(quarters, eflops.tolist(), strict=True))


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
