"""A component's widget gets frames for as long as it is on the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.explore.frame_stream import FrameStream
from viz.app.explore.use_frames import use_frames
from viz.app.ui.vue_widgets import CityTable


def test_frames_come_until_the_component_leaves() -> None:
    session: Any = SimpleNamespace(frames=FrameStream(), language=solara.reactive("en"))

    @solara.component
    def Part() -> None:  # noqa: N802
        table = CityTable(title="t", heads=[], numbers=[], empty="")
        use_frames(session, "part", table, lambda shot: {"said": f"{session.language.value} {shot.quarter}"})

    box, found = solara.render(Part(), handle_error=False)
    (widget,) = box.children
    session.frames.push(SimpleNamespace(quarter=3))
    assert widget.frame["said"] == "en 3"
    session.language.value = "zh"
    session.frames.push(SimpleNamespace(quarter=4))
    assert widget.frame["said"] == "zh 4"
    found.close()
    session.frames.push(SimpleNamespace(quarter=5))
    assert widget.frame["said"] == "zh 4"
