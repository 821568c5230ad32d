# mypy: disable-error-code="attr-defined"
# (Solara hands on its names in a way that mypy --strict does not follow.)
"""A component that gets frames, and charts made of them."""

from __future__ import annotations

from typing import Any

import solara

from viz.app.explore.frame_stream import Frame
from viz.app.explore.session import Session


def use_frames(session: Session, name: str, element: Any, make: Frame, answers: bool = False) -> None:
    """Send frames to the element's widget for as long as it is on the page."""

    def join() -> Any:
        return session.stage.join(name, solara.get_widget(element), make, answers)

    solara.use_effect(join, [name, session.language.value])
