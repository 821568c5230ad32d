"""What sessions leave behind: memory that the C library keeps goes back to the machine.

Each session runs in threads of its own. The C library of Linux (glibc) gives every thread a heap and keeps
what is freed in it, so that hundreds of sessions that came and went leave heaps that are nearly empty.
Elsewhere both functions do nothing.
"""

from __future__ import annotations

import contextlib
import ctypes

ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
MOST_HEAPS = 2


def share_heaps() -> None:
    """From now on threads share two heaps."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, MOST_HEAPS)


def give_back() -> None:
    """Give the machine what is free in all heaps."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
