"""A story next to the map: its steps, and the run that a step loads."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.explore.story_strip import StoryStrip, tell, turn
from viz.app.learn.stories import STORIES
from viz.app.ui.translations import translator

EN = translator("en")
NAME = next(iter(STORIES))


class Visitor:
    """What a story needs of a session; it notes what is loaded and shown."""

    def __init__(self, told: tuple[str, int] | None = None) -> None:
        self.tr, self.story, self.side = EN, solara.reactive(told), solara.reactive("country")
        self.loaded: list[Any] = []
        self.tabs: list[str] = []
        self.load, self.show_tab = self.loaded.append, self.tabs.append

    def set(self, state: Any, value: Any) -> None:
        state.value = value


def test_a_step_is_shown_with_its_run() -> None:
    session: Any = Visitor()
    for place, step in enumerate(STORIES[NAME].steps):
        tell(session, NAME, place)
        assert session.story.value == (NAME, place)
        if step.options is not None:
            assert session.loaded[-1] == step.options
            assert session.side.value == step.side
    assert set(session.tabs) == {"explore"}


def test_there_is_no_step_before_the_first_or_after_the_last() -> None:
    last = len(STORIES[NAME].steps) - 1
    session: Any = Visitor((NAME, 0))
    for by in (-1, 2, "1", None):
        turn(session, by)
    assert session.story.value == (NAME, 0)
    turn(session, 1)
    assert session.story.value == (NAME, 1)
    session.set(session.story, (NAME, last))
    turn(session, 1)
    assert session.story.value == (NAME, last)
    turn(Visitor(), 1)  # type: ignore[arg-type]  # no story is told


def test_the_strip_has_the_texts_of_its_step_and_can_be_closed() -> None:
    session: Any = Visitor((NAME, 0))
    box, found = solara.render(StoryStrip(session), handle_error=False)
    (widget,) = box.children
    start = f"learn.{NAME}.{STORIES[NAME].steps[0].key}"
    assert widget.title == EN(f"{start}.title")
    assert (widget.place, widget.count) == (0, len(STORIES[NAME].steps))
    assert widget.parts
    assert all("{" not in part["text"] for part in widget.parts)  # every measured number is filled in
    widget.vue_turn({"by": 1})
    assert box.children[0].place == 1
    widget.vue_all(None)
    assert session.tabs[-1] == "learn"
    widget.vue_close(None)
    assert session.story.value is None
    found.close()
