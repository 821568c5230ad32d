"""Training: cities teach part of their people, who are talent of the city when they have finished.

How rules are written and named: see ``agents/firm.py``. The mechanism exists only in runs in which the
parameter ``training_lag`` is above 0. Teachers are paid in the city: what teaching costs is income there.
[Valero & Van Reenen 2019, Economics of Education Review 68]
"""

from agents.columns import Column

ON = "training_lag"

CITY_COLUMNS = (
    Column("students", "talent", "people in training", when=ON),
    Column("graduated", "talent/quarter", "people who have finished", when=ON),
)


def graduated(students, training_lag):
    """Who finish in the quarter, students/lag, talent/quarter: training takes the lag on average."""
    return students / (training_lag if training_lag > 1.0 else 1.0)


def students(students, graduated, budget, attention, wage, nation_quarter, training_effort, training_lag):
    """People in training, S + e·attention·budget/(lag·w) − S/lag, talent; nobody before the base year.

    e: share of the free budget at full attention. A student costs a wage of talent a quarter. [judgement]
    """
    places = 0.0
    if nation_quarter >= 0.0:
        places = training_effort * attention * budget / ((training_lag if training_lag > 1.0 else 1.0) * wage)
    left = students - graduated
    return places + (left if left > 0.0 else 0.0)
