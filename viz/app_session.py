# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""One browser session: what is chosen on the page, the runs made from it, and the thread that moves them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import solara

from model import Parameters
from model.parameters import ParameterError, describe
from viz.app_panels import MAPS, Country, Pair, Snapshot, curves, picture

FEWEST, MOST = 500, 20_000  # firms: more would not step at the pace of the page
LAST_YEAR = 2050
PACE = 0.4  # seconds a quarter takes in play, at least
BREATH = 0.1  # seconds between pictures at least, for the page to hear the buttons
GLIMPSE = 0.7  # seconds between pictures on the way to a year


class ChoiceError(ValueError):
    """Something typed on the page that cannot be; the text is a sentence."""


@dataclass(frozen=True)
class Choice:
    """What is set on the page; numbers that are typed stay text until a run begins."""

    scenario: str = "actual"
    seed: str = "1"
    firms: str = "10000"
    changes: tuple[tuple[str, float], ...] = ()

    def changed(self, name: str, value: float) -> Choice:
        """The choice with one parameter at another value; its default leaves no trace."""
        changes = {**dict(self.changes), name: value}
        if value == describe(name)["default"]:
            del changes[name]
        return replace(self, changes=tuple(sorted(changes.items())))

    def checked(self) -> tuple[Parameters, str, int]:
        """Parameters, scenario and seed. Raises ChoiceError or ParameterError."""
        seed = whole_number(self.seed, "the seed", 0, 2**53)
        firms = whole_number(self.firms, "the number of firms on this page", FEWEST, MOST)
        return Parameters.checked(firms=firms, **dict(self.changes)), self.scenario, seed


def whole_number(text: str, what: str, low: int, high: int) -> int:
    """The number that was typed. Raises ChoiceError."""
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise ChoiceError(f"{what} must be a whole number from {low:,} to {high:,}, not {text!r}")
    return value


@dataclass(frozen=True, eq=False)
class Order:
    """What the session's thread is to do: build, advance through a quarter, or rest."""

    what: str
    choice: Choice | None = None
    until: int = 0
    pace: float = 0.0  # seconds per quarter; 0: as fast as it goes


class Session:
    """The runs of one browser session, and what its page shows of them."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.choice = solara.reactive(Choice())
        self.until = solara.reactive("2030")
        self.running = solara.reactive(Choice())  # the choice that the runs were made with
        self.snapshot: solara.Reactive[Snapshot | None] = solara.reactive(None)
        self.map = solara.reactive(next(iter(MAPS)))
        self.problem = solara.reactive("")
        self.order = solara.reactive(Order("build", Choice()))
        self._pair: Pair | None = None
        self._working = threading.Lock()
        self._ordering = threading.Lock()
        self._on_page: Snapshot | None = None

    def step(self) -> None:
        """Run one quarter, at once."""
        self._act(lambda: self._advance_one(self._last_quarter(str(LAST_YEAR))))

    def play(self) -> None:
        """Run quarter after quarter, slowly enough to watch."""
        self._act(lambda: self._go(Order("advance", until=self._last_quarter(str(LAST_YEAR)), pace=PACE)))

    def run_to_year(self) -> None:
        """Run through the year that is typed, as fast as it goes."""
        self._act(lambda: self._go(Order("advance", until=self._last_quarter(self.until.value))))

    def pause(self) -> None:
        """Stop at the end of the quarter."""
        self.give(Order("rest"))

    def reset(self) -> None:
        """Begin anew with what is chosen."""
        self._act(self._begin)

    def change(self, name: str) -> Callable[[float], None]:
        """What sets one parameter."""

        def put(value: float) -> None:
            self.choice.value = self.choice.value.changed(name, value)

        return put

    def _begin(self) -> None:
        self.choice.value.checked()
        self.give(Order("build", self.choice.value))

    def give(self, order: Order) -> None:
        """Let the thread do something else from now on."""
        with self._ordering:
            self.order.value = order

    def _act(self, action: Callable[[], None]) -> None:
        self.problem.value = ""
        try:
            action()
        except Exception as error:
            self._tell(error)

    def _go(self, order: Order) -> None:
        if self._pair and order.until <= self._pair.quarter:
            raise ChoiceError(f"the run is at the {self._pair.snapshot().date} already: Reset begins anew")
        self.give(order)

    def _last_quarter(self, year: str) -> int:
        start = self._pair.start_year if self._pair else 0
        return 4 * (whole_number(year, "the year to run to", start, LAST_YEAR) - start + 1)

    def _advance_one(self, until: int) -> None:
        with self._working:
            if self._pair is None:
                return
            if self._pair.quarter >= until:
                raise ChoiceError(f"the page runs to the end of {LAST_YEAR}: Reset begins anew")
            self._pair.step()
            snapshot = self._pair.snapshot()
        self.snapshot.value = snapshot

    def carry_out(self, order: Order, cancelled: threading.Event) -> None:
        """Do what is ordered; the session's thread runs this for every order, one after the other."""
        try:
            if order.what == "build" and order.choice is not None:
                self._build(order.choice)
            elif order.what == "advance":
                self._advance(order, cancelled)
        except Exception as error:
            self._tell(error)
        with self._ordering:
            if order.what != "rest" and self.order.peek() is order:
                self.order.value = Order("rest")

    def _build(self, choice: Choice) -> None:
        pair = Pair(self.country, *choice.checked())
        with self._working:
            self._pair = pair
        self.running.value = choice
        self.snapshot.value = pair.snapshot()

    def _advance(self, order: Order, cancelled: threading.Event) -> None:
        pair, shown = self._pair, time.monotonic()
        while pair is not None and pair.quarter < order.until and not cancelled.is_set():
            began = time.monotonic()
            with self._working:
                pair.step()
                snapshot = pair.snapshot()
            if order.pace or began - shown > GLIMPSE or pair.quarter >= order.until:
                self._publish(snapshot, cancelled)
                shown = time.monotonic()
                cancelled.wait(max(BREATH, order.pace - (shown - began)))
        if pair is not None:
            self.snapshot.value = pair.snapshot()

    def _publish(self, snapshot: Snapshot, cancelled: threading.Event) -> None:
        # Solara leaves a change made during a rendering to the thread that renders. Snapshots that came
        # faster than they are drawn would keep it from ever listening to the Pause button. So this thread
        # draws, and waits until the page has what it drew.
        for draw in (MAPS[self.map.peek()], curves):
            picture(draw, snapshot)
        self.snapshot.value = snapshot
        given_up = time.monotonic() + 5.0
        while self._on_page is not snapshot and time.monotonic() < given_up and not cancelled.wait(0.02):
            pass

    def note_shown(self, snapshot: Snapshot | None) -> None:
        """The page has rendered this snapshot."""
        self._on_page = snapshot

    def _tell(self, error: Exception) -> None:
        if isinstance(error, ChoiceError | ParameterError):
            self.problem.value = str(error)[:1].upper() + str(error)[1:] + "."
        else:
            logging.getLogger(__name__).exception("an error on the page")
            self.problem.value = f"This is a bug ({type(error).__name__}: {error}); Reset begins anew."
