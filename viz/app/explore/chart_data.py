"""The numbers of the page's charts as one table, for download."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from experiments.measures.effect_tables import CHANNELS, band_labels
from model.scenarios.scenario import date_of
from viz.app.explore.areas import areas
from viz.app.explore.own_charts import own_units
from viz.app.explore.seed_spread import (
    Spread,
    channel_effects,
    city_effects,
    city_means,
    effect_by_band,
    effect_over_time,
    gains,
    spread,
)
from viz.app.explore.snapshot import Snapshot

COLUMNS = ("chart", "item", "date", "unit", "mean", "low", "high", "own", "seeds", "cities")
LEVELS = {
    "innovation": "innovations/quarter",
    "gdp": "money/quarter",
    "theil": "Theil index",
    "sigma": "log points",
}
CURVES = {"innovation": "%", "gdp": "%", "recent_theil": "% of the Theil index"}


def chart_table(snapshot: Snapshot) -> pd.DataFrame:
    """Return the numbers of all charts and of the table of areas, a row each; the columns are COLUMNS.

    ``low`` and ``high`` are the ends of the 95 % interval of the mean over seeds, ``own`` is the number of
    the visitor's seed, ``cities`` the mean number of cities of a group. ``item`` is a band, a channel, a
    city_id or a measure. Levels are those of the visitor's run and its twin.
    """
    parts = (curves, levels, groups, area_effects, cities)
    return pd.DataFrame([one for part in parts for one in part(snapshot)], columns=list(COLUMNS))


def curves(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield the effects on the country, quarter by quarter."""
    for measure, unit in (CURVES | own_units()).items():
        values = effect_over_time(snapshot, measure) if snapshot.quarter else np.empty((1, 0))
        for quarter in range(values.shape[1]):
            one = spread(values[:, quarter])
            yield row("country", measure, date_of(quarter, snapshot.start_year), unit, one)


def levels(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield national levels with and without the centres, and the use of compute, quarter by quarter."""
    for arm, name in ((snapshot.run, "run"), (snapshot.twin, "twin")):
        for quarter in range(1, snapshot.quarter + 1):
            date = date_of(quarter - 1, snapshot.start_year)
            for measure, unit in LEVELS.items():
                yield level(f"level, {name}", measure, date, unit, getattr(arm.totals, measure)[quarter])
            for kind, use in zip(KINDS, arm.totals.use[quarter], strict=True):
                yield level(f"use of compute, {name}", kind, date, "compute/quarter", use)


def area_effects(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield the effects on regions and provinces, at the end of the quarter."""
    for name, rows in areas(snapshot.country).items():
        for measure in ("innovation", "real_gdp"):
            one = spread(pair.group_effect(rows, measure) for pair in snapshot.pairs)
            yield row(f"areas, {measure}", name, snapshot.date, "%", one, len(rows))


def groups(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield the effects by distance and on the six channels, at the end of the quarter."""
    effects, counts = effect_by_band(snapshot)
    for band, one, count in zip(["hosts", *band_labels()], effects, counts, strict=True):
        yield row("distance, km", band, snapshot.date, "%", one, count)
    for (_, name, _, unit), one in zip(CHANNELS, channel_effects(snapshot), strict=True):
        yield row("channels of hosts", name, snapshot.date, unit, one)


def cities(snapshot: Snapshot) -> Iterator[tuple[object, ...]]:
    """Yield the effect on every city, and the places that it gains, at the end of the quarter."""
    effects = city_effects(snapshot)
    moved = [gains(pair) for pair in snapshot.pairs]
    for chart, unit, by_seed in (("effect on cities", "%", effects), ("places gained", "places", moved)):
        seeds = np.isfinite(by_seed).sum(axis=0)
        means = zip(*city_means(by_seed), by_seed[0], seeds, strict=True)
        for city, one in zip(snapshot.country.cities["city_id"], means, strict=True):
            yield chart, str(city), snapshot.date, unit, *(float(value) for value in one), None


def level(chart: str, item: str, date: str, unit: str, value: float) -> tuple[object, ...]:
    """Return a row with the number of the visitor's seed alone."""
    return chart, item, date, unit, *[float("nan")] * 3, float(value), 1, None


def row(
    chart: str, item: str, date: str, unit: str, one: Spread, count: float | None = None
) -> tuple[object, ...]:
    """Return a row of the table."""
    return chart, item, date, unit, one.mean, one.low, one.high, one.own, one.seeds, count
