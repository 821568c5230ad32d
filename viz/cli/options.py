"""Options that several commands share."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.models import ArgumentInfo, OptionInfo

from viz.cli.completion import changed_parameters, scenario_names

if TYPE_CHECKING:
    from experiments.study.settings import Settings


def option(text: str, *names: str, default: str | None = None, **more: Any) -> OptionInfo:
    """Return an option; `default` describes what None means, other defaults come from the signature."""
    return typer.Option(*names, help=_plain(text), show_default=default or True, **more)


def argument(text: str, default: str | None = None, **more: Any) -> ArgumentInfo:
    """Return a positional argument; `default` as for `option`."""
    return typer.Argument(help=_plain(text), show_default=default or True, **more)


def flag(text: str, *names: str, **more: Any) -> OptionInfo:
    """Return an option that is on or off, without a type in the help."""
    return option(text, *names, **{"metavar": "", **more})


def _plain(text: str) -> str:
    """Return a help text whose brackets are no markup: [targets.NAME] is a table of TOML."""
    return re.sub(r"\[(?=[a-zA-Z/@#])", r"\\[", text)


CitiesFile = Annotated[
    Path | None,
    option(
        "Your table of cities (see: computeleap schema cities), or made-up ones.", metavar="FILE|synthetic:N"
    ),
]
Sheet = Annotated[str | None, option("Sheet of a workbook of cities.", default="the first", metavar="NAME")]
FigureYear = Annotated[
    int | None,
    option(
        "Year of the cities' figures, of a table with a column for each year.",
        default="2020 people, 2022 GDP",
    ),
]
CentresFile = Annotated[
    Path | None, option("Your table of centres; see: computeleap schema centres.", metavar="FILE")
]
LinksFile = Annotated[
    Path | None, option("Your table of links; see: computeleap schema links.", metavar="FILE")
]
Force = Annotated[bool, flag("Replace an existing file.", "--force")]
ForceFolder = Annotated[
    bool, flag("Replace a results folder even if it holds other files or a larger study.", "--force")
]
ScenarioName = Annotated[
    str | None,
    argument(
        "See: computeleap scenarios.", default="actual", metavar="SCENARIO", autocompletion=scenario_names
    ),
]
ConfigFile = Annotated[Path | None, option("Settings from a file; options override it.", metavar="FILE.toml")]
Seeds = Annotated[int | None, option("Number of seeds.")]
FirstSeed = Annotated[int | None, option("First seed; the others follow it.", default="1")]
Until = Annotated[int | None, option("Last year.", default="2030")]
Firms = Annotated[int | None, option("Firms at the start (a parameter).", default="10000")]
Changes = Annotated[
    list[str] | None,
    option(
        "Change a parameter; repeatable.",
        "--set",
        metavar="NAME=VALUE",
        autocompletion=changed_parameters,
    ),
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
WithRanges = Annotated[
    bool,
    flag("Show the range of every effect over the parameters that are not ruled out.", "--uncertainty"),
]
MembersToRun = Annotated[
    int | None,
    option(
        "Members of the ensemble to run for the range; the default run needs none.",
        default="40",
        min=20,
    ),
]

STUDY_OPTIONS = {
    "first_seed": FirstSeed,
    "until": Until,
    "firms": Firms,
    "cities": CitiesFile,
    "sheet": Sheet,
    "year": FigureYear,
    "centres": CentresFile,
    "links": LinksFile,
    "changes": Changes,
    "extension": Extensions,
    "workers": Workers,
}


class StudyOptions(dict[str, Any]):
    """Values of the options that all studies take, by name."""

    def settings(self, config: Path | None = None, **own: object) -> Settings:
        """Return the settings of these options, a command's own and a file. Raises UserError."""
        from experiments.study.settings import merge_settings

        given = {name: value for name, value in self.items() if name != "changes"}
        return merge_settings(config, {**given, **own}, self["changes"] or ())


def takes_study_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all studies in place of its parameter ``shared``."""
    before = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for parameter in before.parameters.values():
        if parameter.name == "shared":
            parameters += [
                parameter.replace(name=name, default=None, annotation=annotation)
                for name, annotation in STUDY_OPTIONS.items()
            ]
        else:
            parameters.append(parameter)

    @functools.wraps(command)
    def with_options(**given: object) -> None:
        shared = StudyOptions({name: given.pop(name) for name in STUDY_OPTIONS})
        command(shared=shared, **given)

    with_options.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    with_options.__signature__ = before.replace(parameters=parameters)  # type: ignore[attr-defined]
    return with_options
