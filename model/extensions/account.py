"""``Account``: two sums that must be equal in every quarter, such as what banks lent and what firms owe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.engine.schema import Schema
from model.engine.state import State
from model.extensions.measure import Measure, Values
from model.extensions.measure import mistake as wrong_measure

TERM = re.compile(r"\s*([+-]?)\s*(?:sum\s+)?([a-z_0-9]+\.[a-z_0-9]+)\s*")
NOTHING = "0"
Sum = Callable[[Measure, State, str], Values]


@dataclass(frozen=True)
class Account:
    """Two sums over agents at work that are equal after every quarter, but for rounding.

    Parameters
    ----------
    name:
        For messages.
    stock, equals:
        ``table.column``, or several with + and −: ``banks.loans`` and ``firms.loan + firms.arrears``. ``0``:
        what some gain, others lose.
    by:
        ``nation``: in the country; ``city``: in each city.
    meaning:
        A sentence for ``computeleap extension check``.
    """

    name: str
    stock: str
    equals: str
    by: str = "nation"
    meaning: str = ""

    def missed(self, state: State, measure: Sum) -> float:
        """Return by how much the two sums differ, relative to the larger one; from 0, to the largest term."""
        one, other = (_values(text, state, measure, self.by) for text in (self.stock, self.equals))
        sums = [np.sum(terms, axis=0) for terms in (one, other) if terms]
        missed = sums[0] - sums[1] if len(sums) == 2 else sums[0]
        scale = max(np.abs(values).max(initial=0.0) for values in (sums if len(sums) == 2 else one + other))
        return float(np.abs(missed).max(initial=0.0) / scale) if scale > 0.0 else 0.0


def _terms(text: str) -> list[tuple[float, str]]:
    """Return sign and column of each term; none if the text is no sum of columns."""
    found, place = [], 0
    while place < len(text):
        term = TERM.match(text, place)
        if term is None or (place > 0 and not term[1]):
            return []
        found.append((-1.0 if term[1] == "-" else 1.0, term[2]))
        place = term.end()
    return found


def _values(text: str, state: State, measure: Sum, by: str) -> list[Values]:
    return [sign * measure(Measure("term", column), state, by) for sign, column in _terms(text)]


def mistake(one: Account, schema: Schema) -> str:
    """Return what is wrong with an account of a model with these tables; empty if nothing is."""
    sums = [text for text in (one.stock, one.equals) if text.strip() != NOTHING]
    for text in sums or [NOTHING]:
        if not (terms := _terms(text)):
            return f"{text!r} must be table.column, or several with + and -; one of the two may be 0"
        for _, column in terms:
            if wrong := wrong_measure(Measure("term", column, one.by), schema, set()):
                return wrong
    return ""
