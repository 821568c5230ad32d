"""The facts of the scorecard: what is published, within which bounds a run passes, and why one may not."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import pandas as pd

from experiments.measures.findings import FINDINGS
from experiments.validation.economy_facts import facts as economy_facts

ANY = math.inf


@dataclass(frozen=True)
class ScoredFact:
    """A fact that every seed passes or not.

    Attributes:
        group: ``firms``, ``cities``, ``centres``, ``economy`` or ``signs``.
        measure: Name of the figure of a run.
        low, high: Bounds within which a run passes; of a sign, 0 and infinity.
        claimed: Whether the model is said to have it; one that is not is judged all the same.
        cause: Of a failure.
    """

    group: str
    id: str
    quantity: str
    measure: str
    published: str
    low: float
    high: float
    source: str
    claimed: bool = True
    cause: str = ""

    def passes(self, figures: Mapping[str, float | None]) -> bool | None:
        """Return whether a run passes; None where the figure is not defined."""
        value = figures.get(self.measure)
        if value is None or not math.isfinite(value):
            return None
        return self.low <= value <= self.high


LEFT_OUT = {
    "F7": "exporters are not told apart",
    "F9": "of the USA; F6 is of China",
    "F20": "of the European Union within 300 km; F21 has the fall with distance",
    "F22": "citations are not modelled",
    "F23": "high-speed rail and patents of two cities together are not modelled",
    "F24": "rows A1 to A6 of the validation judge it",
    "F26": "projects that are scrapped: only in the study oversupply",
    "F27": "of roads; row C32 of the validation has the size for centres",
    "F28": "the three rows C20",
    "F29": "row C21-east; ownership is not modelled",
}
WORDS = ("group", "id", "quantity", "measure", "published", "source")
NOISY = "with the real centres this sign is absent or within the noise of a seed (docs/validation.md)"
# Economy facts that are not claimed seed by seed: the validation has the reasons.
NOT_CLAIMED = frozenset(
    {"X2-pooled", "X6", "X13", "X13-paid", "X13-list-income", "X13-paid-income", "E15", "E32", "B4", "G14"}
)


@functools.cache
def scored_facts() -> tuple[ScoredFact, ...]:
    """Return all facts: of firms, cities and centres, of the economy, and the signs of the source study."""
    own = _table()
    return (*own, *_economy({one.measure for one in own}), *_signs())


def _table() -> list[ScoredFact]:
    with (
        resources.files("experiments.validation.facts")
        .joinpath("thirty_facts.csv")
        .open(encoding="utf-8") as file
    ):
        table = pd.read_csv(file, keep_default_na=False, dtype=str)
    found = []
    for row in table.to_dict("records"):
        words = {
            name: str(row[name]) for name in ("group", "id", "quantity", "measure", "published", "source")
        }
        low, high = float(row["low"] or -ANY), float(row["high"] or ANY)
        claimed, cause = row["claimed"] == "yes", str(row["why"])
        found.append(ScoredFact(low=low, high=high, claimed=claimed, cause=cause, **words))
    return found


def _economy(taken: set[str]) -> list[ScoredFact]:
    return [
        ScoredFact(
            "economy",
            one.id,
            f"{one.quantity}, {one.unit}",
            one.id,
            f"{one.value:.4g}",
            one.low,
            one.high,
            one.source,
            one.id not in NOT_CLAIMED,
            one.why,
        )
        for one in economy_facts()
        if one.id not in taken and one.low < one.high
    ]


def _signs() -> list[ScoredFact]:
    """Return the signs that one pair of runs with the real centres has: not those of hosts at random."""
    found = []
    for one in FINDINGS:
        if one.id.split("-")[0] in {"C7", "C8", "C9", "C10", "C11", "C12"}:
            continue
        low, high = (0.0, ANY) if one.expected > 0 else (-ANY, 0.0)
        words = "above 0" if one.expected > 0 else "below 0"
        claimed = one.id in {"C0", "C3", "C6", "C13-far", "C14-regions"}
        why = "" if claimed else NOISY
        words_of = f"{one.words}, {one.unit}"
        found.append(
            ScoredFact("signs", one.id, words_of, one.id, words, low, high, "document 000", claimed, why)
        )
    return found
