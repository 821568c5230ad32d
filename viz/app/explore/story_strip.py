"""A story next to the map: one step at a time, with the run that it tells of."""

from __future__ import annotations

import solara

from viz.app.explore.session import Session
from viz.app.learn.stories import STORIES, measurements
from viz.app.ui.event_filters import form, signal
from viz.app.ui.vue_widgets import StoryStep

PARTS = ("happens", "look", "why", "source")


def tell(session: Session, story: str, place: int = 0) -> None:
    """Show a step of a story next to the map, and load its run if it has one that is not on the page."""
    steps = STORIES[story].steps
    if not 0 <= place < len(steps):
        return
    session.set(session.story, (story, place))
    session.show_tab("explore")
    step = steps[place]
    if step.options is not None:
        session.load(step.options)
        session.set(session.side, step.side)


@solara.component
def StoryStrip(session: Session) -> None:
    """The step that is told, if any."""
    tr, told = session.tr, session.story.value
    if told is None:
        return
    story, place = told
    steps = STORIES[story].steps
    start, texts = f"learn.{story}.{steps[place].key}", measurements().texts()
    number = tr("story.step", title=tr(f"learn.{story}.title"), number=place + 1, of=len(steps))
    StoryStep(
        texts=tr.section("story", ("label", "back", "next", "close", "all")),
        step=number,
        title=tr(f"{start}.title"),
        parts=[
            {"name": tr(f"learn.part.{part}"), "text": tr(f"{start}.{part}", **texts)}
            for part in PARTS
            if f"{start}.{part}" in tr.texts
        ],
        place=place,
        count=len(steps),
        event_turn=form(lambda event: turn(session, event.get("by"))),
        event_close=signal(lambda: session.set(session.story, None)),
        event_all=signal(lambda: session.show_tab("learn")),
    )


def turn(session: Session, by: object) -> None:
    """Tell the next step or the one before."""
    told = session.story.peek()
    if told is not None and by in (-1, 1):
        tell(session, told[0], told[1] + int(str(by)))
