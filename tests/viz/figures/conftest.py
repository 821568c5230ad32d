"""One set of fonts for all tests of figures."""

import pytest

import viz.figures.label_placement


@pytest.fixture(autouse=True)
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same labels on every machine."""
    monkeypatch.setattr(viz.figures.label_placement, "chinese_font", lambda: None)
