"""``computeleap extension check`` (exit code 1 if a check fails), ``describe`` and ``new-extension``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from viz.cli.options import Changes, CitiesFile, argument, option
from viz.cli.signals import exit_now, on_signal
from viz.terminal import echo, echo_err, show_table

extension_commands = typer.Typer(help="Tools for extensions of the model.", no_args_is_help=True)


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


@extension_commands.command()
def describe(
    names: Annotated[
        list[str], argument("Extensions to describe, as MODULE:NAME or FILE.py:NAME.", metavar="NAME")
    ],
    out: Annotated[str, option("Folder for the files.", metavar="FOLDER")] = ".",
    rule: Annotated[str, option("Draw this rule alone, of the model or the extension.")] = "",
) -> None:
    """Write the rules page, its LaTeX, a graph of what reads what, and a stub for editors."""
    from pathlib import Path

    from agents.user_error import UserError
    from experiments.pages.extension_page import extension_page, extension_tex
    from experiments.pages.name_stubs import extension_stub
    from model.extensions.extended_model import extended
    from model.extensions.loading import absolute
    from viz.figures.dependency_graph import dependency_graph

    model = extended(tuple(absolute(name) for name in names))
    stem = "_".join(one.name for one in model.extensions)
    graph = dependency_graph(model, rule or None)
    texts = {
        f"{stem}.md": extension_page(model),
        f"{stem}.tex": extension_tex(model),
        f"{stem}_names.pyi": extension_stub(model, "computeleap extension describe"),
    }
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        graph.savefig(folder / f"{stem}.svg", format="svg", metadata={"Date": None})
    except OSError as error:
        raise UserError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    echo(f"{', '.join([*texts, f'{stem}.svg'])} are written to {folder}.")


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
