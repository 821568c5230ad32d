"""A chart that the browser draws with Apache ECharts, from Solara's assets."""

from __future__ import annotations

from collections.abc import Callable

import solara

from viz.app.ui.vue_widgets import JsonObject


@solara.component_vue("../../assets/chart.vue")
def Chart(
    *,
    option: JsonObject,
    frame: JsonObject | None = None,
    height: str = "260px",
    text: str = "",
    renderer: str = "canvas",
    scale: float = 1.0,
    saved: JsonObject | None = None,
    unavailable: str = "The chart cannot be drawn: its script did not load.",
    event_click: Callable[[JsonObject], None] = lambda _: None,
    event_drawn: Callable[[int], None] = lambda _: None,
) -> None:
    """A chart that the browser draws.

    Args:
        option: An ECharts option of plain data.
        frame: ``{"number": n, "option": part}``, merged into the chart; ``event_drawn(n)`` answers it.
        height: Height in CSS.
        text: Description for visitors who cannot see the chart.
        renderer: ``canvas`` or ``svg``.
        scale: Of text and lines.
        saved: ``{"count": n, "format": "png" or "svg", "name": file name, "title": text, "note": what was
            run}``; each new n saves the picture.
        unavailable: Message if the library cannot be loaded.
        event_click: Called with series, name and row of what was clicked.
        event_drawn: Called with the number of each frame that was drawn.
    """
