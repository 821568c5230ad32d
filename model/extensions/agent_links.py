"""``Links``: a kind whose agents join two others, such as the loans of a bank to a firm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from agents.columns import NO_PARTNER, Column
from model.engine.births import Ends, no_columns
from model.extensions.agent_kind import AgentKind

AT_WORK = "alive"


def no_links() -> dict[str, list[float]]:
    """Return the columns of no link."""
    return {AT_WORK: []}


@dataclass(frozen=True, eq=False)
class Links:
    """Links between two agents, which are born and end in a run.

    Parameters
    ----------
    table:
        Name of the table, such as ``loans``; ``loan_`` is its prefix.
    first, second:
        The ends: a prefix, such as ``bank`` or ``firm``, or column and table: ``("lender", "banks")``.
        A link has a column of that name for each, which holds ``NO_PARTNER`` where no link is.
    columns:
        Further columns. ``alive`` is 1 in links that are there; a rule of that name may end one.
    start:
        Function that returns the first links, as for ``AgentKind``; none if missing.
    prefix:
        By which procedures and index columns find it, if not ``table`` without its last letter.

    Events of the model and of extensions let links be born (``born``). After firms close (``renew_firms``), a
    link ends of which one end is no longer at work.
    """

    table: str
    first: str | tuple[str, str]
    second: str | tuple[str, str]
    columns: Sequence[Column] = ()
    start: Callable[..., Any] | None = None
    prefix: str = ""

    def ends(self, whole: dict[str, str]) -> list[tuple[str, str]]:
        """Return column and table of both ends; ``whole`` leads from prefixes to tables.

        Raises KeyError: there is no such prefix.
        """
        return [
            end if isinstance(end, tuple) else (end, whole[f"{end}_"]) for end in (self.first, self.second)
        ]

    def kind(self, whole: dict[str, str]) -> AgentKind:
        """Return the kind of agents that links are. Raises KeyError."""
        ends = self.ends(whole)
        columns = (
            *(Column(name, "row", f"its end in {table}", NO_PARTNER, table) for name, table in ends),
            Column(AT_WORK, "flag", "1: the link is there"),
            *self.columns,
        )
        prefix = self.prefix or f"{self.table.removesuffix('s')}_"
        return AgentKind(self.table, prefix, columns, self.start or no_links, None, AT_WORK, self)

    def ending(self, whole: dict[str, str], at_work: dict[str, str | None]) -> Ends:
        """Return the event in which links end with their ends."""
        ends = tuple((name, table, at_work.get(table)) for name, table in self.ends(whole))
        meaning = f"{self.table} end with the agents that they join"
        return Ends(f"end_{self.table}", meaning, no_columns, table=self.table, ends=ends, at_work=AT_WORK)
