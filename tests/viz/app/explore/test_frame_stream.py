"""Frames and the browser that acknowledges them."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.frame_stream import FrameStream
from viz.app.ui.translations import translator

TR = translator("en")


class Widget:
    frame: object = None


def test_the_stream_waits_for_a_browser_that_is_behind(played):
    stream, widget, other, calm = FrameStream(), Widget(), Widget(), threading.Event()
    leave = stream.register("map", widget, lambda shot: {"quarter": shot.quarter}, answers=True)
    stream.register("chart", other, lambda shot: {})
    shot = played.snapshot()
    for _ in range(3):
        stream.push(shot)
    assert widget.frame == {"number": 3, "quarter": shot.quarter}
    assert other.frame == {"number": 0}
    waited = threading.Thread(target=stream.wait, args=(calm,))
    waited.start()
    time.sleep(0.1)
    assert waited.is_alive()
    stream.acknowledge(2)  # one frame may be under way
    waited.join(5.0)
    assert not waited.is_alive()
    leave()
    began = time.monotonic()
    stream.wait(calm)
    assert time.monotonic() - began < 1.0


def test_acknowledging_a_frame_that_was_never_sent_changes_nothing():
    stream = FrameStream()
    stream.acknowledge(2**50)
    assert stream._answered == 0
