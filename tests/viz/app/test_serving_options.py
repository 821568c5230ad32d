"""Options of the server, carried by its environment."""

from __future__ import annotations

import pytest

from viz.app import serving_options as options


def test_what_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (options.CITIES, options.MAX_SESSIONS, options.EXTENSIONS):
        monkeypatch.delenv(name, raising=False)
    assert options.cities_file() is None
    assert options.max_sessions() == options.DEFAULT_SESSIONS
    assert options.extension_names() == ()


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(options.CITIES, "mine.csv")
    monkeypatch.setenv(options.MAX_SESSIONS, "3")
    monkeypatch.setenv(options.EXTENSIONS, "a.py:extension\nb.c:d")
    assert options.cities_file() == "mine.csv"
    assert options.max_sessions() == 3
    assert options.extension_names() == ("a.py:extension", "b.c:d")
    monkeypatch.setenv(options.CITIES, "")
    assert options.cities_file() is None
