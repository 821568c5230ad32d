"""Many runs of the full model at once, for sweeps over seeds and parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from agents.rules import Rules
from model.ensemble import Column, Ensemble, Results
from model.extended import Extensions, extended
from model.parameters import Parameters
from model.regional_model import country_of
from model.scenario import Scenario, find_scenario, hub_cities, openings_of
from model.state import State


def regional_ensemble(
    seeds: Sequence[int],
    quarters: int,
    recorded: Sequence[Column] = (("cities", "innovation"),),
    *,
    parameters: Parameters | None = None,
    changes: Mapping[str, ArrayLike] | None = None,
    scenario: str | Scenario = "actual",
    cities: pd.DataFrame | None = None,
    centres: pd.DataFrame | None = None,
    network: nx.Graph[int] | None = None,
    rules: Rules | None = None,
    extension: Extensions = None,
    final: Sequence[Column] = (),
    device: str = "cpu",
    threads: int | None = None,
    arithmetic: str = "strict",
) -> Results:
    """Run the country once for every seed; the same bits as a ``RegionalModel`` of that seed.

    ``changes``: name of a parameter → one value for each seed, or one for all. What else is given is as in
    ``RegionalModel``, ``device`` and ``threads`` as in ``Ensemble``. Records have shape (runs, quarters,
    rows): the burn-in is run and left out.

    Raises:
        ValueError: a change that gives runs another number of firms, another burn-in or other events.
    """
    whole = extended([extension, rules])
    experiment = find_scenario(scenario, whole.scenarios, whole.parameters)
    base = experiment.applied_to(whole.settle(parameters))
    points = _points(base, changes or {}, len(seeds))
    country, known, graph = country_of(base, cities, centres, network)

    hubs = hub_cities(country, known).tolist()

    def start(k: int) -> State:
        openings = openings_of(experiment, country, known, points[k].start_year, seeds[k])
        return whole.initial_state(country, graph, openings, points[k], seeds[k], hubs)

    numbers = [point.numbers() for point in points]
    differing = [name for name in numbers[0] if len({run[name] for run in numbers}) > 1]
    if "burn_in" in differing:
        raise ValueError("parameter burn_in must be the same in all runs of an ensemble")
    ensemble = Ensemble(
        whole.quarter, start(0), whole.rules, numbers[0],
        device=device, threads=threads, arithmetic=arithmetic,
    )  # fmt: skip
    found = ensemble.run(
        seeds, base.burn_in + quarters, first=-base.burn_in, recorded=recorded, final=final, start=start,
        parameters={name: [run[name] for run in numbers] for name in differing},
    )  # fmt: skip
    kept = {item: values[:, base.burn_in :] for item, values in found.recorded.items()}
    return Results(kept, found.final, found.device)


def _points(base: Parameters, changes: Mapping[str, Any], runs: int) -> list[Parameters]:
    """The parameters of each run, checked."""
    if not runs:
        raise ValueError("an ensemble needs at least one seed")
    columns = {}
    for name, values in changes.items():
        array = np.asarray(values)
        if array.shape not in ((), (runs,)):
            raise ValueError(
                f"parameter {name} has values of shape {array.shape}: give one value, or one for each of the "
                f"{runs} seeds"
            )
        columns[name] = np.broadcast_to(array, runs).tolist()
    return [base.changed(**{name: values[k] for name, values in columns.items()}) for k in range(runs)]
