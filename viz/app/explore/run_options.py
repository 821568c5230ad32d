"""What is chosen on the page, all of it: from this value alone anybody can reproduce what the page shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from agents.compute_provider import KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from agents.suggestions import shown
from model import Parameters
from model.files.toml_file import toml_text
from model.parameters import CLOSED, ParameterError, ParameterRow, describe
from model.scenarios.scenario import Place, Scenario
from viz.app.model_catalogue import EXTENSIONS, chosen

FEWEST, MOST = 500, 20_000  # firms: more would not step at the pace of the page
LAST_YEAR = 2050
MOST_CENTRES = 40  # of one's own
# What a run is compared with: the same without one's own centres, or without any centre.
TWINS = ("own", "all")
OWN, ALL = TWINS
# The page keeps memory and time of a quarter in hand where the model would allow more.
MOST_OF: Mapping[str, float] = MappingProxyType({"building_slots": 200, "founders_per_firm": 3})
FILE = "computeleap-scenario.toml"


class ChoiceError(ValueError):
    """Something typed on the page that cannot be; the text is a sentence."""


@dataclass(frozen=True)
class Choice:
    """What is set on the page; numbers that are typed stay text until a run begins.

    ``changes`` are parameters by name, ``centres`` the visitor's own, ``twin`` one of ``TWINS``; ``until``, a
    year or "", is run to at once when a run begins.
    """

    scenario: str = "actual"
    seed: str = "1"
    firms: str = "10000"
    changes: tuple[tuple[str, float], ...] = ()
    centres: tuple[Place, ...] = ()
    twin: str = ALL
    until: str = ""

    def default(self, name: str) -> float:
        """What a parameter is if the visitor leaves it alone: what the scenario says, or the default."""
        return float(chosen().scenarios[self.scenario].parameters.get(name, about(name)["default"]))

    def value(self, name: str) -> float:
        """What a parameter is."""
        return dict(self.changes).get(name, self.default(name))

    def changed(self, name: str, value: Any) -> Choice:
        """The choice with one parameter at another value; the scenario's own leaves no trace."""
        row = about(name)
        limits = row["low"], min(row["high"], MOST_OF.get(name, row["high"]))
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not limits[0] <= value <= limits[1]:
            given = f"{value:g}" if isinstance(value, float) else shown(value, 40)
            raise ChoiceError(f"{name} must be a number from {limits[0]:g} to {limits[1]:g}, not {given}")
        changes = {**dict(self.changes), name: int(value) if row["type"] == "int" else float(value)}
        if value == self.default(name):
            del changes[name]
        return replace(self, changes=tuple(sorted(changes.items())))

    def experiment(self) -> Scenario:
        """The scenario with what was changed, and with the visitor's own centres."""
        if self.scenario not in offered():
            raise ChoiceError(f"there is no scenario {self.scenario!r} on this page")
        if len(self.centres) > MOST_CENTRES:
            raise ChoiceError(f"at most {MOST_CENTRES} centres of your own can be opened in a run")
        base = offered()[self.scenario]
        return replace(base, parameters={**base.parameters, **dict(self.changes)}, places=self.centres)

    def checked(self) -> tuple[Parameters, Scenario, int]:
        """Parameters, scenario and seed. Raises ChoiceError, ParameterError or ScenarioError."""
        seed = whole_number(self.seed, "the seed", 0, 2**53)
        firms = whole_number(self.firms, "the number of firms on this page", FEWEST, MOST)
        for name, value in self.changes:
            if name not in adjustable():
                raise ParameterError(f"parameter {name!r} cannot be changed on this page")
            self.changed(name, value)
        experiment = self.experiment()
        table = chosen().parameters
        table.checked(**experiment.parameters)
        return table.checked(firms=firms), experiment, seed

    def file(self, year: int, cities: str = "") -> str:
        """The scenario as a file that ``computeleap run`` reads, and the command that runs it until ``year``.

        ``cities`` is the table of cities, if it is not the shipped one.
        """
        parameters, experiment, seed = self.checked()
        command = f"computeleap run {FILE} --firms {parameters.firms} --first-seed {seed} --seeds 1"
        # Files by their names alone: a visitor need not know the server's folders.
        command += f" --until {year}" + (f" --cities {os.path.basename(cities)}" if cities else "")
        for one in os.environ.get(EXTENSIONS, "").splitlines():
            command += f" --extension {os.path.basename(one)}"
        head = [
            f"# What the page of ComputeLeap showed: scenario {experiment.name}, seed {seed}.",
            f"# {command}",
        ]
        values = {
            "name": experiment.name + ("-own" if self.changes or self.centres else ""),
            "meaning": experiment.meaning, "centres": experiment.centres, "hosts": experiment.hosts,
            "opens": experiment.opens, "industry": experiment.industry,
        }  # fmt: skip
        openings = [asdict(place) for place in experiment.places]
        changes = dict(sorted(experiment.parameters.items()))
        return toml_text(values, {"parameters": changes, "openings": openings}, head)


def offered() -> dict[str, Scenario]:
    """The scenarios of the page: those in which a twin without centres means something."""
    return {name: scenario for name, scenario in chosen().scenarios.items() if scenario.has_twin}


def adjustable() -> tuple[str, ...]:
    """Parameters that the page lets be changed: all but sizes and dates and the closed economy's."""
    fixed = ("firms", "start_year")
    names = chosen().parameters.model_fields
    return tuple(n for n in names if n not in fixed and about(n)["group"] != CLOSED)


def about(name: str) -> ParameterRow:
    """What a parameter is, one of an extension included. Raises ParameterError for an unknown one."""
    table = chosen().parameters
    if name not in table.model_fields:
        raise ParameterError(f"there is no parameter {name[:40]!r}")
    return describe(name, table)


def whole_number(text: str, what: str, low: int, high: int) -> int:
    """The number that was typed. Raises ChoiceError."""
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        ends = [f"{end:,}" if end >= 10_000 else str(end) for end in (low, high)]  # no commas in years
        raise ChoiceError(f"{what} must be a whole number from {ends[0]} to {ends[1]}, not {text[:40]!r}")
    return value


def wanted_centre(said: Mapping[str, Any]) -> tuple[str, float, str | None]:
    """Kind, size and industry of a centre, as the page's form says them. Raises ChoiceError."""
    kind, size, industry = said.get("kind"), said.get("size"), said.get("industry") or None
    if kind not in KINDS:
        raise ChoiceError(f"the kind of a centre must be one of {', '.join(KINDS)}")
    if isinstance(size, bool) or not isinstance(size, int | float) or not 0.0 < size <= LARGEST_CENTRE:
        limits = f"a number above 0, at most {LARGEST_CENTRE:,.0f}"
        raise ChoiceError(f"the size of a centre must be {limits}, not {str(size)[:40]!r}")
    if industry is not None and industry not in TIERS:
        raise ChoiceError(f"the industry of a centre must be one of {', '.join(TIERS)}")
    return str(kind), float(size), industry
