"""Selection of host cities: at random, by wealth or after a good year. Each draw is a Scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.compute_provider import KINDS
from agents.suggestions import did_you_mean
from model.economy.initial_state import coreness
from model.engine.draws import stream_key, uniforms
from model.scenarios.scenario import Opening, Scenario, ScenarioError, quarter_of

WAYS = {
    "random": "hosts drawn at random among all cities",
    "wealth": "large and rich cities are more likely hosts, as in reality",
    "shocks": "cities whose innovation has just risen above its own past are more likely hosts",
}


@dataclass(frozen=True)
class Sites:
    """Number of hosts, years of opening and strength of the selection.

    ``strength``: log odds of one standard deviation of wealth or of the shock; 0 is random. ``first`` and
    ``last``: years of opening. Each host gets a centre of each kind, a third of the usual size times
    ``size``.
    """

    way: str
    hosts: int = 20
    first: int = 2009
    last: int = 2016
    strength: float = 1.5
    size: float = 1.0

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            hint = did_you_mean(self.way, WAYS, f"; choose one of {', '.join(WAYS)}")
            raise ScenarioError(f"sites cannot be chosen by {self.way!r}{hint}")
        if self.hosts < 1 or self.last < self.first:
            raise ScenarioError(f"no {self.hosts} hosts can open from {self.first} to {self.last}")


def draw_scenario(
    sites: Sites, cities: pd.DataFrame, start_year: int, seed: int, untreated: pd.DataFrame | None = None
) -> Scenario:
    """Draw the scenario of a seed: hosts and dates of opening.

    untreated: year, city_id and realised_innovation of the same run without centres; ``shocks`` needs it.

    Raises ScenarioError: more hosts than half of the cities, or no history before the first opening.
    """
    count = len(cities)
    if sites.hosts > count // 2:
        raise ScenarioError(f"{sites.hosts} hosts are more than half of the {count} cities")
    key = stream_key(seed, f"evaluation.sites.{sites.way}", 0)
    # The cities with the largest score + Gumbel noise are a draw without replacement with odds exp(score).
    noise = -np.log(-np.log(np.clip(uniforms(key, np.arange(count)), 1e-12, 1.0 - 1e-12)))
    dates = uniforms(stream_key(seed, "evaluation.sites.dates", 0), np.arange(count))
    if sites.way == "shocks":
        hosts = _by_shocks(sites, cities, start_year, noise, untreated)
    else:
        score = sites.strength * coreness(cities) if sites.way == "wealth" else np.zeros(count)
        chosen = np.argsort(-(score + noise), kind="stable")[: sites.hosts]
        span = 4 * (sites.last - sites.first + 1)
        start = quarter_of(str(sites.first), start_year)
        hosts = {int(row): start + int(dates[row] * span) for row in chosen}
    return Scenario(
        sites.way,
        WAYS[sites.way],
        openings=tuple(
            Opening(f"{sites.way}-{row}-{kind}", row, kind, quarter, sites.size / len(KINDS))
            for row, quarter in sorted(hosts.items(), key=lambda item: (item[1], item[0]))
            for kind in KINDS
        ),
    )


def _by_shocks(
    sites: Sites, cities: pd.DataFrame, start_year: int, noise: np.ndarray, untreated: pd.DataFrame | None
) -> dict[int, int]:
    """Return hosts and opening quarters; a rise in the two years before a year makes a host likely."""
    if untreated is None or sites.first < start_year + 4:
        raise ScenarioError(
            "sites chosen by shocks need four years of a run without centres before the first opening"
        )
    counts = untreated.pivot(index="year", columns="city_id", values="realised_innovation")
    logs = np.log1p(counts[cities["city_id"]].to_numpy())
    years = range(sites.first, sites.last + 1)
    hosts: dict[int, int] = {}
    for place, year in enumerate(years):
        row = year - start_year
        recent, past = logs[row - 2 : row].mean(axis=0), logs[: row - 2].mean(axis=0)
        shock = recent - past
        score = sites.strength * (shock - shock.mean()) / max(float(shock.std()), 1e-12) + np.roll(
            noise, place
        )
        score[list(hosts)] = -np.inf
        wanted = (place + 1) * sites.hosts // len(years) - len(hosts)
        for city in np.argsort(-score, kind="stable")[:wanted]:
            hosts[int(city)] = quarter_of(str(year), start_year)
    return hosts
