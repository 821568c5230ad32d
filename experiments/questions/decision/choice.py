"""From worlds to a choice: net gains, regret, the robust plan, and how firm it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.questions.decision.plans import NOTHING
from experiments.questions.decision.worlds import World

Array = NDArray[np.float64]
SCOPES = ("city", "neighbours", "others", "country")
AIM = 0.9  # quantile of the regret that the robust plan has the smallest of
INTERVAL = (0.05, 0.95)


def net_gains(worlds: Sequence[World], scope: str) -> pd.DataFrame:
    """Return the gain of GDP less the city's capital cost, 100 m CNY, (worlds, plans)."""
    place = SCOPES.index(scope)
    return pd.DataFrame(
        [{plan: gains[place] - world.cost[plan] for plan, gains in world.gains.items()} for world in worlds]
    )


def regrets(net: pd.DataFrame) -> pd.DataFrame:
    """Return what each plan falls short of the best plan of its world."""
    return net.max(axis=1).to_numpy()[:, None] - net


def robust_choice(net: pd.DataFrame) -> str:
    """Return the plan whose regret is the smallest in the worst tenth of the worlds (90 % quantile)."""
    worst = regrets(net).quantile(AIM)
    return str(worst.idxmin())


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
                **dict(zip(SCOPES, gains.mean(axis=0), strict=True)),
                "cost": float(np.mean([world.cost[plan] for world in worlds])),
                "net": float(net[plan].mean()),
                "low": float(low),
                "high": float(high),
                "loss": float((net[plan] < 0).mean()) if plan != NOTHING else 0.0,
                "regret": float(lost[plan].quantile(AIM)),
                "best": float((winner == plan).mean()),
            }
        )
    return pd.DataFrame(rows)


def half_agreement(net: pd.DataFrame) -> bool:
    """Return whether two disjoint halves of the worlds, every second one, give the same robust plan."""
    return robust_choice(net.iloc[::2]) == robust_choice(net.iloc[1::2])


def winners_and_losers(
    worlds: Sequence[World], plan: str, cities: pd.DataFrame, top: int = 5
) -> pd.DataFrame:
    """Return the cities that gain and lose most by a plan: city, effect (median, %), same_sign."""
    effects = np.array([world.cities[plan] for world in worlds])
    middle = np.median(effects, axis=0)
    order = np.argsort(-middle, kind="stable")
    rows = [*order[:top], *order[-top:]]
    sign = np.sign(middle)
    return pd.DataFrame(
        {
            "city": cities["name_en"].to_numpy()[rows],
            "effect": middle[rows],
            "same_sign": (np.sign(effects) == sign).mean(axis=0)[rows],
        }
    )


def firms_by_size(worlds: Sequence[World], plan: str) -> dict[str, float]:
    """Return the median effect on the sales of the city's smaller half and largest tenth of firms, %."""
    both = np.nanmedian(np.array([world.firms[plan] for world in worlds]), axis=0)
    return {"smaller half": float(both[0]), "largest tenth": float(both[1])}
