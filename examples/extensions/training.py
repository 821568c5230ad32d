"""Universities train talent, whose home becomes the city of study.

Valero & Van Reenen 2019, Economics of Education Review 68, 53-67.
"""

from agents.view import AgentView
from model import AgentKind, Column, Extension, Parameter, before, for_each, procedure


class University(AgentView):
    """A university, as Mesa sees it."""

    table_name = "universities"


def start(cities):
    """A university in every provincial capital, its size its province's part of the people of 2010."""
    seats = cities[cities["provincial_capital"].astype(bool)]
    people = seats["province"].map(cities.groupby("province")["population_2010"].sum()).to_numpy(dtype=float)
    return {"city": seats.index.to_numpy(), "size": people / people.sum(), "places": people / people.sum()}


def remember_natives(state):
    """Talent before there are universities."""
    endowment = state["cities"]["talent_endowment"]
    state["cities"]["native"] = endowment
    state["nation"]["native"] = endowment.sum()


def places(places, size, city_fiscal_capacity, funding_speed):
    """Places adjust to the means of the city: size times fiscal capacity, which is 1 on average."""
    return places + funding_speed * (size * city_fiscal_capacity - places)


def graduates(places, nation_native, training_rate):
    """Graduates, talent/quarter: a part of the country's first talent, shared out by places."""
    return training_rate * nation_native * places


def settle_graduates(
    university_city,
    university_graduates,
    city_native,
    city_trained,
    city_talent_endowment,
    city_talent,
    pair_workers,
    retirement_rate,
):
    """Trained talent of a home N' = (1 − r)·N + graduates.

    Who retires leaves wherever the home's people work; graduates begin where they studied, and may move on.
    Row home·C + city of the pairs holds who lives here and works there, (C·C,).
    """
    cities = len(city_talent)
    for home in range(cities):
        retiring = retirement_rate * city_trained[home] / city_talent_endowment[home]
        for city in range(cities):
            city_talent[city] -= retiring * pair_workers[home * cities + city]
            pair_workers[home * cities + city] *= 1.0 - retiring
        city_trained[home] *= 1.0 - retirement_rate
    for row in range(len(university_city)):
        home = university_city[row]
        city_trained[home] += university_graduates[row]
        city_talent[home] += university_graduates[row]
        pair_workers[home * cities + home] += university_graduates[row]
    for home in range(cities):
        city_talent_endowment[home] = city_native[home] + city_trained[home]


extension = Extension(
    "training",
    meaning="universities train talent",
    parameters=[
        Parameter(
            "training_rate",
            0.005,
            0.0,
            0.03,
            "1/quarter",
            "graduates at average means, part of the country's talent at the start; 0 is off",
            "judgement, a third of 0.015: people with higher education, censuses 2010 and 2020 [check]",
        ),
        Parameter(
            "retirement_rate",
            0.00625,
            0.0,
            0.1,
            "1/quarter",
            "r: trained talent that leaves work",
            "judgement: 40 years of work",
        ),
        Parameter("funding_speed", 0.05, 0.0, 1.0, "1/quarter", "adjustment of places", "judgement"),
    ],
    columns={
        "cities": [
            Column("native", "talent", "calls the city home without universities"),
            Column("trained", "talent", "calls it home for having studied there"),
        ],
        "nation": Column("native", "talent", "all talent without universities"),
    },
    agents=AgentKind(
        "universities",
        "university_",
        [
            Column("city", "row", "its city", index_of="cities"),
            Column("size", "fraction", "part of the country's places at average means"),
            Column("places", "fraction", "places that its city funds, in the same unit"),
            Column("graduates", "talent/quarter", "who finish"),
        ],
        start,
        University,
    ),
    events=[
        before("wage", for_each("universities teach", "universities", places, graduates)),
        before("wage", procedure("graduates find a home", settle_graduates)),
    ],
    prepare=remember_natives,
    neutral={"training_rate": 0.0},
    exempt="endowment",
)
