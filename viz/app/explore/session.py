"""One browser session: its options, the runs made from them, and the thread that advances the runs."""

from __future__ import annotations

import gc
import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from experiments.study.process_memory import trim_heaps
from model.country.country import Country
from model.scenarios.scenario import date_of
from viz.app.explore.plan_sample import PlanSample
from viz.app.explore.plan_state import PlanState
from viz.app.explore.prewarmed_run import PREWARMED
from viz.app.explore.run_options import (
    ALL,
    LAST_STORY_YEAR,
    LAST_YEAR,
    MAX_CENTRES,
    OWN,
    TWINS,
    RunOptions,
    RunOptionsError,
    parse_centre,
    whole_number,
)
from viz.app.explore.seed_sample import SEEDS, SeedSample
from viz.app.explore.simulation import Simulation
from viz.app.serving_options import opens_at
from viz.app.ui.event_filters import Form

ADDRESS_WAIT = 2.0  # seconds to wait for the address of the browser
TWICE = 1.0  # seconds in which a second equal order is a double click
SEEDS_INTERVAL = 0.7  # seconds between looks for seeds that have come in
FRAME_INTERVAL = 0.25  # seconds between frames while running to a year
MAX_FLOWS = 30


@dataclass(frozen=True, eq=False)
class Command:
    """A task for the session's thread: build the runs, advance them to a quarter, or rest."""

    kind: str
    options: RunOptions | None = None
    until: int = 0
    play: bool = False  # at the speed of the page; otherwise as fast as possible
    cancelled: threading.Event = field(default_factory=threading.Event)


class RunCancelledError(Exception):
    """The command was cancelled."""


class Session(PlanState):
    """The runs of one browser session, and the state of its page."""

    def __init__(self, country: Country, cities_file: str = "") -> None:
        super().__init__(country, cities_file)
        self._simulation: Simulation | None = None
        self._sample: SeedSample | None = None
        self.comparison: PlanSample | None = None  # of all plans
        self._seeds_shown = self._plans_shown = 0
        self._ordered: tuple[object, float] = (None, 0.0)  # the last centre, and when
        self.begin_at = math.inf  # when the first run is made if no address has come
        self._command = Command("rest")
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._working = threading.Lock()

    def start(self) -> Callable[[], None]:
        """Start the session's thread and set up the runs; return the function that ends the session."""
        self.begin_at = time.monotonic() + (ADDRESS_WAIT if opens_at() else 0.0)
        threading.Thread(target=self._run_commands, daemon=True).start()
        return self._end

    # ── Options and view ───────────────────────────────────────────────────────────────────────────

    def load(self, options: RunOptions) -> None:
        """Replace the runs by those of these options, and run to the year that they name."""
        self.remember()
        self.set(self.options, options)
        self.reset()

    def compare(self, twin: str) -> None:
        """Compare with the twin ``own``, without the visitor's centres, or ``all``, without any centre."""
        if twin in TWINS:
            self.set_options(twin=twin)
            self.set(self.running, replace(self.running.peek(), twin=twin))
            self.refresh()

    # ── Buttons ──────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Run one quarter."""
        self.set(self.notice, "")
        self.act(self._advance_one)

    def play(self) -> None:
        """Run quarter after quarter at the chosen speed."""
        self.set(self.notice, "")
        self.act(lambda: self._advance_to(self._end_of_play(), True))

    def replay(self) -> None:
        """Set the runs up again and play them from the first quarter."""
        self.act(lambda: self.begin(play=True))

    def _end_of_play(self) -> str:
        past = self.now is not None and self.now.times[-1] > LAST_STORY_YEAR
        return str(LAST_YEAR if past else LAST_STORY_YEAR)

    def run_to_year(self, year: str | None = None) -> None:
        """Run to the end of a year as fast as possible."""
        self.set(self.notice, "")
        self.act(lambda: self._advance_to(self.until.peek() if year is None else year))

    def pause(self) -> None:
        """Stop at the end of the current quarter."""
        self._submit(Command("rest"))

    def reset(self) -> None:
        """Set up new runs with the chosen options."""
        self.act(self.begin)

    def rerun(self) -> None:
        """Set up the runs with the chosen options again, and run to the date of the page."""
        date = self.now.date if self.now else ""
        self.act(lambda: self.begin(date))

    def open_centre(self, row: int, form: Form) -> None:
        """Open the centre that the form describes in the next quarter."""
        order = (row, *sorted((key, str(value)) for key, value in form.items()))
        before, when = self._ordered
        if order == before and time.monotonic() - when < TWICE:
            return
        self.act(lambda: self._open(row, *parse_centre(form)))
        self._ordered = (order, time.monotonic())

    def begin(self, until: str = "", play: bool = False) -> None:
        """Set up runs with the chosen options and run to a date, or play them."""
        options = self.options.peek()
        options = replace(options, until=options.until or until)
        options.checked()
        self.set(self.notice, self.opening_notice)
        self._submit(Command("build", options, play=play))

    def _advance_to(self, year: str, play: bool = False) -> None:
        until = self._last_quarter(year)
        if self._sample is not None:
            self._sample.extend(until)
        if self.comparison is not None:
            self.comparison.extend(until)
        self.set(self.goal, "" if play else year)
        self._submit(Command("advance", until=until, play=play))

    def _last_quarter(self, date: str) -> int:
        """Return the number of quarters up to the end of a year, or of a quarter such as 2016Q2."""
        simulation = self._simulation
        start, quarter = (simulation.start_year, simulation.quarter) if simulation else (0, 0)
        year, _, part = date.partition("Q")
        until = 4 * (whole_number(year, "year", start, LAST_YEAR) - start + 1)
        if part in ("1", "2", "3"):
            until += int(part) - 4
        if until <= quarter:
            raise RunOptionsError("over", date=date_of(quarter - 1, start) if quarter % 4 else year)
        return until

    def _advance_one(self) -> None:
        self._last_quarter(str(LAST_YEAR))
        with self._working, SEEDS.visitor():
            if self._simulation is not None:
                self._simulation.step()
        self.refresh()

    def _open(self, row: int, kind: str, size: float, industry: str | None) -> None:
        with self._working:
            if self._simulation is None:
                return
            if len(self.running.peek().centres) >= MAX_CENTRES:
                raise RunOptionsError("most_centres", most=MAX_CENTRES)
            city = int(self.country.cities["city_id"].iloc[row])
            place = self._simulation.open_centre(city, kind, size, industry)
        first = not self.running.peek().centres
        twin = OWN if first else self.running.peek().twin
        if first and self.running.peek().twin == ALL:
            self.set(self.notice, "notice.compared_with_own")
        running = self.running.peek()
        self.set(self.running, replace(running, centres=(*running.centres, place), twin=twin))
        self._follow(self.running.peek())
        self.remember()
        chosen = self.options.peek()
        self.set(self.options, replace(chosen, centres=(*chosen.centres, place), twin=twin))
        self.refresh()

    def reproduce(self) -> str:
        """Return a scenario file that reproduces the runs, or "" if there are none."""
        if self.now is None:
            return ""
        year = self.now.start_year + max(0, self.now.quarter - 1) // 4
        quarter, seeds = self.now.quarter, len(self.now.seed_pairs)
        return self.running.peek().file(year, self.cities_file, quarter, seeds, self.centres_file)

    # ── The thread ───────────────────────────────────────────────────────────────────────────────

    def _submit(self, command: Command) -> None:
        with self.showing:
            self._command.cancelled.set()
            self._command = command
            self._commands.put(command)
            self.doing.value = command.kind

    def _follow(self, options: RunOptions) -> None:
        """Run the comparison with more seeds in the background."""
        sample = SeedSample(self.country, options)
        if self._sample is not None:
            sample.extend(self._sample.until)
        self._sample = SEEDS.follow(sample, self._sample)

    def _compare_plans(self) -> None:
        """Run all plans with all seeds in the background, if there are several or their panel is open."""
        if self.doing.peek() == "build" or (len(self.plans.peek()) < 2 and self.side.peek() != "plans"):
            return
        plans = self.compared_plans()
        if self.comparison is None or self.comparison.plans != plans:
            sample = PlanSample(self.country, plans)
            sample.extend(0 if self.comparison is None else self.comparison.until)
            self.comparison = SEEDS.follow(sample, self.comparison)

    def _show_seeds(self) -> None:
        """Show the seeds that have come in since the page was drawn."""
        if self.now is None or self._sample is None:
            return
        quarter, plans = self.now.quarter, self.comparison
        if self._sample.ready(quarter, self.now.against) > self._seeds_shown or (
            plans is not None and len(plans.ready(quarter)) > self._plans_shown
        ):
            self.refresh()

    def _next_command(self) -> Command | None:
        while True:
            if time.monotonic() >= self.begin_at:  # no address has come
                self.begin_at = math.inf
                self.act(lambda: self.begin(opens_at()))
            try:
                wait = min(SEEDS_INTERVAL, max(0.01, self.begin_at - time.monotonic()))
                return self._commands.get(timeout=wait)
            except queue.Empty:
                self._show_seeds()

    def _end(self) -> None:
        self._command.cancelled.set()
        self._commands.put(None)

    def _run_commands(self) -> None:
        while (command := self._next_command()) is not None:
            if command.cancelled.is_set():
                continue
            try:
                if command.kind == "build" and command.options is not None:
                    self._build(command, command.options)
                elif command.kind == "advance":
                    self._advance(command)
            except RunCancelledError:
                pass
            except Exception as error:
                self.report(error)
            with self.showing:
                if self._command is command:
                    self.goal.value = ""
                    self.doing.value = "rest"
        if self._simulation is not None:
            self._simulation.close()
        SEEDS.leave(self._sample)
        SEEDS.leave(self.comparison)
        self.forget_results()
        self._simulation = self._sample = self.comparison = self.now = None
        gc.collect()  # Solara's own may come while the last quarter is still being run
        trim_heaps()

    def _build(self, command: Command, options: RunOptions) -> None:
        def on_progress(number: int) -> None:
            if command.cancelled.is_set():
                raise RunCancelledError
            self.set(self.built, number)

        with SEEDS.visitor():
            simulation = PREWARMED.claim(self.country, options) or Simulation(
                self.country, options, on_progress
            )
        with self._working:
            if self._simulation is not None:
                self._simulation.close()
            self._simulation = simulation
        gc.collect()  # runs refer to themselves, and are large
        self.set(self.running, replace(options, until=""))
        self._follow(options)
        year = str(LAST_STORY_YEAR) if command.play else options.until
        if year and year != "start" and not simulation.quarter:
            self.set(self.goal, "" if command.play else year)
            until = self._last_quarter(year)
            self.set(self.ready, True)
            with self.showing:
                if self._command is command:
                    self.doing.value = "advance"
            self._advance(Command("advance", until=until, play=command.play, cancelled=command.cancelled))
        self.refresh()
        self.set(self.ready, True)

    def _advance(self, command: Command) -> None:
        shown = began = time.monotonic()
        while self._simulation is not None and self._simulation.quarter < command.until:
            if command.cancelled.is_set():
                break
            with self._working, SEEDS.visitor():
                self._simulation.step()
            speed = self.speed.peek()
            pace = 1.0 / speed if speed else 0.0
            if command.play or time.monotonic() - shown > FRAME_INTERVAL:
                self.refresh(playing=True)
                shown = time.monotonic()
                self.frames.wait(command.cancelled)
            if command.play:
                command.cancelled.wait(max(0.0, began + pace - time.monotonic()))
                began = max(began + pace, time.monotonic() - pace)
        self.refresh()

    def refresh(self, playing: bool = False) -> None:
        """Send the current state of the runs to the page; while they play, charts get it now and then."""
        view, twin = self.view.peek(), self.running.peek().twin
        with self._working:
            if self._simulation is None:
                return
            snapshot = self._simulation.snapshot(twin, self._sample)
            if view.flows:
                flows = self._simulation.flows(view.flows, MAX_FLOWS)
                others = self._simulation.flows(view.flows, MAX_FLOWS, twin) if view.twins else ()
                snapshot = replace(snapshot, flows=flows, twin_flows=others)
            self.now = snapshot
        self._compare_plans()
        with SEEDS.visitor():
            self.frames.push(snapshot, playing)
        self._seeds_shown = len(snapshot.seed_pairs) - 1
        plans = self.comparison
        self._plans_shown = 0 if plans is None else len(plans.ready(snapshot.quarter))
