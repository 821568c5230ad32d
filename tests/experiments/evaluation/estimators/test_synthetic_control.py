"""Synthetic controls of a host."""

from __future__ import annotations

import pytest

from experiments.evaluation.estimators.synthetic_control import synthetic_control
from model.files.user_tables import InputError
from tests.support.city_panels import made_up, simple_panel


def test_a_synthetic_control_finds_its_donors() -> None:
    frame = simple_panel(8, cities=30, years=14)
    frame["centre"] = ((frame["city_id"] == 0) & (frame["year"] >= 8)).astype(float)
    square = frame.pivot(index="city_id", columns="year", values="outcome")
    path = 0.5 * square.loc[3] + 0.5 * square.loc[4]
    frame.loc[frame["city_id"] == 0, "outcome"] = (path + 1.0 + 0.7 * (path.index >= 8)).to_numpy()
    found = synthetic_control(frame, 0, "outcome")
    assert found.effect == pytest.approx(0.7, abs=0.15)
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.weights >= 0).all()
    assert found.p <= 2 / 30
    with pytest.raises(InputError, match="city 99 has no centre"):
        synthetic_control(frame, 99, "outcome")


def test_a_synthetic_control_needs_a_host_years_and_donors() -> None:
    frame = made_up({0: 2, 1: 5})
    for city in (7, 99):
        with pytest.raises(InputError, match=f"city {city} has no centre in the panel"):
            synthetic_control(frame, city, "outcome")
    with pytest.raises(InputError, match="city 0 has 2 years before its centre: at least 3 needed"):
        synthetic_control(frame, 0, "outcome")
    few = made_up(dict.fromkeys(range(11), 5))
    with pytest.raises(InputError, match=r"1 cities never have a centre: at least \d+ needed"):
        synthetic_control(few, 0, "outcome")
