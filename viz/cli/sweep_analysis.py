"""The commands ``computeleap sweep sensitivity``, ``discover``, ``calibrate`` and ``optimise``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from experiments.measures.number_text import general, number
from viz.cli.options import Force, argument, option
from viz.cli.sweep_options import Figure, StoreFolder, TablesFolder
from viz.cli.sweep_run import one_thread
from viz.terminal import echo, echo_err, show_table, write_file

if TYPE_CHECKING:
    import pandas as pd

    from experiments.sweep.analysis.scenario_discovery import Box

ENDINGS = (".png", ".svg", ".pdf")
PAIRS = 5  # of factors that are shown


def sensitivity(
    store: StoreFolder,
    result: Annotated[str, argument("A final value, such as effect_national.", metavar="RESULT")],
    method: Annotated[
        str | None, option("sobol, morris or pawn.", default="the one that the design is for")
    ] = None,
    figure: Figure = None,
    force: Force = False,
) -> None:
    """Show which factors drive a result: Sobol indices, elementary effects (Morris) or PAWN."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis import sensitivity as analysis

    found = analysis.sensitivity(open_store(store), result, method)
    columns = list(found.table.columns)
    rows = [(row[0], *(f"{value:.4g}" for value in row[1:])) for row in found.table.itertuples(index=False)]
    show_table(f"{found.method} of {result}", columns, rows, (), found.table)
    echo_err(found.remark)
    if figure:
        from viz.figures.sweep_figures import draw_sensitivity

        _draw(figure, force, lambda path: draw_sensitivity(found, path))


def discover(
    store: StoreFolder,
    condition: Annotated[str, argument("SQL over finals, such as 'change_theil < 0'.", metavar="CONDITION")],
    figure: Figure = None,
    force: Force = False,
) -> None:
    """Find where in the space of factors a condition holds: boxes by PRIM, leaves of a CART tree."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis import scenario_discovery

    sweep = open_store(store)
    found = scenario_discovery.discover(sweep, condition)
    echo_err(f"{condition}: {found.cases:,} of {found.runs:,} runs are cases")
    _show_boxes(
        "Box by PRIM with the best balance of coverage and density, without insignificant limits", [found.box]
    )
    if found.leaves:
        _show_boxes("Leaves of a tree in which most runs are cases", found.leaves)
    if figure:
        from viz.figures.sweep_figures import draw_discovery

        finals = sweep.finals
        _draw(figure, force, lambda path: draw_discovery(found, finals, path))


def calibrate(
    store: StoreFolder,
    targets: Annotated[
        Path, option("TOML file of targets: tables [targets.NAME].", "--targets", metavar="FILE")
    ],
    truths: Annotated[
        int, option("Points taken as truth to check the intervals; 0: none.", "--truths", min=0)
    ] = 100,
    out: TablesFolder = None,
    figure: Figure = None,
    force: Force = False,
) -> None:
    """Show which values of the factors agree with targets: history matching, posterior, coverage."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis import calibration
    from experiments.sweep.analysis.calibration_targets import read_targets

    found = calibration.calibrate(open_store(store), read_targets(targets), truths)
    echo_err(
        f"{found.remaining:,} of {len(found.points):,} points and {100 * found.share_left:.2g} % of the "
        f"space are not ruled out; the posterior has {found.effective:,.0f} effective draws"
    )
    _show_numbers("Posterior of the factors (narrowed: 1 less s.d. over that of the range)", found.table)
    _show_numbers("Fit of the targets (off: in s.d. of all that is uncertain)", found.fit)
    if len(found.coverage) and found.coverage["truths"].iloc[0]:
        _show_numbers("Known truths inside the 5-95 % interval (expected share: 0.9)", found.coverage)
    pairs = found.correlations(pairs=PAIRS)
    if len(pairs):
        _show_numbers("Factors that go together in the posterior (correlation of ranks)", pairs)
    if found.remark:
        echo_err(found.remark)
    tables = {
        "correlations": found.correlations(),
        "posterior": found.table,
        "targets": found.fit,
        "coverage": found.coverage,
        "points": found.points,
        "sample": found.sample,
    }
    _write_tables(out, tables, force)
    if figure:
        from viz.figures.calibration_figures import draw_calibration

        _draw(figure, force, lambda path: draw_calibration(found, path))


def optimise(
    store: StoreFolder,
    objectives: Annotated[
        str,
        option(
            "Final values with max or min, such as effect_national:max,theil:min.",
            "--objectives",
            metavar="LIST",
        ),
    ],
    out: TablesFolder = None,
    figure: Figure = None,
    force: Force = False,
) -> None:
    """Show the Pareto front of several results, with bootstrap frequencies and the knee point."""
    one_thread()
    from experiments.sweep import open_store
    from experiments.sweep.analysis import optimisation

    found = optimisation.optimise(open_store(store), objectives)
    table = found.table
    _show_numbers("Points that no other point beats in all objectives", found.front.drop(columns="front"))
    near = table[~table["front"] & (table["share"] >= optimisation.LIKELY)]
    if len(near):
        title = f"Points that are on the front in {100 * optimisation.LIKELY:.0f} % of the resamples or more"
        _show_numbers(title, near.drop(columns="front"))
    if found.knee is not None:
        echo_err(f"the knee is point {found.knee}")
    echo_err(found.remark)
    _write_tables(out, {"front": table}, force)
    if figure:
        from viz.figures.calibration_figures import draw_front

        _draw(figure, force, lambda path: draw_front(found, path))


def _show_numbers(title: str, table: pd.DataFrame) -> None:
    rows = [tuple(_cell(value) for value in row) for row in table.itertuples(index=False)]
    show_table(title, list(table.columns), rows, (), table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    return str(value)


def _write_tables(out: Path | None, tables: Mapping[str, pd.DataFrame], force: bool) -> None:
    """Write tables as CSV files of a folder, each whole."""
    if out is None:
        return
    for name, table in tables.items():
        write_file(out / f"{name}.csv", (".csv",), partial(table.to_csv, index=False), force)
    echo_err(f"The tables are in {out}.")


def _show_boxes(title: str, boxes: Sequence[Box]) -> None:
    rows = []
    for box in boxes:
        shares = (number(share) for share in (box.coverage, box.density, box.mass))
        rows.append((box.sql, *shares, general(max(box.p_values.values(), default=1.0), 1)))
    show_table(title, ["box", "coverage", "density", "mass", "largest p"], rows)


def _draw(target: Path, force: bool, draw: Callable[[Path], object]) -> None:
    write_file(target, ENDINGS, draw, force)
    echo(f"The figure is in {target}.")
