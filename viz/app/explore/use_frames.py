"""A hook that sends frames to a component's widget."""

from __future__ import annotations

from collections.abc import Callable

import solara

from viz.app.explore.frame_stream import Frame
from viz.app.explore.session import Session


def use_frames(
    session: Session,
    name: str,
    element: solara.Element,
    make: Frame,
    answers: bool = False,
    often: bool = False,
) -> None:
    """Send frames to the element's widget for as long as it is on the page."""

    def register() -> Callable[[], None]:
        return session.frames.register(name, solara.get_widget(element), make, answers, often)

    solara.use_effect(register, [name, session.language.value])
