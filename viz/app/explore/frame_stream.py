"""Frames for the widgets that change every quarter, sent no faster than the browser draws them.

A frame goes straight to its widget. Rendering the page's components ten times a second would leave no time
for its buttons, and a browser that is slower than the model would receive more than it can show.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from viz.app.explore.snapshot import Snapshot

CALM = 0.2  # seconds between frames of charts and tables while a run plays
AHEAD = 1  # frames that may be under way while the next is made
PATIENCE = 5.0  # seconds after which a browser that does not answer is taken to be gone

Frame = Callable[[Snapshot], dict[str, object]]


class FrameWidget(Protocol):
    """A widget that draws frames."""

    frame: object


class Registered(NamedTuple):
    """A widget, what makes its frames, whether it acknowledges them, and whether it gets every quarter."""

    widget: FrameWidget
    make: Frame
    answers: bool
    often: bool


class FrameStream:
    """The widgets of a page that receive frames, by name."""

    def __init__(self) -> None:
        self._widgets: dict[str, Registered] = {}
        self._lock = threading.RLock()
        self._acknowledged = threading.Condition()
        self._sent = 0
        self._answered = 0
        self._snapshot: Snapshot | None = None
        self._calm = 0.0  # time of the last frames of all widgets
        self.playing = False  # whether the frames that are made are of a run that plays

    def register(
        self, name: str, widget: FrameWidget, make: Frame, answers: bool = False, often: bool = False
    ) -> Callable[[], None]:
        """Send frames to a widget until the returned function is called.

        Args:
            answers: The widget acknowledges each frame that it has drawn.
            often: It gets every quarter while a run plays, as one that answers does.
        """
        with self._lock:
            self._widgets[name] = Registered(widget, make, answers, often or answers)
            if self._snapshot is not None:
                self._send(name, self._snapshot)

        def unregister() -> None:
            with self._lock:
                if name in self._widgets and self._widgets[name].widget is widget:
                    del self._widgets[name]

        return unregister

    def push(self, snapshot: Snapshot, playing: bool = False) -> None:
        """Send a snapshot to all widgets; those that answer come last, after the frames of the others.

        While a run plays, charts and tables follow a few times a second: no eye sees more, and map and date
        would have to wait.
        """
        with self._lock:
            self._snapshot, self.playing = snapshot, playing
            self._sent += 1
            whole = not playing or time.monotonic() - self._calm >= CALM
            for name in sorted(self._widgets, key=lambda one: self._widgets[one].answers):
                if whole or self._widgets[name].often:
                    self._send(name, snapshot)
            if whole:
                self._calm = time.monotonic()

    def _send(self, name: str, snapshot: Snapshot) -> None:
        one = self._widgets[name]
        one.widget.frame = {"number": self._sent if one.answers else 0, **one.make(snapshot)}

    def acknowledge(self, number: int) -> None:
        """Note that the browser has drawn the frame of that number; a number that was not sent is ignored."""
        with self._acknowledged:
            self._answered = max(self._answered, min(int(number), self._sent))
            self._acknowledged.notify_all()

    def wait(self, cancelled: threading.Event) -> None:
        """Wait until the browser is at most ``AHEAD`` frames behind; return at once if no widget answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not cancelled.is_set():
            with self._acknowledged:
                if self._answered >= self._sent - AHEAD or not self._any_answers():
                    return
                self._acknowledged.wait(0.02)

    def _any_answers(self) -> bool:
        return any(one.answers for one in self._widgets.values())
