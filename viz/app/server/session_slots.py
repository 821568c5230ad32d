"""Slots of the server: how many browser sessions it admits at once, and which sessions hold one."""

from __future__ import annotations

import ipaddress
import threading

from viz.app.serving_options import max_sessions
from viz.app.ui.translations import LANGUAGES, translator

SPARE = 32  # connections beyond the slots: visitors who get the message that the server is full


class SessionSlot:
    """The slot of one session; it is released once."""

    def __init__(self, slots: SessionSlots, owner: str) -> None:
        self._slots: SessionSlots | None = slots
        self._owner = owner

    def release(self) -> None:
        """Give the slot back."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.give_back(self._owner)


class SessionSlots:
    """The slots of a server."""

    def __init__(self) -> None:
        self._owners: list[str] = []
        self._lock = threading.Lock()

    @property
    def capacity(self) -> int:
        """Number of slots."""
        return max_sessions()

    @property
    def is_full(self) -> bool:
        """Whether all slots are taken."""
        with self._lock:
            return len(self._owners) >= self.capacity

    def acquire(self, owner: str = "") -> SessionSlot | None:
        """Return a slot for the session of that name, or None if all are taken."""
        with self._lock:
            if len(self._owners) >= self.capacity:
                return None
            self._owners.append(owner)
        return SessionSlot(self, owner)

    def holds(self, owner: str) -> bool:
        """Return whether that session holds a slot."""
        with self._lock:
            return owner in self._owners

    def give_back(self, owner: str = "") -> None:
        """Free a slot of that session."""
        with self._lock:
            self._owners.remove(owner)


SLOTS = SessionSlots()


def server_full_text() -> str:
    """Return the message that all slots are taken, in the languages of the page."""
    return "\n".join(translator(language)("page.full", most=SLOTS.capacity) for language in LANGUAGES)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
