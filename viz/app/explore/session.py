# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""One browser session: what is chosen on the page, the runs made from it, and the thread that moves them."""

from __future__ import annotations

import gc
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import solara

from model.parameters import ParameterError
from model.scenarios.scenario import ScenarioError
from viz.app.explore.frame_stream import Stage
from viz.app.explore.prewarmed_run import READY
from viz.app.explore.run_options import (
    ALL,
    LAST_YEAR,
    MOST_CENTRES,
    OWN,
    TWINS,
    Choice,
    ChoiceError,
    wanted_centre,
    whole_number,
)
from viz.app.explore.simulation import Simulation
from viz.app.explore.snapshot import Country, Snapshot
from viz.app.server.process_memory import give_back
from viz.app.ui.translations import LANGUAGES, Words, words_of

TABS = ("explore", "results", "learn")
SPEEDS = (1, 2, 4, 8, 16, 0)  # quarters a second in play; 0: as fast as they are drawn
GLIMPSE = 0.25  # seconds between frames on the way to a year
FLOWS = ("", "tasks", "talent")
MOST_FLOWS = 30


@dataclass(frozen=True)
class View:
    """What the map shows: a measure, its level or the effect on it, layers, one twin or both."""

    measure: str = "innovation"
    effect: bool = True
    links: bool = False
    flows: str = ""
    twins: bool = False


@dataclass(frozen=True, eq=False)
class Order:
    """What the session's thread is to do: build, advance through a quarter, or rest."""

    what: str
    choice: Choice | None = None
    until: int = 0
    play: bool = False  # at the pace of the page; otherwise as fast as it goes
    cancelled: threading.Event = field(default_factory=threading.Event)


class CancelledError(Exception):
    """An order that was taken back."""


class Session:
    """The runs of one browser session, and what its page shows of them.

    The page's buttons come in one thread, and another carries out orders. What the page shows is changed by
    one of them at a time, with ``put``: Solara leaves a change made during a rendering to the thread that
    renders, which would be busy for as long as changes come. What changes with every quarter goes over
    ``stage`` instead, without any rendering.
    """

    def __init__(self, country: Country) -> None:
        self.country = country
        self.tab = solara.reactive(TABS[0])
        self.language = solara.reactive(next(iter(LANGUAGES)))
        self.choice = solara.reactive(Choice())
        self.running = solara.reactive(Choice())  # the choice that the runs were made with
        self.ready = solara.reactive(False)  # whether there are runs
        self.view = solara.reactive(View())
        self.side = solara.reactive("country")  # what stands beside the map
        self.city: solara.Reactive[int | None] = solara.reactive(None)  # row of the selected city
        self.speed = solara.reactive(4)
        self.until = solara.reactive("2030")
        self.goal = solara.reactive("")  # year that is being run to
        self.problem = solara.reactive("")
        self.notice = solara.reactive("")  # key of words
        self.doing = solara.reactive("rest")
        self.built = solara.reactive(0)  # of the three runs
        self.stage = Stage()
        self.now: Snapshot | None = None
        self._simulation: Simulation | None = None
        self._order = Order("rest")
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._working = threading.Lock()
        self._showing = threading.RLock()

    @property
    def words(self) -> Words:
        """The words of the page's language."""
        return words_of(self.language.value)

    def live(self) -> Callable[[], None]:
        """Begin; what is returned ends it."""
        threading.Thread(target=self._work, daemon=True).start()
        self.reset()
        return self._end

    def put(self, shown: solara.Reactive[Any], value: Any) -> None:
        """Change what the page shows."""
        with self._showing:
            shown.value = value

    # ── What is chosen ───────────────────────────────────────────────────────────────────────────

    def begin(self, choice: Choice) -> None:
        """Load a scenario, and run to the year that the choice names; what ran before is left."""
        self.put(self.choice, choice)
        self.reset()

    def show(self, tab: str) -> None:
        """Show ``explore``, ``results`` or ``learn``."""
        if tab in TABS:
            self.put(self.tab, tab)

    def choose(self, **values: Any) -> None:
        """Choose the scenario, the seed, the number of firms; they take hold at Reset."""
        self.put(self.choice, replace(self.choice.peek(), **values))

    def change(self, name: str, value: Any) -> None:
        """Choose the value of a parameter."""
        self._act(lambda: self.put(self.choice, self.choice.peek().changed(name, value)))

    def compare(self, twin: str) -> None:
        """Compare with the run without one's own centres, or with that without any, from now on."""
        if twin in TWINS:
            self.choose(twin=twin)
            self.put(self.running, replace(self.running.peek(), twin=twin))
            self.refresh()

    def look(self, **values: Any) -> None:
        """Change what the map shows."""
        self.put(self.view, replace(self.view.peek(), **values))
        self.refresh()

    def select(self, row: int | None) -> None:
        """Select a city, by its row, and show its card."""
        if row is not None and not 0 <= row < len(self.country.cities):
            return
        self.put(self.city, row)
        if row is not None:
            self.put(self.side, "city")
        self.refresh()

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Run one quarter, at once."""
        self.put(self.notice, "")
        self._act(self._advance_one)

    def play(self) -> None:
        """Run quarter after quarter, slowly enough to watch."""
        self.put(self.notice, "")
        self._act(lambda: self._go(str(LAST_YEAR), True))

    def run_to_year(self, year: str | None = None) -> None:
        """Run through the year that is typed, as fast as it goes."""
        self.put(self.notice, "")
        self._act(lambda: self._go(self.until.peek() if year is None else year))

    def pause(self) -> None:
        """Stop at the end of the quarter."""
        self._give(Order("rest"))

    def reset(self) -> None:
        """Begin anew with what is chosen."""
        self._act(self._begin)

    def open_centre(self, row: int, said: Mapping[str, Any]) -> None:
        """Open a centre of the visitor's own in the next quarter, as the form says it."""
        self._act(lambda: self._open(row, *wanted_centre(said)))

    def take_back(self, number: int) -> None:
        """Leave out one of one's own centres when the next run begins."""
        centres = self.choice.peek().centres
        if 0 <= number < len(centres):
            self.choose(centres=centres[:number] + centres[number + 1 :])

    def _act(self, action: Callable[[], None]) -> None:
        self.put(self.problem, "")
        try:
            action()
        except Exception as error:
            self._tell(error)

    def _begin(self) -> None:
        choice = self.choice.peek()
        choice.checked()
        self.put(self.notice, "")
        self._give(Order("build", choice))

    def _go(self, year: str, play: bool = False) -> None:
        until = self._last_quarter(year)
        self.put(self.goal, "" if play else year)
        self._give(Order("advance", until=until, play=play))

    def _last_quarter(self, year: str) -> int:
        at_work = self._simulation
        start, quarter = (at_work.start_year, at_work.quarter) if at_work else (0, 0)
        until = 4 * (whole_number(year, "the year to run to", start, LAST_YEAR) - start + 1)
        if until <= quarter:
            raise ChoiceError(
                f"the run is at the end of {start + quarter // 4 - 1} already: Reset begins anew"
            )
        return until

    def _advance_one(self) -> None:
        self._last_quarter(str(LAST_YEAR))
        with self._working:
            if self._simulation is not None:
                self._simulation.step()
        self.refresh()

    def _open(self, row: int, kind: str, size: float, industry: str | None) -> None:
        with self._working:
            if self._simulation is None:
                return
            if len(self.running.peek().centres) >= MOST_CENTRES:
                raise ChoiceError(f"at most {MOST_CENTRES} centres of your own can be opened in a run")
            city = int(self.country.cities["city_id"].iloc[row])
            place = self._simulation.open_centre(city, kind, size, industry)
        first = not self.running.peek().centres
        twin = OWN if first else self.running.peek().twin
        if first and self.running.peek().twin == ALL:
            self.put(self.notice, "notice.compared_with_own")
        running = self.running.peek()
        self.put(self.running, replace(running, centres=(*running.centres, place), twin=twin))
        chosen = self.choice.peek()
        self.put(self.choice, replace(chosen, centres=(*chosen.centres, place), twin=twin))
        self.refresh()

    def reproduce(self) -> str:
        """The file that reproduces what the page shows, in words of TOML; "" if there is nothing."""
        if self.now is None:
            return ""
        year = self.now.start_year + max(0, self.now.quarter - 1) // 4
        return self.running.peek().file(year, self.country.path)

    # ── The thread ───────────────────────────────────────────────────────────────────────────────

    def _give(self, order: Order) -> None:
        with self._showing:
            self._order.cancelled.set()
            self._order = order
            self._orders.put(order)
            self.doing.value = order.what

    def _end(self) -> None:
        self._order.cancelled.set()
        self._orders.put(None)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            if order.cancelled.is_set():
                continue
            try:
                if order.what == "build" and order.choice is not None:
                    self._build(order, order.choice)
                elif order.what == "advance":
                    self._advance(order)
            except CancelledError:
                pass
            except Exception as error:
                self._tell(error)
            with self._showing:
                if self._order is order:
                    self.goal.value = ""
                    self.doing.value = "rest"
        if self._simulation is not None:
            self._simulation.close()
        self._simulation = self.now = None
        gc.collect()  # Solara's own may come while the last quarter is still being run
        give_back()

    def _build(self, order: Order, choice: Choice) -> None:
        def told(number: int) -> None:
            if order.cancelled.is_set():
                raise CancelledError
            self.put(self.built, number)

        simulation = READY.take(self.country, choice) or Simulation(self.country, choice, told)
        with self._working:
            if self._simulation is not None:
                self._simulation.close()
            self._simulation = simulation
        gc.collect()  # runs hold themselves, and are large
        self.put(self.running, replace(choice, until=""))
        if choice.until:
            self.put(self.goal, choice.until)
            until = self._last_quarter(choice.until)
            self.put(self.ready, True)
            self._advance(Order("advance", until=until, cancelled=order.cancelled))
        self.refresh()
        self.put(self.ready, True)

    def _advance(self, order: Order) -> None:
        shown = began = time.monotonic()
        while self._simulation is not None and self._simulation.quarter < order.until:
            if order.cancelled.is_set():
                break
            with self._working:
                self._simulation.step()
            speed = self.speed.peek()
            pace = 1.0 / speed if speed else 0.0
            if order.play or time.monotonic() - shown > GLIMPSE:
                self.refresh()
                shown = time.monotonic()
                self.stage.wait(order.cancelled)
            if order.play:
                order.cancelled.wait(max(0.0, began + pace - time.monotonic()))
                began = max(began + pace, time.monotonic() - pace)
        self.refresh()

    def refresh(self) -> None:
        """Show the runs as they are now."""
        view, twin = self.view.peek(), self.running.peek().twin
        with self._working:
            if self._simulation is None:
                return
            snapshot = self._simulation.snapshot(twin)
            if view.flows:
                flows = self._simulation.flows(view.flows, MOST_FLOWS)
                others = self._simulation.flows(view.flows, MOST_FLOWS, twin) if view.twins else ()
                snapshot = replace(snapshot, flows=flows, twin_flows=others)
            self.now = snapshot
        self.stage.show(snapshot)

    def _tell(self, error: Exception) -> None:
        if isinstance(error, ChoiceError | ParameterError | ScenarioError):
            sentence = str(error)[:1].upper() + str(error)[1:] + "."
        else:
            logging.getLogger(__name__).exception("an error on the page")
            sentence = f"This is a bug ({type(error).__name__}: {error}); Reset begins anew."
        self.put(self.problem, sentence)
