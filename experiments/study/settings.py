"""Settings of a study: options take precedence over a TOML file, and the file over the defaults.

Every value is checked here, whatever its origin, and every mistake is answered with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.suggestions import did_you_mean
from agents.user_error import UserError
from model.country.country import is_table_of_cities
from model.extensions.extended_model import Extended, extended
from model.extensions.extension import ExtensionError
from model.extensions.loading import absolute, name_of
from model.files.toml_file import TomlError, read_toml, toml_text
from model.parameter_field import quoted_numbers
from model.parameters import ParameterError, Parameters, unknown_parameter
from model.scenarios.scenario import Scenario, ScenarioError
from model.scenarios.scenario_catalogue import find_scenario

LAST_YEAR = 2100
PATHS = ("cities", "centres", "links", "out")
SHORTCUTS = ("firms",)  # parameters so often changed that they are options of their own
RENAMED = {"edges": "links", "check": "check_invariants"}  # settings of version 0.1

_INTEGER = re.compile(r"[+-]?\d+(_\d+)*", re.ASCII)


class SettingsError(UserError):
    """Settings that cannot be used; the text has one sentence for each mistake."""


class Settings(BaseModel):
    """The settings of ``computeleap run`` and ``run_study``; frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    scenario: str = Field(
        "actual", description="scenario, or a TOML or Python file; `computeleap scenarios` lists them"
    )
    seeds: int = Field(
        20, ge=1, le=100_000, description="number of seeds; each is run with and without the centres"
    )
    first_seed: int = Field(1, ge=0, le=10**15, description="first seed; the others follow it")
    until: int = Field(2030, ge=1900, le=LAST_YEAR, description="last year")
    against: Literal["none", "own"] = Field(
        "none", description="twin: without any centre, or without the openings of the scenario's own file"
    )
    window: int = Field(5, ge=1, le=100, description="last years of which effects are means")
    cities: Path | None = Field(None, description="table of cities, or synthetic:N")
    sheet: str | None = Field(None, description="sheet of a workbook of cities; the first by default")
    year: int | None = Field(
        None,
        ge=1900,
        le=LAST_YEAR,
        description="year of the cities' figures, of a table with one for each year",
    )
    centres: Path | None = Field(None, description="table of compute centres")
    links: Path | None = Field(None, description="table of network links")
    workers: int | None = Field(None, ge=1, le=4096, description="processes")
    threads: int = Field(1, ge=1, le=4096, description="threads of each process")
    timeout: float | None = Field(None, gt=0, le=1e7, description="longest time of a run, s")
    out: Path | None = Field(None, description="folder for the results")
    extension: tuple[str, ...] = Field((), description="extensions, as module:name or file.py:name")
    check_invariants: bool = Field(
        False, description="check every invariant after every quarter (half as long again)"
    )
    parameters: Parameters = Field(default_factory=Parameters, description="parameters of the model")

    @property
    def extended(self) -> Extended:
        """The model with its extensions."""
        return extended(self.extension)

    @property
    def _scenario(self) -> Scenario:
        return find_scenario(self.scenario, self.extended.scenarios, self.extended.parameters)

    @property
    def folder(self) -> Path:
        """The folder for the results."""
        own = self.scenario.endswith((".toml", ".py"))
        name = self._scenario.name if own else self.scenario
        return self.out or Path("results") / name

    @property
    def scenario_to_run(self) -> Scenario:
        """The scenario; parameters that were set override its own changes."""
        scenario = self._scenario
        given = self.parameters.model_dump(exclude_unset=True)
        mine = {name: value for name, value in given.items() if name in scenario.parameters}
        return replace(scenario, parameters={**scenario.parameters, **mine}) if mine else scenario

    @property
    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds to run."""
        return tuple(range(self.first_seed, self.first_seed + self.seeds))


SETTINGS = (*Settings.model_fields, *SHORTCUTS)


def as_toml(settings: Settings, **changes: object) -> str:
    """Return the text of a settings file, with some settings changed; paths are written in full."""
    values: dict[str, Any] = {}
    for name, value in {**settings.model_dump(exclude={"parameters"}), **changes}.items():
        if _is_file(name, value):
            values[name] = str(Path(str(value)).resolve())
        elif value != ():
            values[name] = str(value) if isinstance(value, Path) else value
    return toml_text(values, {"parameters": settings.parameters.model_dump(exclude_unset=True)})


def _is_file(name: str, value: object) -> bool:
    if name == "scenario":
        return Path(str(value)).suffix in (".toml", ".py")
    return name in PATHS and value is not None and (name != "cities" or is_table_of_cities(str(value)))


def merge_settings(
    config: str | Path | None = None, given: Mapping[str, object] | None = None, changes: Iterable[str] = ()
) -> Settings:
    """Return the settings of a TOML file with those given on the command line, or in Python, on top.

    Args:
        config: The file.
        given: Options by name; those that are None count as not given. ``firms`` stands for the parameter,
            ``extension`` for an extension or several, each by name or as a value that a module holds,
            ``parameters`` for a mapping of parameters.
        changes: Parameters as ``name=value``.

    Raises:
        SettingsError, ParameterError, ScenarioError, ExtensionError: with a sentence that names the key.
    """
    options: dict[str, Any] = {name: value for name, value in (given or {}).items() if value is not None}
    if "extension" in options:
        given_ones = options["extension"]
        several = given_ones if isinstance(given_ones, list | tuple) else [given_ones]
        options["extension"] = tuple(
            absolute(one) if isinstance(one, str) else name_of(one) for one in several
        )
    options |= {name: Path(options[name]) for name in PATHS if isinstance(options.get(name), str)}
    file: dict[str, Any] = {} if config is None else read_config(config, options.get("extension"))
    table = extended(options.get("extension", file.get("extension"))).parameters
    own = {**options.pop("parameters", {}), **parse_changes(changes, table)}
    _take_shortcuts(options, own, "on the command line, with --{0} and with --set")
    unknown = [_unknown_key(name, SETTINGS, table) for name in options if name not in SETTINGS]
    if unknown:
        raise SettingsError("; ".join(unknown))
    parameters = {**file.pop("parameters", {}), **own}
    return _checked({**file, **options, "parameters": table.checked(**parameters)})


def read_config(path: str | Path, extension: tuple[str, ...] | None = None) -> dict[str, object]:
    """Read and check the settings of a TOML file; paths in it are relative to the file's folder.

    extension: names of extensions that replace the file's.

    Raises SettingsError for a file that cannot be read, is not TOML, has an unknown key or a value that is
    not allowed, ExtensionError for an extension that cannot be loaded; the text begins with the file's name.
    """
    path = Path(path)
    try:
        values = read_toml(path)
    except TomlError as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        return _checked_file(values, path.parent, extension)
    except (SettingsError, ParameterError, ScenarioError) as error:
        raise SettingsError(f"{path}: {error}") from None
    except ExtensionError as error:
        raise ExtensionError(f"{path}: {error}") from error


def parse_changes(
    changes: Iterable[str], table: type[Parameters] = Parameters
) -> dict[str, int | float | str]:
    """Parse ``["substitution=1.5"]`` as ``{"substitution": 1.5}``; if a name is given twice the last counts.

    Raises SettingsError for a text that is not name=value, ParameterError for an unknown name.
    """
    found: dict[str, int | float | str] = {}
    for change in changes:
        name, sign, text = (part.strip() for part in change.partition("="))
        if not (name and sign and text):
            raise SettingsError(f"--set {change!r} is not name=value, such as --set substitution=1.5")
        if name not in table.model_fields:
            raise ParameterError(unknown_parameter(name, table))
        found[name] = _number(text)
    return found


def _number(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        return float(text) if text.isascii() else text
    except ValueError:
        return text  # refused, with the parameter's range, when the parameters are made


def _checked_file(values: dict[str, Any], folder: Path, extension: tuple[str, ...] | None) -> dict[str, Any]:
    if "extension" in values:
        values["extension"] = _extension_names(values["extension"], folder)
    if extension is not None:
        values["extension"] = extension
    table = extended(values.get("extension")).parameters
    unknown = [_unknown_key(name, SETTINGS, table) for name in values if name not in SETTINGS]
    if unknown:
        raise SettingsError("; ".join(unknown))
    parameters = values.pop("parameters", {})
    if not isinstance(parameters, dict):
        raise SettingsError("parameters must be a table: [parameters], then one name = value a line")
    if quoted := quoted_numbers(parameters, table):
        raise SettingsError("; ".join(quoted))
    _take_shortcuts(values, parameters, "as {0} and under [parameters]")
    for name in PATHS:
        if name in values:
            if not isinstance(values[name], str) or not values[name] or "\0" in values[name]:
                raise SettingsError(
                    f"{name} cannot be {values[name]!r}: it must be the path of a file, in quotes"
                )
            values[name] = (folder if _is_file(name, values[name]) else Path()) / values[name]
    _checked({**values, "parameters": table.checked(**parameters)}, whole=False)
    return {**values, "parameters": parameters}


def _extension_names(value: Any, folder: Path) -> tuple[str, ...]:
    """Names in a file, one or a list; paths in them are relative to the file's folder."""
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) and name for name in names):
        raise SettingsError(
            f"extension cannot be {value!r}: it must be module:name or file.py:name, in quotes"
        )
    return tuple(absolute(name, folder) for name in names)


def _take_shortcuts(values: dict[str, Any], parameters: dict[str, Any], twice: str) -> None:
    """Move the shortcuts to the parameters that they stand for."""
    for name in SHORTCUTS:
        if name in values:
            if name in parameters:
                raise SettingsError(f"{name} is set twice: {twice.format(name)}")
            parameters[name] = values.pop(name)


def _unknown_key(name: str, names: Iterable[str], table: type[Parameters]) -> str:
    if name in RENAMED:
        return f"the setting {name} is now called {RENAMED[name]}"
    if name in table.model_fields:
        return f"{name} is a parameter: put it under [parameters]"
    return f"there is no setting {name!r}" + did_you_mean(name, names, f"; there are {', '.join(names)}")


def _checked(values: Mapping[str, Any], whole: bool = True) -> Settings:
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(item) for item in error.errors())) from None
    if not settings.scenario_to_run.has_twin or settings.parameters.closed_economy:
        raise SettingsError(
            "the closed economy is one city and has no twin without centres, so it cannot be the scenario of "
            'a study: run it in Python, with RegionalModel(scenario="closed_economy") or with '
            "experiments.questions.closed_economy_runs"
        )
    own = settings.cities is not None and is_table_of_cities(settings.cities)
    if whole and not own and (settings.sheet, settings.year) != (None, None):
        raise SettingsError("sheet and year are of your table of cities: name it with cities")
    start = settings.parameters.start_year
    if whole and settings.until < start:
        raise SettingsError(f"until cannot be {settings.until}: the first year that is reported is {start}")
    return settings


def _sentence(error: Any) -> str:
    name = str(error["loc"][0])
    kinds: dict[str, str] = {
        "scenario": "the name of a scenario or of its file, in quotes",
        "check_invariants": "true or false",
        "sheet": "the name of a sheet, in quotes",
    }
    bounds = {type(item).__name__: item for item in Settings.model_fields[name].metadata}
    if "Ge" in bounds:
        kinds[name] = f"a whole number from {_plain(bounds['Ge'].ge)} to {_plain(bounds['Le'].le)}"
    return f"{name} cannot be {error['input']!r}: it must be {kinds[name]}"


def _plain(value: int) -> str:
    return str(value) if value < 10_000 else f"{value:,}"
