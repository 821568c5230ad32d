"""The command line ``computeleap``: registers every command on one app.

A command is one function in one file: its signature holds the options, its docstring is the help, its body
does the work. Options that several commands share are in `viz.cli.options`. Importing a command file must be
cheap, so that ``--help`` answers at once: NumPy, pandas, the model and the experiments are imported inside
functions, and types under ``TYPE_CHECKING``. To add a command, write its function and register it here.

Exit codes: 0 success; 1 a bug, or runs that failed; 2 a mistake that the user can mend (a `UserError`); 130,
143 and 129 after Ctrl-C, SIGTERM and SIGHUP. ``computeleap sweep`` has more: see `viz.cli.sweep_run` and
`viz.cli.sweep_show`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from viz.cli import evaluation_options, sweep_options
from viz.cli.app_command import app_page
from viz.cli.command_group import CommandGroup
from viz.cli.country_commands import cities, network, synthetic
from viz.cli.extension_command import extension_commands
from viz.cli.options import (
    CentresFile,
    Changes,
    CitiesFile,
    Extensions,
    Firms,
    FirstSeed,
    ForceFolder,
    LinksFile,
    Until,
    Workers,
    argument,
    option,
)
from viz.cli.reference_commands import parameters, scenarios, schema
from viz.cli.study_options import studies

app = typer.Typer(
    cls=CommandGroup,
    name="computeleap",
    help="An agent-based model of regional industry chains: firms, city governments and compute providers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"computeleap {version('computeleap')}")
        except PackageNotFoundError:
            typer.echo("computeleap, run from its source folder without being installed")
        raise typer.Exit()


@app.callback()
def _global_options(
    version: Annotated[
        bool, option("Show the version and exit.", "--version", is_eager=True, callback=_show_version)
    ] = False,
    debug: Annotated[bool, option("Show the traceback of a bug; allowed anywhere.", "--debug")] = False,
) -> None:
    pass


@app.command()
def run(
    scenario: Annotated[str | None, argument("See: computeleap scenarios.", default="actual")] = None,
    seeds: Annotated[
        int | None, option("Seeds, each run with and without the centres.", default="20")
    ] = None,
    first_seed: FirstSeed = None,
    until: Until = None,
    firms: Firms = None,
    cities: CitiesFile = None,
    centres: CentresFile = None,
    links: LinksFile = None,
    changes: Changes = None,
    extension: Extensions = None,
    config: Annotated[
        Path | None, option("Settings from a file; options override it.", metavar="FILE.toml")
    ] = None,
    workers: Workers = None,
    threads: Annotated[int | None, option("Threads of each process.", default="1")] = None,
    timeout: Annotated[
        float | None, option("Stop a run that takes longer, in seconds.", default="never", metavar="SECONDS")
    ] = None,
    out: Annotated[
        Path | None, option("Folder for the results.", default="results/SCENARIO", metavar="FOLDER")
    ] = None,
    force: ForceFolder = False,
    check_invariants: Annotated[
        bool | None,
        option(
            "Check every invariant after every quarter; runs take 1.5 times as long.", "--check-invariants"
        ),
    ] = None,
) -> None:
    """Run a scenario and its twin without centres for many seeds; show and write the effects."""
    from experiments.study.settings import settle
    from viz.cli.run_command import run as run_study

    given = {
        "scenario": scenario, "seeds": seeds, "first_seed": first_seed, "until": until, "firms": firms,
        "cities": cities, "centres": centres, "links": links, "workers": workers, "threads": threads,
        "out": out, "extension": extension, "check": check_invariants, "timeout": timeout,
    }  # fmt: skip
    run_study(settle(config, given, changes or ()), force)


app.add_typer(studies, name="study")


@app.command()
def validate(
    quick: Annotated[
        bool, option("Only known solutions, invariants and signs, with 6 seeds.", "--quick")
    ] = False,
    seeds: Annotated[int | None, option("Number of seeds.", default="24, with --quick 6")] = None,
    first_seed: FirstSeed = None,
    until: Until = None,
    firms: Firms = None,
    cities: CitiesFile = None,
    centres: CentresFile = None,
    links: LinksFile = None,
    changes: Changes = None,
    extension: Extensions = None,
    workers: Workers = None,
    out: Annotated[
        Path | None,
        option("File for the rows.", default="results/validation/validation.json", metavar="FILE.json"),
    ] = None,
) -> None:
    """Compare the model with published findings, one verdict per finding."""
    from experiments.study.settings import settle
    from viz.cli.validate_command import validate as set_beside

    given = {
        "seeds": seeds or (6 if quick else 24), "first_seed": first_seed, "until": until, "firms": firms,
        "cities": cities, "centres": centres, "links": links, "workers": workers,
        "extension": extension,
    }  # fmt: skip
    set_beside(settle(None, given, changes or ()), quick, out)


@app.command()
def convergence(
    results: Annotated[Path, argument("A results folder of computeleap run.", metavar="RESULTS")],
    measure: Annotated[str, option("Column of panel.parquet.", metavar="NAME")] = "innovation",
    totals: Annotated[bool, option("Totals of cities, not figures per head.", "--totals")] = False,
) -> None:
    """Show convergence, catch-up and leapfrogging of a results folder, and the observed decade."""
    from viz.cli.convergence_command import show_convergence

    show_convergence(results, measure, not totals)


app.command()(parameters)
app.command()(scenarios)
app.add_typer(extension_commands, name="extension")
app.command()(cities)
app.command()(synthetic)
app.command()(network)
app.command()(schema)
app.add_typer(sweep_options.app, name="sweep")
evaluation_options.add_commands(app)
app.command(name="app")(app_page)
