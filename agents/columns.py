"""A column of agent state: one number per agent, with unit and meaning."""

from dataclasses import dataclass

UNIT_INTERVAL = ("fraction", "probability", "0-1", "0 or 1", "flag")  # units of numbers from 0 to 1
NO_PARTNER = -1  # in a column of rows: none


@dataclass(frozen=True)
class Column:
    """A number that every agent of a kind has.

    ``index_of`` names the table whose row numbers the column holds (stored as 32-bit integers; a rule may
    look up the columns of that row); other columns hold 64-bit floats. With ``start=NO_PARTNER`` it may hold
    no row, and what a rule looks up there is 0. ``when`` names the parameter that switches the column's
    mechanism on: runs in which it is 0 do not have the column. ``most`` is the largest value of a fraction.
    """

    name: str
    unit: str
    meaning: str
    start: float = 0.0
    index_of: str | None = None
    when: str | None = None
    most: float = 1.0

    @property
    def within_unit_interval(self) -> bool:
        """Whether the unit says that values lie between 0 and ``most``, which is 1 or less."""
        return self.index_of is None and self.unit in UNIT_INTERVAL

    @property
    def may_be_empty(self) -> bool:
        """Whether the column holds rows of a table, or ``NO_PARTNER``."""
        return self.index_of is not None and self.start == NO_PARTNER
