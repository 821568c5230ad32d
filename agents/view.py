"""The Mesa face of an agent: a thin view of one row of a table of columns."""

from typing import Any

import mesa


class AgentView(mesa.Agent):
    """A Mesa agent whose attributes are read from and written to a row of the model's columns.

    Views are made on demand (``model.agents``, ``model.agents_by_type``) and cost nothing until then.
    ``unique_id`` is stable for a row during a run. Attributes that are not columns are kept on the view.
    """

    table_name = ""
    _columns: dict[str, Any]
    row: int

    def __init__(self, model: Any, row: int, unique_id: int) -> None:
        # mesa.Agent.__init__ would register the view with the model and keep every one alive.
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "unique_id", unique_id)
        object.__setattr__(self, "pos", None)
        object.__setattr__(self, "_columns", model.state[self.table_name].columns)

    def __getattr__(self, name: str) -> float | int:
        # Called only where ordinary look-up fails, so methods and the few slots above stay plain.
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            value: float | int = self._columns[name].item(self.row)
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute or column {name!r}") from None
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        column = self._columns.get(name)
        if column is None:
            object.__setattr__(self, name, value)
        else:
            column[self.row] = value

    def remove(self) -> None:
        """Take the agent out of the economy: only a firm can go, its founder then may start anew.

        Raises TypeError for an agent of another kind.
        """
        if "alive" not in self._columns:
            raise TypeError(f"a {type(self).__name__} cannot be removed from the model")
        self._columns["alive"][self.row] = 0.0
