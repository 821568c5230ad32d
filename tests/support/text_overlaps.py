"""Texts of a figure that cover each other."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text


def overlaps(figure: Figure, texts: list[Text]) -> list[tuple[str, str]]:
    """Return the pairs of texts of a drawn figure that overlap."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    # The words, not the box or the line around them.
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts]
    return [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.overlaps(two)]
