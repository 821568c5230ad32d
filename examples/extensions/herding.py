"""City governments that follow their peers and live by terms of office.

Peers: Scharfstein & Stein 1990, American Economic Review 80(3), 465-479. Terms: Nordhaus 1975, Review of
Economic Studies 42(2), 169-190; of Chinese counties Guo 2009, American Journal of Political Science 53(3).
"""

import numpy as np

from agents.elementary import exp
from model import Column, Extension, Parameter, before, for_each, procedure


def watch_peers(city_attention, city_peers_attention, pair_distance, peer_reach):
    """Mean attention of the other cities, weighted by exp(−distance / reach). Pairs: row city·C + other."""
    cities = len(city_attention)
    for city in range(cities):
        weights = 0.0
        total = 0.0
        for other in range(cities):
            if other != city:
                weight = exp(-pair_distance[city * cities + other] / peer_reach)
                weights += weight
                total += weight * city_attention[other]
        city_peers_attention[city] = total / weights if weights > 0.0 else city_attention[city]


def term_served(term_served, term_quarters):
    """Part of the term of office that is over, 0 to 1."""
    return (term_served + 1.0 / term_quarters) % 1.0


def attention(
    attention,
    digital_revenue,
    revenue,
    attention_speed,
    attention_floor,
    peers_attention,
    term_served,
    herding,
    electoral_swing,
):
    """Moves to ((1 − h)·own + h·peers')·(1 + a·(2·term served − 1)), at most 1; own as in the model."""
    digital_share = digital_revenue / revenue if revenue > 0.0 else 0.0
    own = attention_floor + (1.0 - attention_floor) * digital_share
    target = (1.0 - herding) * own + herding * peers_attention
    target = min(target * (1.0 + electoral_swing * (2.0 * term_served - 1.0)), 1.0)
    return attention + attention_speed * (target - attention)


def stagger_terms(state, seed):
    """Cities do not vote in the same quarter."""
    cities = state["cities"]
    cities["term_served"] = np.random.default_rng(seed).random(cities.rows)


extension = Extension(
    "herding",
    meaning="governments that follow peers and live by terms of office",
    rules=attention,
    parameters=[
        Parameter(
            "herding", 0.5, 0.0, 1.0, "fraction", "h: weight of peers' attention; 0 is off", "judgement"
        ),
        Parameter(
            "peer_reach",
            300.0,
            10.0,
            1e6,
            "km",
            "distance over which a peer's weight falls by 1/e",
            "judgement: about a province",
        ),
        Parameter(
            "electoral_swing",
            0.2,
            0.0,
            1.0,
            "fraction",
            "a: rise of the target at the end of a term, fall at its start; 0 is off",
            "judgement; sign: Guo 2009",
        ),
        Parameter("term_quarters", 20, 4, 40, "quarters", "length of a term", "terms of five years"),
    ],
    columns={
        "cities": [
            Column("peers_attention", "0-1", "mean attention of other cities, by nearness"),
            Column("term_served", "0-1", "part of the term of office that is over"),
        ]
    },
    events=[
        before("attention", procedure("cities look at their peers", watch_peers)),
        before("attention", for_each("terms of office continue", "cities", term_served)),
    ],
    prepare=stagger_terms,
    neutral={"herding": 0.0, "electoral_swing": 0.0},
)
