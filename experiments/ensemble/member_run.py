"""The runs of one member: the cities of each arm by year, as a pair of twins."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from experiments.measures.panel_checks import Floats
from experiments.measures.twin_pairs import Pair
from experiments.study.one_run import FLOWS
from experiments.sweep.experiment_file import PRESETS, Experiment, read_experiment
from experiments.sweep.measures import CITY_MEASURES
from model.economy.centre_tables import NEVER
from model.parameters import Parameters
from model.regional_model import RegionalModel

AT_DEFAULT = {
    "substitution": (
        "from 1.05 on, more than 30 % of firms work with compute in 2005 at nearly every point (X11-2005)"
    )
}


@functools.cache
def uncertain_factors() -> Experiment:
    """Return the experiment whose factors are uncertain, with their ranges: the preset ``uncertainty``.

    Without those of ``AT_DEFAULT``.
    """
    known = read_experiment(PRESETS / "uncertainty.toml")
    factors = {name: levels for name, levels in known.design.factors.items() if name not in AT_DEFAULT}
    return known.model_copy(update={"design": known.design.model_copy(update={"factors": factors})})


def with_factors(parameters: Parameters, values: Mapping[str, float]) -> Parameters:
    """Return parameters with the values of a member; what was set in ``parameters`` stays as it is.

    values: Factor → value; a factor of ``scales`` multiplies the default of each of its parameters.
    """
    scales = uncertain_factors().all_scales
    given = parameters.model_fields_set
    changes: dict[str, float] = {}
    for factor, value in values.items():
        if factor not in scales:
            changes[factor] = value
        for name in scales.get(factor, ()):
            changes[name] = changes.get(name, getattr(parameters, name)) * value
    return parameters.changed(**{name: value for name, value in changes.items() if name not in given})


def shared_quarters(model: RegionalModel) -> int:
    """Return for how many quarters a run has the bits of its twin: until its first centre opens.

    0 where providers build centres, and where an extension may read those that are still to open.
    """
    if model.parameters.building_slots or model.extended.extensions:
        return 0
    return max(min((opening.quarter for opening in model.openings), default=0) - 1, 0)


def twin_of(model: RegionalModel) -> RegionalModel:
    """Return a copy of a run within its ``shared_quarters`` whose centres never open: its twin to the bit."""
    twin = model.fork()
    table = twin.state["providers"]
    table["opens"] = np.full(table.rows, NEVER)
    return twin


def cities_by_year(model: RegionalModel, until: int) -> dict[str, Floats]:
    """Return the measures of cities of a model that has run, (T, C): flows of the year, means of stocks."""
    years = until - model.parameters.start_year + 1
    found = {}
    for name in CITY_MEASURES:
        quarters = np.array(model.history[name]).reshape(years, 4, -1)
        found[name] = np.asarray(quarters.sum(axis=1) if name in FLOWS else quarters.mean(axis=1))
    return found


def pair_of(treated: RegionalModel, control: RegionalModel, until: int) -> Pair:
    """Return the pair of a model with centres and its twin, both run to the end of a year."""
    start = treated.parameters.start_year
    reached = 4 * (until - start + 1)
    hosts = sorted({opening.city for opening in treated.openings if opening.quarter < reached})
    arms = (cities_by_year(treated, until), cities_by_year(control, until))
    return Pair(treated.seed, np.arange(start, until + 1), np.array(hosts, dtype=int), *arms)
