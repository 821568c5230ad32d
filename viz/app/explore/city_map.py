"""The map of cities: its measures, its scales, and the frame of every quarter."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import solara

from agents.compute_provider import KINDS
from model.country.country import Country
from model.country.routes import link_arrays
from viz.app.explore.areas import area_name, areas, rows_of
from viz.app.explore.border_lines import read_borders
from viz.app.explore.headline import headline
from viz.app.explore.live_chart import picture_note
from viz.app.explore.own_charts import city_measures
from viz.app.explore.page_state import View
from viz.app.explore.seed_spread import city_effects, city_means
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Arm, Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.serving_options import borders_file
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import natural_number
from viz.app.ui.translations import Translator, translator
from viz.app.ui.vue_widgets import CityMap

# A scale from dark to light and back would suggest two ends: levels have one hue that grows darker (after
# ColorBrewer's YlGnBu); effects go from red over white at zero to blue (RdBu), which colour-blind readers can
# tell apart too.
LEVELS = ("#ffffe0", "#d5eeb8", "#7fcdbb", "#41a5c4", "#2a6fb0", "#16306e")
EFFECTS = ("#9e1128", "#d6604d", "#f4b69b", "#f7f7f7", "#a6cfe3", "#4393c3", "#0b4d94")
TEXTS = (
    "closer",
    "farther",
    "whole",
    "save",
    "firms",
    "centre",
    "own",
    "load",
    "interval",
    "own_seed",
    "sure",
    "unknown",
    "size",
)


@dataclass(frozen=True)
class MapMeasure:
    """A column of cities on the map: ``per`` is the column to divide by, ``factor`` converts to its unit.

    ``name`` and ``unit`` are those of an extension's measure, as its file says them; empty for the model's.
    """

    column: str
    how: str = "log"
    per: str = ""
    factor: float = 1.0
    name: str = ""
    unit: str = ""

    def level(self, arm: Arm) -> np.ndarray:
        """Return the level in every city, (C,); NaN where there is nothing to divide by."""
        values = arm.cities[self.column] * self.factor
        if not self.per:
            return np.array(values)
        whole = arm.cities[self.per]
        return np.divide(values, whole, out=np.full(len(whole), np.nan), where=whole > 0)


MEASURES: Mapping[str, MapMeasure] = MappingProxyType(
    {
        "innovation": MapMeasure("innovation", per="firms", factor=1000.0),
        "gdp": MapMeasure("real_gdp", per="people"),
        "rung": MapMeasure("chain_position", "units"),
        "adoption": MapMeasure("adoption_share", "difference", factor=100.0),
        "data": MapMeasure("data"),
        "talent": MapMeasure("talent", per="firms"),
        "wage": MapMeasure("wage"),
        "labour_wage": MapMeasure("labour_wage"),
        "people": MapMeasure("people"),
        "price_level": MapMeasure("price_level"),
        "compute_price": MapMeasure("compute_price"),
        "compute_use": MapMeasure("compute_use", per="firms", factor=1000.0),
        "attention": MapMeasure("attention", "difference", factor=100.0),
        "firms": MapMeasure("firms"),
    }
)


def map_measures() -> dict[str, MapMeasure]:
    """Return the measures of the map: the model's, then those that the served extensions record of cities."""
    own = city_measures().values()
    return {
        **MEASURES,
        **{one.name: MapMeasure(one.name, "units", name=one.said, unit=one.unit) for one in own},
    }


def measure_names(tr: Translator) -> list[tuple[str, str]]:
    """Return key and name of each measure of the map."""
    return [(key, one.name or tr(f"measure.{key}")) for key, one in map_measures().items()]


def unit_of(measure: str, effect: bool, tr: Translator) -> str:
    """Return the unit of a measure's level, or of the effect on it."""
    one = map_measures()[measure]
    if not effect:
        return one.unit if one.name else tr(f"unit.{measure}")
    if one.name:
        return tr("unit.own", unit=one.unit)
    return tr({"difference": "unit.points", "units": "unit.rungs"}.get(one.how, "unit.effect"))


@functools.lru_cache(maxsize=8)
def city_positions(country: Country) -> Option:
    """Return longitude, latitude and names of the cities for the widget, and of the provinces."""
    cities = country.cities
    regions = cities["region"].astype(str) if "region" in cities else cities["name_en"].str[:0]
    provinces = [
        {
            "en": name,
            "zh": area_name(name, translator("zh")),
            "x": round(float(cities["lon"].iloc[rows].mean()), 3),
            "y": round(float(cities["lat"].iloc[rows].mean()), 3),
        }
        for name, rows in areas(country).items()
        if name not in set(regions) and len(rows) > 1  # one city has its own name
    ]
    return {
        "x": [round(float(x), 4) for x in cities["lon"]],
        "y": [round(float(y), 4) for y in cities["lat"]],
        "en": [str(name) for name in cities["name_en"]],
        "zh": [str(name) for name in cities["name_zh"]],
        "tint": pd.factorize(regions)[0].tolist(),
        "provinces": provinces,
    }


@functools.lru_cache(maxsize=8)
def link_rows(country: Country) -> list[list[int]]:
    """Return the rows of the two cities that each link joins, (L, 2)."""
    start, end, _, _ = link_arrays(country.network)
    return [list(pair) for pair in zip(start.tolist(), end.tolist(), strict=True)]


def shown_borders(tr: Translator) -> Option:
    """Return the lines of the user's map of borders and its approval number, if the server has one."""
    path = borders_file()
    if not path:
        return {}
    borders = read_borders(Path(path))
    return {
        "lines": borders.lines,
        "note": tr("area.approval", number=borders.number) if borders.number else "",
    }


def map_look(
    view: View, tr: Translator, title: str = "", twin: bool = False, rows: Sequence[int] = ()
) -> Option:
    """Return palette, labels and layers of the map in this view."""
    effect, one = view.effect and not view.twins, map_measures()[view.measure]
    unit = unit_of(view.measure, effect, tr)
    measured = one.name or tr(f"measured.{one.column}")
    label = tr("map.effect_on", measure=measured) if effect else one.name or tr(f"measure.{view.measure}")
    keys = "few" if twin else "" if view.twins else "all"
    return {
        "title": title,
        "palette": list(EFFECTS if effect else LEVELS),
        "diverging": effect,
        "label": f"{label}, {unit}",
        "measure": label,
        "unit": unit,
        "chinese": tr.language == "zh",
        "keys": keys,
        "provinces": view.provinces,
        "area": list(rows) or None,
        "links": view.links,
        "flows": tr(f"map.flow_{view.flows}") if view.flows else "",
        "kinds": [tr(f"kind.{kind}") for kind in KINDS],
        "texts": tr.section("map", TEXTS),
    }


class Scales:
    """Ends of the map's scales; they only grow during a run, so that colours can be compared over time."""

    def __init__(self) -> None:
        self._ends: dict[str, tuple[float, float]] = {}
        self._largest = 1.0
        self._quarter = -1
        self._run: object = None

    def begin(self, snapshot: Snapshot) -> None:
        """Start afresh if the run has, or if it is another."""
        if snapshot.quarter < self._quarter or snapshot.run.totals is not self._run:
            self._ends.clear()
            self._largest = 1.0
        self._run = snapshot.run.totals
        self._quarter = snapshot.quarter
        most = float(max(snapshot.run.cities["firms"].max(), snapshot.twin.cities["firms"].max()))
        self._largest = most if snapshot.quarter == 0 else max(self._largest, most)

    @property
    def largest(self) -> float:
        """Firms of the largest city so far."""
        return self._largest

    def widened(self, name: str, low: float, high: float) -> tuple[float, float]:
        """Return the ends of a scale after it has shown values from ``low`` to ``high``."""
        before = self._ends.get(name, (low, high))
        self._ends[name] = (min(before[0], low), max(before[1], high))
        return self._ends[name]


def nice(value: float, least: float = 0.1) -> float:
    """Round up to 1, 2, 5, 10, 20, ... times a power of ten, at least ``least``."""
    value = max(value, least)
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9)))


def map_frame(
    snapshot: Snapshot, view: View, scales: Scales, arm: Arm, summary: str = "", note: str = ""
) -> Option:
    """Return the frame of one run at the end of a quarter; effects are means over seeds."""
    measure, effect = map_measures()[view.measure], view.effect and not view.twins
    scales.begin(snapshot)
    spans = None
    if effect:
        by_seed = city_effects(snapshot, measure.column, measure.how)
        values, *ends = city_means(by_seed)
        spans = [rounded(part, 3) for part in (*ends, by_seed[0])]
        known = np.abs(values[np.isfinite(values)])
        # What an extension measures may be small in its unit.
        least = 1e-9 if measure.name else 0.1
        end = nice(float(np.percentile(known, 98)), least) if known.any() else 1.0
        low, high = scales.widened(f"effect {view.measure}", -end, end)
    else:
        values = measure.level(arm)
        both = np.concatenate([measure.level(one) for one in (snapshot.run, snapshot.twin)])
        known = both[np.isfinite(both)]
        low, high = scales.widened(view.measure, *(float(x) for x in np.percentile(known, (2, 98))))
    flows = snapshot.flows if arm is snapshot.run else snapshot.twin_flows
    return {
        "values": rounded(values),
        "spans": spans,
        "firms": arm.cities["firms"].astype(int).tolist(),
        "open": open_centres(snapshot, arm),
        "low": low,
        "high": high,
        "largest": scales.largest,
        "loads": link_loads(arm) if view.links else None,
        "flows": [[a, b, float(f"{amount:.3g}")] for a, b, amount in flows],
        "text": summary,
        "note": note,
    }


def link_loads(arm: Arm) -> list[float]:
    """Return the load of each link as a fraction of its capacity, (L,)."""
    load, capacity = arm.link_load, arm.link_capacity
    share = np.divide(load, capacity, out=np.zeros_like(load), where=capacity > 0)
    return [float(value) for value in np.round(share, 3)]


def rounded(values: np.ndarray, digits: int = 4) -> list[float | None]:
    """Round to few significant digits, as a frame goes over a wire; None for NaN."""
    known = np.isfinite(values) & (values != 0)
    size = np.zeros(len(values))
    size[known] = np.floor(np.log10(np.abs(values[known])))
    scale = 10.0 ** (digits - 1 - size)
    short = (np.round(np.nan_to_num(values) * scale) / scale).tolist()
    return [value if ok else None for value, ok in zip(short, np.isfinite(values).tolist(), strict=True)]


def open_centres(snapshot: Snapshot, arm: Arm) -> list[list[int]]:
    """Return [row of the city, kinds as bits, kinds of the visitor's as bits] for cities with open centres.

    A centre of the visitor's is shown from the moment of the request, a quarter before it works.
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
def MapPanel(session: Session, twin: bool = False, title: str = "") -> None:
    """The map of the run, or of its twin; the map of the run acknowledges its frames."""
    view, tr = session.view.value, session.tr
    scales = solara.use_memo(Scales, [])
    rows = rows_of(session.country, view.area).tolist() if view.area else ()
    element = CityMap(
        cities=city_positions(session.country),
        links=link_rows(session.country),
        borders=shown_borders(tr),
        look=map_look(view, tr, title, twin, rows),
        selected=-1 if session.city.value is None else session.city.value,
        event_select=natural_number(session.select),
        event_drawn=natural_number(session.frames.acknowledge),
    )

    def frame(snapshot: Snapshot) -> Option:
        arm = snapshot.twin if twin else snapshot.run
        text = "" if session.frames.playing else headline(snapshot, session.tr)
        shown = session.view.peek()
        note = picture_note(session, snapshot, shown.effect and not shown.twins)
        return map_frame(snapshot, shown, scales, arm, text, note)

    use_frames(session, f"map {twin}", element, frame, answers=not twin)
