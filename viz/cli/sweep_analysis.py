"""``sweep sensitivity``, ``discover``, ``calibrate`` and ``optimise``: a store as tables and figures."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import typer

from viz.cli.sweep_run import one_thread
from viz.terminal import echo_err, show_table, write_file

ENDINGS = (".png", ".svg", ".pdf")


def show_sensitivity(store: Path, result: str, method: str | None, figure: Path | None, force: bool) -> None:
    """Indices of the factors, and a figure if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis.sensitivity import sensitivity

    found = sensitivity(open_store(store), result, method)
    columns = list(found.table.columns)
    rows = [(row[0], *(f"{value:.4g}" for value in row[1:])) for row in found.table.itertuples(index=False)]
    show_table(f"{found.method} of {result}", columns, rows)
    echo_err(found.remark)
    if figure:
        from viz.figures.sweep_figures import draw_sensitivity

        _draw(figure, force, lambda path: draw_sensitivity(found, path))


def show_discovery(store: Path, condition: str, figure: Path | None, force: bool) -> None:
    """Boxes in which a condition holds, and a figure if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis.scenario_discovery import discover

    sweep = open_store(store)
    found = discover(sweep, condition)
    echo_err(f"{condition}: {found.cases:,} of {found.runs:,} runs are cases")
    columns = ["box", "coverage", "density", "mass", "largest p"]
    _boxes(
        "Box by PRIM, of the best balance of coverage and density, without limits that may be luck",
        columns,
        [found.box],
    )
    if found.leaves:
        _boxes("Leaves of a tree in which most runs are cases", columns, found.leaves)
    if figure:
        from viz.figures.sweep_figures import draw_discovery

        finals = sweep.finals
        _draw(figure, force, lambda path: draw_discovery(found, finals, path))


def show_calibration(
    store: Path, targets: Path, truths: int, out: Path | None, figure: Path | None, force: bool
) -> None:
    """Posterior of the factors, fit of the targets and coverage; files if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis.calibration import calibrate
    from experiments.sweep.analysis.calibration_targets import read_targets

    found = calibrate(open_store(store), read_targets(targets), truths)
    echo_err(
        f"{found.remaining:,} of {len(found.points):,} points and {100 * found.share_left:.2g} % of the "
        f"space are not ruled out; the posterior has {found.effective:,.0f} effective draws"
    )
    _numbers("Posterior of the factors (narrowed: 1 less s.d. over that of the range)", found.table)
    _numbers("Fit of the targets (off: in s.d. of all that is uncertain)", found.fit)
    if len(found.coverage) and found.coverage["truths"].iloc[0]:
        _numbers("Known truths inside the 5-95 % interval (expected share: 0.9)", found.coverage)
    if found.remark:
        echo_err(found.remark)
    _tables(
        out,
        {
            "posterior": found.table, "targets": found.fit, "coverage": found.coverage,
            "points": found.points, "sample": found.sample,
        },
        force,
    )  # fmt: skip
    if figure:
        from viz.figures.calibration_figures import draw_calibration

        _draw(figure, force, lambda path: draw_calibration(found, path))


def show_front(store: Path, objectives: str, out: Path | None, figure: Path | None, force: bool) -> None:
    """Points on the front, and those that may be; files if asked for."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis.optimisation import LIKELY, optimise

    found = optimise(open_store(store), objectives)
    table = found.table
    _numbers("Points that no other point beats in all objectives", found.front.drop(columns="front"))
    near = table[~table["front"] & (table["share"] >= LIKELY)]
    if len(near):
        title = f"Points that are on the front in {100 * LIKELY:.0f} % of the resamples or more"
        _numbers(title, near.drop(columns="front"))
    if found.knee is not None:
        echo_err(f"the knee is point {found.knee}")
    echo_err(found.remark)
    _tables(out, {"front": table}, force)
    if figure:
        from viz.figures.calibration_figures import draw_front

        _draw(figure, force, lambda path: draw_front(found, path))


def _numbers(title: str, table: Any) -> None:
    rows = [tuple(_cell(value) for value in row) for row in table.itertuples(index=False)]
    show_table(title, list(table.columns), rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return str(value)


def _tables(out: Path | None, tables: dict[str, Any], force: bool) -> None:
    """Write tables as CSV files of a folder, each whole."""
    if out is None:
        return
    for name, table in tables.items():
        write_file(out / f"{name}.csv", (".csv",), partial(table.to_csv, index=False), force)
    echo_err(f"The tables are in {out}.")


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
