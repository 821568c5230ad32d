"""Absorptive capacity: own research prepares firms to use the innovations of partners.

Cohen & Levinthal 1990, Administrative Science Quarterly 35(1), 128-152.
"""

from model import Column, Extension, Parameter, after, before, for_each, wraps


def research_stock(research_stock, research_spending, age, research_depreciation):
    """Stock of own research, money: Z' = (1 − δ)·Z + R, R of last quarter; a new firm has none."""
    if age < 1.0:
        return 0.0
    return (1.0 - research_depreciation) * research_stock + research_spending


def mean_research_stock(research_stock_sum, firms):
    """Z̄: of the average firm of the country, money."""
    return research_stock_sum / firms if firms > 0.0 else 0.0


@wraps
def conversion_intensity(below, research_stock, nation_mean_research_stock, absorptive_reinforcement):
    """The model's rate of conversion, 1/quarter, times 1 − ψ + ψ·2Z/(Z + Z̄): times 1 at the average stock."""
    total = research_stock + nation_mean_research_stock
    prepared = 2.0 * research_stock / total if total > 0.0 else 1.0
    return below * (1.0 + absorptive_reinforcement * (prepared - 1.0))


extension = Extension(
    "absorption",
    meaning="own research prepares firms to use the innovations of partners",
    rules=conversion_intensity,
    parameters=[
        Parameter(
            "absorptive_reinforcement",
            0.5,
            0.0,
            1.0,
            "fraction",
            "ψ: part of conversion that rests on own research; 0 is off",
            "judgement; idea: Cohen & Levinthal 1990",
        ),
        Parameter(
            "research_depreciation",
            0.04,
            0.0,
            1.0,
            "1/quarter",
            "δ: fading of the stock of own research",
            "15 % a year is usual [Hall, Mairesse & Mohnen 2010, Handbook of the Economics of Innovation 2]",
        ),
    ],
    columns={
        "firms": Column("research_stock", "money", "accumulated own research, depreciated"),
        "nation": [
            Column("research_stock_sum", "money", "stock of all firms"),
            Column("mean_research_stock", "money", "stock of the average firm"),
        ],
    },
    events=[
        before(
            "revenue",
            for_each(
                "research accumulates",
                "firms",
                research_stock,
                where="alive",
                totals={"nation_research_stock_sum": "research_stock"},
            ),
        ),
        after("research_stock", for_each("mean stock of research", "nation", mean_research_stock)),
    ],
    neutral={"absorptive_reinforcement": 0.0},
)
