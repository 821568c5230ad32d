"""Moving pictures: widgets that get a frame for every quarter, and how fast the browser takes them.

A frame goes straight to its widget. Rendering the page's components ten times a second would leave no time
for its buttons, and a browser that is slower than the model would be sent what it can never show.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from viz.app.explore.snapshot import Snapshot

AHEAD = 1  # frames that may be under way while the next is made
PATIENCE = 5.0  # seconds after which a browser that does not answer is taken to be gone

Frame = Callable[[Snapshot], dict[str, Any]]


class Stage:
    """The widgets on the page that move, by name."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[Any, Frame, bool]] = {}
        self._lock = threading.RLock()
        self._drawn = threading.Condition()
        self._sent = 0
        self._answered = 0
        self._snapshot: Snapshot | None = None

    def join(self, name: str, widget: Any, make: Frame, answers: bool = False) -> Callable[[], None]:
        """Send the widget frames from now on; what is returned ends it. ``answers``: it says what it drew."""
        with self._lock:
            self._members[name] = (widget, make, answers)
            if self._snapshot is not None:
                self._send(name, self._snapshot)

        def leave() -> None:
            with self._lock:
                if name in self._members and self._members[name][0] is widget:
                    del self._members[name]

        return leave

    def show(self, snapshot: Snapshot) -> None:
        """Send a snapshot to all; those that answer come last, when the others' frames are on their way."""
        with self._lock:
            self._snapshot = snapshot
            self._sent += 1
            for name in sorted(self._members, key=lambda one: self._members[one][2]):
                self._send(name, snapshot)

    def _send(self, name: str, snapshot: Snapshot) -> None:
        widget, make, answers = self._members[name]
        widget.frame = {"number": self._sent if answers else 0, **make(snapshot)}

    def drawn(self, number: int) -> None:
        """The browser has drawn the frame of that number; of one that was not sent it has not."""
        with self._drawn:
            self._answered = max(self._answered, min(int(number), self._sent))
            self._drawn.notify_all()

    def wait(self, cancelled: threading.Event) -> None:
        """Until the browser is at most ``AHEAD`` frames behind; at once if nobody on the page answers."""
        given_up = time.monotonic() + PATIENCE
        while time.monotonic() < given_up and not cancelled.is_set():
            with self._drawn:
                if self._answered >= self._sent - AHEAD or not self._someone_answers():
                    return
                self._drawn.wait(0.02)

    def _someone_answers(self) -> bool:
        return any(answers for _, _, answers in self._members.values())
