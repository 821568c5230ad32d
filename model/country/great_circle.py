"""Great-circle distances on the earth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth, km. [Moritz 2000, Geodetic Reference System 1980]"""

Floats = npt.NDArray[np.float64]


def great_circle_km(
    lon: npt.ArrayLike, lat: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Return great-circle distances, km, rounded to the metre; the four arguments broadcast."""
    x, y, x2, y2 = (np.radians(np.asarray(degrees, dtype=np.float64)) for degrees in (lon, lat, lon2, lat2))
    square = np.cos(y) * np.cos(y2) * np.sin((x - x2) / 2) ** 2 + np.sin((y - y2) / 2) ** 2
    return np.asarray(np.round(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(square, 1.0))), 3))
