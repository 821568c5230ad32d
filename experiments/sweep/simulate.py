"""One run of a case: the model, its national metrics, its final values and, if asked for, its city panel."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agents.rules import Rules
from experiments.measures.twin_pairs import WINDOW_YEARS, Pair
from experiments.study.one_run import FLOWS
from experiments.study.run_key import run_key
from experiments.sweep.estimates import further_estimates
from experiments.sweep.factors import Case
from experiments.sweep.measures import (
    CENTRE_MEASURES,
    CITY_MEASURES,
    Matrix,
    effects_of,
    national,
    window_means,
)
from model.country.country import Country
from model.regional_model import RegionalModel
from model.scenarios.scenario import Scenario

TWINS_KEPT = 32  # yearly results of twins that other points with the same seed may share


class TimedOutError(RuntimeError):
    """A run that took longer than the experiment allows."""


@dataclass(frozen=True)
class Yearly:
    """Yearly results of one run: measures of cities (years, cities), national metrics (years,), host rows."""

    years: np.ndarray
    cities: Mapping[str, Matrix]
    metrics: Mapping[str, Matrix]
    hosts: np.ndarray


@dataclass(frozen=True)
class Result:
    """Results of a run: yearly metrics, those of its twin, final values, the city panel by arm."""

    years: np.ndarray
    metrics: Mapping[str, Matrix]
    twin_metrics: Mapping[str, Matrix] | None
    finals: Mapping[str, float]
    panel: Mapping[str, Mapping[str, Matrix]]


class Simulator:
    """Runs cases in one process; twins that several points share are run once."""

    def __init__(self, engine: str = "compiled") -> None:
        self.engine = engine
        self._twins: OrderedDict[str, Yearly] = OrderedDict()

    def run(
        self,
        case: Case,
        seed: int,
        country: Country,
        rules: Rules,
        twin: bool = False,
        timeout: float | None = None,
        panel: bool = True,
    ) -> Result:
        """Simulate a run, and its twin if asked for; ``panel`` keeps its yearly city measures.

        Raises TimedOutError after ``timeout`` s (checked once a year), or what the model raises.
        """
        end = None if timeout is None else time.monotonic() + timeout
        own = self._yearly(case, case.scenario, seed, country, rules, end)
        finals = window_means(own.metrics, WINDOW_YEARS)
        kept = {"with": own.cities} if panel else {}
        if not twin:
            return Result(own.years, own.metrics, None, finals, kept)
        other = self._twin(case, seed, country, rules, end)
        pair = Pair(seed, own.years, own.hosts, dict(own.cities), dict(other.cities))
        finals |= effects_of(pair, country) | further_estimates(pair, country)
        kept |= {"without": other.cities} if panel else {}
        return Result(own.years, own.metrics, other.metrics, finals, kept)

    def _twin(self, case: Case, seed: int, country: Country, rules: Rules, end: float | None) -> Yearly:
        scenario = case.scenario.twin()
        key = run_key(scenario, case.parameters, seed, case.until, country, case.extended, (), rules)
        found = self._twins.get(key)
        if found is None:
            found = self._twins[key] = self._yearly(case, scenario, seed, country, rules, end)
            if len(self._twins) > TWINS_KEPT:
                self._twins.popitem(last=False)
        return found

    def _yearly(
        self, case: Case, scenario: Scenario, seed: int, country: Country, rules: Rules, end: float | None
    ) -> Yearly:
        model = RegionalModel(
            case.parameters,
            scenario,
            seed,
            cities=country.cities,
            centres=country.centres,
            network=country.network,
            rules=rules,
            extension=case.extended.extensions,
            engine=self.engine,
        )
        start = case.parameters.start_year
        for year in range(start, case.until + 1):
            if end is not None and time.monotonic() > end:
                raise TimedOutError(f"the run had reached {year} when its time was up")
            model.run_until(year)
        years = case.until - start + 1
        cities = {name: _by_year(model.history[name], name, years) for name in CITY_MEASURES}
        centres = {
            name: _by_year(model.provider_history[name], name, years, False) for name in CENTRE_MEASURES
        }
        capacity = np.asarray(model.state["providers"]["capacity"], dtype=float)
        metrics = national(cities, centres, capacity, country) | _own_metrics(model, years)
        hosts = sorted({opening.city for opening in model.openings if opening.quarter < 4 * years})
        return Yearly(np.arange(start, case.until + 1), cities, metrics, np.array(hosts, dtype=int))


def _by_year(records: list[np.ndarray], name: str, years: int, flows: bool = True) -> Matrix:
    quarters = np.array(records).reshape(years, 4, -1)
    return quarters.sum(axis=1) if flows and name in FLOWS else quarters.mean(axis=1)


def _own_metrics(model: RegionalModel, years: int) -> dict[str, Matrix]:
    """Return the measures of extensions for the country, (years,) each."""
    found = {}
    for one in model.extended.measures:
        quarters = np.array(model.national_history[one.name]).reshape(years, 4)
        found[one.name] = {"sum": quarters.sum(axis=1), "last": quarters[:, -1]}.get(
            one.yearly, quarters.mean(axis=1)
        )
    return found
