"""Wages, and skilled workers' choice of a city of work, with attachment to home (M3).

How rules are written and named: see ``agents/firm.py``.
"""

from agents.columns import Column
from agents.elementary import exp, log, power

# One row for every pair of a home city and a city of work.
CITY_PAIR_COLUMNS = (
    Column("distance", "km", "great-circle distance"),
    Column("closeness", "ratio", "how readily talent of the first city works in the second"),
    Column("workers", "talent", "talent of the first city that works in the second"),
    Column("final_reach", "fraction", "share of supply that reaches final demand there"),
    Column("intermediate_reach", "fraction", "share of supply that reaches firms there"),
)


def wage(wage, talent, labour_demand, wage_adjustment, wage_floor):
    """Wage next quarter: it closes part of the gap between research payrolls and the talent at hand."""
    bill = talent * wage
    ratio = labour_demand / bill if bill > 0.0 else 1.0
    ratio = 2.0 if ratio > 2.0 else ratio
    ratio = 0.5 if ratio < 0.5 else ratio
    moved = wage * power(ratio, wage_adjustment)
    return wage_floor if moved < wage_floor else moved


def attraction(wage, amenity, wage_elasticity):
    """Pull of a city on talent, exp(κ·ln wage + amenity)."""
    return exp(wage_elasticity * log(wage) + amenity)
