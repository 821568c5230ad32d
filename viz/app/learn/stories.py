"""The three stories of the Learn tab: their steps, what each loads into Explore, and their numbers.

The numbers are in ``viz/assets/stories.json``, which ``python -m experiments.pages.story_numbers`` measures;
the texts are translations under ``learn``. No text holds a number of the model.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from experiments.measures.number_text import estimate
from viz.app.explore.run_options import RunOptions

MEASURED = Path(__file__).resolve().parents[2] / "assets" / "stories.json"


@dataclass(frozen=True)
class StoryStep:
    """A step of a story; its texts are ``learn.STORY.KEY.title``, ``happens``, ``look``, ``why``, ``source``.

    Attributes:
        key: Name of the step in the translations.
        options: Options of the run that the step loads into Explore, if any.
        side: Panel next to the map.
    """

    key: str
    options: RunOptions | None = None
    side: str = "country"


@dataclass(frozen=True)
class Story:
    """A story of four to six steps; ``numbers`` names the measured numbers of its chart, of one unit."""

    key: str
    steps: tuple[StoryStep, ...]
    numbers: tuple[str, ...]
    unit: str


ARRIVAL = (("paradigm_arrival", 2012.0),)
UNITS = (("interoperability_friction", 0.1),)  # as in the layouts with an exchange
CATCH_UP = Story(
    "catch_up",
    (
        StoryStep("before", RunOptions("poor_sites_network", until="2009")),
        StoryStep("opening", RunOptions("poor_sites_network", until="2014")),
        StoryStep("channels", RunOptions("poor_sites_network", until="2030")),
        StoryStep("gap", RunOptions("poor_sites_network", until="2030"), "ranks"),
        StoryStep("limits", RunOptions("poor_sites_local", until="2030")),
        StoryStep("question"),
    ),
    (
        "poor_sites_network.hosts",
        "poor_sites_network.talent",
        "poor_sites_network.data",
        "poor_sites_network.weakest",
        "poor_sites_network.near",
        "poor_sites_local.hosts",
    ),
    "%",
)
LEAPFROG = Story(
    "leapfrog",
    (
        StoryStep("learning", RunOptions("paradigm", until="2011"), "ranks"),
        StoryStep("arrival", RunOptions("paradigm", until="2020"), "ranks"),
        StoryStep("overtaking", RunOptions("paradigm", until="2035"), "ranks"),
        StoryStep("compute", RunOptions("random_hosts", until="2035", seed="4", changes=ARRIVAL), "ranks"),
        StoryStep(
            "limits", RunOptions("paradigm", until="2035", changes=(("experience_diffusion", 1.0),)), "ranks"
        ),
        StoryStep("question"),
    ),
    (
        "new_technique.sales",
        "no_centres.sales",
        "common_experience.sales",
        "no_new_technique.sales",
        "new_technique.innovation",
        "no_new_technique.innovation",
    ),
    "% of pairs",
)
GAP = Story(
    "gap",
    (
        StoryStep("local", RunOptions("local_demand", until="2030", seed="6")),
        StoryStep("hubs", RunOptions("cross_region", until="2030", seed="6")),
        StoryStep("exchange", RunOptions("cross_region_trading", until="2030", seed="6")),
        StoryStep("limits", RunOptions("actual", until="2030", seed="6")),
        StoryStep("question", RunOptions("cross_region", until="2030", seed="6", changes=UNITS)),
    ),
    (
        "local_demand.theil",
        "local_demand.theil_regions",
        "cross_region.theil",
        "cross_region.theil_regions",
        "cross_region_trading.theil",
        "cross_region_trading.theil_regions",
    ),
    "%",
)
STORIES: Mapping[str, Story] = MappingProxyType({story.key: story for story in (CATCH_UP, LEAPFROG, GAP)})


@dataclass(frozen=True)
class Measurements:
    """Measured numbers by name (mean, se, seeds, unit, sign, share); ``made``: date, seeds, firms, years.

    ``leap_cities``: city_id and places in sales per firm in one seed: before, after, without a technique.
    """

    made: Mapping[str, Any]
    numbers: Mapping[str, Mapping[str, Any]]
    leap_cities: tuple[Mapping[str, float], ...] = ()

    def text(self, name: str) -> str:
        """Return text such as ``+76.4 ± 3.1 %``; effects and changes have a sign, shares have none."""
        row = self.numbers[name]
        signed = row["unit"] in ("%", "log points", "places")
        value = estimate(row["mean"], row["se"], signed)
        return f"{value} %" if row["unit"].startswith("%") else str(value)

    def texts(self) -> dict[str, str]:
        """Return all numbers under their names in texts: ``cross_region.theil`` is ``cross_region_theil``."""
        facts = {key: str(value) for key, value in self.made.items()}
        return {**facts, **{name.replace(".", "_"): self.text(name) for name in self.numbers}}


@functools.cache
def measurements() -> Measurements:
    """Return the measurements that the package ships."""
    stored = json.loads(MEASURED.read_text(encoding="utf-8"))
    return Measurements(stored["made"], stored["numbers"], tuple(stored["leap_cities"]))
