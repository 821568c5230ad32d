"""The page as a browser session has it, without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

solara = pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


def wait_for(condition: Callable[[], object], seconds: float = 300.0) -> None:
    """Wait for a condition; long, as the first run of a fresh checkout compiles."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def within(widget: Any) -> Iterator[Any]:
    """Yield a widget and all widgets under it."""
    yield widget
    for child in getattr(widget, "children", None) or ():
        if not isinstance(child, str):
            yield from within(child)


def texts_of(widget: Any) -> str:
    """Return all text under a widget."""
    children = getattr(widget, "children", None) or ()
    return " ".join(child if isinstance(child, str) else texts_of(child) for child in children)


class RenderedPage:
    """A page whose events are called by tests."""

    def __init__(self) -> None:
        from viz.app.page import Page

        self.box, self.found = solara.render(Page(), handle_error=False)

    def part(self, trait: str) -> Any:
        """Return the widget that has a trait."""
        return next(widget for widget in within(self.box) if widget.has_trait(trait))

    @property
    def time(self) -> Any:
        """The widget of the time controls."""
        return self.part("speeds")

    @property
    def date(self) -> str:
        """The date that the page shows."""
        return (self.time.frame or {}).get("date", "")

    def wait(self, date: str) -> None:
        """Wait until the run rests at a date."""
        wait_for(lambda: self.date == date and self.time.doing == "rest")

    @property
    def said(self) -> str:
        """The page's messages."""
        found = [one for one in within(self.box) if "cl-said" in str(getattr(one, "class_", ""))]
        return " ".join(str(widget.children) for widget in found)

    def close(self) -> None:
        """End the session."""
        self.found.close()
