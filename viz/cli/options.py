"""Options that commands of ``computeleap`` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def option(text: str, *names: str, **more: Any) -> Any:
    """An option, whose default is in its text."""
    return typer.Option(*names, help=text, show_default=False, **more)


def argument(text: str, **more: Any) -> Any:
    """An argument, whose default is in its text."""
    return typer.Argument(help=text, show_default=False, **more)


CitiesFile = Annotated[
    Path | None, option("Own table of cities; see: computeleap schema cities.", metavar="FILE")
]
CentresFile = Annotated[
    Path | None, option("Own table of centres; see: computeleap schema centres.", metavar="FILE")
]
LinksFile = Annotated[
    Path | None, option("Own table of links; see: computeleap schema links.", metavar="FILE")
]
Force = Annotated[bool, option("Replace a file that is there.", "--force")]
Seeds = Annotated[int | None, option("Seeds.")]
FirstSeed = Annotated[int | None, option("First seed; the others follow it. Default: 1.")]
Until = Annotated[int | None, option("Last year. Default: 2030.")]
Firms = Annotated[int | None, option("Firms at the start, a parameter. Default: 10000.")]
Changes = Annotated[
    list[str] | None, option("Change a parameter; may be given many times.", "--set", metavar="NAME=VALUE")
]
Extensions = Annotated[
    list[str] | None,
    option(
        "Rules, parameters, agents of one's own; may be given many times. See docs/extending.md.",
        "--extension",
        metavar="MODULE:NAME|FILE.py:NAME",
    ),
]
Workers = Annotated[int | None, option("Processes at once. Default: one for each core.")]
