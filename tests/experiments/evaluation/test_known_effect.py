"""Panels whose effect is known: it is in them exactly, whatever is drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.evaluation.known_effect import CONTROLS, known_panel

SIZE = {"cities": 40, "years": 8}


def test_the_effects_are_added_to_the_same_draws():
    none = known_panel(3, effect=0.0, channel=0.0, **SIZE)
    some = known_panel(3, effect=0.1, spillover=0.2, channel=0.5, **SIZE)
    assert none.drop(columns=["outcome", "channel"]).equals(some.drop(columns=["outcome", "channel"]))
    np.testing.assert_allclose(some["outcome"] - none["outcome"], 0.1 * some["centre"] + 0.2 * some["near"])
    np.testing.assert_allclose(some["channel"] - none["channel"], 0.5 * some["centre"])


def test_centres_open_for_good_and_not_in_the_first_two_years():
    centre = known_panel(1, **SIZE)["centre"].to_numpy().reshape(40, 8)
    assert set(np.unique(centre)) == {0.0, 1.0}
    assert centre[:, :2].sum() == 0.0
    assert (np.diff(centre, axis=1) >= 0.0).all()


def test_near_is_the_share_of_the_ten_cities_before_with_a_centre():
    panel = known_panel(1, **SIZE)
    centre = panel["centre"].to_numpy().reshape(40, 8)
    near = panel["near"].to_numpy().reshape(40, 8)
    np.testing.assert_allclose(near[15], centre[5:15].mean(axis=0))
    np.testing.assert_allclose(near[3], (centre[:3].sum(axis=0) + centre[33:].sum(axis=0)) / 10)


def test_a_panel_is_that_of_its_seed():
    pd.testing.assert_frame_equal(known_panel(1, **SIZE), known_panel(1, **SIZE))
    assert not known_panel(1, **SIZE)["outcome"].equals(known_panel(2, **SIZE)["outcome"])
    assert list(known_panel(1, **SIZE).columns[-12:]) == list(CONTROLS)
