"""`computeleap app` names what it needs."""

from __future__ import annotations

import importlib.util

import pytest

from tests.support.cli import call


def test_the_page_in_the_browser_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "solara" else find(name, *rest)
    )
    answer = call("app")
    assert answer.exit_code == 2
    assert "pip install 'computeleap[app]'" in answer.stderr
