"""Waves of history matching with the model itself: a point that is run and misses no figure is a member.

The folder holds what was run, a line for each point: an interrupted ensemble continues with the same command.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from experiments.ensemble.member_run import cities_by_year, pair_of, uncertain_factors
from experiments.ensemble.reduced_country import reduced_country
from experiments.matching.sparse_emulator import SparseEmulator
from experiments.measures.twin_pairs import Pair
from experiments.storage.json_lines import append_line, read_lines
from experiments.sweep.design import from_unit
from experiments.sweep.experiment_file import Experiment, Span
from experiments.sweep.factors import Case, case_of, is_whole
from experiments.sweep.measures import effects_of
from experiments.validation.economy_run import record_economy
from experiments.validation.matched_figures import (
    CUT,
    Matched,
    decade_of,
    distances,
    matched_figures,
    measured_figures,
)
from model.country.country import Country, shipped_country
from model.regional_model import RegionalModel
from model.scenarios.scenario import Scenario

Plain = dict[str, Any]  # of a file: plain values by name

Array = NDArray[np.float64]
SEEDS = 10  # of members, in turn; the default is run with each of them
FIRST, LATER = 60, 40  # points of a wave
CITIES, FIRMS = 100, 3000  # of the country of the runs
PROPOSED = 2.5  # s.d. that the expected figures of a place may be off, to be run; a member may be CUT off
BATCH, MOST_DRAWS = 20_000, 2_000_000
KEPT = ("innovation", "real_gdp", "people", "firms", "entrants", "talent", "adoption_share", "value_added")
RUNS, EFFECTS = "points.jsonl", "members.jsonl"


@dataclass
class Waves:
    """An ensemble in the making. root: the seed of its draws."""

    folder: Path
    root: int = 1
    cities: int = CITIES
    firms: int = FIRMS
    points: list[Plain] = field(default_factory=list)
    members: list[Plain] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.points = read_lines(self.folder / RUNS)
        self.members = read_lines(self.folder / EFFECTS)

    @cached_property
    def experiment(self) -> Experiment:
        """The factors with their ranges, for this number of firms."""
        known = uncertain_factors()
        return known.model_copy(update={"parameters": {**known.parameters, "firms": self.firms}})

    @cached_property
    def country(self) -> Country:
        """The country of the runs."""
        return reduced_country(shipped_country(), self.cities)

    @cached_property
    def factors(self) -> list[str]:
        """The factors that vary, by name."""
        return list(self.experiment.design.factors)

    @cached_property
    def figures(self) -> tuple[Matched, ...]:
        """The published figures."""
        return matched_figures()

    @property
    def noise(self) -> dict[str, float]:
        """The s.d. of each figure over seeds, at the default parameters."""
        found = [one["figures"] for one in self.points if one["u"] is None]
        return {one.id: float(np.std([figures[one.id] for figures in found], ddof=1)) for one in self.figures}

    def values(self, u: list[float] | None) -> dict[str, float | int]:
        """Return the values of the factors at a place in the unit cube; none at the default."""
        if u is None:
            return {}
        found: dict[str, float | int] = {}
        for place, (name, levels) in zip(u, self.experiment.design.factors.items(), strict=True):
            assert isinstance(levels, Span)
            found[name] = np.asarray(from_unit(np.array([place]), levels, is_whole(name, self.experiment)))[
                0
            ].item()
        return found

    @property
    def found(self) -> int:
        """The number of members, without the runs at the default parameters."""
        return max(len(self.members) - SEEDS, 0)

    def build(self, wanted: int, until: float, report: Callable[[str], None] = print) -> bool:
        """Run points until there are that many members or the clock reaches a time; return if there are."""
        places = self._places()
        while self.found < wanted and time.time() <= until:
            number, wave, u = next(places)
            if number < len(self.points):
                continue  # run before an interruption
            self._run(number, wave, u)
            report(f"{number + 1} points, {self.found} members, wave {wave}, {time.process_time():.0f} s")
        return self.found >= wanted

    def _places(self) -> Iterator[tuple[int, int, list[float] | None]]:
        """Yield number, wave and place of every point; the default parameters, wave 0, have no place."""
        for number in range(SEEDS):
            yield number, 0, None
        number, wave = SEEDS, 1
        while True:
            for u in self._wave(wave):
                yield number, wave, u
                number += 1
            wave += 1

    def _wave(self, wave: int) -> list[list[float]]:
        file = self.folder / f"wave-{wave}.json"
        if file.is_file():
            return json.loads(file.read_text())
        rng = np.random.Generator(np.random.PCG64([self.root, wave]))
        if wave == 1:
            places = qmc.LatinHypercube(len(self.factors), rng=rng).random(FIRST)
        else:
            places = self._not_ruled_out(rng)
        found = np.round(places, 6).tolist()
        file.write_text(json.dumps(found))
        return found

    def _not_ruled_out(self, rng: np.random.Generator) -> Array:
        """Draw places that the emulators of all figures do not rule out."""
        run = [one for one in self.points if one["u"] is not None]
        x = np.array([one["u"] for one in run])
        noise = self.noise
        emulators, spreads = [], []
        for one in self.figures:
            y = np.array([each["figures"][one.id] for each in run])
            good = np.isfinite(y)
            emulators.append(SparseEmulator(x[good], _winsorised(y[good])))
            spreads.append(np.sqrt(one.tolerance**2 / 3.0 + noise[one.id] ** 2))
        order = np.argsort([-emulator.explained for emulator in emulators])  # the most telling first
        kept: list[Array] = []
        for _ in range(0, MOST_DRAWS, BATCH):
            u = rng.random((BATCH, x.shape[1]))
            for k in order:
                off = np.abs(emulators[k].predict(u) - self.figures[k].value) / spreads[k]
                u = u[off <= PROPOSED]
                if not len(u):
                    break
            kept += list(u)
            if len(kept) >= LATER:
                break
        if not kept:
            raise RuntimeError("the figures rule out every place: no ensemble with these factors and ranges")
        return np.array(kept[:LATER])

    def _run(self, number: int, wave: int, u: list[float] | None) -> None:
        seed = 1 + number % SEEDS
        case = case_of(self.experiment, self.values(u))
        treated = self._model(case, case.scenario, seed)
        economy = record_economy(treated, case.until)
        decade = decade_of(economy, cities_by_year(treated, case.until), treated.cities)
        figures = measured_figures(economy, decade)
        line: Plain = {
            "point": number,
            "wave": wave,
            "seed": seed,
            "u": u,
            "figures": figures,
            "worst": None,
        }
        if u is not None:
            off = distances(figures, self.noise, self.figures)
            line |= {"worst": float(off.max()), "off": self.figures[int(off.argmax())].id}
        if u is None or line["worst"] <= CUT:
            twin = self._model(case, case.scenario.twin(), seed)
            twin.run_until(case.until)
            self._keep(number, pair_of(treated, twin, case.until))
        self.points.append(line)
        append_line(self.folder / RUNS, line)

    def _model(self, case: Case, scenario: Scenario, seed: int) -> RegionalModel:
        there = self.country
        tables = {"cities": there.cities, "centres": there.centres, "network": there.network}
        return RegionalModel(case.parameters, scenario, seed, **tables)

    def _keep(self, number: int, pair: Pair) -> None:
        arrays: Plain = {
            f"{arm}_{name}": values[name].astype(np.float32)
            for arm, values in (("with", pair.with_centres), ("without", pair.without))
            for name in KEPT
            if name in values
        }
        np.savez_compressed(self.folder / f"member-{number}.npz", hosts=pair.hosts, **arrays)
        if all(one["point"] != number for one in self.members):
            line = {"point": number, "seed": pair.seed, "effects": effects_of(pair, self.country)}
            self.members.append(line)
            append_line(self.folder / EFFECTS, line)


def _winsorised(y: Array) -> Array:
    """Return figures with the outermost hundredth on either side brought in: the lasso squares them."""
    low, high = np.quantile(y, [0.01, 0.99])
    return np.clip(y, low, high)
