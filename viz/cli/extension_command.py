"""``computeleap extension check``, which exits with 1 if a check fails, and ``computeleap new-extension``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from viz.cli.options import Changes, CitiesFile, argument, option
from viz.cli.signals import exit_now, on_signal
from viz.terminal import echo, echo_err, show_table

extension_commands = typer.Typer(help="Tools for extensions of the model.", no_args_is_help=True)


@extension_commands.callback()
def _group() -> None:
    pass  # with a callback, Typer keeps the only command under its own name


@extension_commands.command()
def check(
    names: Annotated[
        list[str],
        argument("Extensions to check together, as MODULE:NAME or FILE.py:NAME.", metavar="NAME"),
    ],
    firms: Annotated[int, option("Firms at the start of the small runs.", min=1)] = 1000,
    quarters: Annotated[int, option("Quarters of the small runs.", min=5, max=400)] = 8,
    seed: Annotated[int, option("Seed.", min=0)] = 1,
    scenario: Annotated[str, option("Scenario.")] = "actual",
    cities: CitiesFile = None,
    changes: Changes = None,
) -> None:
    """Run an extension interpreted and compiled; compare bits, accounts and twins; measure its time."""
    with on_signal(exit_now):
        from experiments import extension_check
        from experiments.study.settings import parse_changes
        from model.country.country import read_cities
        from model.extensions.extended_model import extended
        from model.extensions.loading import absolute

        extensions = tuple(absolute(name) for name in names)
        model = extended(extensions)
        values: dict[str, Any] = dict(parse_changes(changes or (), model.parameters))
        model.parameters.checked(**values)
        country = None if cities is None else read_cities(cities)
        trial = extension_check.Trial(extensions, firms, quarters, seed, scenario, country, values)
        trial.found_scenario()
        findings = extension_check.check(trial, lambda step: echo_err(f"{step} …"))
    rows = [(finding.what, finding.verdict, finding.found) for finding in findings]
    columns = ["what", "verdict", "found"]
    show_table(", ".join(extension.name for extension in model.extensions), columns, rows, columns)
    failed = sum(finding.verdict == extension_check.FAILS for finding in findings)
    if failed:
        echo(f"{failed} of {len(findings)} checks failed.")
        raise typer.Exit(1)
    echo("All checks passed.")


def new_extension(
    name: Annotated[str, argument("Name of the extension, such as carbon_tax.", metavar="NAME")],
) -> None:
    """Write NAME.py, a commented extension that runs, and test_NAME.py, a test of it."""
    from pathlib import Path

    from agents.user_error import UserError
    from model.extensions.skeleton import skeleton

    files = skeleton(name)
    for file in files:
        if Path(file).exists():
            raise UserError(f"{file} exists already: choose another name, or remove it")
    try:
        for file, text in files.items():
            Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written: {error.strerror}") from None
    echo(f"{' and '.join(files)} are written. Try it: computeleap extension check {name}.py")
