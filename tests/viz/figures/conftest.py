"""What all tests of figures share: one set of fonts, and the figures that are written."""

import pytest
from matplotlib.figure import Figure

import viz.figures.label_placement


@pytest.fixture(autouse=True)
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same labels on every machine."""
    monkeypatch.setattr(viz.figures.label_placement, "chinese_font", lambda: None)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are written."""
    found: list[Figure] = []
    save = Figure.savefig

    def saving(figure: Figure, *words: object, **more: object) -> None:
        found.append(figure)
        save(figure, *words, **more)

    monkeypatch.setattr(Figure, "savefig", saving)
    return found
