"""How many sessions a server has room for, who has a place, and who reaches it."""

from __future__ import annotations

import ipaddress
import os
import threading

MOST_SESSIONS = "COMPUTELEAP_MOST_SESSIONS"  # environment: browser tabs at once
DEFAULT = 8  # each holds three runs of the country, some 100 MB
SPARE = 32  # connections beyond the places: those who are told that there is no room


class Place:
    """One session's place; given back once."""

    def __init__(self, places: Places, owner: str) -> None:
        self._places: Places | None = places
        self._owner = owner

    def leave(self) -> None:
        """Give the place back."""
        places, self._places = self._places, None
        if places is not None:
            places.give_back(self._owner)


class Places:
    """The places of a server."""

    def __init__(self) -> None:
        self._owners: list[str] = []
        self._lock = threading.Lock()

    @property
    def most(self) -> int:
        """How many there are."""
        return int(os.environ.get(MOST_SESSIONS, DEFAULT))

    @property
    def full(self) -> bool:
        """Whether all are taken."""
        with self._lock:
            return len(self._owners) >= self.most

    def take(self, owner: str = "") -> Place | None:
        """A place for the session of that name, or None if all are taken."""
        with self._lock:
            if len(self._owners) >= self.most:
                return None
            self._owners.append(owner)
        return Place(self, owner)

    def held_by(self, owner: str) -> bool:
        """Whether that session has a place."""
        with self._lock:
            return owner in self._owners

    def give_back(self, owner: str = "") -> None:
        """One is free again."""
        with self._lock:
            self._owners.remove(owner)


SESSIONS = Places()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
