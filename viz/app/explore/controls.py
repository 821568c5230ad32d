"""Buttons that move time, and the date of the run."""

from __future__ import annotations

import solara

from experiments.measures.number_text import number
from viz.app.explore.page_state import SPEEDS
from viz.app.explore.run_options import LAST_YEAR
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.use_frames import use_frames
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import natural_number, short_text, signal
from viz.app.ui.vue_widgets import TimeControls

BUTTONS = ("play", "pause", "step", "reset", "run_to_year", "cancel")
TEXTS = (*BUTTONS, "label", "speed", "a_second", "fastest", "year_aria", "progress", "going")


@solara.component
def Controls(session: Session) -> None:
    """Play, pause, step, reset, speed, and the year to run to."""
    tr = session.tr

    def set_speed(speed: int) -> None:
        if speed in SPEEDS:
            session.set(session.speed, speed)

    element = TimeControls(
        texts=tr.section("controls", TEXTS),
        ready=session.ready.value,
        failed=bool(session.problem.value) and not session.ready.value,
        doing=session.doing.value,
        goal=session.goal.value,
        until=session.until.value,
        speed=session.speed.value,
        building=tr("controls.building", number=session.built.value + 1),
        speeds=list(SPEEDS),
        event_play=signal(session.play),
        event_pause=signal(session.pause),
        event_step=signal(session.step),
        event_reset=signal(session.reset),
        event_pace=natural_number(set_speed),
        event_jump=short_text(lambda year: session.run_to_year(year[:12])),
    )
    use_frames(session, "controls", element, lambda snapshot: date_frame(session, snapshot), often=True)


def date_frame(session: Session, snapshot: Snapshot) -> Option:
    """Return the date, the numbers of firms and centres, and the part of the way to the last year, %."""
    tr, last = session.tr, 4 * (LAST_YEAR - snapshot.start_year + 1)
    if snapshot.date:
        date = tr("controls.end_of", date=tr.date(snapshot.date))
    else:
        date = tr("controls.start_of", year=snapshot.start_year)
    firms = number(float(snapshot.run.cities["firms"].sum()), 0)
    text = tr("controls.now", firms=firms, centres=len(snapshot.run.open))
    return {"date": date, "text": text, "part": round(100 * snapshot.quarter / last, 2)}
