"""Memory that sessions leave behind goes back to the machine."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from viz.app.server.server import ThreadSlots

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs the C library of Linux")

# Threads fill their heaps and leave one block at the end of each, so that what lies below is kept.
SLOTS = """
import threading, psutil
from viz.app.server.process_memory import give_back, share_heaps
share_heaps()
left, ready = [], threading.Barrier(8)
def session():
    ready.wait()
    blocks = [bytearray(60_000) for _ in range(500)]
    left.append(blocks[-1])
threads = [threading.Thread(target=session) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
kept = psutil.Process().memory_info().rss
give_back()
print((kept - psutil.Process().memory_info().rss) // 1_000_000)
"""


def test_a_thread_that_ended_while_its_session_closes_is_no_error():
    slots = ThreadSlots({"a": None, "b": None})
    for thread in ("a", "a", "never"):
        del slots[thread]
    assert slots == {"b": None}


def test_what_sessions_freed_is_given_back():
    """Of 240 MB; only what threads share can be told to be free, so most of it and not all."""
    done = subprocess.run([sys.executable, "-c", SLOTS], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 50, done.stdout
