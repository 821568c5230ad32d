"""Effects of the comparison on the page over seeds: mean, 95 % interval, and the visitor's own seed.

Definitions are those of ``experiments.measures.effect_tables``, with the last four quarters in place of the
last five years: the effect on a group is that on its total, first within a seed, then averaged over seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from experiments.measures.effect_tables import CHANNELS, band_labels, cities_by_band, percent_change
from experiments.measures.inequality import ranks
from experiments.measures.number_text import number
from experiments.measures.panel_checks import Flags
from experiments.measures.twin_pairs import Pair, mean_and_se
from viz.app.explore.snapshot import YEAR, SeedPair, Snapshot, Totals
from viz.app.results.chart_numbers import interval

FEWEST_CITIES = 10  # groups with fewer are greyed: one city's firms decide their effect
FEWEST_SEEDS = 3  # an interval of two is too wide to be drawn


@dataclass(frozen=True)
class Spread:
    """A number over seeds.

    Attributes:
        mean: Mean over the seeds in which it is defined; NaN if there is none.
        low: Lower end of the 95 % interval of the mean; NaN with fewer than three seeds.
        high: Its upper end.
        own: The number of the visitor's seed.
        seeds: Seeds in which it is defined.
    """

    mean: float
    low: float
    high: float
    own: float
    seeds: int

    @property
    def sign(self) -> int:
        """1 or −1 if the interval lies above or below zero, else 0."""
        return int(self.low > 0) - int(self.high < 0)

    def text(self, places: int, signed: bool = True) -> str:
        """Return text such as ``+7.7 [6.6, 8.9]``; without an interval the mean alone."""
        if not np.isfinite(self.mean):
            return "–"
        said = number(self.mean, places, signed)
        if not np.isfinite(self.low):
            return said
        return f"{said} [{number(self.low, places, signed)}, {number(self.high, places, signed)}]"


def spread(values: Iterable[float]) -> Spread:
    """Return a number over seeds; the first value is that of the visitor's seed."""
    known = [float(value) for value in values]
    found = mean_and_se(known)
    low, high = (float("nan"), float("nan"))
    if found["seeds"] >= FEWEST_SEEDS:
        low, high = interval(found["mean"], found["se"], found["seeds"])
    return Spread(found["mean"], low, high, known[0], int(found["seeds"]))


def over_seeds(snapshot: Snapshot, value: Callable[[SeedPair], float]) -> Spread:
    """Return a number of every seed's pair over the seeds."""
    return spread(value(one) for one in snapshot.seed_pairs)


# ── Groups of cities ─────────────────────────────────────────────────────────────────────────────


def groups_by_distance(snapshot: Snapshot, pair: Pair) -> list[Flags]:
    """Return the hosts, and the other cities by distance to the nearest host, (C,) each."""
    if not len(pair.hosts):
        return [pair.host_flags()] * (1 + len(band_labels()))
    return [pair.host_flags(), *cities_by_band(pair, snapshot.country.distances).values()]


def effect_by_band(snapshot: Snapshot) -> tuple[list[Spread], list[float]]:
    """Return the effect on innovation, %, and the mean number of cities: hosts, then others by distance."""
    by_seed = [(pair, groups_by_distance(snapshot, pair)) for pair in snapshot.pairs]
    count = 1 + len(band_labels())
    effects = [spread(pair.group_effect(groups[k]) for pair, groups in by_seed) for k in range(count)]
    return effects, [float(np.mean([groups[k].sum() for _, groups in by_seed])) for k in range(count)]


def channel_effects(snapshot: Snapshot, rows: np.ndarray | None = None) -> list[Spread]:
    """Return the effect on each of the six channels in these cities, by default each seed's hosts.

    The units are those of CHANNELS.
    """
    return [
        spread(
            pair.group_effect(here, measure, how) if len(here) else float("nan")
            for pair in snapshot.pairs
            for here in [pair.hosts if rows is None else rows]
        )
        for _, measure, how, _ in CHANNELS
    ]


def city_effects(snapshot: Snapshot, name: str = "innovation", how: str = "log") -> list[np.ndarray]:
    """Return the effect on each city, (C,), of the visitor's seed and of the others.

    how: ``log`` for 100·ln ratio, ``difference`` for 100 × difference, ``units`` for the difference. A ratio
    is NaN in cities with fewer than five firms, and everything that a mechanism which is off did not record.
    """
    if any(name not in pair.without for pair in snapshot.pairs):
        return [np.full(len(snapshot.country.cities), np.nan) for _ in snapshot.pairs]
    if how == "log":
        return [np.where(pair.enough_firms(), pair.effect(name), np.nan) for pair in snapshot.pairs]
    scale = 100.0 if how == "units" else 1.0
    return [pair.effect(name, "difference") / scale for pair in snapshot.pairs]


def city_means(by_seed: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and ends of the 95 % interval of each city, (C,) each."""
    values = np.array(by_seed)
    known = np.isfinite(values)
    seeds = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(seeds, 1)
    mean = np.where(seeds > 0, mean, np.nan)
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    error = np.sqrt(squares / np.maximum(seeds - 1, 1) / np.maximum(seeds, 1))
    reach = np.full(len(mean), np.nan)
    for count in np.unique(seeds[seeds >= FEWEST_SEEDS]):
        reach[seeds == count] = interval(0.0, 1.0, int(count))[1]
    return mean, mean - reach * error, mean + reach * error


def gains(pair: Pair) -> np.ndarray:
    """Return the places that each city gains in innovation because of the centres, (C,)."""
    treated, control = pair.late("innovation")
    return np.asarray(ranks(control) - ranks(treated))


# ── The country over time ────────────────────────────────────────────────────────────────────────


def series_of(run: Totals, twin: Totals, measure: str, quarter: int) -> np.ndarray:
    """Return the effect at the ends of quarters 1 to T, (T,): on innovation and GDP 100·ln of the ratio of
    the sums of four quarters, on the Theil index and σ in % of the twin's, on what extensions record the
    difference of the means of four quarters.
    """
    if measure in run.own:
        apart = np.subtract(run.own[measure][1 : quarter + 1], twin.own[measure][1 : quarter + 1])
        total = np.concatenate([[0.0], np.cumsum(apart)])
        first = np.maximum(np.arange(1, quarter + 1) - YEAR, 0)
        return np.asarray((total[1:] - total[first]) / (np.arange(1, quarter + 1) - first))
    if measure in ("innovation", "gdp"):
        sums = []
        for totals in (run, twin):
            total = np.concatenate([[0.0], np.cumsum(getattr(totals, measure)[1 : quarter + 1])])
            first = np.maximum(np.arange(1, quarter + 1) - YEAR, 0)
            sums.append(total[1:] - total[first])
        return np.asarray(100.0 * np.log(sums[0] / sums[1]))
    pairs = zip(getattr(run, measure)[1 : quarter + 1], getattr(twin, measure)[1 : quarter + 1], strict=True)
    return np.array([percent_change(with_, without) for with_, without in pairs])


def effect_over_time(snapshot: Snapshot, measure: str) -> np.ndarray:
    """Return the effect of every seed at the ends of quarters 1 to T, (S, T); the first is the visitor's."""
    return np.array([series_of(one.run, one.twin, measure, snapshot.quarter) for one in snapshot.seed_pairs])


def national(snapshot: Snapshot, measure: str) -> Spread:
    """Return the effect on the country at the end of the quarter, %."""
    if not snapshot.quarter:
        return spread([0.0])
    return spread(effect_over_time(snapshot, measure)[:, -1])
