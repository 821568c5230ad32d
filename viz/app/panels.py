"""What the page in the browser shows: a run in step with its twin, an immutable picture of both, and figures.

A figure is drawn from a ``Snapshot`` alone, never from a model at work: the page draws in one thread while
another steps.
"""

from __future__ import annotations

import base64
import functools
import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import CenteredNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from experiments.inequality import theil
from model import Parameters, RegionalModel
from model.geography import load_centres, load_cities
from model.network import build_network
from model.scenario import date_of, find_scenario
from viz.figures import BLUE, GREEN, ORANGE, RED, colour_limit
from viz.labels import city_labels, place_labels
from viz.wording import number

DPI = 120
YEAR = 4  # quarters over which the effect on a city is averaged
NAMED = 12  # cities with open centres that the map names
LARGEST = 420.0  # area of the largest city on the map, points²
WITH, WITHOUT = "with centres", "twin without centres"
LINES: Mapping[str, Mapping[str, Any]] = MappingProxyType({
    WITH: {"color": BLUE, "linestyle": "-", "linewidth": 1.8},
    WITHOUT: {"color": ORANGE, "linestyle": "--", "linewidth": 1.8},
})  # fmt: skip
DIFFERENCES = MappingProxyType({"innovation": "total innovation", "theil": "Theil index"})

# ── The world and the two runs ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, eq=False)
class Country:
    """What all sessions of a server share and none changes: C cities, known centres, the network, labels."""

    cities: pd.DataFrame
    centres: pd.DataFrame
    network: nx.Graph[int]
    labels: tuple[str, ...]


@functools.cache
def load_country(path: str | Path | None = None) -> Country:
    """The shipped country, or that of a user's table of cities; read once. Raises model.tables.InputError."""
    cities = load_cities(path)
    return Country(cities, load_centres(None, cities), build_network(cities), tuple(city_labels(cities)))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The two runs at the end of a quarter. Arrays are read-only; C cities, T quarters run, O openings.

    ``times``, (T+1,): ends of the quarters, in years; the first is the start of the first year. ``series``:
    total innovation (innovations/quarter) and Theil index between cities, with and without centres, (T+1,).
    ``cities``: firms, innovation per firm, effect of centres (%), with an open centre (0 or 1), each (C,).
    ``scales``: ends of the map's scales, which only grow in a run, so that colours can be compared over time.
    """

    country: Country
    title: str
    quarter: int
    date: str
    firms: int
    times: np.ndarray
    opened: np.ndarray
    series: Mapping[str, np.ndarray]
    cities: Mapping[str, np.ndarray]
    scales: Mapping[str, float]

    def __deepcopy__(self, memo: object) -> Snapshot:
        return self  # nothing in it can change

    @property
    def summary(self) -> str:
        """What the two runs say, in a sentence."""
        treated, control = (self.series[f"innovation {arm}"][-1] for arm in (WITH, WITHOUT))
        wide, narrow = (self.series[f"theil {arm}"][-1] for arm in (WITHOUT, WITH))
        change = 100.0 * (treated / control - 1.0) if control > 0 else float("nan")
        gap = 100.0 * (narrow / wide - 1.0) if wide > 0 else float("nan")
        return (
            f"{number(treated, 1)} innovations a quarter, {number(change, 1, signed=True)} % against the "
            f"twin; Theil index {number(narrow, 3)}, {number(gap, 1, signed=True)} %."
        )


class Pair:
    """A run and its twin of the same seed in which no centre opens, quarter by quarter."""

    def __init__(self, country: Country, parameters: Parameters, scenario: str, seed: int) -> None:
        what = find_scenario(scenario)
        self.country = country
        self.title = f"{what.name}, seed {seed}"
        self.runs = {
            arm: RegionalModel(
                parameters, one, seed, cities=country.cities, centres=country.centres, network=country.network
            )
            for arm, one in ((WITH, what), (WITHOUT, what.twin()))
        }
        self._series: dict[str, list[float]] = {}
        self._scales = {"firms": 1.0, "low": np.inf, "high": 1e-9, "effect": 1.0}
        self._note()

    @property
    def quarter(self) -> int:
        """Quarters run."""
        return self.runs[WITH].quarter

    @property
    def start_year(self) -> int:
        """First year that is reported."""
        return self.runs[WITH].parameters.start_year

    def step(self) -> None:
        """Run one quarter in both."""
        for run in self.runs.values():
            run.step()
        self._note()

    def _note(self) -> None:
        for arm, run in self.runs.items():
            innovation = run.state["cities"]["innovation"]
            self._series.setdefault(f"innovation {arm}", []).append(float(innovation.sum()))
            self._series.setdefault(f"theil {arm}", []).append(theil(innovation))

    def snapshot(self) -> Snapshot:
        """Both runs as they are now."""
        run = self.runs[WITH]
        start = self.start_year
        cities = self._cities()
        self._widen(cities)
        opened = [start + o.quarter / 4 for o in run.openings if o.quarter < run.quarter]
        return Snapshot(
            country=self.country,
            title=self.title,
            quarter=run.quarter,
            date=f"end of {date_of(run.quarter - 1, start)}" if run.quarter else f"start of {start}",
            firms=int(cities["firms"].sum()),
            times=_frozen(start + np.arange(run.quarter + 1) / 4),
            opened=_frozen(opened),
            series=MappingProxyType({name: _frozen(values) for name, values in self._series.items()}),
            cities=MappingProxyType({name: _frozen(values) for name, values in cities.items()}),
            scales=MappingProxyType(dict(self._scales)),
        )

    def _cities(self) -> dict[str, np.ndarray]:
        state = self.runs[WITH].state
        firms, innovation = state["cities"]["firms"].copy(), state["cities"]["innovation"]
        treated, control = (self._lately(run) for run in self.runs.values())
        both = (treated > 0) & (control > 0)
        ratio = np.divide(treated, control, out=np.ones_like(treated), where=both)
        centre = np.zeros(len(firms))
        providers = state["providers"]
        centre[providers["city"][providers["operating"] > 0.5]] = 1.0
        return {
            "firms": firms,
            "per firm": np.divide(innovation, firms, out=np.full(len(firms), np.nan), where=firms > 0),
            "effect": np.where(both, 100.0 * np.log(ratio), np.nan),
            "centre": centre,
        }

    def _lately(self, run: RegionalModel) -> np.ndarray:
        past = run.history["innovation"][-YEAR:]
        return np.mean(past, axis=0) if past else run.state["cities"]["innovation"].copy()

    def _widen(self, cities: Mapping[str, np.ndarray]) -> None:
        known = np.isfinite(cities["effect"])
        frame = pd.DataFrame({"effect": cities["effect"][known], "host": cities["centre"][known]})
        rates = cities["per firm"][np.isfinite(cities["per firm"])]
        low, high = np.percentile(rates, (2, 98)) if len(rates) else (0.0, 0.0)
        self._scales["low"] = min(self._scales["low"], float(low))
        ends = {
            "firms": float(cities["firms"].max()),
            "high": float(high),
            "effect": colour_limit(frame) if (cities["effect"][known] != 0).any() else 0.0,
        }
        for name, end in ends.items():
            self._scales[name] = max(self._scales[name], end)


def _frozen(values: Any) -> np.ndarray:
    array = np.array(values, dtype=float)
    array.setflags(write=False)
    return array


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def map_of_innovation(snapshot: Snapshot) -> Figure:
    """Innovation per firm in every city."""
    norm = Normalize(snapshot.scales["low"], snapshot.scales["high"])
    label = "innovation, innovations per firm and quarter"
    return _map(snapshot, snapshot.cities["per firm"], "viridis", norm, label)


def map_of_effects(snapshot: Snapshot) -> Figure:
    """What the centres changed in every city, against the twin."""
    norm = CenteredNorm(0.0, snapshot.scales["effect"])
    label = "effect on innovation, % (100·ln with/without), last 4 quarters"
    return _map(snapshot, snapshot.cities["effect"], "RdBu", norm, label)


MAPS = MappingProxyType({"effect of the centres": map_of_effects, "innovation per firm": map_of_innovation})


def _map(snapshot: Snapshot, values: np.ndarray, colours: str, norm: Normalize, label: str) -> Figure:
    cities, places = snapshot.cities, snapshot.country.cities
    lon, lat = places["lon"].to_numpy(), places["lat"].to_numpy()
    area = LARGEST / snapshot.scales["firms"]
    sizes = np.maximum(3.0, area * cities["firms"])
    order = np.argsort(-sizes, kind="stable")  # small cities are drawn on top of large ones
    figure = _figure(6.0, 5.5)
    axes = figure.add_axes((0.105, 0.21, 0.885, 0.775))
    points = axes.scatter(
        lon[order], lat[order], s=sizes[order], c=values[order], cmap=colours, norm=norm, edgecolors="0.4",
        linewidths=0.4, alpha=0.9, plotnonfinite=True, zorder=3,
    )  # fmt: skip
    hosts = np.flatnonzero(cities["centre"] > 0)
    axes.scatter(
        lon[hosts], lat[hosts], s=sizes[hosts] + 60.0, facecolors="none", edgecolors="black", linewidths=1.3,
        zorder=4, gid="centres",
    )  # fmt: skip
    _plain(axes)
    _map_limits(axes, lon, lat)
    axes.set(xlabel="longitude, degrees east", ylabel="latitude, degrees north")
    across = figure.add_axes((0.105, 0.095, 0.885, 0.018))
    bar = figure.colorbar(points, cax=across, extend="both", orientation="horizontal")
    bar.ax.tick_params(labelsize=9)
    bar.set_label(label)
    _map_legend(axes, snapshot.scales["firms"], area)
    named = hosts[np.argsort(-sizes[hosts], kind="stable")][:NAMED]
    spots = np.column_stack([lon, lat])
    place_labels(axes, spots[named], [snapshot.country.labels[city] for city in named], spots[hosts], spots)
    return figure


def _map_limits(axes: Axes, lon: np.ndarray, lat: np.ndarray) -> None:
    """All cities in view; a degree of longitude is shorter than one of latitude by the latitude's cosine."""
    frame = axes.get_window_extent()
    shorter = float(np.cos(np.radians(lat.mean())))
    middle = np.array([lon.min() + lon.max(), lat.min() + lat.max()]) / 2
    span = np.array([np.ptp(lon), np.ptp(lat)]) + 3.0
    tall = max(span[1], span[0] * shorter * frame.height / frame.width)
    half = np.array([tall * frame.width / frame.height / shorter, tall]) / 2
    (west, south), (east, north) = middle - half, middle + half
    axes.set(xlim=(west, east), ylim=(south, north))


def _map_legend(axes: Axes, largest: float, area: float) -> None:
    def dot(size: float, **look: Any) -> Line2D:
        style = {"color": "0.75", "markeredgecolor": "0.4", **look}
        return Line2D([], [], marker="o", linestyle="", markersize=float(np.sqrt(max(3.0, size))), **style)

    steps = sorted({_round(largest), _round(largest / 4), _round(largest / 20)}, reverse=True)
    handles = [dot(area * firms) for firms in steps]
    texts = [f"{number(firms, 0)} firm{'' if firms == 1 else 's'}" for firms in steps]
    handles.append(dot(100.0, color="none", markeredgecolor="black", markeredgewidth=1.3))
    texts.append("open centre")
    axes.legend(handles, texts, loc="lower left", fontsize=8.5, framealpha=0.9, labelspacing=0.8)


def _round(value: float) -> float:
    """A whole number with one leading figure, not above ``value`` unless that is below 1."""
    if value < 1:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(np.floor(value / power) * power)


def curves(snapshot: Snapshot) -> Figure:
    """Total innovation and the gap between cities over time, with and without centres, and the difference."""
    figure = _figure(4.6, 5.9)
    panels = figure.subplots(3, 1, sharex=True)
    figure.subplots_adjust(left=0.2, right=0.975, bottom=0.08, top=0.945, hspace=0.14)
    labels = (
        "total innovation,\ninnovations/quarter",
        "Theil index between\ncities (no unit)",
        "difference from\nthe twin, %",
    )
    for axes, label in zip(panels, labels, strict=True):
        axes.set_ylabel(label, fontsize=9.5)
        axes.margins(y=0.12)
        axes.vlines(
            snapshot.opened, 0, 1, "0.8", linewidth=0.8, zorder=0, transform=axes.get_xaxis_transform()
        )
        _plain(axes)
    for axes, name, colour in zip(panels, ("innovation", "theil"), (GREEN, RED), strict=False):
        treated, control = (snapshot.series[f"{name} {arm}"] for arm in LINES)
        for (arm, look), values in zip(LINES.items(), (treated, control), strict=True):
            axes.plot(snapshot.times, values, label=arm, marker="o", markersize=4, markevery=[-1], **look)
        change = np.full(len(treated), np.nan)
        np.divide(100.0 * (treated - control), control, out=change, where=control > 0)
        style = "-" if name == "innovation" else "--"
        panels[2].plot(snapshot.times, change, style, color=colour, linewidth=1.5, label=DIFFERENCES[name])
    panels[2].axhline(0.0, color="0.3", linewidth=0.8, zorder=1)
    panels[2].legend(fontsize=8.5, frameon=False, loc="upper left")
    low, high = panels[2].get_ylim()
    panels[2].set_ylim(min(low, -0.1), max(high, 0.1))
    panels[2].xaxis.set_major_locator(MaxNLocator(6, integer=True))
    first = snapshot.times[0]
    panels[2].set_xlim(first, max(first + 5.0, snapshot.times[-1] + 0.5))
    panels[2].set_xlabel("year (end of each quarter)")
    handles, texts = panels[0].get_legend_handles_labels()
    if len(snapshot.opened):
        handles.append(Line2D([], [], color="0.8", linewidth=1.2))
        texts.append("a centre opens")
    figure.legend(
        handles,
        texts,
        loc="upper center",
        ncols=3,
        fontsize=8.5,
        frameon=False,
        handlelength=1.8,
        columnspacing=1.0,
    )
    return figure


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9)
    axes.grid(color="0.92", linewidth=0.6)
    axes.set_axisbelow(True)


_drawing = threading.Lock()  # Matplotlib promises nothing to two threads that draw at once


@functools.lru_cache(maxsize=32)
def picture(draw: Callable[[Snapshot], Figure], snapshot: Snapshot) -> str:
    """The figure that ``draw`` makes of the snapshot, as the address of a PNG image; drawn once."""
    buffer = io.BytesIO()
    with _drawing:
        draw(snapshot).savefig(buffer, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
