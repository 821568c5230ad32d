"""Frames for the widgets that change every quarter, sent no faster than the browser draws them.

A frame goes straight to its widget. Rendering the page's components ten times a second would leave no time
for its buttons, and a browser that is slower than the model would receive more than it can show.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from viz.app.explore.snapshot import Snapshot

AHEAD = 1  # frames that may be under way while the next is made
PATIENCE = 5.0  # seconds after which a browser that does not answer is taken to be gone

Frame = Callable[[Snapshot], dict[str, object]]


class FrameWidget(Protocol):
    """A widget that draws frames."""

    frame: object


class FrameStream:
    """The widgets of a page that receive frames, by name."""

    def __init__(self) -> None:
        self._widgets: dict[str, tuple[FrameWidget, Frame, bool]] = {}
        self._lock = threading.RLock()
        self._acknowledged = threading.Condition()
        self._sent = 0
        self._answered = 0
        self._snapshot: Snapshot | None = None

    def register(
        self, name: str, widget: FrameWidget, make: Frame, answers: bool = False
    ) -> Callable[[], None]:
        """Send frames to a widget until the returned function is called.

        ``answers``: the widget acknowledges each frame that it has drawn.
        """
        with self._lock:
            self._widgets[name] = (widget, make, answers)
            if self._snapshot is not None:
                self._send(name, self._snapshot)

        def unregister() -> None:
            with self._lock:
                if name in self._widgets and self._widgets[name][0] is widget:
                    del self._widgets[name]

        return unregister

    def push(self, snapshot: Snapshot) -> None:
        """Send a snapshot to all widgets; those that answer come last, after the frames of the others."""
        with self._lock:
            self._snapshot = snapshot
            self._sent += 1
            for name in sorted(self._widgets, key=lambda one: self._widgets[one][2]):
                self._send(name, snapshot)

    def _send(self, name: str, snapshot: Snapshot) -> None:
        widget, make, answers = self._widgets[name]
        widget.frame = {"number": self._sent if answers else 0, **make(snapshot)}

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
        return any(answers for _, _, answers in self._widgets.values())
