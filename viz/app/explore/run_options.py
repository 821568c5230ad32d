"""The visitor's choices on the page; this value alone reproduces a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from agents.compute_provider import KINDS, LARGEST_CENTRE
from agents.firm import TIERS
from agents.suggestions import shown
from model import Parameters
from model.files.toml_file import toml_text
from model.parameters import ParameterError
from model.scenarios.scenario import Place, Scenario
from viz.app.model_catalogue import adjustable_parameters, available_scenarios, parameter_info, served_model
from viz.app.serving_options import extension_names
from viz.app.ui.event_filters import Form
from viz.app.ui.translations import Translator, translator

MIN_FIRMS, MAX_FIRMS = 500, 20_000  # more would not step at the pace of the page
LAST_YEAR = 2050
LAST_STORY_YEAR = 2030  # Play stops here: no centre of a shipped scenario opens later
MAX_CENTRES = 40  # of the visitor's own
# Twin of a run: the same without the visitor's centres, or without any centre.
TWINS = ("own", "all")
OWN, ALL = TWINS
# Lower than the model's limits, so that a quarter stays quick and small.
PARAMETER_CAPS: Mapping[str, float] = MappingProxyType({"building_slots": 200, "founders_per_firm": 3})
FILE = "computeleap-scenario.toml"


class RunOptionsError(ValueError):
    """A value that the page cannot use; the text is a sentence for the visitor.

    Args:
        key: Of the translation, under ``mistake``.
        values: What its sentence names; ``name`` may be the key of a word of its own.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(self.text(translator("en")))

    def text(self, tr: Translator) -> str:
        """Return the sentence in a language, without its full stop."""
        values = dict(self.values)
        if "name" in values:
            values["name"] = tr.texts.get(f"mistake.name_{values['name']}", values["name"])
        return tr(f"mistake.{self.key}", **values)


@dataclass(frozen=True)
class RunOptions:
    """Settings of a run on the page; typed numbers stay text until a run begins.

    Attributes:
        changes: Parameters by name.
        centres: The visitor's own centres.
        twin: One of ``TWINS``.
        until: Year or quarter to run to as soon as the run is set up, or "".
    """

    scenario: str = "actual"
    seed: str = "1"
    firms: str = "10000"
    changes: tuple[tuple[str, float], ...] = ()
    centres: tuple[Place, ...] = ()
    twin: str = ALL
    until: str = ""

    def default(self, name: str) -> float:
        """Return a parameter's value in the scenario if the visitor does not change it."""
        changes = served_model().scenarios[self.scenario].parameters
        return float(changes.get(name, parameter_info(name)["default"]))

    def value(self, name: str) -> float:
        """Return a parameter's value."""
        return dict(self.changes).get(name, self.default(name))

    def changed(self, name: str, value: object) -> RunOptions:
        """Return the options with one parameter changed; the scenario's own value is not a change."""
        row = parameter_info(name)
        low, high = row["low"], min(row["high"], PARAMETER_CAPS.get(name, row["high"]))
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            given = f"{value:g}" if isinstance(value, float) else shown(value, 40)
            raise RunOptionsError("number", name=name, low=f"{low:g}", high=f"{high:g}", given=given)
        changes = {**dict(self.changes), name: int(value) if row["type"] == "int" else float(value)}
        if value == self.default(name):
            del changes[name]
        return replace(self, changes=tuple(sorted(changes.items())))

    def build_scenario(self) -> Scenario:
        """Return the scenario with the changed parameters and the visitor's centres."""
        if self.scenario not in available_scenarios():
            raise RunOptionsError("scenario", given=repr(self.scenario))
        if len(self.centres) > MAX_CENTRES:
            raise RunOptionsError("most_centres", most=MAX_CENTRES)
        base = available_scenarios()[self.scenario]
        return replace(base, parameters={**base.parameters, **dict(self.changes)}, places=self.centres)

    def checked(self) -> tuple[Parameters, Scenario, int]:
        """Return parameters, scenario and seed. Raises RunOptionsError, ParameterError or ScenarioError."""
        seed = whole_number(self.seed, "seed", 0, 2**53)
        firms = whole_number(self.firms, "firms", MIN_FIRMS, MAX_FIRMS)
        for name, value in self.changes:
            if name not in adjustable_parameters():
                raise ParameterError(f"parameter {name!r} cannot be changed on this page")
            self.changed(name, value)
        scenario = self.build_scenario()
        model_class = served_model().parameters
        model_class.checked(**scenario.parameters)
        return model_class.checked(firms=firms), scenario, seed

    def file(self, year: int, cities: str = "", quarter: int = 0, seeds: int = 1, centres: str = "") -> str:
        """Return a scenario file for ``computeleap run``; its first lines say the command.

        Args:
            year: Last year of the run.
            cities: Path of the table of cities, if it is not the shipped one.
            quarter: Quarters run, for the lines that compute what the page shows; 0 leaves them out.
            seeds: Seeds on the page, from the visitor's on.
            centres: Name of the table of centres, if it is not the shipped one.
        """
        parameters, scenario, seed = self.checked()
        command = f"computeleap run {FILE} --firms {parameters.firms} --first-seed {seed} --seeds {seeds}"
        # File names alone: a visitor need not know the server's folders.
        command += f" --until {year} --against {'own' if self.twin == OWN else 'none'} --window 1"
        command += f" --cities {os.path.basename(cities)}" if cities else ""
        command += f" --centres {os.path.basename(centres)}" if centres else ""
        for extension in extension_names():
            command += f" --extension {os.path.basename(extension)}"
        head = [
            f"# As shown on the page of ComputeLeap: scenario {scenario.name}, seed {seed}.",
            f"# {command}",
        ]
        if quarter:
            table = f', cities="{os.path.basename(cities)}"' if cities else ""
            twin = "scenario.twin()" if self.twin == ALL else "replace(scenario, places=())"
            lines = python_lines(table, twin, quarter, parameters.firms, range(seed, seed + seeds))
            head += [f"# {line}".rstrip() for line in lines]
        values = {
            "name": scenario.name + ("-own" if self.changes or self.centres else ""),
            "meaning": scenario.meaning,
            "centres": scenario.centres,
            "hosts": scenario.hosts,
            "opens": scenario.opens,
            "industry": scenario.industry,
        }
        openings = [asdict(place) for place in scenario.places]
        changes = dict(sorted(scenario.parameters.items()))
        return toml_text(values, {"parameters": changes, "openings": openings}, head)


def python_lines(table: str, twin: str, quarter: int, firms: int, seeds: range) -> list[str]:
    """Return the lines that compute the page's effect on the country's innovation, by seed."""
    return [
        "",
        "The comparison of the page in Python: the effect on total innovation of the last four quarters,",
        "%, by seed; the page shows its mean and 95 % interval. The tables of the command are those of the",
        "page at the end of the command's last year: the same twin, the same four quarters.",
        "",
        "from dataclasses import replace",
        "import numpy as np",
        "from model import RegionalModel",
        "from model.scenarios.scenario_catalogue import find_scenario",
        f'scenario = find_scenario("{FILE}")',
        "def innovation(scenario, seed):",
        f"    model = RegionalModel(scenario=scenario, rng=seed, firms={firms}{table})",
        f"    for _ in range({quarter}):",
        "        model.step()",
        '    return np.sum(model.history["innovation"][-4:])',
        f"for seed in range({seeds.start}, {seeds.stop}):",
        f"    print(seed, 100 * np.log(innovation(scenario, seed) / innovation({twin}, seed)))",
    ]


def whole_number(text: str, name: str, low: int, high: int) -> int:
    """Return the number that was typed; ``name`` is that of ``mistake.name_…``. Raises RunOptionsError."""
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        ends = [f"{end:,}" if end >= 10_000 else str(end) for end in (low, high)]  # no commas in years
        raise RunOptionsError("whole_number", name=name, low=ends[0], high=ends[1], given=repr(text[:40]))
    return value


def parse_centre(form: Form) -> tuple[str, float, str | None]:
    """Return kind, size and industry of a centre from the page's form. Raises RunOptionsError."""
    kind, size, industry = form.get("kind"), form.get("size"), form.get("industry") or None
    if kind not in KINDS:
        raise RunOptionsError("kind", known=", ".join(KINDS))
    if isinstance(size, bool) or not isinstance(size, int | float) or not 0.0 < size <= LARGEST_CENTRE:
        raise RunOptionsError("size", most=f"{LARGEST_CENTRE:,.0f}", given=repr(str(size)[:40]))
    if industry is not None and industry not in TIERS:
        raise RunOptionsError("industry", known=", ".join(TIERS))
    return str(kind), float(size), None if industry is None else str(industry)
