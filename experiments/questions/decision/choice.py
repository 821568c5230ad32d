"""From worlds to a choice: net gains, regret, the plans that are not told apart, and the robust one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from experiments.questions.decision.plans import NOTHING
from experiments.questions.decision.worlds import World

Array = NDArray[np.float64]
GROUPS = ("city", "neighbours", "others", "country")
SCOPES = {"city": ("city",), "area": ("city", "neighbours"), "country": ("country",)}  # whose gain counts
LEVEL = 0.05  # of the sign test that tells plans apart, two-sided
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


def least_regret(net: pd.DataFrame) -> str:
    """Return the plan with the smallest regret in the median world."""
    return str(regrets(net).median().idxmin())


def told_apart(net: pd.DataFrame, better: str, worse: str) -> bool:
    """Return whether one plan beats another in so many worlds that chance is unlikely (sign test)."""
    wins, losses = (int((net[one] > net[two]).sum()) for one, two in ((better, worse), (worse, better)))
    return wins > losses and bool(binomtest(wins, wins + losses).pvalue < LEVEL)


def not_told_apart(net: pd.DataFrame, best: str) -> list[str]:
    """Return the other plans from which the worlds do not tell a plan apart."""
    return [str(plan) for plan in net if plan != best and not told_apart(net, best, str(plan))]


def robust_choice(net: pd.DataFrame) -> str:
    """Return the plan of least regret, but to do nothing where the worlds do not tell it apart from that."""
    best = least_regret(net)
    return best if best == NOTHING or told_apart(net, best, NOTHING) else NOTHING


def halves(net: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two halves of the worlds that share none: every second world."""
    return net.iloc[::2], net.iloc[1::2]


def contradict(one: pd.DataFrame, two: pd.DataFrame) -> bool:
    """Return whether either of two sets of worlds tells its best plan apart from the best of the other."""
    best = least_regret(one), least_regret(two)
    return told_apart(one, best[0], best[1]) or told_apart(two, best[1], best[0])


class Advice(NamedTuple):
    """What worlds advise.

    Attributes:
        choice: The robust plan; least_regret: the plan of least regret, which may not be told from nothing.
        not_told_apart: Other plans from which the plan of least regret is not told apart.
        of_halves: The robust plans of two halves of the worlds; contradict: whether the halves do.
    """

    choice: str
    least_regret: str
    not_told_apart: list[str]
    of_halves: list[str]
    contradict: bool


def advice(net: pd.DataFrame) -> Advice:
    """Return what the worlds of net gains (worlds, plans) advise."""
    best, both = least_regret(net), halves(net)
    return Advice(
        robust_choice(net),
        best,
        not_told_apart(net, best),
        [robust_choice(half) for half in both],
        contradict(*both),
    )


def decision_table(worlds: Sequence[World], scope: str) -> pd.DataFrame:
    """Return a row for each plan: gains, cost, net gain with its range, chance of a loss, regret.

    plan; city, neighbours, others, country: mean gain of GDP over the horizon, 100 m CNY; cost; net, low,
    high: of the scope (mean, 5 and 95 % over worlds); loss: share of worlds with a net below 0; regret,
    worst: its median and 90 % quantile; best: share of worlds in which the plan is the best.
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
                "regret": float(lost[plan].median()),
                "worst": float(lost[plan].quantile(WORST)),
                "best": float((winner == plan).mean()),
            }
        )
    return pd.DataFrame(rows)


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
