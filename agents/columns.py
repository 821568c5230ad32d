"""A column of agent state: one number per agent, with unit and meaning."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One number that every agent of a kind carries.

    ``index_of`` names the table whose row numbers the column holds (then it is stored as 32-bit
    integers and a rule may look through it); otherwise the column holds 64-bit floats. ``when`` names
    the parameter that switches the column's mechanism on: in runs in which it is 0 the column is left out.
    """

    name: str
    unit: str
    meaning: str
    start: float = 0.0
    index_of: str | None = None
    when: str | None = None
