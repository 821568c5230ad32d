"""Server shipments: shares of regions in machines at work, next to those that document 003 publishes (B7).

``python -m experiments.measures.server_shipments`` prints both and a verdict: order and level.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np
import pandas as pd

from experiments.measures.number_text import estimate
from experiments.measures.published_targets import targets
from experiments.measures.twin_pairs import mean_and_se
from model import RegionalModel
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

YEAR = 2026
PROVINCES = {
    "Jing-Jin-Ji": ("Beijing", "Tianjin", "Hebei"),
    "Yangtze Delta": ("Shanghai", "Jiangsu", "Zhejiang", "Anhui"),
    "Guangdong": ("Guangdong",),
}
PLACES = (*PROVINCES, "West")


def place_of(cities: pd.DataFrame) -> pd.Series:
    """Return the place of each city, (C,); empty for cities of no place."""
    names = {province: place for place, many in PROVINCES.items() for province in many}
    return cities["province"].map(names).fillna("").mask(cities["region"] == "west", "West")


def machines(model: RegionalModel) -> np.ndarray:
    """Return what compute at work in each city would cost new, (C,), money: servers, in constant quality.

    Centres have their capacity; the cloud what it delivers, in the cities of its regions.
    """
    state = model.state
    kinds, centres, cities = state["kinds"], state["providers"], state["cities"]
    worth = kinds["cost_level"]
    own = centres["capacity"] * worth[centres["kind"]] * (centres["operating"] > 0.5)
    found = (
        np.bincount(centres["city"].astype(np.int64), own, cities.rows)
        if centres.rows
        else np.zeros(cities.rows)
    )
    return found + cities["cloud_weight"] * float((kinds["cloud_demand"] * worth).sum())


def shipment_shares(model: RegionalModel) -> pd.Series:
    """Return the share of each place in the machines at work in all of them, by ``PLACES``.

    Machines last some years, so what is shipped to a place is in proportion to what works there.
    """
    total = pd.Series(machines(model)).groupby(place_of(model.cities).to_numpy()).sum()
    found = total.reindex(PLACES, fill_value=0.0)
    return found / found.sum()


def published_shares() -> pd.Series:
    """Return the published shares of the year, by ``PLACES``."""
    sent = {one.quantity.split(f"{YEAR} ")[1]: one.value for one in targets() if one.id == "B7"}
    found = pd.Series(sent).reindex(PLACES)
    return found / found.sum()


def verdict(mean: pd.Series, published: pd.Series) -> str:
    """Return ``holds`` if the order of places is the published one and no share misses by 10 points."""
    alike = list(mean.sort_values().index) == list(published.sort_values().index)
    return "holds" if alike and bool((mean - published).abs().max() <= 0.1) else "fails"


def main(arguments: Iterable[str] | None = None) -> None:
    """Print shares of the real centres, their standard errors over seeds, and the published ones."""
    parser = argparse.ArgumentParser(prog="python -m experiments.measures.server_shipments")
    parser.add_argument("--seeds", type=int, default=4, help="number of seeds (default 4)")
    parser.add_argument("--firms", type=int, default=10_000, help="firms at the start (default 10000)")
    given = parser.parse_args(None if arguments is None else list(arguments))
    found = []
    for seed in range(1, given.seeds + 1):
        model = RegionalModel(Parameters.checked(firms=given.firms), find_scenario("actual"), seed)
        model.run_until(YEAR)
        found.append(shipment_shares(model))
    table = pd.DataFrame(found)
    published = published_shares()
    for place in PLACES:
        own = mean_and_se(table[place])
        shown = estimate(own["mean"], own["se"], signed=False, decimals=3)
        print(f"{place:14} {shown}   published {published[place]:.3f}")
    print(f"B7 {verdict(table.mean(), published)}")


if __name__ == "__main__":
    main()
