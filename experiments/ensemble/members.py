"""The shipped ensemble: a row for each member, with its factors, figures and effects."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ensemble.member_run import uncertain_factors
from experiments.storage import parquet
from experiments.study.same_rules import same_rules
from experiments.study.study import Study
from experiments.sweep.design import from_unit
from experiments.sweep.experiment_file import Span
from model.country.country import shipped_country
from model.scenarios.scenario_catalogue import find_scenario

TABLE, ABOUT = "members.parquet", "members.json"
PLACE, FIGURE, EFFECT = "at_", "figure_", "effect_"  # first parts of names of columns
DEFAULT = -1  # wave of the rows with default parameters, one for each seed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ensemble:
    """The members and how they were made.

    Attributes:
        rows: point, wave, seed; ``at_FACTOR``, its place in its range, 0 to 1; ``figure_ID``, a published
            figure as the member gives it; then effects by name (``experiments.sweep.measures.EFFECTS``).
        about: rules, version, date, command, scenario, cities, firms, last year, points run, figures matched.
    """

    rows: pd.DataFrame
    about: dict[str, Any]

    @functools.cached_property
    def members(self) -> pd.DataFrame:
        """The rows of members."""
        return self.rows[self.rows["wave"] != DEFAULT].reset_index(drop=True)

    @functools.cached_property
    def defaults(self) -> pd.DataFrame:
        """The rows with default parameters, one for each seed."""
        return self.rows[self.rows["wave"] == DEFAULT].reset_index(drop=True)

    @functools.cached_property
    def factors(self) -> list[str]:
        """The factors that vary."""
        return [name.removeprefix(PLACE) for name in self.rows if name.startswith(PLACE)]

    def places(self) -> Array:
        """Return the places of the members in the ranges of the factors, (members, factors)."""
        return self.members[[PLACE + name for name in self.factors]].to_numpy(dtype=float)

    def evenly(self, count: int) -> list[int]:
        """Return the rows of that many members, taken evenly; all if there are fewer."""
        last = len(self.members) - 1
        return np.unique(np.linspace(0, last, count).round().astype(int)).tolist()

    def values(self, member: int) -> dict[str, float]:
        """Return the value of each factor of a member, by its row."""
        ranges = uncertain_factors().design.factors
        row, found = self.members.iloc[member], {}
        for name in self.factors:
            span = ranges[name]
            assert isinstance(span, Span)
            found[name] = float(np.asarray(from_unit(np.array([row[PLACE + name]]), span, False))[0])
        return found

    @property
    def is_current(self) -> bool:
        """Whether it was made with the rules of this version, or with others of the same results."""
        return same_rules(self.about["rules"])

    def applies_to(self, study: Study) -> bool:
        """Return whether its effects are those of a study: rules, scenario, parameters, country, last year.

        It was made in a smaller country (``about``); the number of firms of the study does not count.
        """
        plain = study.parameters.changed(firms=type(study.parameters).model_fields["firms"].default)
        return (
            self.is_current
            and not study.extension
            and study.scenario == find_scenario(self.about["scenario"])
            and plain.model_dump() == type(study.parameters)().model_dump()
            and study.until == self.about["last_year"]
            and study.country.fingerprint == shipped_country().fingerprint
        )


@functools.cache
def shipped_ensemble() -> Ensemble:
    """Return the ensemble of this version."""
    folder = resources.files("experiments.ensemble").joinpath("data")
    with resources.as_file(folder) as place:
        return read_ensemble(place)


def read_ensemble(folder: Path) -> Ensemble:
    """Return the ensemble of a folder."""
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    return Ensemble(parquet.read(folder / TABLE), about)
