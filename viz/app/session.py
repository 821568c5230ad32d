# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""One browser session: what is chosen on the page, the runs made from it, and the thread that moves them."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import solara

from model import Parameters
from model.parameters import ParameterError, describe
from viz.app.panels import MAPS, Country, Pair, Snapshot, curves, picture

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
    cancelled: threading.Event = field(default_factory=threading.Event)


class Session:
    """The runs of one browser session, and what its page shows of them.

    The page's buttons come in one thread, and another carries out orders. What the page shows is changed by
    one of them at a time, with ``put``: Solara leaves a change made during a rendering to the thread that
    renders, which would be busy for as long as changes come.
    """

    def __init__(self, country: Country) -> None:
        self.country = country
        self.choice = solara.reactive(Choice())
        self.until = solara.reactive("2030")
        self.running = solara.reactive(Choice())  # the choice that the runs were made with
        self.snapshot: solara.Reactive[Snapshot | None] = solara.reactive(None)
        self.map = solara.reactive(next(iter(MAPS)))
        self.problem = solara.reactive("")
        self.doing = solara.reactive("rest")
        self._pair: Pair | None = None
        self._order = Order("rest")
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._working = threading.Lock()
        self._showing = threading.RLock()
        self._on_page: Snapshot | None = None

    def live(self) -> Callable[[], None]:
        """Begin; what is returned ends it."""
        threading.Thread(target=self._work, daemon=True).start()
        self.reset()
        return self._end

    def put(self, shown: solara.Reactive[Any], value: Any) -> None:
        """Change what the page shows."""
        with self._showing:
            shown.value = value

    def change(self, name: str, value: float) -> None:
        """Choose the value of a parameter."""
        self.put(self.choice, self.choice.peek().changed(name, value))

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Run one quarter, at once."""
        self._act(self._advance_one)

    def play(self) -> None:
        """Run quarter after quarter, slowly enough to watch."""
        self._act(lambda: self._go(str(LAST_YEAR), PACE))

    def run_to_year(self) -> None:
        """Run through the year that is typed, as fast as it goes."""
        self._act(lambda: self._go(self.until.peek()))

    def pause(self) -> None:
        """Stop at the end of the quarter."""
        self._give(Order("rest"))

    def reset(self) -> None:
        """Begin anew with what is chosen."""
        self._act(self._begin)

    def _act(self, action: Callable[[], None]) -> None:
        self.put(self.problem, "")
        try:
            action()
        except Exception as error:
            self._tell(error)

    def _begin(self) -> None:
        choice = self.choice.peek()
        choice.checked()
        self._give(Order("build", choice))

    def _go(self, year: str, pace: float = 0.0) -> None:
        self._give(Order("advance", until=self._last_quarter(year), pace=pace))

    def _last_quarter(self, year: str) -> int:
        start, quarter = (self._pair.start_year, self._pair.quarter) if self._pair else (0, 0)
        until = 4 * (whole_number(year, "the year to run to", start, LAST_YEAR) - start + 1)
        if until <= quarter:
            raise ChoiceError(
                f"the run is at the end of {start + quarter // 4 - 1} already: Reset begins anew"
            )
        return until

    def _advance_one(self) -> None:
        self._last_quarter(str(LAST_YEAR))
        with self._working:
            if self._pair is None:
                return
            self._pair.step()
            snapshot = self._pair.snapshot()
        self.put(self.snapshot, snapshot)

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
                    self._build(order.choice)
                elif order.what == "advance":
                    self._advance(order)
            except Exception as error:
                self._tell(error)
            with self._showing:
                if self._order is order:
                    self.doing.value = "rest"

    def _build(self, choice: Choice) -> None:
        pair = Pair(self.country, *choice.checked())
        with self._working:
            self._pair = pair
        self.put(self.running, choice)
        self.put(self.snapshot, pair.snapshot())

    def _advance(self, order: Order) -> None:
        pair, shown = self._pair, time.monotonic()
        while pair is not None and pair.quarter < order.until and not order.cancelled.is_set():
            began = time.monotonic()
            with self._working:
                pair.step()
                snapshot = pair.snapshot()
            if order.pace or began - shown > GLIMPSE:
                self._publish(snapshot, order)
                shown = time.monotonic()
                order.cancelled.wait(max(BREATH, order.pace - (shown - began)))
        if pair is not None:
            self.put(self.snapshot, pair.snapshot())

    def _publish(self, snapshot: Snapshot, order: Order) -> None:
        # Drawn here, and the next one not before the page has this one: so that buttons are heard in time.
        for draw in (MAPS[self.map.peek()], curves):
            picture(draw, snapshot)
        self.put(self.snapshot, snapshot)
        given_up = time.monotonic() + 5.0
        while self._on_page is not snapshot and time.monotonic() < given_up:
            if order.cancelled.wait(0.02):
                break

    def note_shown(self, snapshot: Snapshot | None) -> None:
        """The page has rendered this snapshot."""
        self._on_page = snapshot

    def _tell(self, error: Exception) -> None:
        if isinstance(error, ChoiceError | ParameterError):
            sentence = str(error)[:1].upper() + str(error)[1:] + "."
        else:
            logging.getLogger(__name__).exception("an error on the page")
            sentence = f"This is a bug ({type(error).__name__}: {error}); Reset begins anew."
        self.put(self.problem, sentence)
