"""The panel as arrays, and the mistakes in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.panel_data import panel_data
from experiments.measures.ols import least_squares
from model.files.user_tables import InputError
from tests.support.city_panels import made_up, simple_panel


def test_a_panel_that_cannot_be_used_is_answered() -> None:
    frame = simple_panel(1)
    cases = [
        (frame.rename(columns={"outcome": "outcom"}), "no column 'outcome'; did you mean outcom"),
        (frame.assign(outcome="high"), "column outcome holds text"),
        (
            frame.assign(outcome=frame["outcome"].where(frame["year"] > 0)),
            "column outcome has 60 blank cells",
        ),
        (pd.concat([frame, frame.iloc[[5]]]), "city 0 has the year 5 twice"),
        (frame[frame["city_id"] < 4], "at least 10 cities and 2 years, not 4 and 10"),
        (frame.assign(centre=0.0), "column centre is 0 in every row"),
    ]
    for table, said in cases:
        with pytest.raises(InputError, match=said):
            panel_data(table, "outcome", "centre")
    with pytest.raises(InputError, match="explained in full"):
        fixed_effects(
            frame.assign(host=frame.groupby("city_id")["centre"].transform("max")), "outcome", "host"
        )


def test_a_column_without_variation_cannot_be_compared() -> None:
    frame = made_up({0: 3, 1: 3, 2: 4})
    with pytest.raises(InputError, match="column centre is 0 in every row: there is nothing to compare"):
        panel_data(frame.assign(centre=0.0), "outcome", "centre")
    twice = np.column_stack([np.arange(4.0), 2.0 * np.arange(4.0)])
    with pytest.raises(InputError, match="a treatment is explained in full by the others"):
        least_squares(twice, np.ones(4))


def test_cities_may_be_named_by_text_and_have_places() -> None:
    frame = simple_panel(1)
    named = frame.assign(city_id=[f"城市{one:02d}" for one in frame["city_id"]])
    ours, plain = (fixed_effects(one, "outcome") for one in (named, frame))
    assert ours.params["centre"] == plain.params["centre"]
    assert panel_data(named, "outcome", "centre").city_ids[0] == "城市00"
    with pytest.raises(InputError, match="city 城市00 has the year 5 twice"):
        panel_data(pd.concat([named, named.iloc[[5]]]), "outcome", "centre")
    with pytest.raises(InputError, match="column city_id has 1 blank cells: every row needs a city"):
        panel_data(named.assign(city_id=named["city_id"].where(named.index != 3)), "outcome", "centre")
    assert panel_data(frame, "outcome", "centre").places is None
    at = panel_data(frame.assign(lon=100.0 + frame["city_id"], lat=0.0), "outcome", "centre")
    assert at.distances is not None
    assert at.distances[0, 1] == pytest.approx(111.195, abs=1e-3)
    half = at.of(at.city % 2 == 0)
    assert half.distances is not None
    assert half.distances[0, 1] == pytest.approx(222.390, abs=2e-3)
    assert panel_data(frame.assign(lon=np.nan, lat=0.0), "outcome", "centre").places is None
