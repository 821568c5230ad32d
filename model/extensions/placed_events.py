"""Places of events in the quarter: before, after, instead of or inside another one."""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType

from model.engine.events import Event, Rule, for_each
from model.engine.probes import probe


@dataclass(frozen=True)
class Placed:
    """An event with its ``position`` in the quarter, relative to the one named ``anchor``.

    ``position``: before, after, instead_of or inside. ``at``: before or after which rule of the anchor the
    rules inside it come.
    """

    event: Event
    position: str
    anchor: str
    at: tuple[str, str] | None = None


def _event(given: Event | Rule) -> Event:
    return probe(given) if isinstance(given, FunctionType) else given  # type: ignore[return-value]


def before(anchor: str, event: Event | Rule) -> Placed:
    """Place an event just before the named one; several before the same one keep their order.

    A function is a probe: it reads columns by name, as a procedure does, and ``step``, and changes nothing.
    """
    return Placed(_event(event), "before", anchor)


def after(anchor: str, event: Event | Rule) -> Placed:
    """Place an event just after the named one; several after the same one keep their order.

    A function is a probe, as in ``before``: ``RegionalModel(extension=after("wage", watch))`` looks at a run.
    """
    return Placed(_event(event), "after", anchor)


def instead_of(anchor: str, event: Event) -> Placed:
    """Replace the named event, such as a market of the model by a user-defined one."""
    return Placed(event, "instead_of", anchor)


def inside(
    anchor: str,
    *rules: Rule | str,
    before: str | None = None,
    after: str | None = None,
    totals: dict[str, str] | None = None,
) -> Placed:
    """Add rules to the named event, before or after one of its rules; by default after its last.

    They read the results of the rules before them, and the rules after them read theirs. Each writes the
    column of its name, if there is one. ``totals`` are as in ``for_each``.

    Raises:
        TypeError: A rule is neither a function nor a name, there is none, or both places are given.
    """
    if not rules or (before and after):
        raise TypeError("inside takes an event, one or more rules, and either before= or after= a rule of it")
    at = ("before", before) if before else ("after", after) if after else None
    return Placed(for_each(f"rules inside {anchor}", "", *rules, totals=totals), "inside", anchor, at)
