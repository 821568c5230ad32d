"""Dependency graph: what rules of an extension read and write, and which rules read that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from agents.user_error import UserError
from model.extensions.dependencies import readings
from model.extensions.extended_model import Extended
from viz.figures.figure_style import new_figure
from viz.palette import BLUE, GREEN, GREY, ORANGE

LINE = 0.26  # inches a name
PLACES = (0.0, 0.33, 0.64, 0.97)
TITLES = ("read", "rules and procedures", "written", "read by")


def dependency_graph(whole: Extended, rule: str | None = None) -> Figure:
    """Draw the rules of extensions, or one rule, between what they read and who reads what they write.

    Raises UserError: there is no such rule, or no extension.
    """
    everything = readings(whole)
    chosen = [one for one in everything if (one.rule == rule if rule else one.own)]
    if not chosen:
        raise UserError(f"there is no rule {rule}" if rule else "the model has no extension to draw")
    rules = [one.rule for one in chosen]
    written = _ordered(name for one in chosen for name in one.writes)
    read = _ordered(name for one in chosen for name in one.reads if name not in written)
    readers = [one for one in everything if one not in chosen and set(one.reads) & set(written)]
    columns: tuple[Sequence[str], ...] = (read, rules, written, _ordered(one.rule for one in readers))
    figure = new_figure(1.0 + LINE * max(map(len, columns)), "What reads what")
    figure.set_size_inches(13.0, figure.get_size_inches()[1])
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.2, 1.16), ylim=(-0.03, 1.06))
    heights = [_heights(names) for names in columns]
    for one in chosen:
        at = heights[1][one.rule]
        for name in one.reads:
            if name in heights[0]:
                _line(axes, 0, heights[0][name], at, GREY)
            elif name in heights[2]:
                _line(axes, 1, at, heights[2][name], ORANGE, dashed=True)
        for name in one.writes:
            _line(axes, 1, at, heights[2][name], BLUE)
    for one in readers:
        for name in set(one.reads) & set(written):
            _line(axes, 2, heights[2][name], heights[3][one.rule], GREEN)
    changed = {one.rule for one in everything if one.changed}
    for k, names in enumerate(columns):
        axes.text(PLACES[k], 1.04, TITLES[k], ha="center", fontsize=9, fontweight="bold")
        for name in names:
            colour = {1: ORANGE if name in changed else BLUE, 3: GREEN}.get(k, "0.3")
            _name(axes, PLACES[k], heights[k][name], name, colour)
    note = "orange: a rule of the model that is changed; dashed: read again by the same rules"
    axes.text(0.5, -0.03, note, ha="center", fontsize=8, color="0.35")
    return figure


def _ordered(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _heights(names: Sequence[str]) -> dict[str, float]:
    step = 1.0 / max(len(names), 1)
    return {name: 1.0 - step * (place + 0.5) for place, name in enumerate(names)}


def _line(axes: Axes, place: int, start: float, end: float, colour: str, dashed: bool = False) -> None:
    x = [PLACES[place] + 0.02, PLACES[place + 1] - 0.02]
    axes.plot(x, [start, end], color=colour, linewidth=0.8, linestyle="--" if dashed else "-")


def _name(axes: Axes, x: float, y: float, name: str, colour: str) -> None:
    box = {"boxstyle": "round,pad=0.18", "facecolor": "white", "edgecolor": colour, "linewidth": 0.9}
    axes.text(x, y, name, ha="center", va="center", fontsize=7.5, bbox=box, parse_math=False)
