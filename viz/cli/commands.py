"""The command ``computeleap``: reads the command line; what a command does is in `viz.cli`.

Nothing of the model is imported before a command needs it, so that ``--help`` answers at once.
Exit codes: 0 all went well, 1 a bug or runs that failed, 2 a mistake that the person can mend, 130
Ctrl-C, 143 SIGTERM, 129 SIGHUP; those of ``computeleap sweep`` are in `viz.cli.sweep_run` and
`viz.cli.sweep_show`.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from viz.cli import evaluation_options as cli_evaluation
from viz.cli import sweep_options as sweep
from viz.cli.options import (
    CentresFile,
    Changes,
    CitiesFile,
    Extensions,
    Firms,
    FirstSeed,
    Force,
    LinksFile,
    Until,
    Workers,
)
from viz.cli.options import argument as _argument
from viz.cli.options import option as _option
from viz.cli.signals import exit_code, heard, interrupted
from viz.cli.study_options import studies

OWN_PACKAGES = ("model", "agents", "experiments", "viz")

# Errors whose text is a sentence for the person.
MENDABLE = (
    ("model.files.user_tables", "InputError"),
    ("model.parameters", "ParameterError"),
    ("model.scenarios.scenario", "ScenarioError"),
    ("model.engine.rule_source", "RuleError"),
    ("agents.rules", "UnknownRuleError"),
    ("experiments.study.settings", "SettingsError"),
    ("experiments.results.read_results", "ResultsError"),
    ("experiments.sweep.errors", "SweepError"),
    ("viz.terminal", "UserError"),
)
LONGEST = 500  # characters of a sentence: what was typed may be as long as it likes
MOST = 60  # lines of mistakes
UsageError: Any = typer.BadParameter.__mro__[
    2
]  # every error of Typer's parser; Typer 0.16 and later has its own Click


class Commands(TyperGroup):
    """All commands; turns errors into one sentence and an exit code."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run the command line and leave with its exit code."""
        words = list(sys.argv[1:] if args is None else args)
        debug = "--debug" in words
        shadow = shadowed()
        if shadow:
            _leave(shadow, 2)
        extra |= {"standalone_mode": False, "obj": {"debug": debug}}
        try:
            own = [word for word in words if word != "--debug"]
            code = super().main(own, prog_name or "computeleap", **extra)
        except UsageError as error:
            what = " ".join(error.format_message().split()).rstrip(".").replace("Value error, ", "")
            _leave(f"{what} (computeleap --help lists what there is)", 2)
        except typer.Abort:
            code = exit_code()
        except BrokenPipeError:  # the reader of a pipe has seen enough, as `head` does
            sys.stdout = None
            code = 141
        except _mendable() as error:
            _leave(str(error), 2)
        except OSError as error:  # a full disk, say: nothing that the program can do about
            if debug:
                traceback.print_exc()
            where = f"{error.filename}: {error.strerror}"
            _leave(where if error.filename is not None else str(error), 2)
        except Exception as error:
            if interrupted():
                _leave("interrupted", exit_code())
            if debug:
                traceback.print_exc()
            what = " ".join(f"{type(error).__name__}: {error}".split())
            again = "" if debug else "; run again with --debug for the traceback"
            _leave(f"this is a bug{again} ({what})", 1)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        with heard():
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                typer.echo("computeleap: interrupted", err=True)
                raise typer.Exit(exit_code()) from None


def shadowed() -> str | None:
    """A sentence on a package of another distribution that Python would import in place of ours, if any."""
    home = Path(__file__).resolve().parents[2]
    for name in OWN_PACKAGES:
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or [spec.origin or ""]) if spec else []
        if not places:
            return f"the package {name} is missing beside {home / 'viz'}: install ComputeLeap again"
        if Path(places[0]).resolve() != home / name:
            return (
                f"another package called {name}, in {places[0]}, hides ComputeLeap's own in {home / name}: "
                "install ComputeLeap in an environment of its own"
            )
    return None


def _mendable() -> tuple[type[Exception], ...]:
    # A module that is not loaded has raised nothing.
    return tuple(getattr(sys.modules[module], name) for module, name in MENDABLE if module in sys.modules)


def sentences(text: str) -> str:
    """What a person is shown of an error: a sentence, or a line for each mistake, fit for a terminal.

    A line break alone parts mistakes. Other signs that cannot be printed, which may come from a file and
    would command the terminal, are shown as ``?``; a line is cut at ``LONGEST``.
    """
    lines = ["".join(sign if sign.isprintable() else "?" for sign in line) for line in text.split("\n")]
    lines = [line if len(line) <= LONGEST else line[: LONGEST - 1] + "…" for line in lines]
    if len(lines) > MOST:
        lines = [*lines[:MOST], f"and {len(lines) - MOST} more"]
    if len(lines) > 1:
        lines = [f"{len(lines)} mistakes:", *(f"  {line}" for line in lines)]
        if lines[-1].startswith("  and "):  # more than are listed
            lines[0] = "many mistakes:"
    return "\n".join(lines)


def _leave(text: str, code: int) -> None:
    typer.echo("computeleap: " + sentences(text), err=True)
    sys.exit(code)


app = typer.Typer(
    cls=Commands,
    name="computeleap",
    help="An agent-based model of regional industry chains: firms, city governments and compute providers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"computeleap {version('computeleap')}")
        except PackageNotFoundError:
            typer.echo("computeleap, run from its source folder without being installed")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool, _option("Show the version and leave.", "--version", is_eager=True, callback=_version)
    ] = False,
    debug: Annotated[bool, _option("Show the traceback of a bug; may stand anywhere.", "--debug")] = False,
) -> None:
    pass


@app.command()
def run(
    scenario: Annotated[str | None, _argument("See: computeleap scenarios. Default: actual.")] = None,
    seeds: Annotated[
        int | None, _option("Seeds, each run with and without the centres. Default: 20.")
    ] = None,
    first_seed: Annotated[int | None, _option("First seed; the others follow it. Default: 1.")] = None,
    until: Annotated[int | None, _option("Last year. Default: 2030.")] = None,
    firms: Annotated[int | None, _option("Firms at the start, a parameter. Default: 10000.")] = None,
    cities: CitiesFile = None,
    centres: Annotated[
        Path | None, _option("Own table of centres; see: computeleap schema centres.", metavar="FILE")
    ] = None,
    links: LinksFile = None,
    changes: Annotated[
        list[str] | None,
        _option("Change a parameter; may be given many times.", "--set", metavar="NAME=VALUE"),
    ] = None,
    extension: Extensions = None,
    config: Annotated[
        Path | None, _option("Settings from a file; the command line beats it.", metavar="FILE.toml")
    ] = None,
    workers: Annotated[int | None, _option("Processes at once. Default: one for each core.")] = None,
    threads: Annotated[int | None, _option("Threads of each process. Default: 1.")] = None,
    timeout: Annotated[
        float | None, _option("End a run that takes longer, in seconds. Default: never.", metavar="SECONDS")
    ] = None,
    out: Annotated[
        Path | None, _option("Folder for the results. Default: results/SCENARIO.", metavar="FOLDER")
    ] = None,
    force: Annotated[
        bool, _option("Replace a results folder that holds other files too.", "--force")
    ] = False,
    check: Annotated[
        bool | None,
        _option("Hold every invariant after every quarter; takes half as long again.", "--check"),
    ] = None,
) -> None:
    """Run a scenario and its twin without centres for many seeds; show and write what the centres did."""
    from experiments.study.settings import settle
    from viz.cli.run_command import run as run_study

    given = {
        "scenario": scenario, "seeds": seeds, "first_seed": first_seed, "until": until, "firms": firms,
        "cities": cities, "centres": centres, "links": links, "workers": workers, "threads": threads,
        "out": out, "extension": extension, "check": check, "timeout": timeout,
    }  # fmt: skip
    run_study(settle(config, given, changes or ()), force)


app.add_typer(studies, name="study")


@app.command()
def validate(
    quick: Annotated[
        bool, _option("Known solutions, invariants and signs alone, with 6 seeds.", "--quick")
    ] = False,
    seeds: Annotated[int | None, _option("Seeds. Default: 24, quick 6.")] = None,
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
        _option("File for the rows. Default: results/validation/validation.json.", metavar="FILE.json"),
    ] = None,
) -> None:
    """Set the model beside everything published about its subject: one row and one verdict for each."""
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
    results: Annotated[Path, _argument("A results folder of computeleap run.", metavar="RESULTS")],
    measure: Annotated[
        str, _option("Column of panel.parquet. Default: innovation.", metavar="NAME")
    ] = "innovation",
    totals: Annotated[bool, _option("Totals of cities, not figures per head.", "--totals")] = False,
) -> None:
    """Show convergence, catch-up and leapfrogging in a results folder, compared with the observed decade."""
    from viz.cli.convergence_command import show_convergence

    show_convergence(results, measure, not totals)


@app.command()
def parameters(
    names: Annotated[list[str] | None, _argument("Only these.", metavar="[NAME]...")] = None,
    json_schema: Annotated[bool, _option("As a JSON schema.", "--json-schema")] = False,
    as_csv: Annotated[bool, _option("As CSV.", "--csv")] = False,
    extension: Extensions = None,
) -> None:
    """Show the parameters: default, range, unit, meaning and source."""
    from viz.cli.reference_commands import show_parameters

    show_parameters(names or [], json_schema, as_csv, extension or ())


@app.command()
def scenarios(extension: Extensions = None) -> None:
    """List the scenarios."""
    from viz.cli.reference_commands import show_scenarios

    show_scenarios(extension or ())


@app.command()
def check(
    extension: Annotated[
        list[str], _argument("Extensions to check together.", metavar="MODULE:NAME|FILE.py:NAME...")
    ],
    firms: Annotated[int, _option("Firms at the start of the small runs. Default: 1000.", min=1)] = 1000,
    quarters: Annotated[int, _option("Quarters of the small runs. Default: 8.", min=5, max=400)] = 8,
    seed: Annotated[int, _option("Seed. Default: 1.", min=0)] = 1,
    scenario: Annotated[str, _option("Scenario. Default: actual.")] = "actual",
    cities: CitiesFile = None,
    changes: Changes = None,
) -> None:
    """Run an extension interpreted and compiled, compare bits, accounts and twins, and time it."""
    from viz.cli.extension_command import check as look_at

    look_at(extension, firms, quarters, seed, scenario, cities, changes or ())


@app.command()
def cities(
    cities: CitiesFile = None,
    compare: Annotated[Path | None, _option("Observed figures, in the same columns.", metavar="FILE")] = None,
    out: Annotated[Path | None, _option("Write the table: .csv or .parquet.", metavar="FILE")] = None,
    force: Force = False,
) -> None:
    """Show the cities that a run would use, and how well their figures meet observed ones."""
    from viz.cli.country_commands import show_cities

    show_cities(cities, compare, out, force)


@app.command()
def synthetic(
    count: Annotated[int, _argument("Number of cities, 10 to 10,000.", metavar="N")],
    out: Annotated[Path, _option("Where to write it: .csv or .parquet.", metavar="FILE")],
    seed: Annotated[int, _option("The same seed gives the same country. Default: 1.")] = 1,
    force: Force = False,
) -> None:
    """Make up a country and write it as a table of cities."""
    from viz.cli.country_commands import make_synthetic

    make_synthetic(count, seed, out, force)


@app.command()
def network(
    cities: CitiesFile = None,
    links: LinksFile = None,
    out: Annotated[Path | None, _option("Write the network: .graphml.", metavar="FILE")] = None,
    force: Force = False,
) -> None:
    """Show links and latencies of the compute network; write it as GraphML."""
    from viz.cli.country_commands import show_network

    show_network(cities, links, out, force)


@app.command()
def schema(
    table: Annotated[Literal["cities", "centres", "links", "panel"], _argument("Which table.")],
) -> None:
    """Show the columns that an own table takes."""
    from viz.cli.reference_commands import show_schema

    show_schema(table)


app.add_typer(sweep.app, name="sweep")


cli_evaluation.add_commands(app)


@app.command(name="app")
def page(
    host: Annotated[str, _option("Address to listen on. Default: 127.0.0.1.")] = "127.0.0.1",
    port: Annotated[int, _option("Port to listen on. Default: 8765.", min=0, max=65535)] = 8765,
    cities: CitiesFile = None,
    results: Annotated[
        Path | None, _option("Folder whose results the page may open. Default: results.", metavar="FOLDER")
    ] = None,
    max_sessions: Annotated[int | None, _option("Browser tabs at once. Default: 8.", min=1, max=1000)] = None,
    allowed_host: Annotated[
        list[str] | None, _option("Name under which a proxy serves the page.", metavar="NAME")
    ] = None,
    extension: Extensions = None,
) -> None:
    """Open the model in the browser."""
    from viz.terminal import UserError

    if importlib.util.find_spec("solara") is None:
        raise UserError("the page in the browser needs Solara: pip install 'computeleap[app]'")
    if extension:
        from viz.app.model_catalogue import serve_extensions

        serve_extensions(extension)
    gc.disable()  # until the server is up: modules that are read leave nothing to collect
    from viz.app.server.server import run as serve

    serve(host, port, cities, results, max_sessions, allowed_host or ())
