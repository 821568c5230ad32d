"""The runs of the first visitor, made while the server starts and the browser loads the page."""

from __future__ import annotations

import threading

from viz.app.explore.run_options import Choice
from viz.app.explore.simulation import Simulation
from viz.app.explore.snapshot import Country


class Ready:
    """Runs of the choice that a page begins with, made once, for whoever asks first."""

    def __init__(self) -> None:
        self._made: Simulation | None = None
        self._making: threading.Thread | None = None
        self._lock = threading.Lock()

    def prepare(self, country: Country) -> None:
        """Begin to make them, in a thread."""

        def make() -> None:
            self._made = Simulation(country, Choice())

        self._making = threading.Thread(target=make, daemon=True)
        self._making.start()

    def take(self, country: Country, choice: Choice) -> Simulation | None:
        """The runs, if they are of this choice and nobody has them yet; waits for those under way."""
        with self._lock:
            making, self._making = self._making, None
        if making is None or choice != Choice():
            return None
        making.join()
        made, self._made = self._made, None
        return made if made is not None and made.country is country else None


READY = Ready()
