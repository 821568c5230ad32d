"""How many sessions a server has room for."""

from __future__ import annotations

import os
import threading

MOST_SESSIONS = "COMPUTELEAP_MOST_SESSIONS"  # environment: browser tabs at once
DEFAULT = 8  # each holds three runs of the country, some 100 MB


class Place:
    """One session's place; given back once."""

    def __init__(self, places: Places) -> None:
        self._places: Places | None = places

    def leave(self) -> None:
        """Give the place back."""
        places, self._places = self._places, None
        if places is not None:
            places.give_back()


class Places:
    """The places of a server."""

    def __init__(self) -> None:
        self._taken = 0
        self._lock = threading.Lock()

    @property
    def most(self) -> int:
        """How many there are."""
        return int(os.environ.get(MOST_SESSIONS, DEFAULT))

    def take(self) -> Place | None:
        """A place, or None if all are taken."""
        with self._lock:
            if self._taken >= self.most:
                return None
            self._taken += 1
        return Place(self)

    def give_back(self) -> None:
        """One is free again."""
        with self._lock:
            self._taken -= 1


SESSIONS = Places()
