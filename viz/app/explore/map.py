# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""The map of cities: its measures, its scales, and what it gets for every quarter."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import solara

from agents.compute_provider import KINDS
from viz.app.explore.session import Session, View
from viz.app.explore.snapshot import Arm, Country, Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui import event_filters as heard
from viz.app.ui.translations import Words
from viz.app.ui.vue_widgets import CityMap

# Dark to light and back would read as two ends: one hue grows darker with the level (after ColorBrewer's
# YlGnBu), and red against blue with white at nought (RdBu) tells losses from gains to colour-blind eyes too.
LEVELS = ("#ffffe0", "#d5eeb8", "#7fcdbb", "#41a5c4", "#2a6fb0", "#16306e")
EFFECTS = ("#9e1128", "#d6604d", "#f4b69b", "#f7f7f7", "#a6cfe3", "#4393c3", "#0b4d94")


@dataclass(frozen=True)
class Measure:
    """A column of cities on the map: ``per_firm`` divides by firms, ``factor`` makes its unit."""

    column: str
    how: str = "log"
    per_firm: bool = False
    factor: float = 1.0

    def level(self, arm: Arm) -> np.ndarray:
        """What it is in every city, (C,); NaN where there is no firm to divide by."""
        values, firms = arm.cities[self.column] * self.factor, arm.cities["firms"]
        if not self.per_firm:
            return np.array(values)
        return np.divide(values, firms, out=np.full(len(firms), np.nan), where=firms > 0)


MEASURES: Mapping[str, Measure] = MappingProxyType({
    "innovation": Measure("innovation", per_firm=True, factor=1000.0),
    "adoption": Measure("adoption_share", "difference", factor=100.0),
    "data": Measure("data"),
    "talent": Measure("talent", per_firm=True),
    "wage": Measure("wage"),
    "compute_price": Measure("compute_price"),
    "compute_use": Measure("compute_use", per_firm=True, factor=1000.0),
    "attention": Measure("attention", "difference", factor=100.0),
    "firms": Measure("firms"),
})  # fmt: skip


def unit_of(measure: str, effect: bool, words: Words) -> str:
    """The unit of what the map shows."""
    if not effect:
        return words(f"unit.{measure}")
    return words("unit.points" if MEASURES[measure].how == "difference" else "unit.effect")


@functools.lru_cache(maxsize=8)
def places(country: Country) -> dict[str, list[Any]]:
    """Longitude, latitude and names of the cities, as the map takes them."""
    table = country.cities
    return {
        "x": [round(float(x), 4) for x in table["lon"]],
        "y": [round(float(y), 4) for y in table["lat"]],
        "en": [str(name) for name in table["name_en"]],
        "zh": [str(name) for name in table["name_zh"]],
    }


def look_of(view: View, words: Words, title: str = "", twin: bool = False) -> dict[str, Any]:
    """What the map is told when the view changes: palette, labels, layers."""
    effect = view.effect and not view.twins
    unit = unit_of(view.measure, effect, words)
    measured = words(f"measured.{MEASURES[view.measure].column}")
    label = words("map.effect_on", measure=measured) if effect else words(f"measure.{view.measure}")
    return {
        "title": title, "palette": list(EFFECTS if effect else LEVELS), "diverging": effect,
        "label": f"{label}, {unit}", "measure": label, "unit": unit, "chinese": words.language == "zh",
        "keys": "" if view.twins and not twin else "few" if twin else "all", "links": view.links,
        "flows": words(f"map.flow_{view.flows}") if view.flows else "",
        "kinds": [words(f"kind.{kind}") for kind in KINDS],
        "words": {key: words(f"map.{key}")
                  for key in ("closer", "farther", "whole", "save", "firms", "centre", "own", "load")},
    }  # fmt: skip


class Scales:
    """Ends of the map's scales, which only grow in a run, so that colours can be compared over time."""

    def __init__(self) -> None:
        self._ends: dict[str, tuple[float, float]] = {}
        self._largest = 1.0
        self._quarter = -1

    def begin(self, snapshot: Snapshot) -> None:
        """Start anew if the run has."""
        if snapshot.quarter < self._quarter:
            self._ends.clear()
        self._quarter = snapshot.quarter
        most = float(max(snapshot.run.cities["firms"].max(), snapshot.twin.cities["firms"].max()))
        self._largest = most if snapshot.quarter == 0 else max(self._largest, most)

    @property
    def largest(self) -> float:
        """Firms of the largest city so far."""
        return self._largest

    def widened(self, name: str, low: float, high: float) -> tuple[float, float]:
        """The ends after values from ``low`` to ``high`` were shown."""
        before = self._ends.get(name, (low, high))
        self._ends[name] = (min(before[0], low), max(before[1], high))
        return self._ends[name]


def nice(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... times a power of ten, at least 0.1."""
    value = max(value, 0.1)
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9)))


def map_frame(snapshot: Snapshot, view: View, scales: Scales, arm: Arm, summary: str = "") -> dict[str, Any]:
    """What the map shows of one run at the end of a quarter."""
    measure, effect = MEASURES[view.measure], view.effect and not view.twins
    scales.begin(snapshot)
    if effect:
        values = snapshot.effect(measure.column, measure.how)
        known = np.abs(values[np.isfinite(values)])
        end = nice(float(np.percentile(known, 98))) if known.any() else 1.0
        low, high = scales.widened(f"effect {view.measure}", -end, end)
    else:
        values = measure.level(arm)
        both = np.concatenate([measure.level(one) for one in (snapshot.run, snapshot.twin)])
        known = both[np.isfinite(both)]
        low, high = scales.widened(view.measure, *(float(x) for x in np.percentile(known, (2, 98))))
    flows = snapshot.flows if arm is snapshot.run else snapshot.twin_flows
    load = np.divide(
        arm.link_load, arm.link_capacity, out=np.zeros_like(arm.link_load), where=arm.link_capacity > 0
    )
    return {
        "values": rounded(values), "firms": arm.cities["firms"].astype(int).tolist(),
        "open": open_centres(snapshot, arm), "low": low, "high": high, "largest": scales.largest,
        "loads": np.round(load, 3).tolist() if view.links else None,
        "flows": [[a, b, float(f"{w:.3g}")] for a, b, w in flows], "text": summary, "date": snapshot.date,
    }  # fmt: skip


def rounded(values: np.ndarray, figures: int = 4) -> list[float | None]:
    """Numbers with few figures, None for NaN: a frame goes over a wire."""
    known = np.isfinite(values) & (values != 0)
    size = np.zeros(len(values))
    size[known] = np.floor(np.log10(np.abs(values[known])))
    scale = 10.0 ** (figures - 1 - size)
    return [v if ok else None for v, ok in zip((np.round(np.nan_to_num(values) * scale) / scale).tolist(),
                                               np.isfinite(values).tolist(), strict=True)]  # fmt: skip


def open_centres(snapshot: Snapshot, arm: Arm) -> list[list[int]]:
    """Row of the city, kinds as bits, the visitor's own of them as bits, of the cities with centres.

    A centre of the visitor's is shown from the moment that it is asked for, a quarter before it works.
    """
    found: dict[int, list[int]] = {}
    for centre in arm.open:
        city = int(arm.centres["city"][centre])
        found.setdefault(city, [0, 0])[0] |= 1 << int(arm.centres["kind"][centre])
    if arm is snapshot.run:
        for city, kind, quarter in snapshot.own:
            if quarter <= snapshot.quarter:
                bits = found.setdefault(city, [0, 0])
                bits[0], bits[1] = bits[0] | 1 << kind, bits[1] | 1 << kind
    return [[city, *bits] for city, bits in sorted(found.items())]


@solara.component
def MapOf(session: Session, twin: bool = False, title: str = "") -> None:
    """The map of the run, or of its twin; the one of the run answers what it has drawn."""
    view, words = session.view.value, session.words
    scales = solara.use_memo(Scales, [])
    element = CityMap(
        cities=places(session.country), links=solara.use_memo(session.country.links.tolist, []),
        look=look_of(view, words, title, twin),
        selected=-1 if session.city.value is None else session.city.value,
        event_select=heard.whole(session.select),
        event_drawn=heard.whole(session.stage.drawn),
    )  # fmt: skip

    def make(snapshot: Snapshot) -> dict[str, Any]:
        arm = snapshot.twin if twin else snapshot.run
        return map_frame(snapshot, session.view.peek(), scales, arm, snapshot.summary)

    use_frames(session, f"map {twin}", element, make, answers=not twin)
