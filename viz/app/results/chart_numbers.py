"""Numbers in the charts of results: intervals, rounding, and text that is safe to show.

Texts from files are shown as text: they are escaped where ECharts would read them as HTML.
"""

from __future__ import annotations

import html
import math

from scipy.stats import t as student

from experiments.measures.number_text import estimate

LEVEL = 0.95


def rounded(value: float, digits: int = 4) -> float | None:
    """Round to significant digits; None where the value is not defined (JSON has no NaN)."""
    if not math.isfinite(value):
        return None
    if value == 0:
        return 0.0
    return float(round(value, max(0, digits - 1 - math.floor(math.log10(abs(value))))))


def interval(mean: float, error: float, seeds: float) -> tuple[float, float]:
    """Return the ends of the 95 % interval of a mean over seeds (Student's t); NaN with fewer than two."""
    if not (seeds >= 2 and math.isfinite(mean) and math.isfinite(error)):
        return float("nan"), float("nan")
    reach = float(student.ppf(0.5 + LEVEL / 2.0, seeds - 1)) * error
    return mean - reach, mean + reach


def shown(mean: float, error: float = float("nan")) -> str:
    """Return text such as ``+12.3 ± 0.4``."""
    return str(estimate(mean, error)) if math.isfinite(mean) else "–"


def power_of_ten(size: float) -> int:
    """Return the exponent of the first digit; 0 for 0."""
    return math.floor(math.log10(size)) if size > 0 else 0


def safe(text: object) -> str:
    """Escape text for ECharts, which would read it as HTML and braces as placeholders."""
    return html.escape(str(text)).replace("{", "(").replace("}", ")")
