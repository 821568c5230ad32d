# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The card of a city: its figures, its innovation with and without, its channels, providers, neighbours."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import solara

from agents.compute_provider import KINDS
from agents.firm import TIERS
from model.country.routes import routes_to
from model.scenarios.scenario import date_of
from viz.app.explore.country_charts import (
    RUN,
    TWIN,
    Kind,
    Moving,
    axis,
    base,
    channel_effects,
    distances,
    legend,
    line,
    points,
    remark,
    signed,
    spell,
    years,
)
from viz.app.explore.frame_stream import Frame
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Country, Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui import event_filters as heard
from viz.app.ui.translations import Words
from viz.app.ui.vue_widgets import CityHead, Rows

NEIGHBOURS = 5


@solara.component
def CityCard(session: Session) -> None:
    """The card of the selected city."""
    words, row = session.words, session.city.value
    general = [("", words("city.general")), *((tier, words(f"tier.{k}")) for k, tier in enumerate(TIERS))]

    head = CityHead(
        words={key: words(f"city.{key}") for key in
               ("label", "none", "open", "kind", "size", "size_hint", "purpose", "open_now")},
        kinds=[(kind, words(f"kind.{kind}")) for kind in KINDS], industries=general,
        ready=session.ready.value and session.doing.value != "build",
        event_open=heard.form(lambda said: None if row is None else session.open_centre(row, said)),
    )  # fmt: skip
    use_frames(session, "city", head, of_city(session, facts))
    if row is not None:
        Details(session, row)


@solara.component
def Details(session: Session, row: int) -> None:
    """What happens in the city, its centres and its neighbours."""
    words = session.words
    with solara.Div(classes=["cl-pair"]):
        Moving(session, "city_innovation", CITY_INNOVATION.of(row), "190px").key(f"innovation {row}")
        Moving(session, "city_channels", CITY_CHANNELS.of(row), "190px").key(f"channels {row}")
    heads = [words(f"provider.{key}") for key in ("name", "kind", "opened", "capacity", "use", "price")]
    table = Rows(
        title=words("city.providers"), heads=heads, numbers=[3, 4, 5], empty=words("city.no_providers")
    )
    use_frames(session, "city providers", table, of_city(session, provider_rows))
    heads = [words(f"neighbour.{key}") for key in ("name", "km", "latency", "effect")]
    near = Rows(title=words("city.neighbours"), heads=heads, numbers=[1, 2, 3], empty="",
                event_select=heard.whole(session.select))  # fmt: skip
    use_frames(session, "city neighbours", near, of_city(session, neighbour_rows))


def of_city(session: Session, make: Callable[[Snapshot, Words, int], dict[str, Any]]) -> Frame:
    """Frames of the selected city."""

    def frame(snapshot: Snapshot) -> dict[str, Any]:
        chosen = session.city.peek()
        return make(snapshot, session.words, chosen) if chosen is not None else {"rows": []}

    return frame


def facts(snapshot: Snapshot, words: Words, row: int) -> dict[str, Any]:
    """Names and figures of a city."""
    city, run, twin = snapshot.country.cities.iloc[row], snapshot.run, snapshot.twin
    ranks = [arm.totals["ranks"][snapshot.quarter][row] for arm in (run, twin)]
    effect = snapshot.effect()[row]
    first, other = ("name_zh", "name_en") if words.language == "zh" else ("name_en", "name_zh")
    shown = [
        (words("city.rank"), f"{ranks[0]:g}"),
        (words("city.rank_change"), f"{ranks[1] - ranks[0]:+g}" if ranks[1] != ranks[0] else "0"),
        (words("city.firms"), f"{run.cities['firms'][row]:,.0f}"),
        (words("city.effect"), "–" if np.isnan(effect) else f"{effect:+.1f} %"),
    ]
    own = "province_zh" if words.language == "zh" and "province_zh" in city else "province"
    return {"name": str(city[first]), "other": str(city[other]), "province": str(city[own]),
            "facts": [list(fact) for fact in shown]}  # fmt: skip


def provider_rows(snapshot: Snapshot, words: Words, row: int) -> dict[str, Any]:
    """The centres in the city, those ordered included."""
    arm = snapshot.run
    here = np.flatnonzero((arm.centres["city"] == row) & (arm.centres["capacity"] > 0))
    rows = []
    for k in here:
        opens = int(arm.centres["opens"][k])
        working = arm.centres["operating"][k] > 0.5
        kind = words(f"kind.{KINDS[int(arm.centres['kind'][k])]}")
        if arm.centres["dedicated"][k] > 0.5:
            kind += f" ({words('tier.' + str(int(arm.centres['industry'][k])))})"
        rows.append([
            arm.names[k] if k < len(arm.names) else f"B{k - len(arm.names) + 1}", kind,
            date_of(opens, snapshot.start_year), f"{arm.centres['capacity'][k]:.3g}",
            f"{100 * arm.centres['utilisation'][k]:.0f}" if working else "–",
            f"{arm.centres['price'][k]:.3f}" if working else "–",
        ])  # fmt: skip
    return {"rows": rows}


@functools.lru_cache(maxsize=64)
def neighbours(country: Country, row: int) -> tuple[tuple[int, float, float], ...]:
    """The nearest cities over the network: row, km, one-way latency in ms."""
    latency = routes_to(country.network, [row]).latency[0]
    km = distances(country)[row]
    order = [k for k in np.lexsort((km, latency)) if k != row][:NEIGHBOURS]
    return tuple((int(k), float(km[k]), float(latency[k])) for k in order)


def neighbour_rows(snapshot: Snapshot, words: Words, row: int) -> dict[str, Any]:
    """Neighbours, how far they are, and what the centres did to them."""
    names = snapshot.country.cities["name_zh" if words.language == "zh" else "name_en"]
    effect, found = snapshot.effect(), neighbours(snapshot.country, row)
    return {
        "rows": [[str(names.iloc[k]), f"{km:,.0f}", f"{ms:.2f}",
                  "–" if np.isnan(effect[k]) else f"{effect[k]:+.1f}"] for k, km, ms in found],
        "links": [k for k, _, _ in found],
    }  # fmt: skip


class _OfCity:
    """A chart that is drawn for one city."""

    def __init__(self, option: Any, frame: Any) -> None:
        self._option, self._frame = option, frame

    def of(self, row: int) -> Kind:
        """The chart of the city in that row."""
        return Kind(self._option, lambda snapshot, words: self._frame(snapshot, words, row))


def _innovation(words: Words, twin: str) -> dict[str, Any]:
    run, other = words("run"), words("twin.short")
    return base(
        words("chart.city_innovation"), words("chart.save"), legend=legend(run, other), xAxis=years(words),
        yAxis=axis(words("axis.innovation")), series=[line(run, RUN, z=3), line(other, TWIN, True)],
    )  # fmt: skip


def _innovation_frame(snapshot: Snapshot, words: Words, row: int) -> dict[str, Any]:
    times = snapshot.times[1:]
    both = (snapshot.series(arm, "innovation", row) for arm in (snapshot.run, snapshot.twin))
    return {"xAxis": spell(snapshot), "series": [{"data": points(times, values)} for values in both]}


def _channels(words: Words, twin: str) -> dict[str, Any]:
    from viz.app.explore.country_charts import COUNTRY

    option = COUNTRY["channels"].option(words, twin)
    option["title"]["text"] = words("chart.city_channels")
    return option


def _channels_frame(snapshot: Snapshot, words: Words, row: int) -> dict[str, Any]:
    values = channel_effects(snapshot, np.array([row]))
    there = bool(np.isfinite(values).any() and np.nan_to_num(values).any())
    return {"series": [{"data": signed(values)}], "graphic": remark(snapshot, words, there)}


CITY_INNOVATION = _OfCity(_innovation, _innovation_frame)
CITY_CHANNELS = _OfCity(_channels, _channels_frame)
