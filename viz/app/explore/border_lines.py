"""Lines of a user's map of borders (GeoJSON), and its approval number; the page shows none by itself."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.user_error import UserError

MAX_BYTES = 20_000_000
MAX_POINTS = 100_000  # more would not be drawn at the pace of the page
MAX_NUMBER = 60  # letters of an approval number
NUMBER_KEYS = ("approval_number", "审图号")
# Depth of the lists of points in the coordinates of each kind of geometry.
DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


@dataclass(frozen=True)
class Borders:
    """Lines of longitude and latitude, and the number under which the map was approved, or ""."""

    lines: tuple[tuple[tuple[float, float], ...], ...] = ()
    number: str = ""


@functools.lru_cache(maxsize=2)
def read_borders(path: Path) -> Borders:
    """Return the lines of a GeoJSON file. Raises UserError with one sentence for anything else.

    The file is a FeatureCollection of lines and polygons in degrees (WGS 84). Its member
    ``approval_number`` (or ``审图号``), if any, is shown on the map. Points are not simplified: an approved
    map may not be changed.
    """

    def refuse(what: str) -> UserError:
        return UserError(f"--borders {path.name}: {what}")

    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        raise refuse(f"the file cannot be read ({error.strerror})") from None
    if raw is None:
        raise refuse(f"the file is larger than {MAX_BYTES / 1e6:g} MB")
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise refuse("this is not JSON in UTF-8") from None
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise refuse('this is not GeoJSON with "type": "FeatureCollection"')
    given = [found[key] for key in NUMBER_KEYS if key in found]
    number = given[0] if given else ""
    if not isinstance(number, str) or len(number) > MAX_NUMBER or not number.isprintable():
        raise refuse(f"{NUMBER_KEYS[0]} must be a text of at most {MAX_NUMBER} letters")
    features = found.get("features")
    if not isinstance(features, list):
        raise refuse("features must be a list")
    lines, points = [], 0
    for place, feature in enumerate(features, start=1):
        try:
            for line in lines_of(feature):
                lines.append(line)
                points += len(line)
        except ValueError as error:
            raise refuse(f"feature {place}: {error}") from None
        if points > MAX_POINTS:
            raise refuse(f"there are more than {MAX_POINTS:,} points: use a coarser map")
    if not lines:
        raise refuse("there is no line and no polygon in it")
    return Borders(tuple(lines), number)


def lines_of(feature: object) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield the lines of a feature. Raises ValueError."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in DEPTHS:
        raise ValueError(f"its geometry must be one of {', '.join(DEPTHS)}")
    lists = [geometry.get("coordinates")]
    for _ in range(DEPTHS[kind]):
        if not all(isinstance(one, list) for one in lists):
            raise ValueError("its coordinates are not lists of points")
        lists = [part for one in lists if isinstance(one, list) for part in one]
    for line in lists:
        if not isinstance(line, list) or len(line) < 2:
            raise ValueError("a line has two points or more")
        yield tuple(point_of(point) for point in line)


def point_of(point: object) -> tuple[float, float]:
    """Return longitude and latitude of a point. Raises ValueError."""
    known = isinstance(point, list) and 2 <= len(point) <= 3
    numbers = [one for one in (point if isinstance(point, list) else ()) if type(one) in (int, float)]
    if not known or len(numbers) < 2 or not all(math.isfinite(one) for one in numbers):
        raise ValueError("a point is [longitude, latitude] in degrees")
    x, y = float(numbers[0]), float(numbers[1])
    if abs(x) > 180 or abs(y) > 90:
        raise ValueError(f"[{x:g}, {y:g}] is no longitude and latitude in degrees (WGS 84)")
    return x, y
