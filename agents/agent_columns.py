"""Columns as attributes of agents, for editors and mypy: the stub next to this file names them.

It is renewed by ``python -m experiments.pages``. In a run a view finds them in the tables.
"""


class FirmColumns:
    """Columns of firms."""


class CityColumns:
    """Columns of cities."""


class ProviderColumns:
    """Columns of compute providers."""
