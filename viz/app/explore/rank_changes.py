"""Ranks of cities in the run and in its twin: places gained and lost because of the centres."""

from __future__ import annotations

import numpy as np

from viz.app.explore.country_charts import (
    ChartSpec,
    empty_remark,
    live_option,
    scaled_axis,
    short_numbers,
    year_axis,
    year_range,
)
from viz.app.explore.snapshot import Arm, Snapshot
from viz.app.ui.chart_options import BLUE, GREEN, PURPLE, RED, SKY, Option, line
from viz.app.ui.translations import Translator

MOVERS = 6
COLOURS = (BLUE, RED, GREEN, PURPLE, SKY, "#7a5c00")  # Okabe and Ito's yellow is too pale for a line


def movers(snapshot: Snapshot, most: int = MOVERS) -> np.ndarray:
    """Return the rows of the cities that gained or lost most places against the twin, the largest first."""
    gain = gains(snapshot)
    order = np.argsort(-np.abs(gain), kind="stable")[:most]
    return order[np.abs(gain[order]) >= 1]


def gains(snapshot: Snapshot) -> np.ndarray:
    """Return the places that each city gains in innovation because of the centres, (C,)."""
    run, twin = (arm.totals.ranks[snapshot.quarter] for arm in (snapshot.run, snapshot.twin))
    return np.asarray(twin - run)


def _ranks(tr: Translator, twin: str) -> Option:
    label = {"show": True, "formatter": "{a}", "fontSize": 11, "distance": 4}
    series: list[Option] = []
    for colour in COLOURS:
        series.append(line("", colour, endLabel=label, labelLayout={"moveOverlap": "shiftY"}))
        series.append(line("", colour, "dashed"))
    return live_option(
        tr("chart.ranks", twin=tr(f"twin.{twin}")),
        tr,
        {"right": 96, "top": 30, "bottom": 34},
        xAxis=year_axis(tr),
        yAxis=scaled_axis(tr("axis.rank"), inverse=True, minInterval=1),
        series=series,
    )


def _ranks_frame(snapshot: Snapshot, tr: Translator) -> Option:
    chosen = movers(snapshot)
    quarters = [*range(0, snapshot.quarter, 4), snapshot.quarter]
    years = [snapshot.start_year + quarter / 4 for quarter in quarters]
    names = snapshot.country.cities[tr.city_column]

    def series(arm: Arm, k: int) -> Option:
        if k >= len(chosen):
            return {"name": "", "data": []}
        row = int(chosen[k])
        ranks = short_numbers(arm.totals.ranks[quarter][row] for quarter in quarters)
        name = str(names.iloc[row]) if arm is snapshot.run else f"{names.iloc[row]} ({tr('twin.short')})"
        return {"name": name, "data": [list(pair) for pair in zip(years, ranks, strict=True)]}

    lines = [series(arm, k) for k in range(MOVERS) for arm in (snapshot.run, snapshot.twin)]
    remark = empty_remark(snapshot, tr, len(chosen) > 0)
    return {"xAxis": year_range(snapshot), "series": lines, "graphic": remark}


RANKS = ChartSpec(_ranks, _ranks_frame)


def signed(value: float, form: str) -> str:
    """Return a difference with its sign; zero has none. ``form`` is a format such as ``.1f``."""
    text = f"{abs(value):{form}}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def mover_rows(snapshot: Snapshot, tr: Translator) -> Option:
    """Return the table of movers: city, rank without, rank with, places gained, effect."""
    chosen, effect = movers(snapshot, 12), snapshot.effect()
    names = snapshot.country.cities[tr.city_column]
    run, twin = (arm.totals.ranks[snapshot.quarter] for arm in (snapshot.run, snapshot.twin))
    rows = [
        [
            str(names.iloc[row]),
            f"{twin[row]:g}",
            f"{run[row]:g}",
            signed(twin[row] - run[row], "g"),
            "–" if np.isnan(effect[row]) else signed(effect[row], ".1f"),
        ]
        for row in chosen
    ]
    return {"rows": rows, "links": [int(row) for row in chosen]}
