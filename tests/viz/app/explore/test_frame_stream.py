"""Frames and the browser that acknowledges them."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore import frame_stream
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


def test_while_a_run_plays_charts_follow_now_and_then_and_get_its_end(played, monkeypatch):
    stream, chart, date, shot = FrameStream(), Widget(), Widget(), played.snapshot()
    seen: list[str] = []
    stream.register("chart", chart, lambda shot: seen.append("chart") or {})
    stream.register("date", date, lambda shot: seen.append("date") or {}, often=True)
    stream.push(shot, playing=True)
    stream.push(shot, playing=True)
    assert sorted(seen) == ["chart", "date", "date"]
    assert stream.playing
    stream.push(shot)
    assert (sorted(seen), stream.playing) == (["chart", "chart", "date", "date", "date"], False)
    monkeypatch.setattr(frame_stream, "CALM", 0.0)
    stream.push(shot, playing=True)
    assert seen.count("chart") == 3
