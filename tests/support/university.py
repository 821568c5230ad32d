"""An extension for tests: a university in each city, whose graduates no rule of the model reads."""

from __future__ import annotations

import numpy as np

from agents.view import AgentView
from model import AgentKind, Column, Extension, Parameter, Scenario, after, before, for_each, procedure


class University(AgentView):
    """A university, as Mesa sees it."""

    table_name = "universities"

    def crowded(self):
        return self.size > 1.0


def start(cities, parameters):
    people = cities["population_2010"].to_numpy(dtype=float)
    return {"city": np.arange(len(cities)), "size": people / people.mean() * parameters.university_scale}


def graduates(size, city_talent, graduation_rate):
    """Graduates of a quarter."""
    return graduation_rate * size * city_talent


def pool(pool, graduates):
    """All graduates so far."""
    return pool + graduates


def share_graduates(city_graduates, nation_graduates, university_size):
    """A market: what all universities yield."""
    total = 0.0
    for c in range(len(city_graduates)):
        total += city_graduates[c]
    nation_graduates[0] = total if len(university_size) > 0 else 0.0


def make(**more) -> Extension:
    """The extension, with some of it replaced."""
    parts = {
        "rules": [graduates, pool],
        "parameters": [
            Parameter("graduation_rate", 0.01, 0.0, 1.0, "1/quarter", "graduates per unit of talent"),
            Parameter("university_scale", 1, 0, 10, "ratio", "size of universities"),
        ],
        "columns": {
            "cities": [Column("graduates", "talent/quarter", "graduates of the city's university")],
            "nation": [Column("graduates", "talent/quarter", "graduates of all universities")],
        },
        "agents": [
            AgentKind(
                "universities",
                "university_",
                [
                    Column("city", "row", "where it stands", index_of="cities"),
                    Column("size", "ratio", "size relative to the mean"),
                    Column("pool", "talent", "graduates so far", start=5.0),
                ],
                start,
                University,
            )
        ],
        "events": [
            before(
                "move_talent",
                for_each(
                    "universities train",
                    "universities",
                    "graduates",
                    "pool",
                    totals={"city_graduates": "graduates"},
                ),
            ),
            after("move_talent", procedure("the country's graduates", share_graduates)),
        ],
        "scenarios": [Scenario("learned", "many graduates", "actual", parameters={"graduation_rate": 0.1})],
        "neutral": {"graduation_rate": 0.0},
    }
    return Extension("university", **{**parts, **more})


extension = make()
