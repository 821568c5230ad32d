"""Published figures and signs, ``model/data/targets.csv``, by id."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from importlib import resources

import pandas as pd


@dataclass(frozen=True)
class PublishedTarget:
    """A published figure: ``low`` and ``high`` are its range, or the value itself where none is given."""

    id: str
    quantity: str
    value: float
    low: float
    high: float
    unit: str
    use: str
    source: str

    @property
    def published(self) -> str:
        """The figure as text: a sign, a value, or a value with its range."""
        if self.unit == "sign":
            return {1.0: "above 0", -1.0: "below 0", 0.0: "not significant"}[self.value]
        if self.low == self.high:
            return f"{self.value:g}"
        return f"{self.value:g} ({self.low:g} to {self.high:g})"


@functools.cache
def targets() -> tuple[PublishedTarget, ...]:
    """Return all targets, in the order of the file."""
    with resources.files("model").joinpath("data/targets.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    found = []
    for row in table.to_dict("records"):
        value = float(row["value"])
        low, high = (value if math.isnan(row[end]) else float(row[end]) for end in ("low", "high"))
        words = {name: str(row[name]) for name in ("id", "quantity", "unit", "use", "source")}
        found.append(PublishedTarget(value=value, low=low, high=high, **words))
    return tuple(found)


def target(identity: str, quantity: str = "") -> PublishedTarget:
    """Return the target of that id; where an id has several, the one whose quantity contains the text.

    Raises KeyError if there is none or more than one.
    """
    found = [one for one in targets() if one.id == identity and quantity in one.quantity]
    if len(found) != 1:
        raise KeyError(f"{len(found)} targets have id {identity!r} and a quantity like {quantity!r}")
    return found[0]
