"""Whether two halves of the ensemble that share no member give a city the same advice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.ensemble.members import Ensemble
from experiments.questions.decision.choice import (
    WORST,
    contradict,
    halves,
    least_regret,
    net_gains,
    not_told_apart,
    regrets,
    robust_choice,
)
from experiments.questions.decision.forks import Forks
from experiments.questions.decision.plans import PLANS
from experiments.questions.decision.worlds import Question, World, history_of, world_of
from experiments.storage.json_lines import append_line, read_lines
from experiments.study.study import Study
from model.country.country import Country

Plain = dict[str, Any]  # of a file: plain values by name


class Decision(NamedTuple):
    """What a city asks. scope: whose net gain counts; budget: 100 m CNY."""

    scope: str
    budget: float


YEAR = 2026
DECISIONS = (Decision("city", 20.0), Decision("area", 20.0), Decision("country", 20.0))
CHOSEN_ON = ("Taiyuan", "Dalian", "Zhuzhou", "Zhenjiang", "Shizuishan")  # the rule was; others judge it
HOSTS = 0.3  # of the cities that ask, at least


def asking_cities(country: Country, count: int, skip: int = 0) -> list[int]:
    """Return the rows of cities spread over hosts and others, regions and sizes.

    Three in ten are hosts; of either kind every n-th by region and GDP of 2022. skip: Starts further on in
    the list, so that the cities are others.
    """
    table = country.cities
    host = table["city_id"].isin(set(country.centres["city_id"])).to_numpy()
    order = np.lexsort((table["gdp_2022"].to_numpy(dtype=float), table["region"].to_numpy(dtype=str)))
    chosen: list[int] = []
    for kind, wanted in ((True, round(HOSTS * count)), (False, count - round(HOSTS * count))):
        rows = order[host[order] == kind]
        places = (np.arange(wanted) + 0.5) * len(rows) / max(wanted, 1) + skip
        chosen += rows[places.astype(int) % len(rows)].tolist()
    return chosen


def run_cities(
    study: Study, found: Ensemble, cities: Sequence[int], members: Sequence[tuple[int, int]], file: Path
) -> None:
    """Carry out the plans of all cities in the world of each member, and keep each city's lines at once.

    members: Member and seed, in the order in which they are run. What the file holds is not run again.
    """
    scale = float(study.country.cities["gdp_2022"].sum())
    budgets = sorted({one.budget for one in DECISIONS})
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
                world = world_of(forks, Question(city, YEAR, budget, scale), PLANS, member)
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
    names, rows = country.cities["name_en"], []
    hosts = country.cities["city_id"].isin(set(country.centres["city_id"])).to_numpy()
    for city in dict.fromkeys(line["city"] for line in lines):
        for one in DECISIONS:
            found = {
                (line["member"], line["seed"]): world_from(line)
                for line in lines
                if (line["city"], line["budget"]) == (city, one.budget)
            }
            if not found.keys() >= set(members):
                continue
            net = net_gains([found[member] for member in members], one.scope)
            both = halves(net)
            choices = [robust_choice(half) for half in both]
            best = least_regret(net)
            rows.append(
                {
                    "city": str(names.iloc[city]),
                    "host": bool(hosts[city]),
                    "scope": one.scope,
                    "budget_100m_cny": one.budget,
                    "choice": robust_choice(net),
                    "least_regret": best,
                    "not_told_apart": not_told_apart(net, best),
                    "halves": choices,
                    "agree": choices[0] == choices[1],
                    "contradict": contradict(*both),
                    "margin": margin(net),
                    "worst_tenth": [str(regrets(half).quantile(WORST).idxmin()) for half in both],
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
