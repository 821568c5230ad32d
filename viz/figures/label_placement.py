"""Names of cities in figures: fonts that have their letters, and labels that hide nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox
from scipy.optimize import isotonic_regression

from experiments.measures.number_text import one_line

LATIN = "DejaVu Sans"  # comes with Matplotlib
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "Noto Sans CJK JP",
    "Droid Sans Fallback",
    "Arial Unicode MS",
    "SimSun",
)

# Places of a label: directions, the most readable first, and distances from the point's edge, in points.
DIRECTIONS = tuple(math.radians(angle) for angle in (0, 180, 35, 145, -35, -145, 90, -90))
CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 6}
LABEL_BOX = {"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.75, "linewidth": 0}
LEADER = {"arrowstyle": "-", "linewidth": 0.5, "color": "0.35", "shrinkB": 4.0}
DISTANCES = (3.0, 9.0, 18.0, 28.0, 40.0, 54.0)


def chinese_font() -> str | None:
    """Return the first known font with Chinese characters that is installed, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE if name in installed), None)


@cache
def _letters(family: str) -> frozenset[int]:
    return frozenset(font_manager.get_font(font_manager.findfont(family)).get_charmap())


def families() -> list[str]:
    """Return the fonts for city names; the first that has a character draws it."""
    chinese = chinese_font()
    return [LATIN, chinese] if chinese else [LATIN]


def city_labels(cities: pd.DataFrame) -> list[str]:
    """Return one label per row of a table with city_id, name_en and name_zh.

    The label is the Chinese name if a font has its characters, else the English one, else the id.
    """
    known = frozenset().union(*(_letters(family) for family in families()))

    def label(row: pd.Series) -> str:
        for name in (row.get("name_zh"), row.get("name_en")):
            text = one_line(name) if isinstance(name, str) else ""
            if text and all(ord(letter) in known for letter in text):
                return text
        return str(row["city_id"])

    return [label(row) for _, row in cities.iterrows()]


def spread(places: Sequence[float], gap: float) -> np.ndarray:
    """Return positions (n,), at least ``gap`` apart, in the order of ``places`` and close to them."""
    wanted = np.asarray(places, dtype=float)
    order = np.argsort(wanted, kind="stable")
    steps = gap * np.arange(len(wanted))
    found = np.empty_like(wanted)
    if len(wanted):
        found[order] = isotonic_regression(wanted[order] - steps).x + steps
    return found


def place_labels(
    axes: Axes,
    points: np.ndarray,
    texts: Sequence[str],
    kept: np.ndarray,
    taken: np.ndarray,
    radius: float = 5.0,
    size: float = 8.0,
) -> list[str]:
    """Write texts next to points (n, 2), in data units and in order; return those that found room.

    A label stays within the axes, covers no other label and none of the points ``kept`` (k, 2), and as few of
    the points ``taken`` (m, 2) as possible; a thin line ties a distant one to its point. ``radius``: of a
    point, in points. The figure must have its final layout.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    renderer = FigureCanvasAgg(figure).get_renderer()
    pixels = axes.figure.dpi / 72.0
    frame = axes.get_window_extent(renderer)
    spots, free, crowd = (
        axes.transData.transform(place) if len(place) else place for place in (points, kept, taken)
    )
    boxes = [
        Bbox.from_bounds(x - radius * pixels, y - radius * pixels, 2 * radius * pixels, 2 * radius * pixels)
        for x, y in (*spots, *free)
    ]
    legend = axes.get_legend()
    if legend is not None:
        boxes.append(legend.get_window_extent(renderer))
    written = []
    for row, text in enumerate(texts):
        probe = axes.text(0, 0, text, fontsize=size, fontfamily=families(), parse_math=False)
        extent = probe.get_window_extent(renderer)
        probe.remove()
        size_px = (extent.width + 2 * pixels, extent.height + pixels)
        best = _best_place(spots[row], size_px, boxes, crowd, frame, radius * pixels, pixels)
        if best is None:
            continue
        box, distance = best
        boxes.append(box)
        offset = ((box.x0 + box.x1) / 2 - spots[row][0], (box.y0 + box.y1) / 2 - spots[row][1])
        leader = LEADER if distance > DISTANCES[0] else None
        font: dict[str, Any] = {"fontsize": size, "fontfamily": families(), "parse_math": False}
        axes.annotate(
            text,
            points[row],
            xytext=(offset[0] / pixels, offset[1] / pixels),
            textcoords="offset points",
            bbox=LABEL_BOX,
            arrowprops=leader,
            **CENTRED,
            **font,
        )
        written.append(text)
    return written


def _best_place(
    spot: np.ndarray,
    size: tuple[float, float],
    boxes: Sequence[Bbox],
    crowd: np.ndarray,
    frame: Bbox,
    radius: float,
    pixels: float,
) -> tuple[Bbox, float] | None:
    """Return the free box around a spot that hides least and is nearest, with its distance in points."""
    found, least = None, math.inf
    width, height = size
    for step, distance in enumerate(DISTANCES):
        for turn, angle in enumerate(DIRECTIONS):
            reach = radius + distance * pixels
            x = spot[0] + math.cos(angle) * (reach + width / 2)
            y = spot[1] + math.sin(angle) * (reach + height / 2)
            box = Bbox.from_bounds(x - width / 2, y - height / 2, width, height)
            inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            if not inside or any(box.overlaps(other) for other in boxes):
                continue
            covered = np.sum((np.abs(crowd[:, 0] - x) < width / 2) & (np.abs(crowd[:, 1] - y) < height / 2))
            cost = 3.0 * covered + 1.5 * step + 0.1 * turn
            if cost < least:
                found, least = (box, distance), cost
    return found
