"""The members of a ``RegionalModel`` that its other modules read and replace, without importing it."""

from __future__ import annotations

from typing import Any, Protocol

import mesa
import numpy as np
from mesa.datacollection import DataCollector
from mesa.time import EventGenerator, EventList

from agents.view import AgentView
from model.country.country import Country
from model.engine.engine import Engine
from model.engine.state import State
from model.extensions.extended_model import Extended
from model.parameters import Parameters
from model.scenarios.scenario import Opening, Scenario


class RunningModel(Protocol):
    """A run at some quarter: what it is made of, its state, its records and its clock."""

    country: Country
    engine: Engine
    experiment: Scenario
    extended: Extended
    openings: tuple[Opening, ...]
    parameters: Parameters
    seed: int
    state: State

    datacollector: DataCollector
    kind_history: dict[str, list[np.ndarray]]
    provider_history: dict[str, list[np.ndarray]]

    agent_id_counter: int
    quarter: int
    random: Any  # Mesa's generator
    rng: np.random.Generator
    time: float

    _default_schedule: EventGenerator
    _event_generators: set[EventGenerator]
    _event_list: EventList
    _made_with: dict[str, Any]
    _views: dict[tuple[str, int], AgentView]

    @property
    def date(self) -> str: ...
    @property
    def own_agents(self) -> list[mesa.Agent]: ...
    def fork(self) -> RunningModel: ...
    def fresh_copy(self, **changes: float) -> RunningModel: ...
    def move_views(self, table: str, inserted: int) -> None: ...
    def register_agent(self, agent: mesa.Agent) -> None: ...
    def _do_step(self) -> None: ...
    def _view(self, table: str, row: int) -> AgentView: ...
