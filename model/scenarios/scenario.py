"""Scenarios: which centres open, where and when, and which parameters differ from their defaults.

A scenario names no country: that is an argument of ``RegionalModel``, by default ``default_country`` of
``model.country.country``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from agents.user_error import UserError
from model.files.cell_values import read_date
from model.parameters import Parameters

SITINGS = ("actual", "none", "random", "richest", "poorest", "hubs", "edge")


class ScenarioError(UserError):
    """A scenario that does not exist or cannot be run."""


@dataclass(frozen=True)
class Opening:
    """A centre that opens in the row ``city`` of the table of cities.

    Attributes:
        kind: One of ``agents.compute_provider.KINDS``.
        quarter: Counted from the first quarter of the first year.
        size: Relative to a standard centre.
        industry: Tier of the chain that the centre is dedicated to; None makes it general-purpose.
        capacity: (quarter, EFLOPS at FP16) from which on the centre has this capacity; if given, ``size``
            multiplies it.
        edge: Whether it is an edge centre, which does real-time work alone (parameter ``edge_ring``).
    """

    centre_id: str
    city: int
    kind: str
    quarter: int
    size: float = 1.0
    industry: str | None = None
    capacity: tuple[tuple[int, float], ...] = ()
    edge: bool = False


@dataclass(frozen=True)
class Place:
    """An opening as a user writes it: with the city's name or code and a date such as ``2016Q2``."""

    city: str | int | float
    kind: str
    opens: str
    size: float = 1.0
    industry: str | None = None


@dataclass(frozen=True)
class Scenario:
    """A treatment of the economy: the centres that open and the parameters that differ.

    Attributes:
        centres: Rule by which centres open. ``actual``: those of the table of centres, at their dates.
            ``none``: none. The other rules give each of ``hosts`` cities one centre of each kind, a third of
            the standard size, at ``opens``: ``random`` cities outside the core, drawn for each seed;
            ``richest``, with the largest GDP of 2010; ``poorest``, with the smallest GDP per head; ``hubs``,
            the cities of the national hubs. ``edge``: those of the table, and in each of ``hosts`` further
            cities, the largest without one, two edge centres, a twentieth of the standard size, at ``opens``,
            if ``edge_ring`` is among ``parameters``.
        industry: Tier of the chain that the centres of such a rule are dedicated to.
        parameters: Those that differ from their defaults.
        openings: Further centres, by row of the table of cities.
        places: Further centres, by name of the city.
        varying: Parameters that change in the course of a run or differ by group: ``Ramp``, ``Step``,
            ``Dated`` or ``By`` of ``model.scenarios.parameter_paths``, by name.
    """

    name: str
    meaning: str
    centres: str = "none"
    hosts: int = 8
    opens: str = "2010Q1"
    industry: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    places: tuple[Place, ...] = ()
    varying: Mapping[str, Any] = field(default_factory=dict)

    def __new__(cls, *_: object, **given: object) -> Self:
        """Refuse the former argument ``changes`` and name its replacement."""
        if "changes" in given:
            raise ScenarioError("the argument changes of a Scenario is now called parameters")
        return super().__new__(cls)

    @property
    def has_twin(self) -> bool:
        """Whether the scenario can be run without centres: the closed economy cannot."""
        return not self.parameters.get("closed_economy")

    def applied_to(self, parameters: Parameters) -> Parameters:
        """Return the parameters of a run: the scenario's take precedence over those given."""
        return parameters.changed(**self.parameters) if self.parameters else parameters

    def twin(self) -> Scenario:
        """Return the same scenario without centres: none opens, none is built, nothing else differs."""
        parameters = self.parameters
        if "building_slots" in parameters:
            parameters = {**parameters, "building_slots": 0}
        return replace(
            self, name=f"{self.name}-twin", centres="none", openings=(), places=(), parameters=parameters
        )


def quarter_of(date: str, start_year: int) -> int:
    """Return the quarters from the start of ``start_year`` to a date; a year alone is its first quarter.

    Dates may be written as in a table (``model.files.cell_values.read_date``): ``2016Q2``, ``2016-05-01``.

    Raises:
        ScenarioError: the date is not of this form.
    """
    return quarters_of(date, start_year).start


def quarters_of(date: str, start_year: int) -> range:
    """Return the quarters of a date, written as for `quarter_of`: one, or the four of a year alone."""
    found = read_date(str(date).strip())
    if found.value is None:
        why = "is not a quarter" if found.wrong == "is not a date" else found.wrong
        raise ScenarioError(f"{date!r} {why}: write 2016Q2 or 2016")
    when = str(found.value)
    first, rest = (int(when[:4]) - start_year) * 4, when[4:]
    if not rest:
        return range(first, first + 4)
    first += int(rest[1]) - 1 if rest.startswith("Q") else (int(rest[1:3]) - 1) // 3
    return range(first, first + 1)


def date_of(quarter: int, start_year: int) -> str:
    """Return the date of a quarter, such as ``2016Q2``."""
    return f"{start_year + quarter // 4}Q{quarter % 4 + 1}"
