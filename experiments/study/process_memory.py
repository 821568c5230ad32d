"""Memory that ended runs and sessions leave behind (docs/decisions.md, the house)."""

from __future__ import annotations

import contextlib
import ctypes


def trim_heaps() -> None:
    """Return free memory of all heaps to the operating system; only glibc, of Linux, has this function."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
