"""What all tests of figures share: one set of fonts, and the figures that are written."""

from collections.abc import Iterator
from typing import Any

import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure

import viz.figures.figure_style
import viz.figures.label_placement
from viz.palette import LEAST, contrast


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


@pytest.fixture(autouse=True)
def visible_marks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check that lines, bars and points of every figure that a test makes have a contrast of 3:1 on white."""
    made: list[Figure] = []

    def noted(*given: Any, **more: Any) -> Figure:
        made.append(Figure(*given, **more))
        return made[-1]

    monkeypatch.setattr(viz.figures.figure_style, "Figure", noted)
    yield
    pale = {(figure.get_suptitle(), what) for figure in made for what in marks(figure) if seen(what) < LEAST}
    assert not pale


def seen(colours: tuple[str, ...]) -> float:
    """The contrast of a mark: of its line or of its area."""
    return max(map(contrast, colours))


def marks(figure: Figure) -> Iterator[tuple[str, ...]]:
    """Colours of each mark as they look on white; bands, which go with a line, and scales are none."""
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_linestyle() != "None":
                yield (on_white(line.get_color(), line.get_alpha()),)
            if line.get_marker() not in ("None", "", " "):
                yield (on_white(line.get_markerfacecolor()), on_white(line.get_markeredgecolor()))
        for patch in axes.patches:
            if patch.get_alpha() is None or patch.get_linewidth() > 0:
                yield tuple(map(on_white, (patch.get_facecolor(), patch.get_edgecolor())))
        for points in axes.collections:
            if isinstance(points, PathCollection):
                yield tuple(map(on_white, [*points.get_facecolor()[:1], *points.get_edgecolor()[:1]]))


def on_white(colour: Any, alpha: float | None = None) -> str:
    """A colour that may be transparent, as it looks on white; none looks white."""
    red, green, blue, opaque = to_rgba(colour, alpha)
    return to_hex((1 - opaque * (1 - red), 1 - opaque * (1 - green), 1 - opaque * (1 - blue)))
