"""Lock-in: whoever changes the supplier of compute loses work to the move, and so prefers to stay.

Klemperer 1995, Review of Economic Studies 62(4), 515-539; Farrell & Klemperer 2007, Handbook of Industrial
Organization 3.
"""

from model import Column, Extension, Measure, Parameter, after, before, procedure, wraps


@wraps
def tender_price(below, share, moving_cost):
    """The price by which a city compares offers: dearer by the cost of moving work that is not there yet."""
    return below * (1.0 + moving_cost * (1.0 - share))


def remember(city_offer_share, city_offer_signed):
    """Contracts before the tender."""
    for row in range(len(city_offer_share)):
        city_offer_signed[row] = city_offer_share[row]


def count_moves(city_offer_share, city_offer_signed, city_moved):
    """Part of a city's contracts that went to another centre, mean of its services."""
    offers = len(city_offer_share) // len(city_moved)
    services = 6  # kinds of compute, by class of work
    for city in range(len(city_moved)):
        city_moved[city] = 0.0
        for row in range(city * offers, (city + 1) * offers):
            city_moved[city] += max(city_offer_share[row] - city_offer_signed[row], 0.0) / services


@wraps
def research_cost(below, adopter, city_moved, moving_cost):
    """Research with compute is dearer while work moves: data and programs are adapted by its own people."""
    return below * (1.0 + moving_cost * city_moved * adopter)


extension = Extension(
    "lock_in",
    meaning="changing the supplier of compute costs work",
    rules=[tender_price, research_cost],
    parameters=Parameter(
        "moving_cost",
        0.2,
        0.0,
        2.0,
        "ratio",
        "cost of a move, in prices of what moves; 0 is off",
        "judgement",
    ),
    columns={
        "city_offers": Column("signed", "fraction", "share under contract before the tender"),
        "cities": Column("moved", "fraction", "part of the contracts that changed the supplier"),
    },
    events=[
        before("open_tender", procedure("contracts before the tender", remember)),
        after("price_contracts", procedure("contracts that moved", count_moves)),
    ],
    measures=Measure("contracts_moved", "cities.moved", how="mean", unit="fraction", meaning="of contracts"),
    neutral={"moving_cost": 0.0},
)
