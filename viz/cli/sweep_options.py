"""The command ``computeleap sweep``: reads its command line; what it does is in `viz.cli.sweep_run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    help="Run an experiment over many points and seeds, from a laptop to a cluster; see docs/sweeps.md.",
    no_args_is_help=True,
)


def _option(text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, show_default=False, **more)


def _argument(text: str, **more: Any) -> Any:
    return typer.Argument(help=text, show_default=False, **more)


File = Annotated[
    str, _argument("Experiment file (TOML or YAML), or the name of a ready one.", metavar="FILE")
]
Folder = Annotated[Path, _argument("Store of a sweep.", metavar="STORE")]
Target = Annotated[
    Path | None, _option("Folder for the results. Default: results/NAME.", "--store", metavar="FOLDER")
]
Extensions = Annotated[
    list[str] | None,
    _option(
        "Rules, parameters, agents of one's own, in the place of the file's; may be given many times.",
        "--extension",
        metavar="MODULE:NAME|FILE.py:NAME",
    ),
]
Workers = Annotated[
    int | None,
    _option("Processes of this machine; 0 runs in this one alone. Default: one for each core.", min=0),
]
Scheduler = Annotated[
    str | None, _option("Address of an existing Dask scheduler.", metavar="tcp://HOST:PORT")
]


@app.command()
def ready() -> None:
    """List the ready experiments."""
    from viz.cli.sweep_show import show_ready

    show_ready()


@app.command()
def measures() -> None:
    """List what is recorded of a run: name, unit, meaning."""
    from viz.cli.sweep_show import show_measures

    show_measures()


@app.command()
def plan(
    file: File,
    workers: Workers = None,
    store: Target = None,
    extension: Extensions = None,
) -> None:
    """Show the size of an experiment, and its predicted time and bytes from a few runs; writes nothing."""
    from viz.cli.sweep_show import show_plan

    show_plan(file, store, workers, extension or ())


@app.command()
def run(
    file: File,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Annotated[
        str | None, _option("Run the k-th of n parts, for job arrays without a scheduler.", metavar="K/N")
    ] = None,
    store: Target = None,
    allow_change: Annotated[
        bool,
        _option(
            "Go on with a store that another version of the model, rules or data began.", "--allow-change"
        ),
    ] = False,
    extension: Extensions = None,
) -> None:
    """Run an experiment; the same command again goes on where it was interrupted."""
    from viz.cli.sweep_run import run_sweep

    run_sweep(file, workers, scheduler, shard, store, allow_change, extension or ())


@app.command()
def status(
    store: Folder,
    watch: Annotated[
        bool, _option("Show it anew every two seconds until all runs are there.", "--watch")
    ] = False,
    digest: Annotated[
        bool, _option("Also show a hash of the results, the same wherever they were run.", "--digest")
    ] = False,
) -> None:
    """Show how many runs are stored, failed and missing."""
    from viz.cli.sweep_show import show_status

    show_status(store, watch, digest)


@app.command()
def retry(store: Folder, workers: Workers = None, scheduler: Scheduler = None) -> None:
    """Run the failed runs of a store again."""
    from viz.cli.sweep_run import retry_failed

    retry_failed(store, workers, scheduler)


@app.command()
def rerun(
    context: typer.Context,
    store: Folder,
    run: Annotated[int, _option("Number of the run.", "--run", metavar="ID")],
    interpreted: Annotated[
        bool, _option("Run the rules as plain Python, so that breakpoints in them work.", "--interpreted")
    ] = False,
) -> None:
    """Run one run again and compare it with what is stored; --debug opens the debugger if it fails."""
    from viz.cli.sweep_run import rerun_one

    rerun_one(store, run, interpreted, bool((context.obj or {}).get("debug")))


@app.command()
def query(
    store: Folder,
    sql: Annotated[
        str, _argument("Query over design, runs, finals, metrics, twin_metrics, panel.", metavar="SQL")
    ],
    csv: Annotated[bool, _option("As CSV.", "--csv")] = False,
) -> None:
    """Answer an SQL query over a store."""
    from viz.cli.sweep_show import show_query

    show_query(store, sql, csv)


@app.command()
def sensitivity(
    store: Folder,
    result: Annotated[str, _argument("A final value, such as effect_national.", metavar="RESULT")],
    method: Annotated[str | None, _option("sobol, morris or pawn. Default: what the design is for.")] = None,
    figure: Annotated[Path | None, _option("Also draw it: .png, .svg or .pdf.", metavar="FILE")] = None,
    force: Annotated[bool, _option("Replace a file that is there.", "--force")] = False,
) -> None:
    """Show which factors a result hangs on: Sobol indices, elementary effects (Morris) or PAWN."""
    from viz.cli.sweep_analysis import show_sensitivity

    show_sensitivity(store, result, method, figure, force)


@app.command()
def discover(
    store: Folder,
    condition: Annotated[str, _argument("SQL over finals, such as 'change_theil < 0'.", metavar="CONDITION")],
    figure: Annotated[Path | None, _option("Also draw it: .png, .svg or .pdf.", metavar="FILE")] = None,
    force: Annotated[bool, _option("Replace a file that is there.", "--force")] = False,
) -> None:
    """Find where in the space of factors a condition holds: boxes by PRIM, leaves of a CART tree."""
    from viz.cli.sweep_analysis import show_discovery

    show_discovery(store, condition, figure, force)


@app.command()
def calibrate(
    store: Folder,
    targets: Annotated[
        Path, _option("TOML file of targets: tables [targets.NAME].", "--targets", metavar="FILE")
    ],
    truths: Annotated[
        int, _option("Points taken as truth to check the intervals; 0: none.", "--truths", min=0)
    ] = 100,
    out: Annotated[Path | None, _option("Also write its tables as CSV.", "--out", metavar="FOLDER")] = None,
    figure: Annotated[Path | None, _option("Also draw it: .png, .svg or .pdf.", metavar="FILE")] = None,
    force: Annotated[bool, _option("Replace a file that is there.", "--force")] = False,
) -> None:
    """Show which values of the factors agree with targets: history matching, posterior, coverage."""
    from viz.cli.sweep_analysis import show_calibration

    show_calibration(store, targets, truths, out, figure, force)


@app.command()
def optimise(
    store: Folder,
    objectives: Annotated[
        str,
        _option(
            "Final values with max or min, such as effect_national:max,theil:min.",
            "--objectives",
            metavar="LIST",
        ),
    ],
    out: Annotated[Path | None, _option("Also write its table as CSV.", "--out", metavar="FOLDER")] = None,
    figure: Annotated[Path | None, _option("Also draw it: .png, .svg or .pdf.", metavar="FILE")] = None,
    force: Annotated[bool, _option("Replace a file that is there.", "--force")] = False,
) -> None:
    """Show the points that are best in several results at once, how sure that is, and the knee."""
    from viz.cli.sweep_analysis import show_front

    show_front(store, objectives, out, figure, force)


@app.command()
def export(
    store: Folder,
    out: Annotated[
        Path, _option("Where to write it: .csv, .parquet, .xlsx or .nc.", "--out", metavar="FILE")
    ],
    table: Annotated[
        str, _option("design, runs, finals, metrics, twin_metrics or panel. Default: finals.")
    ] = "finals",
    force: Annotated[bool, _option("Replace a file that is there.", "--force")] = False,
) -> None:
    """Write a table of a store as CSV, Parquet, Excel or netCDF."""
    from viz.cli.sweep_run import export_table

    export_table(store, table, out, force)
