"""Targets of a calibration: what a metric should be, and how far off it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from agents.suggestions import did_you_mean, shown, shown_key
from experiments.sweep.errors import SweepError
from model.files.toml_file import TomlError, read_toml


@dataclass(frozen=True)
class Target:
    """A value that a result of the model should have.

    metric: final value of the store or, with ``years`` (first, last), yearly metric, whose mean over these
    years is meant. se: standard error of the value, as of a survey or an estimate. tolerance: how far the
    model may be off for reasons of its own, to either side, any distance within being as good as another:
    a uniform distribution, of s.d. tolerance/√3. At least one of the two must be above 0.
    """

    name: str
    metric: str
    value: float
    se: float = 0.0
    tolerance: float = 0.0
    years: tuple[int, int] | None = None

    @property
    def variance(self) -> float:
        """Variance of target and model discrepancy, without the noise of runs: se² + tolerance²/3."""
        return self.se**2 + self.tolerance**2 / 3.0


LARGEST = 1e100  # of a value or an error: its square is a number too
LEAST = 1e-100  # of an error: its square is more than nothing
KEYS = tuple(field.name for field in fields(Target) if field.name != "name")


def read_targets(path: str | Path) -> list[Target]:
    """Targets from a TOML file, a table ``[targets.NAME]`` each. Raises SweepError with one sentence."""
    file = Path(path)
    try:
        values = read_toml(file)
    except TomlError as error:
        raise SweepError(f"the targets {file} cannot be read: {error}") from None
    found = values.get("targets")
    if set(values) != {"targets"} or not isinstance(found, dict) or not found:
        raise SweepError(f"{file} must hold tables [targets.NAME], each a target, and nothing else")
    try:
        return targets_of(found)
    except SweepError as error:
        raise SweepError(f"{file}: {error}") from None


def targets_of(values: Mapping[str, object]) -> list[Target]:
    """Targets from plain values by name, shaped as in the file. Raises SweepError with one sentence."""
    if not values:
        raise SweepError("there are no targets")
    return [_target(name, given) for name, given in values.items()]


def _target(name: str, given: Any) -> Target:
    place = f"targets.{shown_key(name)}"
    if not isinstance(given, Mapping):
        raise SweepError(f"{place} must be a table with value and se or tolerance, not {shown(given)}")
    for key in given:
        if key not in KEYS:
            hint = did_you_mean(key, KEYS, f"; there are {', '.join(KEYS)}")
            raise SweepError(f"there is no key {place}.{shown_key(key)}{hint}")
    if "value" not in given:
        raise SweepError(f"{place}.value is missing")
    numbers = {key: given.get(key, 0.0) for key in ("value", "se", "tolerance")}
    for key, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= LARGEST:
            raise SweepError(
                f"{place}.{key} must be a number, at most {LARGEST:g} from 0, not {shown(number, 40)}"
            )
        if key != "value" and number < 0:
            raise SweepError(f"{place}.{key} cannot be below 0, as {number!r} is")
    if not max(numbers["se"], numbers["tolerance"]) >= LEAST:
        raise SweepError(f"{place} needs se or tolerance of {LEAST:g} or more: how exactly must it be met?")
    metric = given.get("metric", name)
    if not isinstance(metric, str):
        raise SweepError(f"{place}.metric must be a text in quotes, not {shown(metric)}")
    years = given.get("years")
    if years is not None:
        whole = isinstance(years, list | tuple) and all(type(year) is int for year in years)
        if not whole or len(years) != 2 or years[0] > years[1]:
            raise SweepError(f"{place}.years must be [first, last], not {shown(years)}")
        years = (years[0], years[1])
    return Target(
        name, metric, float(numbers["value"]), float(numbers["se"]), float(numbers["tolerance"]), years
    )
