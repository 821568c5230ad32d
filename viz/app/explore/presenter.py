"""The presenter's mode: one chart over the whole window in big type, with keys for next and back."""

from __future__ import annotations

import solara

from viz.app.explore.city_map import MapPanel
from viz.app.explore.country_charts import COUNTRY
from viz.app.explore.headline import headline
from viz.app.explore.live_chart import LiveChart
from viz.app.explore.plans_panel import PlanChart
from viz.app.explore.session import Session
from viz.app.explore.snapshot import Snapshot
from viz.app.explore.story_strip import StoryStrip, turn
from viz.app.explore.use_frames import use_frames
from viz.app.learn.stories import STORIES
from viz.app.ui.chart_options import Option
from viz.app.ui.event_filters import signal, step_of_one
from viz.app.ui.vue_widgets import PresentBar

MAP, PLANS = "map", "plans"
SCALE = 1.7  # of a chart's text
HEIGHT = "calc(100vh - 230px)"
TEXTS = ("label", "back", "next", "leave", "keys")


def slides(session: Session) -> list[str]:
    """Return the names of what is shown one after the other."""
    plans = [PLANS] if len(session.plans.value) > 1 else []
    return [MAP, *COUNTRY, *plans]


@solara.component
def Presenter(session: Session) -> None:
    """The slide that is shown, under the date and the sentence of effects."""
    tr, names = session.tr, slides(session)
    place = session.slide.value % len(names)
    name, playing = names[place], session.doing.value == "advance"

    def play() -> None:
        session.pause() if session.doing.peek() == "advance" else session.play()

    with solara.Div(classes=["cl-present"]):
        bar = PresentBar(
            texts=tr.section("present", TEXTS) | tr.section("controls", ("play", "pause")),
            place=place,
            count=len(names),
            playing=playing,
            event_turn=step_of_one(lambda by: turn_slide(session, by)),
            event_play=signal(play),
            event_leave=signal(lambda: session.present(False)),
        )
        use_frames(session, "present", bar, lambda snapshot: sentence(session, snapshot))
        StoryStrip(session)
        with solara.Div(classes=["cl-slide"]):
            if name == MAP:
                MapPanel(session).key("map")
            elif name == PLANS:
                count = len(session.plans.value)
                PlanChart(session, "innovation", count, HEIGHT, SCALE).key(f"plans {count}")
            else:
                LiveChart(session, name, COUNTRY[name], HEIGHT, SCALE).key(name)


def sentence(session: Session, snapshot: Snapshot) -> Option:
    """Return the date and the sentence of effects."""
    date = session.tr.date(snapshot.date) if snapshot.date else str(snapshot.start_year)
    return {"date": date, "text": headline(snapshot, session.tr)}


def turn_slide(session: Session, by: int) -> None:
    """Show the next slide or the one before; in a story its steps."""
    told = session.story.peek()
    if told is not None and 0 <= told[1] + by < len(STORIES[told[0]].steps):
        turn(session, by)
    else:
        session.set(session.slide, (session.slide.peek() + by) % len(slides(session)))
        session.refresh()
