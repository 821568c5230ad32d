"""Help as users read it: the three ways in, and pages without types of flags or doubled brackets."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

WAYS_IN = """\
ComputeLeap: an agent-based model of regional industry chains with compute.
Three ways in:

  browser   computeleap app
            a run and its twin on a map, with every parameter

  terminal  computeleap run random_hosts --seeds 4 --firms 2000 --until 2015
            effects of compute centres, with a report; then docs/start.md

  Python    from model import RegionalModel
            your own rules and agents; then docs/tutorials/own-rule.md

Usage: computeleap COMMAND [ARGS]...
`computeleap --help` lists the commands, `computeleap COMMAND --help` options."""
EVERYWHERE = "Anywhere on the line: --wide, --json, --csv, --quiet, --debug (see computeleap --help)."


class PlainPage:
    """A help page whose flags have no type, and whose arguments stand in the brackets of their metavar."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option ``--help``."""
        found = super().get_help_option(ctx)  # type: ignore[misc]
        if found is not None:
            found.metavar = ""
        return found

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the usage line: ``RESULTS``, ``[NAME]...``, ``NAME...``."""
        pieces = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        plain = [piece.replace("[[", "[").replace("...]...", "]...") for piece in pieces]
        return [piece.replace("{", "").replace("}", "").replace("…...", "…") for piece in plain]


class PlainCommand(PlainPage, TyperCommand):
    """A command with a plain help page."""


class PlainGroup(PlainPage, TyperGroup):
    """A group of commands with plain help pages."""


def plain_help(app: typer.Typer) -> None:
    """Give every command of an app, and of its groups, a plain help page."""
    for command in app.registered_commands:
        command.cls, command.epilog = PlainCommand, EVERYWHERE
    for group in app.registered_groups:
        assert group.typer_instance is not None
        group.cls = PlainGroup
        plain_help(group.typer_instance)
