"""A user's map of borders: strict reading, one sentence for a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agents.user_error import UserError
from viz.app.explore import border_lines
from viz.app.explore.border_lines import read_borders

RING = [[100.0, 30.0], [101.0, 30.0], [101.0, 31.0], [100.0, 30.0]]


def written(path: Path, kind: str = "Polygon", coordinates: object = None, **more: object) -> Path:
    geometry = {"type": kind, "coordinates": [RING] if coordinates is None else coordinates}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **more}), "utf-8")
    return path


def test_lines_and_the_approval_number_are_read(tmp_path):
    found = read_borders(written(tmp_path / "a.geojson", 审图号="GS(2024)0650号"))
    assert found.number == "GS(2024)0650号"
    assert found.lines == (tuple((x, y) for x, y in RING),)
    kinds = {"LineString": RING, "MultiLineString": [RING, RING], "MultiPolygon": [[RING], [RING, RING]]}
    for kind, coordinates in kinds.items():
        lines = read_borders(written(tmp_path / f"{kind}.geojson", kind, coordinates)).lines
        assert len(lines) == {"LineString": 1, "MultiLineString": 2, "MultiPolygon": 3}[kind]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"kind": "Point", "coordinates": [1, 2]}, "feature 1: its geometry must be one of LineString"),
        ({"coordinates": [[[500.0, 30.0], [1.0, 2.0]]]}, "is no longitude and latitude in degrees"),
        ({"coordinates": [[["1", 2], [1, 2]]]}, r"a point is \[longitude, latitude\]"),
        ({"coordinates": [[[True, 2], [1, 2]]]}, r"a point is \[longitude, latitude\]"),
        ({"coordinates": [[[1, 2]]]}, "a line has two points or more"),
        ({"coordinates": {"x": 1}}, "its coordinates are not lists of points"),
        ({"approval_number": 5}, "approval_number must be a text of at most 60 letters"),
        ({"approval_number": "x" * 61}, "approval_number must be a text of at most 60 letters"),
        ({"features": {}}, "features must be a list"),
        ({"features": []}, "there is no line and no polygon in it"),
        ({"type": "Feature"}, 'this is not GeoJSON with "type": "FeatureCollection"'),
    ],
)
def test_a_mistake_is_answered_by_one_sentence(tmp_path, made, said):
    path = written(tmp_path / "map.geojson", **made)
    with pytest.raises(UserError, match=said) as error:
        read_borders(path)
    assert str(error.value).startswith("--borders map.geojson: ")


def test_a_file_that_is_missing_broken_or_too_large_is_refused(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="cannot be read"):
        read_borders(tmp_path / "none.geojson")
    broken = tmp_path / "broken.geojson"
    broken.write_bytes(b"\xff{")
    with pytest.raises(UserError, match="this is not JSON in UTF-8"):
        read_borders(broken)
    monkeypatch.setattr(border_lines, "MAX_POINTS", 3)
    with pytest.raises(UserError, match="there are more than 3 points"):
        read_borders(written(tmp_path / "fine.geojson"))
    monkeypatch.setattr(border_lines, "MAX_BYTES", 10)
    with pytest.raises(UserError, match="larger than 1e-05 MB"):
        read_borders(written(tmp_path / "large.geojson"))
