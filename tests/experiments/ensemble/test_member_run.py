"""The runs of a member as a pair of twins."""

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import cities_by_year, pair_of, shared_quarters, twin_of
from model.parameters import Parameters
from model.regional_model import RegionalModel

SMALL = Parameters(firms=60, burn_in=2)


def test_flows_are_added_and_stocks_averaged(country: pd.DataFrame) -> None:
    treated = RegionalModel(SMALL, "random_hosts", 1, cities=country)
    control = RegionalModel(SMALL, treated.experiment.twin(), 1, cities=country)
    for model in (treated, control):
        model.run_until(2010)
    found = cities_by_year(treated, 2010)
    quarters = np.array(treated.history["innovation"][:4])
    assert np.allclose(found["innovation"][0], quarters.sum(axis=0))
    assert np.allclose(found["people"][0], np.array(treated.history["people"][:4]).mean(axis=0))
    pair = pair_of(treated, control, 2010)
    assert pair.years.tolist() == [2005, 2006, 2007, 2008, 2009, 2010]
    assert len(pair.hosts) > 0
    assert np.array_equal(pair.with_centres["people"][:5], pair.without["people"][:5])


def test_a_run_is_its_twin_until_the_first_centre_and_is_run_once(country: pd.DataFrame) -> None:
    treated = RegionalModel(SMALL, "random_hosts", 1, cities=country)
    control = RegionalModel(SMALL, treated.experiment.twin(), 1, cities=country)
    common = shared_quarters(treated)
    assert common == min(opening.quarter for opening in treated.openings) - 1 > 0
    treated.run_until(common)
    twin = twin_of(treated)
    for model in (treated, control, twin):
        model.run_until(2011)
    assert all(np.array_equal(twin.history[name], control.history[name]) for name in control.history)
    assert not np.array_equal(treated.history["innovation"], control.history["innovation"])
    assert (
        shared_quarters(RegionalModel(SMALL.changed(building_slots=1), "random_hosts", 1, cities=country))
        == 0
    )
