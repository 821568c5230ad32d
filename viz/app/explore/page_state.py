"""The state of the page of one browser session: what is chosen, shown and said."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import solara

from model.country.country import Country
from model.parameters import ParameterError
from model.scenarios.scenario import Place, ScenarioError
from viz.app.explore.city_search import find_cities
from viz.app.explore.frame_stream import FrameStream
from viz.app.explore.run_options import RunOptions, RunOptionsError
from viz.app.explore.snapshot import Snapshot
from viz.app.ui.translations import LANGUAGES, Translator, translator

TABS = ("explore", "results", "learn")
SIDES = ("country", "city", "areas", "ranks", "plans")  # panels next to the map
SPEEDS = (1, 2, 4, 8, 16, 0)  # quarters a second; 0: as fast as they are drawn
FLOWS = ("", "tasks", "talent")
T = TypeVar("T")


@dataclass(frozen=True)
class View:
    """Settings of the map: measure, level or effect, layers, one twin or both, and the area that is shown."""

    measure: str = "innovation"
    effect: bool = True
    links: bool = False
    flows: str = ""
    twins: bool = False
    provinces: bool = True
    area: str = ""  # a region or a province of the table of cities


class PageState:
    """The state that the page shows; ``viz.app.explore.session.Session`` adds the runs.

    One thread handles the page's events, another carries out commands. Both change the state with ``set``,
    one change at a time: Solara leaves a change made during a rendering to the thread that renders, which
    would be busy for as long as changes arrive. What changes with every quarter goes through ``frames``
    instead, without any rendering. ``cities_file`` is the path of the user's table of cities, if any.
    """

    def __init__(self, country: Country, cities_file: str = "") -> None:
        self.country, self.cities_file = country, cities_file
        self.tab = solara.reactive(TABS[0])
        self.language = solara.reactive(next(iter(LANGUAGES)))
        self.options = solara.reactive(RunOptions())
        self.running = solara.reactive(RunOptions())  # the options of the runs
        self.ready = solara.reactive(False)  # whether the runs are set up
        self.view = solara.reactive(View())
        self.side = solara.reactive("country")  # panel next to the map
        self.city: solara.Reactive[int | None] = solara.reactive(None)  # row of the selected city
        self.speed = solara.reactive(4)
        self.until = solara.reactive("2030")
        self.goal = solara.reactive("")  # year to which the runs advance
        self.problem = solara.reactive("")
        self.notice = solara.reactive("")  # key of a translation
        self.doing = solara.reactive("build")
        self.built = solara.reactive(0)  # number of runs set up, of three
        self.frames = FrameStream()
        self.now: Snapshot | None = None
        self.story: solara.Reactive[tuple[str, int] | None] = solara.reactive(None)  # story and step
        self.centres_file = ""  # name of the visitor's own table of centres
        self.on_country: Callable[[Any], None] = lambda own: None  # shows the page of another country
        self.opening_notice = ""  # key of a translation, said whenever runs begin
        self.renewed = False  # whether the visitor's own country has just replaced another
        self.dropped = solara.reactive(0)  # results folders that the visitor has dropped
        self._results: tempfile.TemporaryDirectory[str] | None = None
        self.presenting = solara.reactive(False)
        self.slide = solara.reactive(0)  # of the presenter's mode
        self.showing = threading.RLock()

    @property
    def tr(self) -> Translator:
        """The texts of the page's language."""
        return translator(self.language.value)

    def set(self, state: solara.Reactive[T], value: T) -> None:
        """Change a part of the page's state."""
        with self.showing:
            state.value = value

    def refresh(self, playing: bool = False) -> None:
        """Send the current state of the runs to the page."""

    def act(self, action: Callable[[], None]) -> None:
        self.set(self.problem, "")
        try:
            action()
        except Exception as error:
            self.report(error)

    def report(self, error: Exception) -> None:
        if isinstance(error, RunOptionsError):
            sentence = error.text(self.tr)
        elif isinstance(error, ParameterError | ScenarioError):
            sentence = str(error)
        else:
            logging.getLogger(__name__).exception("an error on the page")
            sentence = self.tr("mistake.bug", given=f"{type(error).__name__}: {error}")
        stop = "。" if self.language.peek() == "zh" else "."
        self.set(self.problem, sentence[:1].upper() + sentence[1:] + stop)

    # ── Options and view ───────────────────────────────────────────────────────────────────────────

    def set_options(self, **values: Any) -> None:
        """Change options such as scenario, seed and number of firms; they take effect at Reset."""
        self.set(self.options, replace(self.options.peek(), **values))

    def change(self, name: str, value: object) -> None:
        """Change the value of a parameter."""

        def change() -> None:
            changed = self.options.peek().changed(name, value)
            self.set_options(changes=changed.changes)

        self.act(change)

    def show_tab(self, tab: str) -> None:
        """Show ``explore``, ``results`` or ``learn``."""
        if tab in TABS:
            self.set(self.tab, tab)
            self.refresh()

    def show_side(self, side: object) -> None:
        """Show another panel next to the map."""
        if isinstance(side, str) and side in SIDES:
            self.set(self.side, side)
            self.refresh()

    def dropped_results(self) -> Path | None:
        """Return the folder of the results that the visitor has dropped, if any."""
        return None if self._results is None else Path(self._results.name)

    def results_place(self) -> Path:
        """Return a new folder of the server's for results; it is removed with the session."""
        if self._results is None:
            self._results = tempfile.TemporaryDirectory(prefix="computeleap-results-")
        place = Path(self._results.name) / f"dropped-{len(list(Path(self._results.name).iterdir())) + 1}"
        place.mkdir()
        return place

    def forget_results(self) -> None:
        """Remove the results that the visitor has dropped."""
        if self._results is not None:
            self._results.cleanup()

    def present(self, on: bool) -> None:
        """Enter or leave the presenter's mode."""
        self.set(self.slide, 0)
        self.set(self.presenting, on)
        self.refresh()

    def set_view(self, **values: Any) -> None:
        """Change the settings of the map."""
        self.set(self.problem, "")
        self.set(self.view, replace(self.view.peek(), **values))
        self.refresh()

    def select(self, row: int | None) -> None:
        """Select a city by its row, and show its card."""
        if row is not None and not 0 <= row < len(self.country.cities):
            return
        self.set(self.problem, "")
        self.set(self.city, row)
        if row is not None:
            self.set(self.side, "city")
        self.refresh()

    def find(self, text: str) -> None:
        """Select the city that a text names; a sentence says if there is none, or if there are several."""

        def search() -> None:
            found = find_cities(self.country, text)
            names = self.country.cities[self.tr.city_column]
            provinces = self.country.cities["province"]
            if not found:
                raise RunOptionsError("city", given=repr(text[:40]))
            if len(found) > 1:
                told = ", ".join(f"{names.iloc[row]} ({provinces.iloc[row]})" for row in found[:8])
                raise RunOptionsError("cities", given=repr(text[:40]), names=told)
            self.select(found[0])

        self.act(search)

    @property
    def own_centres(self) -> tuple[Place, ...]:
        """The visitor's centres: those of the run, then those that Reset adds to it."""
        running = self.running.value.centres
        return (*running, *(one for one in self.options.value.centres if one not in running))

    def toggle_centre(self, number: int) -> None:
        """Remove one of the visitor's centres from the next run, or keep one that was removed."""
        if not 0 <= number < len(self.own_centres):
            return
        place, chosen = self.own_centres[number], self.options.peek().centres
        if place in chosen:
            self.set_options(centres=tuple(one for one in chosen if one != place))
        else:
            kept = {*chosen, place}
            self.set_options(centres=tuple(one for one in self.own_centres if one in kept))
