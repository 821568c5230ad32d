"""A run in step with its twins of the same seed: one without the visitor's centres, one without any."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from experiments.measures.inequality import ranks, sigma, theil
from model import RegionalModel
from model.country.geography import load_centres, load_cities
from model.country.network import build_network
from model.country.routes import link_arrays
from model.scenarios.scenario import Place, date_of
from viz.app.explore.run_options import ALL, OWN, Choice
from viz.app.explore.snapshot import KEPT, Country, Flow, Snapshot, arm_of
from viz.app.model_catalogue import chosen

RUN = "run"


@functools.cache
def load_country(path: str | Path | None = None) -> Country:
    """The shipped country, or that of a user's table of cities; read once. Raises model.files.user_tables.InputError."""
    return make_country(load_cities(path), str(path or ""))


def make_country(cities: pd.DataFrame, path: str = "") -> Country:
    """A country of a table of cities, with the network that joins them."""
    network = build_network(cities)
    u, v, _, _ = link_arrays(network)
    return Country(cities, load_centres(None, cities), network, np.column_stack([u, v]), path)


class Simulation:
    """The run of a choice and its two twins, quarter by quarter; not to be used by two threads at once.

    ``told`` is called before each of the three is made, with its number; what it raises ends the making.
    """

    def __init__(
        self, country: Country, choice: Choice, told: Callable[[int], None] = lambda number: None
    ) -> None:
        parameters, experiment, seed = choice.checked()
        self.country, self.title = country, f"{experiment.name}, seed {seed}"
        self.runs: dict[str, RegionalModel] = {}
        self.totals: dict[str, dict[str, list[Any]]] = {}
        arms = {RUN: experiment, OWN: replace(experiment, places=()), ALL: experiment.twin()}
        for count, (arm, scenario) in enumerate(arms.items()):
            told(count)
            self.runs[arm] = RegionalModel(
                parameters, scenario, seed,
                cities=country.cities, centres=country.centres, network=country.network,
                extension=chosen().extensions,
            )  # fmt: skip
            # What the page does not read is not kept.
            history = self.runs[arm].history
            self.runs[arm].history = {name: history[name] for name in KEPT if name in history}
            self.runs[arm].provider_history = {}
            self.totals[arm] = {"innovation": [], "theil": [], "sigma": [], "ranks": []}
        self._pool = ThreadPoolExecutor(2)  # the compiled loops let go of the interpreter
        self._note()

    @property
    def quarter(self) -> int:
        """Quarters run."""
        return self.runs[RUN].quarter

    @property
    def start_year(self) -> int:
        """First year that is reported."""
        return self.runs[RUN].parameters.start_year

    def step(self) -> None:
        """Run one quarter in all."""
        list(self._pool.map(lambda run: run.step(), self.runs.values()))
        self._note()

    def open_centre(self, city: int, kind: str, size: float, industry: str | None = None) -> Place:
        """Open a centre in the next quarter of the run, not of its twins. ``city`` is a city_id."""
        self.runs[RUN].open_centre(city, kind, size, industry)
        return self.runs[RUN].experiment.places[-1]

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False)

    def _note(self) -> None:
        for arm, run in self.runs.items():
            innovation, totals = run.state["cities"]["innovation"], self.totals[arm]
            totals["innovation"].append(float(innovation.sum()))
            totals["theil"].append(theil(innovation))
            totals["sigma"].append(sigma(innovation))
            totals["ranks"].append(ranks(innovation))

    def snapshot(self, against: str = ALL) -> Snapshot:
        """The run and the twin that it is compared with, as they are now."""
        run, start = self.runs[RUN], self.start_year
        others = set(self.runs[OWN].openings)
        own = [opening for opening in run.openings if opening not in others]
        return Snapshot(
            country=self.country,
            title=self.title,
            quarter=run.quarter,
            start_year=start,
            date=date_of(run.quarter - 1, start) if run.quarter else "",
            run=arm_of(run, self.totals[RUN]),
            twin=arm_of(self.runs[against], self.totals[against]),
            against=against,
            own=tuple(sorted((one.city, KINDS.index(one.kind), one.quarter) for one in own)),
        )

    def flows(self, what: str, most: int, arm: str = RUN) -> tuple[Flow, ...]:
        """The largest flows between cities in the run or a twin: of ``tasks`` or of ``talent``.

        Tasks: compute a quarter bought by the first city from centres in the second. Talent: people at home
        in the first who work in the second.
        """
        state, count = self.runs[arm].state, len(self.country.cities)
        if what == "talent":
            amounts = state["city_pairs"]["workers"].reshape(count, count).copy()
        else:
            amounts = np.zeros((count, count))
            seats = state["providers"]["city"][state["offers"]["provider"]]
            bought = state["city_offers"]["flow"].reshape(count, -1)
            np.add.at(amounts.T, seats.astype(int), bought.T)
        np.fill_diagonal(amounts, 0.0)
        flat = amounts.ravel()
        chosen = np.argpartition(-flat, min(most, len(flat) - 1))[:most]
        chosen = chosen[np.argsort(-flat[chosen], kind="stable")]
        return tuple((int(k) // count, int(k) % count, float(flat[k])) for k in chosen if flat[k] > 0)
