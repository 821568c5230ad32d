"""User-defined scenarios: a short TOML file, or a Python file that sets the value."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.compute_provider import KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from agents.suggestions import did_you_mean, shown_key
from model.files.toml_file import TomlError, read_toml
from model.parameter_field import quoted_numbers
from model.parameters import ParameterError, Parameters, unknown_parameter
from model.scenarios.parameter_paths import Varying, read_path
from model.scenarios.scenario import SITINGS, Place, Scenario, ScenarioError, quarter_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class _Centre(BaseModel):
    """One table ``[[openings]]`` of a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    city: str | int | float
    kind: str
    opens: str
    size: float = Field(1.0, gt=0, le=LARGEST_CENTRE)
    industry: str | None = None


class _File(BaseModel):
    """The keys of a file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = ""
    meaning: str = ""
    centres: str = "none"
    hosts: int = Field(8, ge=1, le=10_000)
    opens: str = "2010Q1"
    industry: str | None = None
    parameters: dict[str, int | float | str] = Field(default_factory=dict)
    varying: dict[str, object] = Field(default_factory=dict)
    openings: list[_Centre] = Field(default_factory=list)


ALLOWED = {
    "name": "letters, digits, _ and -, in quotes, at most 64 of them",
    "meaning": "a text in quotes",
    "centres": f"one of {', '.join(SITINGS)}",
    "hosts": "a whole number from 1 to 10000",
    "opens": "a quarter such as 2016Q2, in quotes",
    "industry": f"one of {', '.join(TIERS)}",
    "parameters": "a table [parameters] of parameters and numbers",
    "varying": "a table [varying] of parameters and how they vary",
    "openings": "tables [[openings]]",
    "city": "the name or number of a city",
    "kind": f"one of {', '.join(KINDS)}",
    "size": f"a number above 0, at most {LARGEST_CENTRE:,.0f}",
}


def read_scenario(path: str | Path, table: type[Parameters] = Parameters) -> Scenario:
    """Read the scenario of a TOML file, or of a Python file that sets ``SCENARIO``.

    A TOML file may hold ``name`` (by default the file's), ``meaning``, ``centres``, ``hosts``, ``opens`` and
    ``industry`` as in ``Scenario``, tables ``[parameters]`` and ``[varying]``, and any number of tables
    ``[[openings]]`` with ``city`` (name or city_id), ``kind``, ``opens`` and optionally ``size`` and
    ``industry``.

    Args:
        table: The parameters that the scenario may change.

    Raises:
        ScenarioError: a sentence that names the file, what is wrong and what is allowed.
    """
    path = Path(path)
    try:
        return _python(path) if path.suffix == ".py" else _toml(path, table)
    except (ScenarioError, TomlError) as error:
        raise ScenarioError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise ScenarioError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror}") from None


def _python(path: Path) -> Scenario:
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        made = runpy.run_path(str(path)).get("SCENARIO")
    except (Exception, SystemExit) as error:  # a call of sys.exit in the file must not end the program
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise ScenarioError(f"it cannot be run: {what}") from None
    if not isinstance(made, Scenario):
        raise ScenarioError("it must set SCENARIO = Scenario(name=…, meaning=…, …)")
    return made


def _toml(path: Path, table: type[Parameters]) -> Scenario:
    values = read_toml(path)
    try:
        file = _File.model_validate(values)
    except ValidationError as error:
        raise ScenarioError("; ".join(_sentence(item) for item in error.errors())) from None
    name = file.name or path.stem
    _allow("name", name, NAME.fullmatch(name) is not None)
    _allow("centres", file.centres, file.centres in SITINGS)
    quarter_of(file.opens, 2000)
    for industry in (file.industry, *(one.industry for one in file.openings)):
        _allow("industry", industry, industry is None or industry in TIERS)
    for one in file.openings:
        _allow("kind", one.kind, one.kind in KINDS)
        quarter_of(one.opens, 2000)
    parameters: dict[str, Any] = dict(file.parameters)  # some are texts
    if quoted := quoted_numbers(parameters, table):
        raise ScenarioError(f"[parameters]: {'; '.join(quoted)}")
    try:
        table.checked(**parameters)
    except ParameterError as error:
        raise ScenarioError(f"[parameters]: {error}") from None
    places = tuple(Place(one.city, one.kind, one.opens, one.size, one.industry) for one in file.openings)
    meaning = file.meaning or f"from {path.name}"
    treatment = file.centres, file.hosts, file.opens, file.industry, parameters
    return Scenario(name, meaning, *treatment, places=places, varying=_varying(file.varying, table))


def _varying(given: dict[str, object], table: type[Parameters]) -> dict[str, Varying]:
    found = {}
    for name, how in given.items():
        if name not in table.model_fields:
            raise ScenarioError(f"[varying]: {unknown_parameter(name, table)}")
        try:
            found[name] = read_path(how)
        except ScenarioError as error:
            raise ScenarioError(f"[varying] {name}: {error}") from None
    return found


def _allow(key: str, value: object, fine: bool) -> None:
    if not fine:
        raise ScenarioError(f"{key} cannot be {value!r}: it must be {ALLOWED[key]}")


def _sentence(error: Any) -> str:
    place = [part for part in error["loc"] if isinstance(part, str) and part not in ("str", "int", "float")]
    number = next((part for part in error["loc"] if isinstance(part, int)), None)
    which = "" if number is None else f"the {number + 1}. of [[openings]]: "
    key = shown_key(place[-1]) if place else ""
    if error["loc"] == ("changes",):
        return "[changes] is now [parameters]: rename the table"
    if error["type"] == "extra_forbidden":
        known = (_Centre if number is not None else _File).model_fields
        hint = did_you_mean(place[-1], known, f"; there are {', '.join(known)}")
        return f"{which}there is no key {place[-1]!r}{hint}"
    if error["type"] == "missing":
        return f"{which}{key} is missing: {ALLOWED[place[-1]]}"
    if place[0] == "parameters" and len(place) > 1:
        return f"[parameters]: {key} cannot be {error['input']!r}: it must be a number"
    return f"{which}{key} cannot be {error['input']!r}: it must be {ALLOWED.get(place[-1], 'something else')}"
