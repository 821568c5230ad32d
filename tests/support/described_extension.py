"""A small extension that tests describe: a rule, a wrapper, a procedure, columns and a measure."""

from model import Column, Extension, Measure, Parameter, after, for_each, procedure, wraps
from model.extensions.extended_model import extended


def streak(streak, innovated, fading):
    """Quarters with an innovation."""
    lasting = streak * (1.0 - fading)
    return lasting + 1.0 if innovated > 0.5 else lasting / 2.0


@wraps
def research_spending(below, streak):
    """Success is spent."""
    return below * (1.0 + 0.1 * streak)


def shift(city_wage, city_moved, fading):
    """Wages move."""
    for city in range(len(city_wage)):
        city_moved[city] = city_wage[city] * fading


OWN = Extension(
    "own",
    meaning="firms remember",
    rules=research_spending,
    parameters=Parameter("fading", 0.1, 0.0, 1.0, "1/quarter", "fading of 100 %", "judgement"),
    columns={
        "firms": Column("streak", "quarters", "with an innovation"),
        "cities": Column("moved", "money", "by"),
    },
    events=[
        after("revenue", for_each("firms count", "firms", streak, where="alive")),
        after("wage", procedure("wages move", shift)),
    ],
    measures=Measure("mean_streak", "firms.streak", how="mean", unit="quarters"),
)
WHOLE = extended(OWN)
