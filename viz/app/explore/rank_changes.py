"""Places that cities gain and lose because of the centres, over seeds."""

from __future__ import annotations

import numpy as np
import solara

from experiments.measures.inequality import ranks
from viz.app.explore.country_charts import bar_data, bar_series
from viz.app.explore.live_chart import ChartSpec, LiveChart, axis, empty_remark, live_option
from viz.app.explore.seed_spread import Spread, city_effects, gains, spread
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import natural_number
from viz.app.ui.translations import Translator
from viz.app.ui.vue_widgets import CityTable

MOVERS = 12


def movers(snapshot: Snapshot, most: int = MOVERS) -> list[tuple[int, Spread]]:
    """Return the rows of the cities that gain or lose most places, and their gains; the largest first.

    Of the mean over seeds.
    """
    by_seed = np.array([gains(pair) for pair in snapshot.pairs])
    mean = by_seed.mean(axis=0)
    order = np.argsort(-np.abs(mean), kind="stable")[:most]
    return [(int(row), spread(by_seed[:, row])) for row in order if mean[row]]


@solara.component
def Ranks(session: Session) -> None:
    """Chart and table of the cities that moved most in the ranking."""
    tr = session.tr
    with solara.Div(classes=["cl-scroll"]):
        LiveChart(session, "ranks", RANKS, "330px")
        table = CityTable(
            title=tr("mover.title"),
            heads=[tr(f"mover.{key}") for key in ("name", "without", "with", "gain", "effect")],
            numbers=[1, 2, 3, 4],
            empty=tr("mover.none"),
            event_select=natural_number(session.select),
        )
        use_frames(session, "movers", table, lambda snapshot: mover_rows(snapshot, session.tr))


def _ranks(tr: Translator, twin: str) -> Option:
    return live_option(
        tr("chart.ranks", twin=tr(f"twin.{twin}")),
        tr,
        {"left": 6, "right": 16, "top": 30, "bottom": 34, "containLabel": True},
        yAxis=axis("", of="category", data=[], inverse=True, axisTick={"show": False}),
        xAxis=axis(tr("axis.places"), gap=22, splitNumber=4),
        series=bar_series(tr, tr("axis.places"), 14, across=False),
    )


def _ranks_frame(snapshot: Snapshot, tr: Translator) -> Option:
    found, names = movers(snapshot), snapshot.country.cities[tr.city_column]
    return {
        "yAxis": {"data": [str(names.iloc[row]) for row, _ in found]},
        "series": bar_data([gain for _, gain in found]),
        "graphic": empty_remark(snapshot, tr, bool(found)),
    }


RANKS = ChartSpec(_ranks, _ranks_frame)


def mover_rows(snapshot: Snapshot, tr: Translator) -> Option:
    """Return the table of movers: city, rank without, rank with, places gained, effect; all over seeds."""
    found, effects = movers(snapshot), city_effects(snapshot)
    names = snapshot.country.cities[tr.city_column]
    places = [[ranks(values) for values in pair.late("innovation")] for pair in snapshot.pairs]
    rows = [
        [
            str(names.iloc[row]),
            *(f"{np.mean([both[arm][row] for both in places]):.0f}" for arm in (1, 0)),
            gain.text(1),
            spread(one[row] for one in effects).text(1),
        ]
        for row, gain in found
    ]
    return {"rows": rows, "links": [row for row, _ in found]}
