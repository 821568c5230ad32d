"""``RegionalModel``: the economy as a Mesa model."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import networkx as nx
import numpy as np
import pandas as pd
from mesa.datacollection import DataCollector

from agents.rules import Rules
from agents.user_error import UserError
from agents.view import AgentView
from model import plan, run_copies, saved_run
from model.agent_views import ViewedModel
from model.country.country import Country, build_country, default_country
from model.economy.closed_economy_markets import CLOSED_RECORDED
from model.engine.engine import Engine
from model.extensions.extended_model import Extensions, extended, with_scenario
from model.extensions.extension import Extension
from model.extensions.measure import Measure
from model.files.user_tables import InputError
from model.invariant_check import check_finite, check_invariants
from model.open_centre import open_now
from model.parameters import Parameters
from model.records import BUILT_RECORDED, KIND_RECORDED, PROVIDER_RECORDED, RECORDED, TOTALS
from model.scenarios.scenario import Opening, Scenario, date_of, quarters_of
from model.scenarios.scenario_catalogue import find_scenario
from model.scenarios.siting import hub_cities, openings_of

# Arguments from which ``fresh_copy`` makes the same run; the rest it takes from the model.
_COPIED = ("parameters", "rules", "extension", "faces", "engine", "threads", "arithmetic")
_RENAMED = {"check": "check_invariants"}


class RegionalModel(ViewedModel):
    """A country of cities with firms, governments and compute providers.

    Args:
        parameters: All numbers of the model; by default those of ``Parameters()``.
        scenario: Name (`computeleap scenarios` lists them), a ``Scenario``, or a TOML or Python file that
            holds one. ``closed_economy`` has one city, by default ``model.country.synthetic.one_city()``.
        rng: Seed. An integer identifies the run: the same integer gives the same bits on any number of
            threads and in either engine. Draws are pure functions of (seed, stream, quarter, agent).
        country: Cities, centres and network in one value, as ``model.country.country.load_country`` and
            ``build_country`` return them; replaces the next three.
        cities: Table as ``model.country.city_tables.load_cities`` returns it; by default the shipped one.
        centres: Table as ``model.country.city_tables.load_centres`` returns it; by default the shipped one.
        network: Graph as ``model.country.network.build_network`` makes it; by default built from ``cities``.
        rules: The agents' rules; ``Rules(innovation_probability=mine)`` replaces one.
        extension: User-defined rules, parameters, columns, events and agents: an ``Extension``, its name such
            as ``my_module:extension`` or ``file.py:extension``, or several of them.
        faces: Subclasses of ``Firm``, ``CityGovernment`` or ``ComputeProvider``; a method of theirs that has
            the name of a rule replaces it and runs interpreted.
        engine: ``compiled`` or ``interpreted`` (plain Python, the same bits).
        threads: Threads for the loops over agents; the result does not depend on it.
        arithmetic: ``strict`` (the same bits on every machine and in either engine) or ``fast``, which lets
            the machine fuse a product and a sum; results then differ from strict ones in the last digits.
        check_invariants: Check all invariants after every quarter; a breach raises InvariantError, which
            names the event that caused it.
        **changes: Single parameters, as ``mesa.batch_run`` passes them.

    The burn-in runs on construction; ``time`` 0 is the start of the first reported quarter.

    Attributes:
        experiment: The ``Scenario`` that is run. Mesa uses ``model.scenario`` for its own parameter object,
            hence the other name.
        country, cities, network: The ``Country``, its table of cities and its graph.

    Raises:
        InputError: ``country`` is given together with ``cities``, ``centres`` or ``network``.
        ScenarioError: the scenario does not exist or cannot be run.
        ParameterError: a parameter does not exist or is out of range.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        scenario: str | Scenario = "actual",
        rng: Any = None,
        *,
        country: Country | None = None,
        cities: pd.DataFrame | None = None,
        centres: pd.DataFrame | None = None,
        network: nx.Graph[int] | None = None,
        rules: Rules | None = None,
        extension: Extensions = None,
        faces: Sequence[type[AgentView]] = (),
        engine: str = "compiled",
        threads: int = 1,
        arithmetic: str = "strict",
        check_invariants: bool = False,
        **changes: float,
    ) -> None:
        made_with = dict(locals())
        if isinstance(rng, str):  # Mesa's text box hands over what was typed
            rng = int(rng)
        is_number = isinstance(rng, int | np.integer) and not isinstance(rng, bool)
        super().__init__(
            rng=int(rng) % 2**64 if is_number and rng < 0 else rng
        )  # NumPy knows no seed below 0
        self.prepare_views()
        self.seed = int(rng) if is_number else int(self.rng.integers(2**62))
        for old in changes.keys() & _RENAMED.keys():
            raise InputError([f"the argument {old} is now called {_RENAMED[old]}"])
        self._made_with = {name: made_with[name] for name in _COPIED} | changes
        self.check_invariants = check_invariants
        self.extended = extended([extension, rules, *_of_faces(tuple(faces))])
        self.rules = self.extended.rules
        self.experiment = find_scenario(scenario, self.extended.scenarios, self.extended.parameters)
        self.extended = with_scenario(self.extended, self.experiment)
        given = self.experiment.applied_to(self.extended.coerce_parameters(parameters))
        self.parameters = given.changed(**changes) if changes else given
        if country is not None and not (cities is centres is network is None):
            raise InputError(["give either country, or cities, centres and network"])
        default = functools.partial(default_country, bool(self.parameters.closed_economy))
        self.country = country or build_country(cities, centres, network, default=default)
        self.cities, self.network = self.country.cities, self.country.network
        self.openings = openings_of(
            self.experiment, self.cities, self.country.centres, self.parameters.start_year, self.seed
        )
        building = bool(self.parameters.building_slots)
        hubs = hub_cities(self.cities, self.country.centres).tolist() if building else ()
        self.state = self.extended.initial_state(
            self.cities, self.network, self.openings, self.parameters, self.seed, hubs
        )
        numbers = self.parameters.numbers()
        how = engine, threads, arithmetic, self._view, self.extended.paths(self.parameters, self.cities)
        self.engine = Engine(self.extended.quarter, self.state, self.rules, numbers, self.seed, *how)
        self.quarter = -self.parameters.burn_in
        self.failure = ""
        self._begin_records(building)
        self._burn_in()
        self._check_numbers()
        own = {one.name: functools.partial(_measure, one) for one in self.extended.measures}
        self.datacollector = DataCollector(model_reporters={**TOTALS, **own})
        self.datacollector.collect(self)

    def _begin_records(self, building: bool) -> None:
        self.history: dict[str, list[np.ndarray]] = {name: [] for name in self._recorded()}
        self.history |= {one.name: [] for one in self.extended.measures if one.by == "city"}
        of_centres = PROVIDER_RECORDED + (BUILT_RECORDED if building else ())
        self.provider_history: dict[str, list[np.ndarray]] = {name: [] for name in of_centres}
        self.kind_history: dict[str, list[np.ndarray]] = {name: [] for name in KIND_RECORDED}
        self.national_history: dict[str, list[float]] = {one.name: [] for one in self.extended.measures}

    def _recorded(self) -> list[str]:
        """Return the columns of cities that are recorded every quarter."""
        of_closed = CLOSED_RECORDED if self.parameters.closed_economy else ()
        there = self.state["cities"]
        return [name for name in (*RECORDED, *of_closed, *self.extended.recorded) if name in there]

    def _burn_in(self) -> None:
        at_once = 1 if self.check_invariants else -self.quarter
        while self.quarter < 0:
            self.engine.run(self.quarter, at_once)
            self.quarter += at_once
            if self.check_invariants:
                check_invariants(self, self.quarter - 1)

    def fresh_copy(self, **changes: float) -> RegionalModel:
        """Return the same run, unchecked, before its burn-in: at the first quarter of it."""
        given = {**self._made_with, **changes}
        return _BeforeBurnIn(scenario=self.experiment, rng=self.seed, country=self.country, **given)

    def fork(self, **changes: float) -> RegionalModel:
        """Return a copy of the run where it stands, with these parameters from the next quarter on.

        Without changes it continues with the same bits. ``copy.deepcopy`` gives the same.

        Raises:
            CopyError: a change gives other tables or counts at the start only, or the run cannot be copied.
        """
        return run_copies.forked(self, changes)

    def save(self, path: str | Path) -> None:
        """Write the run to a file, to continue it later with the same bits.

        It holds data, and no code: rules and extensions are given to ``load`` again.

        Raises:
            CopyError: The run holds something that is no data, or the file cannot be written.
        """
        saved_run.save(self, path)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        rules: Rules | None = None,
        extension: Extensions = None,
        faces: Sequence[type[AgentView]] = (),
    ) -> Self:
        """Return a saved run, in the quarter in which it was saved. Nothing in the file is executed.

        Args:
            path: A file that ``save`` wrote.
            rules: The rules that the run had.
            extension: The extensions that it had, with the same text.
            faces: The agent classes that it had.

        Raises:
            CopyError: The file cannot be read, holds no run of this version, or one with other rules.
        """
        found = saved_run.read(path)
        if found["class"] != cls.__name__:
            kind = found["class"]
            raise run_copies.CopyError(f"{path} holds a {kind}: call {kind}.load, not {cls.__name__}.load")
        code: dict[str, Any] = {"rules": rules, "extension": extension, "faces": faces}
        whole = extended([extension, rules, *_of_faces(tuple(faces))])
        saved_run.check_code(path, found, with_scenario(whole, found["scenario"]))
        made: dict[str, Any] = {
            "scenario": found["scenario"],
            "rng": found["seed"],
            "country": found["country"],
        }
        fresh = _BeforeBurnIn(**made, **code, **found["how"], **found["parameters"])
        kept = found["kept"]
        fresh.datacollector.model_vars = kept.pop("collected")
        kept["records"]["datacollector"], kept["agents"] = fresh.datacollector, []
        return run_copies.restored(fresh, cls, kept)

    def __deepcopy__(self, memo: dict[int, Any]) -> RegionalModel:
        return self.fork()

    def __reduce__(self) -> tuple[Any, ...]:
        if self.own_agents:
            kind = type(self.own_agents[0]).__name__
            raise run_copies.CopyError(
                f"a model with agents of Mesa ({kind}) cannot be saved: fork() copies it"
            )
        made = {"scenario": self.experiment, "rng": self.seed, "country": self.country} | self._made_with
        return _continued, (type(self), made, run_copies.snapshot(self))

    def _advance_time(self, until: float) -> None:
        """Let Mesa advance the clock; a run that failed within a quarter stays where it failed."""
        if self.failure:
            raise UserError(f"this run cannot continue after it failed ({self.failure}): make a new model")
        try:
            super()._advance_time(until)
        except BaseException as error:
            self.failure = str(error) or type(error).__name__
            raise

    def _check_numbers(self) -> None:
        if self.extended.extensions:
            check_finite(self, self.quarter - 1)

    def step(self) -> None:
        """Run one quarter and record it. Raises InvariantError if ``check_invariants`` finds a breach."""
        measures = self.national_history
        kept = [("cities", self.history, name) for name in self.history if name not in measures]
        kept += [("providers", self.provider_history, name) for name in self.provider_history]
        kept += [("kinds", self.kind_history, name) for name in self.kind_history]
        records = self.engine.run(self.quarter, recorded=[(table, name) for table, _, name in kept])
        self.quarter += 1
        for (_, history, name), record in zip(kept, records, strict=True):
            history[name].append(record[0])
        for one in self.extended.measures:
            self.national_history[one.name].append(_measure(one, self))
            if one.by == "city":
                self.history[one.name].append(self.extended.measure(one, self.state, "city"))
        self._check_numbers()
        if self.check_invariants:
            check_invariants(self, self.quarter - 1)
        self.datacollector.collect(self)

    @property
    def date(self) -> str:
        """The next quarter to run, like ``2016Q2``."""
        return date_of(self.quarter, self.parameters.start_year)

    def run_until(self, end: float | str) -> None:
        """Run through a date: ``run_until(2030)`` to the end of 2030, ``run_until("2016Q2")`` to its end.

        A number below 1900 is Mesa's time, in quarters.
        """
        if isinstance(end, str):
            last = quarters_of(end, self.parameters.start_year).stop
        elif end >= 1900:
            last = (int(end) - self.parameters.start_year + 1) * 4
        else:
            last = int(end)
        while self.quarter < last:
            self.step()

    def open_centre(
        self, city: int | str, kind: str, size: float = 1.0, industry: str | None = None
    ) -> Opening:
        """Open a centre in the next quarter, to the bit as if the scenario had contained it from the start.

        Args:
            city: A city_id or a name.
            kind: One of ``agents.compute_provider.KINDS``.
            size: Relative to a standard centre.
            industry: A tier of the chain that the centre is dedicated to.

        ``experiment`` becomes the scenario with this centre.

        Raises:
            ScenarioError: a centre like this cannot be opened.
        """
        return open_now(self, city, kind, size, industry)

    def panel(self) -> pd.DataFrame:
        """Return the recorded columns of cities, one row per quarter and city: date, city_id, measures."""
        quarters = len(self.history["innovation"])
        dates = [date_of(q, self.parameters.start_year) for q in range(quarters)]
        ids = self.cities["city_id"].to_numpy()
        frame = {"date": np.repeat(dates, len(ids)), "city_id": np.tile(ids, quarters)}
        measures: dict[str, Any] = {n: np.concatenate(v) if v else [] for n, v in self.history.items()}
        return pd.DataFrame({**frame, **measures})

    def measures(self) -> pd.DataFrame:
        """Return the measures of extensions for the country, one row per quarter: date, measures."""
        quarters = len(self.history["innovation"])
        dates = [date_of(q, self.parameters.start_year) for q in range(quarters)]
        return pd.DataFrame({"date": dates, **self.national_history})

    def plan(self) -> pd.DataFrame:
        """Return the events of a quarter of this run, in order, with rules and what extensions changed."""
        return plan.plan(self)

    def profile(self, quarters: int = 4) -> pd.DataFrame:
        """Return the time of each event, ms a quarter, and its share, the longest first.

        quarters: how many are run, on a copy.
        """
        return plan.profile(self, quarters)

    def __repr__(self) -> str:
        return plan.in_one_line(self)


@functools.lru_cache(maxsize=64)
def _of_faces(faces: tuple[type[AgentView], ...]) -> tuple[Extension, ...]:
    return (Extension("faces", faces=faces),) if faces else ()


def _measure(one: Measure, model: RegionalModel) -> float:
    return float(model.extended.measure(one, model.state, "nation")[0])


class _BeforeBurnIn(RegionalModel):
    """A run whose burn-in has not been done."""

    def _burn_in(self) -> None:
        pass

    def _check_numbers(self) -> None:
        pass


def _continued(kind: type[RegionalModel], made: dict[str, Any], kept: dict[str, Any]) -> RegionalModel:
    return run_copies.restored(_BeforeBurnIn(**made), kind, kept)
