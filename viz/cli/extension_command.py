"""``computeleap check``: an extension run, compared and timed; leaves with 1 if something does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from viz.cli.signals import leaving_at_once
from viz.terminal import plain_table, say, show


def check(
    names: Sequence[str],
    firms: int,
    quarters: int,
    seed: int,
    scenario: str,
    cities: Path | None,
    changes: Sequence[str],
) -> None:
    """Check extensions together and show what was found.

    Raises ExtensionError, ParameterError or InputError for what the person can mend; typer.Exit with 1 if
    something that should hold does not.
    """
    with leaving_at_once():
        from experiments.extension_check import FAILS, Trial
        from experiments.extension_check import check as findings
        from experiments.study.settings import parse_changes
        from model.country.geography import load_cities
        from model.extensions.extended_model import extended
        from model.extensions.loading import absolute

        own = tuple(absolute(name) for name in names)
        table = extended(own).parameters
        values = parse_changes(changes, table)
        table.checked(**values)
        country = None if cities is None else load_cities(cities)
        trial = Trial(own, firms, quarters, seed, scenario, country, values)
        trial.found_scenario()
        found = findings(trial, lambda what: say(f"{what} …"))
    shown = plain_table()
    shown.add_column("what", ratio=2)
    shown.add_column("verdict", no_wrap=True)
    shown.add_column("found", ratio=3, overflow="fold")
    for one in found:
        shown.add_row(one.what, one.verdict, one.found)
    show(", ".join(one.name for one in extended(own).extensions), shown)
    failed = sum(one.verdict == FAILS for one in found)
    if failed:
        typer.echo(f"{failed} of {len(found)} do not hold.")
        raise typer.Exit(1)
    typer.echo("Everything holds.")
