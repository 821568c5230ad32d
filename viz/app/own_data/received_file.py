"""A file that a browser sends in parts; its name only says of what kind it is."""

from __future__ import annotations

import base64
import binascii

from viz.app.explore.run_options import RunOptionsError
from viz.app.ui.event_filters import Form

MAX_TABLE, MAX_ARCHIVE = 2_000_000, 20_000_000  # bytes
KINDS = {".csv": MAX_TABLE, ".zip": MAX_ARCHIVE}


class ReceivedFile:
    """The parts of one file as they come; the next file replaces it."""

    def __init__(self) -> None:
        self.kind = ""
        self._size = 0
        self._parts: list[bytes] = []

    def begin(self, event: Form) -> None:
        """Expect a file of a name and size. Raises RunOptionsError."""
        self.kind, self._parts = "", []
        name, size = str(event.get("name", ""))[-40:].lower(), event.get("size")
        kind = next((ending for ending in KINDS if name.endswith(ending)), "")
        if not kind:
            raise RunOptionsError("file_kind")
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= KINDS[kind]:
            raise RunOptionsError("file_size", most=f"{KINDS[kind] / 1e6:g}")
        self.kind, self._size = kind, size

    def add(self, event: Form) -> bytes | None:
        """Add the next part; return the whole once it is complete. Raises RunOptionsError."""
        if not self.kind:
            return None
        try:
            part = base64.b64decode(str(event.get("part", "")), validate=True)
        except (binascii.Error, ValueError):
            part = b""
        self._parts.append(part)
        there = sum(map(len, self._parts))
        if not part or there > self._size:
            self.kind, self._parts = "", []
            raise RunOptionsError("file_broken")
        if there < self._size:
            return None
        whole, self._parts = b"".join(self._parts), []
        return whole
