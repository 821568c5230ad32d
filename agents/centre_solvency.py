"""Solvency of compute centres: their equity, and when they go bankrupt.

How rules are written and named: see ``agents/firm.py``. These rules apply only in runs with
``building_slots``; ``model/economy/centre_bankruptcy.py`` closes the centres that fail.
"""


def equity(equity, operating, surplus, cost, surplus_share, capital_charge):
    """Earnings of the centre since it opened, less the cost of its capital, money."""
    kept = surplus * (1.0 - surplus_share) if surplus > 0.0 else surplus
    return equity + operating * (kept - capital_charge * cost)


def failing(equity, operating, built, public, cost, debt_limit, soft_budget):
    """1 if the centre goes bankrupt: its losses exceed what its lenders (if public, its city) will bear.

    [the soft budget constraint: Kornai 1986, Kyklos 39(1)]
    """
    bears = debt_limit * (soft_budget if public > 0.5 else 1.0)
    return 1.0 if built > 0.5 and operating > 0.5 and equity < -bears * cost else 0.0
