"""The runs of a member as a pair of twins."""

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import cities_by_year, pair_of
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
