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

from typing import Annotated

import typer

from viz.cli.app_command import app_page
from viz.cli.command_group import CommandGroup
from viz.cli.convergence_command import convergence
from viz.cli.country_commands import cities, network, synthetic
from viz.cli.decide_command import decide
from viz.cli.evaluation_commands import audit, evaluate, panel
from viz.cli.extension_command import extension_commands, new_extension
from viz.cli.help_pages import plain_help
from viz.cli.options import flag
from viz.cli.page_command import page
from viz.cli.reference_commands import parameters, scenarios, schema
from viz.cli.run_command import run
from viz.cli.study_command import studies
from viz.cli.sweep_commands import sweep_commands
from viz.cli.validate_command import validate

app = typer.Typer(
    cls=CommandGroup,
    name="computeleap",
    help="An agent-based model of regional industry chains: firms, city governments and compute providers.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
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
        bool, flag("Show the version and exit.", "--version", "-V", is_eager=True, callback=_show_version)
    ] = False,
    wide: Annotated[
        bool, flag("Show tables at their full width, whatever the terminal; allowed anywhere.", "--wide")
    ] = False,
    as_json: Annotated[bool, flag("Print the tables as JSON; allowed anywhere.", "--json")] = False,
    as_csv: Annotated[bool, flag("Print the tables as CSV; allowed anywhere.", "--csv")] = False,
    quiet: Annotated[
        bool, flag("Leave out progress and remarks, not errors; allowed anywhere.", "--quiet")
    ] = False,
    debug: Annotated[bool, flag("Show the traceback of a bug; allowed anywhere.", "--debug")] = False,
) -> None:
    pass


app.command()(run)
app.add_typer(studies, name="study")
app.command()(page)
app.command()(validate)
app.command()(decide)
app.command()(convergence)
app.command()(parameters)
app.command()(scenarios)
app.add_typer(extension_commands, name="extension")
app.command()(cities)
app.command()(synthetic)
app.command()(network)
app.command()(schema)
app.add_typer(sweep_commands, name="sweep")
app.command()(panel)
app.command()(evaluate)
app.command()(audit)
app.command(name="app")(app_page)
app.command(name="new-extension")(new_extension)
plain_help(app)
