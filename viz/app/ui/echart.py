# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""A chart that the browser draws (Apache ECharts, of Solara's assets): hover, zoom, legend, pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import solara


@solara.component_vue("../assets/chart.vue")
def Chart(
    *,
    option: Mapping[str, Any],
    frame: Mapping[str, Any] | None = None,
    height: str = "260px",
    text: str = "",
    renderer: str = "canvas",
    saved: Mapping[str, Any] | None = None,
    unavailable: str = "The chart cannot be drawn: its script did not load.",
    event_click: Callable[[dict[str, Any]], None] = lambda _: None,
    event_drawn: Callable[[int], None] = lambda _: None,
) -> None:
    """A chart of the browser.

    ``option`` is an ECharts option, plain data only. ``frame`` is ``{"number": n, "option": part}``: merged
    into the chart, then answered with ``event_drawn(n)``. ``text`` says to those who cannot see it what it
    shows. ``saved``, ``{"count": n, "format": "png" or "svg", "name": file name}``, downloads the picture at
    each new n. ``event_click`` gets series, name and row of what was clicked.
    """
