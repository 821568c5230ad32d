"""Whether two halves of the ensemble that share no member give a city the same advice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ensemble.members import Ensemble
from experiments.questions.decision.choice import WORST, advice, halves, net_gains, regrets
from experiments.questions.decision.forks import Forks
from experiments.questions.decision.plans import PLANS
from experiments.questions.decision.worlds import AskingCity, World, history_of, world_of
from experiments.storage.json_lines import append_line, read_lines
from experiments.study.study import Study
from model.country.country import Country

Plain = dict[str, Any]  # of a file: plain values by name


class Mandate(NamedTuple):
    """What a city asks. scope: whose net gain counts; budget: 100 m CNY."""

    scope: str
    budget: float


YEAR = 2026
MANDATES = (Mandate("city", 20.0), Mandate("area", 20.0), Mandate("country", 20.0))
CHOSEN_ON = ("Taiyuan", "Dalian", "Zhuzhou", "Zhenjiang", "Shizuishan")  # the rule was; others judge it
HOSTS = 0.3  # of the cities that ask, at least


def asking_cities(country: Country, count: int) -> list[int]:
    """Return the rows of cities spread over hosts and others, regions and sizes.

    Three in ten are hosts; of either kind every n-th by region and GDP of 2022.
    """
    table, host = country.cities, _hosts(country)
    order = np.lexsort((table["gdp_2022"].to_numpy(dtype=float), table["region"].to_numpy(dtype=str)))
    chosen: list[int] = []
    for kind, wanted in ((True, round(HOSTS * count)), (False, count - round(HOSTS * count))):
        rows = order[host[order] == kind]
        places = (np.arange(wanted) + 0.5) * len(rows) / max(wanted, 1)
        chosen += rows[places.astype(int) % len(rows)].tolist()
    return chosen


def _hosts(country: Country) -> NDArray[np.bool_]:
    """Return which cities (C,) have a centre."""
    return country.cities["city_id"].isin(set(country.centres["city_id"])).to_numpy()


def run_cities(
    study: Study, found: Ensemble, cities: Sequence[int], members: Sequence[tuple[int, int]], file: Path
) -> None:
    """Carry out the plans of all cities in the world of each member, and keep each city's lines at once.

    members: Member and seed, in the order in which they are run. What the file holds is not run again.
    """
    scale = float(study.country.cities["gdp_2022"].sum())
    budgets = sorted({one.budget for one in MANDATES})
    known = {(line["member"], line["seed"], line["city"], line["budget"]) for line in read_lines(file)}
    for member, seed in members:
        left = [
            city for city in cities if any((member, seed, city, budget) not in known for budget in budgets)
        ]
        if not left:
            continue
        forks = Forks(history_of(study, YEAR, seed, found.values(member)))
        for city in left:
            for budget in budgets:
                world = world_of(forks, AskingCity(city, YEAR, budget, scale), PLANS, member)
                append_line(file, line_of(world, city, budget))


def line_of(world: World, city: int, budget: float) -> Plain:
    """Return the gains and costs of a world as plain values, 100 m CNY."""
    return {
        "member": world.member,
        "seed": world.seed,
        "city": city,
        "budget": budget,
        "gains": {plan: [round(value, 4) for value in gains] for plan, gains in world.gains.items()},
        "cost": {plan: round(value, 4) for plan, value in world.cost.items()},
    }


def agreements(lines: Sequence[Plain], country: Country, members: Sequence[tuple[int, int]]) -> list[Plain]:
    """Return city, scope and choices, of all worlds and of halves, for each city that all members have run.

    contradict and margin: as the functions; worst_tenth: choices of the halves by the rule of version 0.3.0,
    the smallest regret in the worst tenth of worlds.
    """
    names, hosts, rows = country.cities["name_en"], _hosts(country), []
    for city in dict.fromkeys(line["city"] for line in lines):
        for one in MANDATES:
            found = {
                (line["member"], line["seed"]): world_from(line)
                for line in lines
                if (line["city"], line["budget"]) == (city, one.budget)
            }
            if not found.keys() >= set(members):
                continue
            net = net_gains([found[member] for member in members], one.scope)
            advised = advice(net)
            rows.append(
                {
                    "city": str(names.iloc[city]),
                    "host": bool(hosts[city]),
                    "scope": one.scope,
                    "budget_100m_cny": one.budget,
                    "choice": advised.choice,
                    "least_regret": advised.least_regret,
                    "not_told_apart": advised.not_told_apart,
                    "halves": advised.of_halves,
                    "agree": advised.of_halves[0] == advised.of_halves[1],
                    "contradict": advised.contradict,
                    "margin": margin(net),
                    "worst_tenth": [str(regrets(half).quantile(WORST).idxmin()) for half in halves(net)],
                }
            )
    return rows


def margin(net: pd.DataFrame) -> float:
    """Return by how many standard errors the best mean net gain exceeds the second; 0 without error."""
    best, second = net.mean().nlargest(2).index
    ahead = net[best] - net[second]
    error = float(ahead.std(ddof=1)) / np.sqrt(len(net))
    return round(float(ahead.mean()) / error, 3) if error > 0 else 0.0


def world_from(line: Plain) -> World:
    """Return the world of a line, without cities and firms."""
    gains = {plan: tuple(values) for plan, values in line["gains"].items()}
    return World(line["member"], line["seed"], gains, line["cost"], {}, {})
