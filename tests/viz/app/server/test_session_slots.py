"""Slots of the server."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from tests.support.rendered_page import within
from viz.app import page as app_page
from viz.app import serving_options
from viz.app.server.session_slots import SessionSlots
from viz.app.ui.translations import translator

TR = translator("en")


def test_places_are_limited_and_given_back(monkeypatch):
    monkeypatch.setenv(serving_options.MAX_SESSIONS, "2")
    slots = SessionSlots()
    first, second = slots.acquire(), slots.acquire()
    assert first is not None
    assert second is not None
    assert slots.acquire() is None
    first.release()
    first.release()  # only once
    assert slots.acquire() is not None
    assert slots.acquire() is None


def test_a_full_server_says_so(monkeypatch):
    monkeypatch.setenv(serving_options.MAX_SESSIONS, "0")
    box, found = solara.render(app_page.Page(), handle_error=False)
    said = [
        str(widget.children) for widget in within(box) if "cl-problem" in str(getattr(widget, "class_", ""))
    ]
    assert "All 0 places of this server are taken" in said[0]
    found.close()
