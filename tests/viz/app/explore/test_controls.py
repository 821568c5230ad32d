"""Buttons that move time: what they show of a session, and what a click does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.explore.controls import Controls, date_frame
from viz.app.explore.frame_stream import FrameStream
from viz.app.explore.page_state import SPEEDS
from viz.app.ui.translations import translator

EN = translator("en")


class Visitor:
    """What the controls need of a session; it notes what it is asked to do."""

    def __init__(self, **changes: Any) -> None:
        values = {"ready": True, "problem": "", "doing": "rest", "goal": "", "until": "2022", "built": 0}
        values |= {"speed": SPEEDS[0], "language": "en", **changes}
        for name, value in values.items():
            setattr(self, name, solara.reactive(value))
        self.tr, self.frames, self.asked = EN, FrameStream(), []

    def __getattr__(self, name: str) -> Any:
        return lambda *words: self.asked.append((name, *words))

    def set(self, value: Any, new: Any) -> None:
        value.value = new


@pytest.fixture
def controls() -> Any:
    session = Visitor()
    box, found = solara.render(Controls(session), handle_error=False)  # type: ignore[arg-type]
    yield session, box.children[0]
    found.close()


def test_clicks_reach_the_session(controls: Any) -> None:
    session, widget = controls
    for name in ("play", "pause", "step", "reset"):
        getattr(widget, f"vue_{name}")(None)
    widget.vue_jump("2030" + "0" * 50)
    assert session.asked == [
        ("play",),
        ("pause",),
        ("step",),
        ("reset",),
        ("run_to_year", "203000000000"),
    ]


def test_only_speeds_that_there_are_can_be_set(controls: Any) -> None:
    session, widget = controls
    widget.vue_pace(SPEEDS[-1])
    assert session.speed.value == SPEEDS[-1]
    for wrong in (12_345, -1, "fast", None):
        widget.vue_pace(wrong)
    assert session.speed.value == SPEEDS[-1]


def test_a_session_that_failed_before_it_was_ready_is_shown_as_failed() -> None:
    for ready, problem, failed in ((True, "x", False), (False, "x", True), (False, "", False)):
        session: Any = Visitor(ready=ready, problem=problem)
        box, found = solara.render(Controls(session), handle_error=False)
        assert (box.children[0].ready, box.children[0].failed) == (ready, failed)
        found.close()


def test_the_date_and_the_way_to_the_last_year(played: Any) -> None:
    session: Any = SimpleNamespace(tr=EN)
    shot = played.snapshot()
    found = date_frame(session, shot)
    assert found["date"] == f"end of {shot.date}"
    firms = f"{int(shot.run.cities['firms'].sum()):,}"
    assert firms in str(found["text"])
    assert 0.0 < found["part"] < 100.0  # type: ignore[operator]
    assert found["part"] == pytest.approx(100 * shot.quarter / (4 * (2050 - shot.start_year + 1)), abs=0.01)
