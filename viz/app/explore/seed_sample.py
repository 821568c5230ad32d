"""The visitor's comparison with eight more seeds, run in the background for means and intervals.

Runs are kept by what decides them: a centre that is opened costs new runs with it and no new twins, and
sessions with equal options share their runs.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

import numpy as np

from experiments.measures.twin_pairs import Pair
from model import Parameters, RegionalModel
from model.country.country import Country, load_country
from model.scenarios.scenario import Scenario, quarter_of
from viz.app.explore.run_options import ALL, LAST_STORY_YEAR, RunOptions
from viz.app.explore.shipped_seeds import shipped_seeds
from viz.app.explore.snapshot import RECORDED, YEAR, SeedPair, Totals, kept_history, record_totals
from viz.app.model_catalogue import served_model

OTHERS = 8  # seeds next to the visitor's
KEPT = 3  # sets of options whose runs are kept
# Columns of means that a file of the page holds to the last digit; the others colour the map.
EXACT = (
    "innovation",
    "firms",
    "entrants",
    "talent",
    "adoption_share",
    "attention",
    "ip_protection",
    "data",
    "real_gdp",
)
Key = tuple[int, Hashable]  # seed and arm


def run_base(country: Country, options: RunOptions) -> Hashable:
    """Return what decides a run besides its seed and its centres: the key of ``RUNS``."""
    return country, options.scenario, options.firms, options.changes


@dataclass(eq=False)
class SeedRun:
    """One arm with one seed: columns and hosts at the ends of quarters; the lists grow."""

    past: dict[str, list[np.ndarray]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    hosts: list[np.ndarray] = field(default_factory=list)  # rows of cities, of quarters 0 to T

    @property
    def quarter(self) -> int:
        """Quarters that are recorded."""
        return len(self.hosts) - 1

    def recent(self, quarter: int) -> dict[str, np.ndarray]:
        """Return the mean of each column over the four quarters up to one, (1, C)."""
        return RecentMeans(self.past, quarter)


class RecentMeans(dict[str, np.ndarray]):
    """Means of columns over the four quarters up to one, (1, C), each computed when it is first asked for."""

    def __init__(self, past: dict[str, list[np.ndarray]], quarter: int) -> None:
        super().__init__()
        self._past, self._window = past, slice(max(0, quarter - YEAR), quarter)

    def __contains__(self, name: object) -> bool:
        """Return whether the column is recorded."""
        return name in self._past

    def __missing__(self, name: str) -> np.ndarray:
        """Return the mean of a column and keep it."""
        self[name] = found = np.mean(self._past[name][self._window], axis=0, dtype=float)[None]
        return found


RUNS: OrderedDict[Hashable, dict[Key, SeedRun]] = OrderedDict()


class Background(Protocol):
    """Runs that are made in the background, one after the other."""

    def next_run(self) -> object | None:
        """Return the first run that is missing; None if there is none."""

    def run_one(self, go: Callable[[], bool]) -> bool:
        """Run it to its end, or until ``go`` says no; return whether it ended."""


class SeedSample:
    """Pairs of the options' comparison with other seeds, as far as they have been run."""

    def __init__(self, country: Country, options: RunOptions) -> None:
        parameters, scenario, seed = options.checked()
        self.country, self.parameters, self.centres = country, parameters, scenario.places
        self.seeds = range(seed + 1, seed + 1 + OTHERS)
        self.arms: dict[Hashable, Scenario] = {
            ALL: scenario.twin(),
            scenario.places: scenario,
            (): replace(scenario, places=()),
        }
        self.until = 4 * (LAST_STORY_YEAR - parameters.start_year + 1)
        ours = country is load_country(None) and not served_model().extensions
        start = parameters.start_year
        self.shipped_at, self.shipped = shipped_seeds(options, start) if ours else (0, {})
        base = run_base(country, options)
        self.runs = RUNS.setdefault(base, {})
        RUNS.move_to_end(base)
        while len(RUNS) > KEPT:
            RUNS.popitem(last=False)

    def _arm(self, against: str) -> Hashable:
        return ALL if against == ALL else ()

    def extend(self, quarter: int) -> None:
        """Run to a later quarter."""
        self.until = max(self.until, quarter)

    def next_run(self) -> tuple[Key, Scenario] | None:
        """Return the first run that is missing, seed by seed; None if there is none."""
        for seed in self.seeds:
            for arm, scenario in self.arms.items():
                run = self.runs.get((seed, arm))
                if run is None or run.quarter < self.until:
                    return (seed, arm), scenario
        return None

    def seed_pairs(self, quarter: int, against: str = ALL) -> tuple[SeedPair, ...]:
        """Return the seeds that have come to a quarter, each with the run and its twin."""
        found = []
        for seed in self.seeds:
            run, twin = (self.runs.get((seed, arm)) for arm in (self.centres, self._arm(against)))
            if run is None or twin is None or min(run.quarter, twin.quarter) < quarter or not quarter:
                if self._is_shipped(seed, quarter, against):
                    found.append(self.shipped[seed])
                continue
            hosts = run.hosts[quarter] if against == ALL else self._own_hosts(quarter)
            year = np.array([self.parameters.start_year + quarter // YEAR])
            pair = Pair(seed, year, hosts, run.recent(quarter), twin.recent(quarter))
            found.append(SeedPair(pair, run.totals, twin.totals))
        return tuple(found)

    def _is_shipped(self, seed: int, quarter: int, against: str) -> bool:
        return against == ALL and bool(quarter) and quarter == self.shipped_at and seed in self.shipped

    def ready(self, quarter: int, against: str) -> int:
        """Return how many seeds have come to a quarter."""
        arms = (self.centres, self._arm(against))
        return sum(
            self._is_shipped(seed, quarter, against)
            or all((run := self.runs.get((seed, arm))) is not None and run.quarter >= quarter for arm in arms)
            for seed in self.seeds
        )

    def _own_hosts(self, quarter: int) -> np.ndarray:
        row_of = {int(city): row for row, city in enumerate(self.country.cities["city_id"])}
        start = self.parameters.start_year
        opened = [row_of[int(one.city)] for one in self.centres if quarter_of(one.opens, start) < quarter]
        return np.unique(opened).astype(int)

    def run_one(self, go: Callable[[], bool]) -> bool:
        """Run the first missing run to its end, or until ``go`` says no; return whether it ended."""
        found = self.next_run()
        if found is None:
            return False
        key, scenario = found
        made = record_run(self.country, self.parameters, scenario, key[0], self.until, go)
        if made is None:
            return False
        self.runs[key] = made
        return True


def record_run(
    country: Country,
    parameters: Parameters,
    scenario: Scenario,
    seed: int,
    until: int,
    go: Callable[[], bool],
    columns: Iterable[str] = RECORDED,
) -> SeedRun | None:
    """Return a run up to a quarter, or None if ``go`` said no on the way; it is asked before each quarter.

    columns: those of cities that are kept.
    """
    if not go():
        return None
    model = RegionalModel(parameters, scenario, seed, country=country, extension=served_model().extensions)
    model.history = kept_history(model, columns)
    model.provider_history = {}
    made = SeedRun(past=model.history)
    while True:
        record_totals(model, made.totals)
        providers = model.state["providers"]
        made.hosts.append(np.unique(providers["city"][providers["operating"] > 0.5].astype(int)))
        if model.quarter >= until:
            return made
        if not go():
            return None
        model.step()
        for name, values in made.past.items():
            if name not in EXACT:
                values[-1] = values[-1].astype(np.float32)


class BackgroundSeeds:
    """The thread that runs the samples of all sessions, one quarter at a time, while no visitor waits."""

    def __init__(self) -> None:
        self._samples: list[Background] = []
        self._free = threading.Condition()
        self._visitors = 0
        self._thread: threading.Thread | None = None

    @contextmanager
    def visitor(self) -> Iterator[None]:
        """Let the background wait while a visitor's own runs are advanced or drawn."""
        with self._free:
            self._visitors += 1
        try:
            yield
        finally:
            with self._free:
                self._visitors -= 1
                self._free.notify_all()

    def follow[One: Background](self, sample: One, before: Background | None = None) -> One:
        """Run a sample, the newest first, and no longer the one before it."""
        with self._free:
            self._samples = [sample, *(one for one in self._samples if one is not before)]
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            self._free.notify_all()
        return sample

    def leave(self, sample: Background | None) -> None:
        """Run a sample no longer."""
        with self._free:
            self._samples = [one for one in self._samples if one is not sample]

    def _run(self) -> None:
        while True:
            with self._free:
                sample = next((one for one in self._samples if one.next_run()), None)
                if sample is None:
                    self._free.wait()
                    continue
            try:
                sample.run_one(partial(self._go, sample))
            except Exception:
                logging.getLogger(__name__).exception("a run with another seed failed")
                self.leave(sample)

    def _go(self, sample: Background) -> bool:
        with self._free:
            self._free.wait_for(lambda: not self._visitors)
            return sample in self._samples


SEEDS = BackgroundSeeds()
