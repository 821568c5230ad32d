"""Mesa agents: thin views of one row of a table of columns."""

import copy
from collections.abc import Callable
from types import FunctionType
from typing import Any

import mesa

from agents.user_error import UserError


class Decision:
    """A method of a user's agent class, which replaces the rule of its name.

    Where the agents have a column of that name, the attribute of an agent remains the column's number.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function
        self.__doc__ = function.__doc__
        function.interpreted = True  # type: ignore[attr-defined]

    def __get__(self, agent: Any, kind: type | None = None) -> Any:
        if agent is None:
            return self.function
        name = self.function.__name__
        return agent.__getattr__(name) if name in agent._columns else self.function.__get__(agent, kind)


class Deciding:
    """The row of a table whose agent decides, and the results of earlier rules of the event for it.

    One for each table: ``values`` holds lists of results, ``position`` the place of the row in them.
    """

    __slots__ = ("position", "row", "values")

    def __init__(self) -> None:
        self.values: dict[str, list[float]] = {}
        self.row, self.position = -1, -1


class AgentView(mesa.Agent):
    """A Mesa agent whose attributes are read from and written to a row of the model's columns.

    Views are made on demand (``model.agents``, ``model.agents_by_type``) and cost nothing before. The
    ``unique_id`` of a row does not change during a run. Attributes that are not columns are kept on the view.
    """

    table_name = ""
    _columns: dict[str, Any]
    _made: Deciding
    row: int

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if AgentView in cls.__bases__:
            return  # an agent class of the model itself
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and not name.startswith("_"):
                method.face = cls  # type: ignore[attr-defined]
                setattr(cls, name, Decision(method))

    @classmethod
    def decisions(cls) -> dict[str, Callable[..., object]]:
        """Return the methods of users' classes by name; those named like a rule replace it."""
        methods = {name: value for kind in reversed(cls.__mro__) for name, value in vars(kind).items()}
        return {name: value.function for name, value in methods.items() if isinstance(value, Decision)}

    def __init__(self, model: Any, row: int | None = None, unique_id: int = 0, **values: object) -> None:
        if row is None or values:
            raise UserError(
                f"a {type(self).__name__} is not made: agents of the model are rows of its tables, which "
                "rules found and close. Take one from model.agents_by_type; AgentKind adds rows of a kind of "
                "your own, and class Mine(mesa.Agent) an agent next to them"
            )
        # mesa.Agent.__init__ would register the view with the model and keep every view alive.
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "unique_id", unique_id)
        object.__setattr__(self, "pos", None)
        object.__setattr__(self, "_columns", model.state[self.table_name].columns)
        object.__setattr__(self, "_made", model.state[self.table_name].deciding)

    def __getattr__(self, name: str) -> float | int:
        # Called only if ordinary look-up fails: methods and the attributes above are found before.
        if name.startswith("_"):
            raise AttributeError(name)
        made = self._made
        if made.row == self.row and name in made.values:
            return made.values[name][made.position]
        try:
            value: float | int = self._columns[name].item(self.row)
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute or column {name!r}") from None
        return value

    def __repr__(self) -> str:
        values = ", ".join(f"{name} = {values[self.row]:.4g}" for name, values in self._columns.items())
        return f"<{type(self).__name__} {self.row}: {values}>"

    def __setattr__(self, name: str, value: Any) -> None:
        column = self._columns.get(name)
        if column is None:
            object.__setattr__(self, name, value)
        else:
            column[self.row] = value

    def __deepcopy__(self, memo: dict[int, Any]) -> "AgentView":
        """Return the same row of a copy of the model, as what refers to it is copied with the model."""
        model: Any = copy.deepcopy(self.model, memo)
        copied: AgentView = model._view(self.table_name, self.row)
        return copied

    def remove(self) -> None:
        """Remove the agent from the economy, which only agents with a column ``alive`` allow, such as firms.

        Raises:
            TypeError: The agent is of another kind.
        """
        if "alive" not in self._columns:
            raise TypeError(f"a {type(self).__name__} cannot be removed from the model")
        self._columns["alive"][self.row] = 0.0
