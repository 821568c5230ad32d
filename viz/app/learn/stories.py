"""The three stories of the tour: their steps, what each loads into Explore, and the numbers they tell.

Numbers come from ``viz/assets/stories.json``, which ``python -m experiments.pages.story_numbers`` measures; texts are in
the files of words, under ``learn``. No number of the model is written in a text.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from viz.number_text import number

MEASURED = Path(__file__).resolve().parents[2] / "assets" / "stories.json"


@dataclass(frozen=True)
class Load:
    """What a step loads into Explore: fields of ``viz.app.explore.run_options.Choice``, and what stands beside the map."""

    scenario: str
    until: str
    seed: str = "1"
    firms: str = "10000"
    changes: tuple[tuple[str, float], ...] = ()
    side: str = "country"

    def chosen(self) -> dict[str, Any]:
        """Keywords of a ``Choice``."""
        return {
            "scenario": self.scenario, "seed": self.seed, "firms": self.firms, "changes": self.changes,
            "until": self.until,
        }  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A step: its texts are ``learn.STORY.KEY.title``, ``happens``, ``look``, ``why`` and ``source``."""

    key: str
    load: Load | None = None


@dataclass(frozen=True)
class Story:
    """A story of four to six steps. ``told``: the measured numbers that its chart shows, one unit."""

    key: str
    steps: tuple[Step, ...]
    told: tuple[str, ...]
    unit: str


ARRIVAL = (("paradigm_arrival", 2012.0),)
UNITS = (("interoperability_friction", 0.1),)  # what the exchange of the layouts has
CATCH_UP = Story(
    "catch_up",
    (
        Step("before", Load("poor_sites_network", "2009")),
        Step("opening", Load("poor_sites_network", "2014")),
        Step("channels", Load("poor_sites_network", "2030")),
        Step("gap", Load("poor_sites_network", "2030", side="ranks")),
        Step("limits", Load("poor_sites_local", "2030")),
        Step("question"),
    ),
    (
        "poor_sites_network.hosts", "poor_sites_network.talent", "poor_sites_network.data",
        "poor_sites_network.weakest", "poor_sites_network.near", "poor_sites_local.hosts",
    ),
    "%",
)  # fmt: skip
LEAPFROG = Story(
    "leapfrog",
    (
        Step("learning", Load("paradigm", "2011", side="ranks")),
        Step("arrival", Load("paradigm", "2020", side="ranks")),
        Step("overtaking", Load("paradigm", "2035", side="ranks")),
        Step("compute", Load("random_hosts", "2035", "4", changes=ARRIVAL, side="ranks")),
        Step("limits", Load("paradigm", "2035", changes=(("experience_diffusion", 1.0),), side="ranks")),
        Step("question"),
    ),
    (
        "new_technique.sales", "no_centres.sales", "common_experience.sales", "no_new_technique.sales",
        "new_technique.innovation", "no_new_technique.innovation",
    ),
    "% of pairs",
)  # fmt: skip
GAP = Story(
    "gap",
    (
        Step("local", Load("local_demand", "2030", seed="6")),
        Step("hubs", Load("cross_region", "2030", seed="6")),
        Step("exchange", Load("cross_region_trading", "2030", seed="6")),
        Step("limits", Load("actual", "2030", seed="6")),
        Step("question", Load("cross_region", "2030", seed="6", changes=UNITS)),
    ),
    (
        "local_demand.theil", "local_demand.theil_regions",
        "cross_region.theil", "cross_region.theil_regions",
        "cross_region_trading.theil", "cross_region_trading.theil_regions",
    ),
    "%",
)  # fmt: skip
STORIES: Mapping[str, Story] = MappingProxyType({story.key: story for story in (CATCH_UP, LEAPFROG, GAP)})


@dataclass(frozen=True)
class Measurements:
    """What was measured: ``made`` (date, seeds, firms, years); by name mean, se, seeds, unit, sign, share.

    ``leap_cities``: of one seed, city_id and places in sales per firm: before, after, without a technique.
    """

    made: Mapping[str, Any]
    numbers: Mapping[str, Mapping[str, Any]]
    leap_cities: tuple[Mapping[str, float], ...] = ()

    def text(self, name: str) -> str:
        """``+76.4 ± 3.1 %``; effects and changes have a sign, shares have none."""
        row = self.numbers[name]
        places = _places(row["se"])
        signed = row["unit"] in ("%", "log points", "places")
        value = f"{number(row['mean'], places, signed=signed)} ± {number(row['se'], places)}"
        return f"{value} %" if row["unit"].startswith("%") else value

    def texts(self) -> dict[str, str]:
        """All numbers as the texts name them: ``cross_region.theil`` is ``cross_region_theil``."""
        facts = {key: str(value) for key, value in self.made.items()}
        return {**facts, **{name.replace(".", "_"): self.text(name) for name in self.numbers}}


def _places(error: float) -> int:
    """Decimals that show two digits of an error, at most three."""
    return next((places for places in range(3) if error * 10**places >= 0.95), 3)


@functools.cache
def measurements() -> Measurements:
    """The committed measurements."""
    told = json.loads(MEASURED.read_text(encoding="utf-8"))
    return Measurements(told["made"], told["numbers"], tuple(told["leap_cities"]))
