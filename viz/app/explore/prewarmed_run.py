"""The run of the first visitor, to the year that the page opens at, made while the server starts."""

from __future__ import annotations

import threading

from model.country.country import Country
from viz.app.explore.run_options import RunOptions
from viz.app.explore.seed_sample import SEEDS, SeedSample
from viz.app.explore.simulation import Simulation
from viz.app.serving_options import opens_at


class PrewarmedRun:
    """A simulation of the page's first options, made once, for the first session that claims it."""

    def __init__(self) -> None:
        self._made: Simulation | None = None
        self._making: threading.Thread | None = None
        self._lock = threading.Lock()

    def prepare(self, country: Country) -> None:
        """Start to set it up, in a thread."""

        def make() -> None:
            made, year = Simulation(country, RunOptions()), opens_at()
            while year and made.quarter < 4 * (int(year) - made.start_year + 1):
                made.step()
            self._made = made
            SEEDS.follow(SeedSample(country, RunOptions()))

        self._making = threading.Thread(target=make, daemon=True)
        self._making.start()

    def claim(self, country: Country, options: RunOptions) -> Simulation | None:
        """Return the simulation if it has these options and is unclaimed; wait while it is being set up."""
        with self._lock:
            making, self._making = self._making, None
        if making is None or options != RunOptions(until=opens_at()):
            return None
        making.join()
        made, self._made = self._made, None
        return made if made is not None and made.country is country else None


PREWARMED = PrewarmedRun()
