"""Firms that learn the value of compute from their innovations with and without it.

Learning from experience: Arthur 1991, American Economic Review 81(2), 353-359.
"""

import numpy as np
from sklearn.linear_model import PoissonRegressor
from threadpoolctl import threadpool_limits

from agents.firm import adoption_gain as reckoned_gain
from model import Column, Extension, Parameter, before, for_each, interpreted, procedure

FEWEST = 50  # firms of a tier, below which nothing is learned from them


def new_memory(age, adopter, way):
    """1 in the first quarter of a firm or of another way of working, of which nothing is remembered."""
    return 1.0 if age < 1.0 or adopter != way else 0.0


def watched(new_memory, watched, memory):
    """Quarters that the firm remembers, those long past for less."""
    return 1.0 if new_memory > 0.5 else memory * watched + 1.0


def seen(new_memory, seen, innovated, memory):
    """Its innovations in them."""
    return innovated if new_memory > 0.5 else memory * seen + innovated


def way(adopter):
    """How the firm has worked this quarter."""
    return adopter


@interpreted
def learn(
    firm_alive,
    firm_tier,
    firm_city,
    firm_adopter,
    firm_seen,
    firm_watched,
    firm_learned_gain,
    city_data,
    city_talent,
):
    """Once a year the firms of a tier pool their memories: a Poisson regression with log link.

    ln(innovations/quarter) = a + b·compute + c·z + d·z·compute, z the logs of the city's data and talent;
    the gain of compute is b + d·z log points. Differences between adopters and others are not
    corrected for.
    """
    for tier in np.unique(firm_tier):
        rows = (firm_alive > 0.5) & (firm_tier == tier) & (firm_watched > 0.0)
        compute = firm_adopter[rows]
        if rows.sum() < FEWEST or not 0.05 < compute.mean() < 0.95:
            continue
        if not all(firm_seen[rows][compute == one].any() for one in (0.0, 1.0)):
            continue
        traits = np.log(np.column_stack([city_data, city_talent]) + 1e-9)[firm_city[rows].astype(int)]
        traits = (traits - traits.mean(axis=0)) / (traits.std(axis=0) + 1e-9)
        known = np.column_stack([compute, traits, traits * compute[:, None]])
        rate = firm_seen[rows] / firm_watched[rows]
        fit = PoissonRegressor(alpha=1e-3, solver="newton-cholesky")
        with threadpool_limits(1):  # sums in one order, and no threads that wait for each other
            fit.fit(known, rate, sample_weight=firm_watched[rows])
        firm_learned_gain[rows] = fit.coef_[0] + traits @ fit.coef_[3:]


def adoption_gain(
    eligible,
    city_tier_plain_cost,
    city_tier_adopter_cost,
    city_tier_unaided_cost,
    industry_intensity,
    city_data,
    research_returns,
    data_elasticity,
    learned_gain,
    trust,
):
    """(1 − t)·gain as the model's firm estimates it + t·gain as learned, log points."""
    reckoned = reckoned_gain(
        eligible,
        city_tier_plain_cost,
        city_tier_adopter_cost,
        city_tier_unaided_cost,
        industry_intensity,
        city_data,
        research_returns,
        data_elasticity,
    )
    return (1.0 - trust) * reckoned + trust * learned_gain


extension = Extension(
    "learners",
    meaning="firms learn the gain of compute from experience",
    rules=adoption_gain,
    parameters=[
        Parameter("trust", 0.5, 0.0, 1.0, "fraction", "t: weight of the learned gain; 0 is off", "judgement"),
        Parameter(
            "memory",
            0.9,
            0.0,
            0.99,
            "1/quarter",
            "part of a memory that remains after a quarter",
            "judgement: about ten quarters count",
        ),
    ],
    columns={
        "firms": [
            Column("way", "0 or 1", "way of working of last quarter: 1 with compute"),
            Column("watched", "quarters", "quarters remembered"),
            Column("seen", "innovations", "innovations remembered"),
            Column("learned_gain", "log points", "gain of compute in innovations, as learned"),
        ],
        "cities": Column("learned_gain_sum", "log points", "gain as learned, summed over the city's firms"),
    },
    events=[
        before(
            "adoption_gain",
            for_each(
                "firms remember",
                "firms",
                new_memory,
                watched,
                seen,
                way,
                where="alive",
                totals={"city_learned_gain_sum": "learned_gain"},
            ),
        ),
        before("adoption_gain", procedure("firms compare once a year", learn, every=4)),
    ],
    neutral={"trust": 0.0},
)
