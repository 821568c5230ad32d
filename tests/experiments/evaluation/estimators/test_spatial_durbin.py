"""The spatial Durbin panel on outcomes that it has made itself."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.spatial_durbin import spatial_durbin
from experiments.evaluation.known_effect import lot_panel
from model.country.city_tables import distances_km
from model.files.user_tables import InputError


def test_direct_and_indirect_effects_are_found() -> None:
    pytest.importorskip("spreg")
    frame = lot_panel(2, hosts=25, cities=60, years=10)
    place = frame.drop_duplicates("city_id")
    apart = distances_km(place["lon"].to_numpy(), place["lat"].to_numpy()) + np.diag(np.full(60, np.inf))
    near = np.zeros((60, 60))
    np.put_along_axis(near, np.argsort(apart, axis=1, kind="stable")[:, :5], 0.2, axis=1)
    centre = frame["centre"].to_numpy().reshape(60, 10)
    inverse = np.linalg.inv(np.eye(60) - 0.4 * near)
    moved = 0.3 * np.eye(60) + 0.2 * near
    noise = 0.05 * np.random.default_rng(1).normal(size=(60, 10))
    outcome = inverse @ (moved @ centre + noise)
    found = spatial_durbin(frame.assign(outcome=outcome.ravel()), "outcome")
    effects = inverse @ moved
    true = np.array([np.trace(effects) / 60, (effects.sum() - np.trace(effects)) / 60])
    assert found.params[["direct", "indirect"]].to_numpy() == pytest.approx(true, abs=0.1)
    assert (abs(found.params[["direct", "indirect"]] - true) < 3 * found.bse[["direct", "indirect"]]).all()
    assert found.details["rho"] == pytest.approx(0.4, abs=0.15)
    assert found.params["total"] == pytest.approx(found.params["direct"] + found.params["indirect"])
    with pytest.raises(InputError, match="lon and lat of every city"):
        spatial_durbin(frame.drop(columns="lon"), "outcome")
    with pytest.raises(InputError, match="every city in every year"):
        spatial_durbin(frame.iloc[1:], "outcome")
