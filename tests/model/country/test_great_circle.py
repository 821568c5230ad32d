"""Great-circle distances against arcs whose length is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.country.great_circle import EARTH_RADIUS_KM, great_circle_km


@pytest.mark.parametrize(
    ("here", "there", "radians"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0.0),
        ((0.0, 0.0), (0.0, 90.0), math.pi / 2),  # equator to pole
        ((100.0, 0.0), (-80.0, 0.0), math.pi),  # the other side of the earth
        ((10.0, 0.0), (11.0, 0.0), math.pi / 180),  # a degree along the equator, 111.195 km
        ((0.0, 60.0), (180.0, 60.0), math.pi / 3),  # over the pole, twice 30 degrees
    ],
)
def test_arcs_that_are_known(here, there, radians):
    found = great_circle_km(*here, *there)
    assert found == round(radians * EARTH_RADIUS_KM, 3)
    assert great_circle_km(*there, *here) == found


def test_arguments_broadcast():
    lon, lat = np.array([0.0, 0.0, 90.0]), np.array([0.0, 90.0, 0.0])
    table = great_circle_km(lon[:, None], lat[:, None], lon, lat)
    quarter = round(math.pi / 2 * EARTH_RADIUS_KM, 3)
    assert table.tolist() == [[0.0, quarter, quarter], [quarter, 0.0, quarter], [quarter, quarter, 0.0]]
