"""``computeleap sweep sensitivity`` and ``discover``: the analysis of a store as tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from viz.commands.screen import say, show_table, write_file
from viz.commands.sweep_run import one_thread

ENDINGS = (".png", ".svg", ".pdf")


def show_sensitivity(store: Path, result: str, method: str | None, figure: Path | None, force: bool) -> None:
    """Indices of the factors, and a figure if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.sensitivity import sensitivity

    found = sensitivity(open_store(store), result, method)
    columns = list(found.table.columns)
    rows = [(row[0], *(f"{value:.4g}" for value in row[1:])) for row in found.table.itertuples(index=False)]
    show_table(f"{found.method} of {result}", columns, rows)
    say(found.remark)
    if figure:
        from viz.sweep_figures import draw_sensitivity

        _draw(figure, force, lambda path: draw_sensitivity(found, path))


def show_discovery(store: Path, condition: str, figure: Path | None, force: bool) -> None:
    """Boxes in which a condition holds, and a figure if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.discovery import discover

    sweep = open_store(store)
    found = discover(sweep, condition)
    say(f"{condition}: {found.cases:,} of {found.runs:,} runs are cases")
    columns = ["box", "coverage", "density", "mass", "largest p"]
    _boxes(
        "Box by PRIM, of the best balance of coverage and density, without limits that may be luck",
        columns,
        [found.box],
    )
    if found.leaves:
        _boxes("Leaves of a tree in which most runs are cases", columns, found.leaves)
    if figure:
        from viz.sweep_figures import draw_discovery

        finals = sweep.finals
        _draw(figure, force, lambda path: draw_discovery(found, finals, path))


def _boxes(title: str, columns: list[str], boxes: list[Any]) -> None:
    rows = [
        (box.sql, f"{box.coverage:.2f}", f"{box.density:.2f}", f"{box.mass:.2f}",
         f"{max(box.p_values.values(), default=1.0):.1g}")
        for box in boxes
    ]  # fmt: skip
    show_table(title, columns, rows)


def _draw(target: Path, force: bool, draw: Any) -> None:
    write_file(target, ENDINGS, draw, force)
    typer.echo(f"The figure is in {target}.")
