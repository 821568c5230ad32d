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
