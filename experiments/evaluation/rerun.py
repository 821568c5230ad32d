"""A results folder of ``computeleap run`` as what it came from: a country, its runs and their centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.evaluation.true_effects import run_with
from experiments.results.result_tables import NEEDED, read_tables
from experiments.storage.parquet import DamagedError
from experiments.study.study import WITH, WITHOUT, Study
from model.country.geography import load_centres
from model.country.link_table import read_links
from model.country.network import build_network
from model.extensions.extended_model import Extended, extended
from model.files.user_tables import InputError
from model.parameters import ParameterError
from model.scenarios.scenario import Opening, Scenario, quarter_of


@dataclass(frozen=True)
class Results:
    """``study`` runs the same country again; ``panel`` and ``centres`` as docs/results.md has them."""

    folder: Path
    study: Study
    panel: pd.DataFrame
    centres: pd.DataFrame
    summary: Mapping[str, Any]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of which both runs are there."""
        return tuple(int(seed) for seed in self.panel["seed"].unique())

    def rows(self, seed: int, arm: str) -> pd.DataFrame:
        """Yearly rows of one run, in order of year and city."""
        return self.panel[(self.panel["seed"] == seed) & (self.panel["arm"] == arm)]

    def openings(self, seed: int) -> tuple[Opening, ...]:
        """The centres of a seed's run that open by the last year."""
        return openings_of_run(self, seed)


def read_results(folder: Path, links: Path | None = None) -> Results:
    """Read a results folder. links: the network's table, if the run had one of its own.

    Raises InputError: not a results folder, or of a version whose parameters are not known here.
    """
    lacking = [name for name in NEEDED if not (folder / name).is_file()]
    if lacking:
        what = "there is no such folder" if not folder.is_dir() else f"it has no {lacking[0]}"
        raise InputError([f"{folder} is no results folder of computeleap run: {what}"])
    try:
        found = read_tables(folder)
        summary = found.summary
        whole = _extended(folder, summary)
        parameters = whole.parameters.checked(**summary["parameters"])
    except ParameterError as error:
        raise InputError([f"{folder} was made by another version: {error}"]) from None
    except (OSError, DamagedError) as error:
        raise InputError([f"{folder} cannot be read: {error}"]) from None
    cities = found.cities
    scenario = Scenario(summary["scenario"], summary["meaning"])
    seeds = tuple(int(seed) for seed in found.panel["seed"].unique())
    network = build_network(cities, links=None if links is None else read_links(links, cities))
    study = Study(
        scenario, seeds, parameters, summary["last_year"], cities, load_centres(None, cities), network,
        extension=whole.extensions,
    )  # fmt: skip
    return Results(folder, study, found.panel, found.centres, summary)


def _extended(folder: Path, summary: Mapping[str, Any]) -> Extended:
    """The model with the extensions that the run had.

    Raises ExtensionError if one is not found, InputError if its text is another by now.
    """
    named = summary.get("extensions", [])
    whole = extended(tuple(one["source"] for one in named))
    now = {one["name"]: one["hash"] for one in whole.facts(whole.parameters())}
    for one in named:
        if now.get(one["name"]) != one["hash"]:
            raise InputError(
                [f"{folder} was made with another text of extension {one['name']}: run it again"]
            )
    return whole


def openings_of_run(results: Results, seed: int) -> tuple[Opening, ...]:
    """Openings of one seed as the model had them, to the last bit of their size."""
    if not len(results.centres):
        return ()
    own = results.centres[results.centres["seed"] == seed].drop_duplicates("centre_id")
    row_of = {int(city): row for row, city in enumerate(results.study.cities["city_id"])}
    parameters = results.study.parameters
    found = []
    for centre in own.itertuples():
        usual = getattr(parameters, f"capacity_{centre.kind}") * (parameters.firms / 10_000)
        quarter = quarter_of(str(centre.opened), parameters.start_year)
        size = _ratio(float(centre.capacity), float(usual))
        found.append(
            Opening(str(centre.centre_id), row_of[int(centre.city_id)], str(centre.kind), quarter, size)
        )
    return tuple(found)


def _ratio(capacity: float, usual: float) -> float:
    """The size whose product with the usual capacity is the capacity itself, not its neighbour."""
    if usual == 0.0:
        return 1.0
    size = capacity / usual
    near = (size, np.nextafter(size, np.inf), np.nextafter(size, -np.inf))
    return next((float(one) for one in near if one * usual == capacity), size)


def check_repeatable(results: Results) -> None:
    """Run the first seed again and compare. What is true is found by further runs of the same country.

    Raises InputError if the run does not come out the same: another network, other rules, another version.
    """
    seed = results.seeds[0]
    for arm, openings in ((WITHOUT, ()), (WITH, results.openings(seed))):
        there = results.rows(seed, arm)["innovation"].to_numpy()
        again = run_with(results.study, seed, openings)["innovation"].to_numpy()
        if len(there) != len(again) or not np.allclose(there, again, rtol=1e-9, atol=0.0):
            raise InputError([
                f"the runs in {results.folder} do not come out the same again: they were made with other "
                "rules, another version or a network of their own (name its table with --links)"
            ])  # fmt: skip
