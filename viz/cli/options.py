"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.models import ArgumentInfo, OptionInfo


def option(text: str, *names: str, default: str | None = None, **more: Any) -> OptionInfo:
    """Return an option; `default` describes what None means, other defaults come from the signature."""
    return typer.Option(*names, help=text, show_default=default or True, **more)


def argument(text: str, default: str | None = None, **more: Any) -> ArgumentInfo:
    """Return a positional argument; `default` as for `option`."""
    return typer.Argument(help=text, show_default=default or True, **more)


CitiesFile = Annotated[
    Path | None, option("Your table of cities; see: computeleap schema cities.", metavar="FILE")
]
CentresFile = Annotated[
    Path | None, option("Your table of centres; see: computeleap schema centres.", metavar="FILE")
]
LinksFile = Annotated[
    Path | None, option("Your table of links; see: computeleap schema links.", metavar="FILE")
]
Force = Annotated[bool, option("Replace an existing file.", "--force")]
ForceFolder = Annotated[bool, option("Replace a results folder even if it holds other files.", "--force")]
Seeds = Annotated[int | None, option("Number of seeds.")]
FirstSeed = Annotated[int | None, option("First seed; the others follow it.", default="1")]
Until = Annotated[int | None, option("Last year.", default="2030")]
Firms = Annotated[int | None, option("Firms at the start (a parameter).", default="10000")]
Changes = Annotated[
    list[str] | None, option("Change a parameter; repeatable.", "--set", metavar="NAME=VALUE")
]
Extensions = Annotated[
    list[str] | None,
    option(
        "Extension to load: rules, parameters, agents; repeatable. See docs/extending.md.",
        "--extension",
        metavar="MODULE:NAME|FILE.py:NAME",
    ),
]
Workers = Annotated[int | None, option("Processes to use.", default="one per core")]
