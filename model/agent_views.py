"""Mesa's side of a model: its agents are views of rows, made on demand, next to agents of the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import mesa
import numpy as np
from mesa.agentset import AgentSet

from agents.user_error import UserError
from agents.view import AgentView
from model.engine.state import State
from model.extensions.agent_kind import rows_at_work
from model.extensions.extended_model import Extended

FIRST_OF_USER = 2**60  # unique_id of the first agent that a user registers: views have smaller ones


class ViewedModel(mesa.Model):
    """A Mesa model whose agents are rows of ``state``, and agents that users register with it."""

    extended: Extended
    state: State
    _views: dict[tuple[str, int], AgentView]

    def prepare_views(self) -> None:
        """Make room for views; called before there is any agent."""
        self._views = {}
        self.agent_id_counter = FIRST_OF_USER

    def remove_all_agents(self) -> None:
        """Close every firm and remove agents of the user's own. Cities and centres stay in the country."""
        self.state["firms"]["alive"] = 0.0
        for agent in self.own_agents:
            agent.remove()

    def _view(self, table: str, row: int) -> AgentView:
        view = self._views.get((table, row))
        if view is None:
            place = list(self.extended.faces).index(table)
            # The unique ids of the model's own agents do not depend on which further kinds there are.
            number = 3 * row + place + 1 if place < 3 else place * 2**40 + row + 1
            view = self._views[table, row] = self.extended.faces[table](self, row, number)
        return view

    def move_views(self, table: str, inserted: int) -> None:
        """Point the views of a table to its new columns; rows from ``inserted`` on have moved by one."""
        for key in sorted((key for key in self._views if key[0] == table), key=lambda key: -key[1]):
            view = self._views.pop(key)
            moved = 1 if key[1] >= inserted else 0
            object.__setattr__(view, "_columns", self.state[table].columns)
            object.__setattr__(view, "_made", self.state[table].deciding)
            object.__setattr__(view, "row", key[1] + moved)
            object.__setattr__(view, "unique_id", view.unique_id + 3 * moved)
            self._views[table, view.row] = view

    def _rows(self, table: str) -> range | np.ndarray:
        at_work = rows_at_work(self.extended.agents).get(table)
        if at_work is None:
            return range(self.state[table].rows)
        return np.flatnonzero(self.state[table][at_work] > 0.5)

    def _agent_set(self, *tables: str, own: bool = False) -> AgentSet:
        agents: list[Any] = [self._view(table, int(row)) for table in tables for row in self._rows(table)]
        return AgentSet(agents + (self.own_agents if own else []), random=self.random)

    @property
    def own_agents(self) -> list[mesa.Agent]:
        """Agents that the user registered (``class Bank(mesa.Agent)``, ``Bank(model)``), in that order.

        The quarter does not call them: schedule what they do, or call it between steps.
        """
        return super().agents.to_list()

    @property
    def agents(self) -> AgentSet:
        """All agents now active: views of firms, city governments, open centres and those of extensions.

        Agents that the user registered come last.
        """
        return self._agent_set(*self.extended.faces, own=True)

    @property
    def agent_types(self) -> list[type]:
        """The kinds of agents."""
        return [*self.extended.faces.values(), *super().agents_by_type]

    @property
    def agents_by_type(self) -> Mapping[type, AgentSet]:
        """An ``AgentSet`` for each kind of agent, of views made when looked up."""
        return _ByType(self, super().agents_by_type)

    @property
    def grid(self) -> None:
        """Mesa looks for a space here: cities have places on the earth, and a component of their own.

        Raises:
            UserError: Always; it names the component.
        """
        raise UserError(
            "the cities of this model are no grid: draw them in SolaraViz with make_city_map('wage') of "
            "viz.figures.mesa_map, in place of make_space_component; their network is model.network"
        )


class _ByType(Mapping[type, AgentSet]):
    """A mapping from kinds of agents to agent sets, those of views made on look-up."""

    def __init__(self, model: ViewedModel, own: Mapping[type, AgentSet]) -> None:
        self._model, self._own = model, own

    def __getitem__(self, kind: Any) -> AgentSet:
        if kind in self._own:
            return self._own[kind]
        if kind not in self._model.agent_types:
            raise KeyError(kind)
        return self._model._agent_set(kind.table_name)

    def __iter__(self) -> Iterator[type]:
        return iter(self._model.agent_types)

    def __len__(self) -> int:
        return len(self._model.agent_types)
