"""Colours of the charts of results, and how numbers are written in them.

Colours are those of Okabe and Ito, or a scale from blue over white to orange with white at zero, so that the
colour-blind can tell them apart; no meaning is in colour alone. Texts from files are shown as text: they are
escaped where ECharts would take them for HTML.
"""

from __future__ import annotations

import html
import math
from typing import Any

from scipy.stats import t as student

from viz.number_text import number

BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#6B6B6B",
)
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY, GREY, "#000000")
DASHES = ("solid", "dashed", "dotted", "solid", "dashed", "dotted", "solid", "dashed")
INK, SOFT, LINE = "#1d2733", "#5a6675", "#e3e7ec"
DIVERGING = ("#2166ac", "#67a9cf", "#d1e5f0", "#f7f7f7", "#fddbc7", "#ef8a62", "#b2182b")
FONT = "system-ui, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
LEVEL = 0.95

Option = dict[str, Any]


def rounded(value: float, digits: int = 4) -> float | None:
    """The value with so many significant digits; None where it is not defined (JSON has no NaN)."""
    if not math.isfinite(value):
        return None
    if value == 0:
        return 0.0
    return float(round(value, max(0, digits - 1 - math.floor(math.log10(abs(value))))))


def interval(mean: float, error: float, seeds: float) -> tuple[float, float]:
    """Ends of the 95 % interval of a mean over seeds (Student's t); NaN with fewer than two."""
    if not (seeds >= 2 and math.isfinite(mean) and math.isfinite(error)):
        return float("nan"), float("nan")
    reach = float(student.ppf(0.5 + LEVEL / 2.0, seeds - 1)) * error
    return mean - reach, mean + reach


def shown(mean: float, error: float = float("nan"), digits: int = 3) -> str:
    """``+12.3 ± 0.4``, as text."""
    if not math.isfinite(mean):
        return "–"
    size = error if math.isfinite(error) and error > 0 else abs(mean)
    places = min(4, max(0, (1 if math.isfinite(error) and error > 0 else digits - 1) - _power(size)))
    text = number(mean, places, signed=True)
    return f"{text} ± {number(error, places)}" if math.isfinite(error) else text


def _power(size: float) -> int:
    return math.floor(math.log10(size)) if size > 0 else 0


def safe(text: object) -> str:
    """Text as ECharts may put it into the page; braces would be its own placeholders."""
    return html.escape(str(text)).replace("{", "(").replace("}", ")")
