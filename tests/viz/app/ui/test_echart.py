"""A chart that the browser draws: what it is given, and what comes back."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.ui.echart import Chart


def test_a_chart_has_its_option_and_tells_of_clicks_and_frames() -> None:
    clicked, drawn = [], []
    element = Chart(option={"series": [1]}, text="said", event_click=clicked.append, event_drawn=drawn.append)
    box, found = solara.render(element, handle_error=False)
    (widget,) = box.children
    assert (widget.option, widget.text, widget.height) == ({"series": [1]}, "said", "260px")
    assert (widget.renderer, widget.saved, widget.frame) == ("canvas", None, None)
    assert "did not load" in widget.unavailable
    widget.vue_click({"name": "a"})
    widget.vue_drawn(3)
    assert (clicked, drawn) == ([{"name": "a"}], [3])
    found.close()
