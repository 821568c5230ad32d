"""The smallest economy: one table of things with a size."""

from agents.columns import Column
from model.engine.schema import Schema
from model.engine.state import State

SCHEMA = Schema(
    {"things": (Column("size", "m", "how large", start=1.0),), "nation": ()}, {}, {}, {"thing_": "things"}
)


def things(rows: int = 3) -> State:
    """Return a state with so many things of size 1."""
    return State({"things": rows, "nation": 1}, SCHEMA)


def constant():
    """Return a size that depends on nothing."""
    return 2.5
