# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""Buttons that move time, and where the run stands."""

from __future__ import annotations

from typing import Any

import solara

from viz.app.explore.run_options import LAST_YEAR
from viz.app.explore.session import SPEEDS, Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui import event_filters as heard
from viz.app.ui.vue_widgets import TimeControls
from viz.number_text import number

TEXTS = ("label", "play", "pause", "step", "reset", "speed", "a_second", "fastest", "year_aria",
         "run_to_year", "cancel", "progress", "going")  # fmt: skip


@solara.component
def Controls(session: Session) -> None:
    """Play, pause, step, reset, speed, and the year to run to."""
    words = session.words
    element = TimeControls(
        words={key: words(f"controls.{key}") for key in TEXTS},
        ready=session.ready.value, failed=bool(session.problem.value) and not session.ready.value,
        doing=session.doing.value, goal=session.goal.value, until=session.until.value,
        speed=session.speed.value,
        building=words("controls.building", number=session.built.value + 1), speeds=list(SPEEDS),
        event_play=heard.signal(session.play), event_pause=heard.signal(session.pause),
        event_step=heard.signal(session.step), event_reset=heard.signal(session.reset),
        event_pace=heard.whole(lambda speed: session.put(session.speed, speed) if speed in SPEEDS else None),
        event_jump=heard.text(lambda year: session.run_to_year(year[:12])),
    )  # fmt: skip

    def frame(snapshot: Snapshot) -> dict[str, Any]:
        now, last = session.words, 4 * (LAST_YEAR - snapshot.start_year + 1)
        date = now("controls.end_of", date=snapshot.date) if snapshot.date else now(
            "controls.start_of", year=snapshot.start_year
        )  # fmt: skip
        firms = number(float(snapshot.run.cities["firms"].sum()), 0)
        open_now = len(snapshot.run.open)
        text = now("controls.now", firms=firms, centres=open_now)
        return {"date": date, "text": text, "part": round(100 * snapshot.quarter / last, 2)}

    use_frames(session, "controls", element, frame)
