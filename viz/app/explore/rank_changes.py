"""Ranks of cities in the run and in its twin: who overtook whom because of the centres."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.app.explore.country_charts import Kind, axis, base, line, remark, short, spell, years
from viz.app.explore.snapshot import Snapshot
from viz.app.ui.translations import Words

MOVERS = 6
# Seven of Okabe and Ito's; yellow is too pale for a line.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#7a5c00")


def movers(snapshot: Snapshot, most: int = MOVERS) -> np.ndarray:
    """Rows of the cities that gained or lost most places against the twin, the largest first."""
    gain = gains(snapshot)
    order = np.argsort(-np.abs(gain), kind="stable")[:most]
    return order[np.abs(gain[order]) >= 1]


def gains(snapshot: Snapshot) -> np.ndarray:
    """Places that each city gains in innovation because of the centres, (C,)."""
    run, twin = (arm.totals["ranks"][snapshot.quarter] for arm in (snapshot.run, snapshot.twin))
    return np.asarray(twin - run)


def _ranks(words: Words, twin: str) -> dict[str, Any]:
    end = {"show": True, "formatter": "{a}", "fontSize": 11, "distance": 4}
    series: list[dict[str, Any]] = []
    for colour in COLOURS:
        series += [
            line("", colour, endLabel=end, labelLayout={"moveOverlap": "shiftY"}),
            line("", colour, True),
        ]
    tall = axis(words("axis.rank"), inverse=True, minInterval=1)
    grid = {"left": 48, "right": 96, "top": 30, "bottom": 34}
    title = words("chart.ranks", twin=words(f"twin.{twin}"))
    return base(title, words("chart.save"), xAxis=years(words), yAxis=tall, series=series, grid=grid)


def _ranks_frame(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    chosen = movers(snapshot)
    quarters = [*range(0, snapshot.quarter, 4), snapshot.quarter]
    names = snapshot.country.cities["name_zh" if words.language == "zh" else "name_en"]
    series: list[dict[str, Any]] = []
    for k in range(MOVERS):
        for arm in (snapshot.run, snapshot.twin):
            name, data = "", []
            if k < len(chosen):
                row = int(chosen[k])
                name = str(names.iloc[row])
                ranks = short(arm.totals["ranks"][quarter][row] for quarter in quarters)
                data = [[snapshot.start_year + q / 4, r] for q, r in zip(quarters, ranks, strict=True)]
            twin = f"{name} ({words('twin.short')})" if name else ""
            series.append({"name": name if arm is snapshot.run else twin, "data": data})
    return {"xAxis": spell(snapshot), "series": series, "graphic": remark(snapshot, words, len(chosen) > 0)}


RANKS = Kind(_ranks, _ranks_frame)


def signed(value: float, how: str) -> str:
    """A difference in print: + or the minus sign before it, 0 without a sign."""
    text = f"{abs(value):{how}}"
    if float(text) == 0:
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def mover_rows(snapshot: Snapshot, words: Words) -> dict[str, Any]:
    """The table of the movers: city, rank without, rank with, places gained, effect."""
    chosen, effect = movers(snapshot, 12), snapshot.effect()
    names = snapshot.country.cities["name_zh" if words.language == "zh" else "name_en"]
    run, twin = (arm.totals["ranks"][snapshot.quarter] for arm in (snapshot.run, snapshot.twin))
    rows = [
        [str(names.iloc[row]), f"{twin[row]:g}", f"{run[row]:g}", signed(twin[row] - run[row], "g"),
         "–" if np.isnan(effect[row]) else signed(effect[row], ".1f")]
        for row in chosen
    ]  # fmt: skip
    return {"rows": rows, "links": [int(row) for row in chosen]}
