"""From worlds to a choice: net gains, regret, the plans that are not told apart, and the robust one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.questions.decision.plans import NOTHING
from experiments.questions.decision.worlds import World

Array = NDArray[np.float64]
GROUPS = ("city", "neighbours", "others", "country")
SCOPES = {"city": ("city",), "area": ("city", "neighbours"), "country": ("country",)}  # whose gain counts
ERRORS = 2.0  # standard errors beyond which plans are told apart
WORST = 0.9  # quantile of the regret that is shown
INTERVAL = (0.05, 0.95)


def net_gains(worlds: Sequence[World], scope: str) -> pd.DataFrame:
    """Return the gain of GDP of a scope less what the city spends, 100 m CNY, (worlds, plans)."""
    places = [GROUPS.index(group) for group in SCOPES[scope]]
    return pd.DataFrame(
        [
            {
                plan: sum(gains[place] for place in places) - world.cost[plan]
                for plan, gains in world.gains.items()
            }
            for world in worlds
        ]
    )


def regrets(net: pd.DataFrame) -> pd.DataFrame:
    """Return what each plan falls short of the best plan of its world."""
    return net.max(axis=1).to_numpy()[:, None] - net


def not_told_apart(net: pd.DataFrame) -> list[str]:
    """Return the plans whose mean net gain is within two standard errors of the largest, which is the first.

    The error is that of the difference between two plans in the same worlds.
    """
    best = str(net.mean().idxmax())
    behind = net[[best]].to_numpy() - net.drop(columns=best)
    error = behind.std(ddof=1) / np.sqrt(len(net))
    return [best, *(str(plan) for plan in behind if not behind[plan].mean() > ERRORS * error[plan])]


def robust_choice(worlds: Sequence[World], scope: str) -> str:
    """Return the plan that costs the city least of those that are not told apart from the best."""
    plans = not_told_apart(net_gains(worlds, scope))
    return min(plans, key=lambda plan: float(np.mean([world.cost[plan] for world in worlds])))


def decision_table(worlds: Sequence[World], scope: str) -> pd.DataFrame:
    """Return a row for each plan: gains, cost, net gain with its range, chance of a loss, regret.

    plan; city, neighbours, others, country: mean gain of GDP over the horizon, 100 m CNY; cost; net, low,
    high: of the scope (mean, 5 and 95 % over worlds); loss: share of worlds with a net below 0; regret: its
    90 % quantile; best: share of worlds in which the plan is the best.
    """
    net = net_gains(worlds, scope)
    lost, winner = regrets(net), net.idxmax(axis=1)
    rows = []
    for plan in net:
        gains = np.array([world.gains[plan] for world in worlds])
        low, high = net[plan].quantile(list(INTERVAL))
        rows.append(
            {
                "plan": plan,
                **dict(zip(GROUPS, gains.mean(axis=0), strict=True)),
                "cost": float(np.mean([world.cost[plan] for world in worlds])),
                "net": float(net[plan].mean()),
                "low": float(low),
                "high": float(high),
                "loss": float((net[plan] < 0).mean()) if plan != NOTHING else 0.0,
                "regret": float(lost[plan].quantile(WORST)),
                "best": float((winner == plan).mean()),
            }
        )
    return pd.DataFrame(rows)


def choices_of_halves(worlds: Sequence[World], scope: str) -> tuple[str, str]:
    """Return the robust plans of two halves of the worlds that share none: every second world."""
    return robust_choice(worlds[::2], scope), robust_choice(worlds[1::2], scope)


def winners_and_losers(
    worlds: Sequence[World], plan: str, cities: pd.DataFrame, top: int = 5
) -> pd.DataFrame:
    """Return the cities that gain and lose most: name_en, name_zh, effect (median, %), same_sign."""
    effects = np.array([world.cities[plan] for world in worlds])
    middle = np.median(effects, axis=0)
    order = np.argsort(-middle, kind="stable")
    rows = [*order[:top], *order[-top:]]
    sign = np.sign(middle)
    return pd.DataFrame(
        {
            "name_en": cities["name_en"].to_numpy()[rows],
            "name_zh": cities["name_zh"].to_numpy()[rows],
            "effect": middle[rows],
            "same_sign": (np.sign(effects) == sign).mean(axis=0)[rows],
        }
    )


def firms_by_size(worlds: Sequence[World], plan: str) -> dict[str, float]:
    """Return the median effect on the sales of the city's smaller half and largest tenth of firms, %."""
    both = np.nanmedian(np.array([world.firms[plan] for world in worlds]), axis=0)
    return {"smaller half": float(both[0]), "largest tenth": float(both[1])}
