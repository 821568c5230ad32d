"""Solvency of compute providers: their equity, and when they go bankrupt.

How rules are written and named: see ``agents/firm.py``. These rules apply only in runs with
``building_slots``; ``model/economy/centre_bankruptcy.py`` closes the centres of those that fail.
"""


def equity(equity, operating, surplus, cost, relieved, surplus_share, capital_charge):
    """Earnings of the provider since its centre opened, less the cost of its capital, money.

    The city has its share of a surplus; a loss is the provider's alone.
    """
    kept = surplus * (1.0 - surplus_share * (1.0 - relieved)) if surplus > 0.0 else surplus
    return equity + operating * (kept - capital_charge * cost)


def failing(equity, operating, built, public, cost, debt_limit, soft_budget):
    """1 if the provider goes bankrupt: losses exceed what its lenders (of a public centre: its city) bear.

    Lenders bear losses up to a share of the centre's cost, a city a multiple of it (soft budget constraint).
    [Kornai 1986, Kyklos 39(1)]
    """
    bears = debt_limit * (soft_budget if public > 0.5 else 1.0)
    return 1.0 if built > 0.5 and operating > 0.5 and equity < -bears * cost else 0.0
