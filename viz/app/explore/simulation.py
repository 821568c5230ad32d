"""A run in step with its two twins of the same seed: without the visitor's centres, and without any.

``viz.app.explore.session`` starts it and advances it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from agents.compute_provider import KINDS
from model import RegionalModel
from model.country.country import Country
from model.scenarios.scenario import Place, date_of
from viz.app.explore.run_options import ALL, OWN, RunOptions
from viz.app.explore.snapshot import Flow, Sample, Snapshot, Totals, kept_history, make_arm, record_totals
from viz.app.model_catalogue import served_model

RUN = "run"


class Simulation:
    """The run of some options and its two twins, quarter by quarter; for one thread at a time.

    ``on_progress`` is called with the number of each of the three runs before it is set up; what it raises
    ends the set-up.
    """

    def __init__(
        self, country: Country, options: RunOptions, on_progress: Callable[[int], None] = lambda number: None
    ) -> None:
        parameters, scenario, seed = options.checked()
        self.country, self.title, self.seed = country, f"{scenario.name}, seed {seed}", seed
        self.runs: dict[str, RegionalModel] = {}
        self.totals: dict[str, Totals] = {}
        arms = {RUN: scenario, OWN: replace(scenario, places=()), ALL: scenario.twin()}
        for number, (arm, planned) in enumerate(arms.items()):
            on_progress(number)
            extension = served_model().extensions
            run = RegionalModel(parameters, planned, seed, country=country, extension=extension)
            # Only columns that the page reads are recorded.
            run.history = kept_history(run)
            run.provider_history = {}
            self.runs[arm], self.totals[arm] = run, Totals()
        self._pool = ThreadPoolExecutor(2)  # the compiled loops release the interpreter
        self._record_totals()

    @property
    def quarter(self) -> int:
        """Number of quarters run."""
        return self.runs[RUN].quarter

    @property
    def start_year(self) -> int:
        """First year that is reported."""
        return self.runs[RUN].parameters.start_year

    def step(self) -> None:
        """Run one quarter of all three."""
        list(self._pool.map(lambda run: run.step(), self.runs.values()))
        self._record_totals()

    def open_centre(self, city: int, kind: str, size: float, industry: str | None = None) -> Place:
        """Open a centre in the next quarter of the run, not of its twins; ``city`` is a city_id."""
        self.runs[RUN].open_centre(city, kind, size, industry)
        return self.runs[RUN].experiment.places[-1]

    def close(self) -> None:
        """Release the threads."""
        self._pool.shutdown(wait=False)

    def _record_totals(self) -> None:
        for arm, run in self.runs.items():
            record_totals(run, self.totals[arm])

    def snapshot(self, against: str = ALL, sample: Sample | None = None) -> Snapshot:
        """Return the current state of the run and of the twin that it is compared with.

        sample: Pairs of the same comparison with other seeds.
        """
        run, start = self.runs[RUN], self.start_year
        others = set(self.runs[OWN].openings)
        own = [opening for opening in run.openings if opening not in others]
        return Snapshot(
            country=self.country,
            title=self.title,
            quarter=run.quarter,
            start_year=start,
            date=date_of(run.quarter - 1, start) if run.quarter else "",
            run=make_arm(run, self.totals[RUN]),
            twin=make_arm(self.runs[against], self.totals[against]),
            against=against,
            own=tuple(sorted((one.city, KINDS.index(one.kind), one.quarter) for one in own)),
            seed=self.seed,
            sample=sample,
        )

    def flows(self, kind: str, most: int, arm: str = RUN) -> tuple[Flow, ...]:
        """Return the largest flows between cities in the run or a twin: of ``tasks`` or of ``talent``.

        Tasks: compute per quarter that firms of the first city buy from centres in the second. Talent: people
        who live in the first city and work in the second.
        """
        state, count = self.runs[arm].state, len(self.country.cities)
        if kind == "talent":
            amounts = state["city_pairs"]["workers"].reshape(count, count).copy()
        else:
            amounts = np.zeros((count, count))
            sellers = state["providers"]["city"][state["offers"]["provider"]]
            bought = state["city_offers"]["flow"].reshape(count, -1)
            np.add.at(amounts.T, sellers.astype(int), bought.T)
        np.fill_diagonal(amounts, 0.0)
        flat = amounts.ravel()
        largest = np.argpartition(-flat, min(most, len(flat) - 1))[:most]
        largest = largest[np.argsort(-flat[largest], kind="stable")]
        return tuple((int(k) // count, int(k) % count, float(flat[k])) for k in largest if flat[k] > 0)
