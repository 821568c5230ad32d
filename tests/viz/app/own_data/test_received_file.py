"""A file that comes in parts."""

from __future__ import annotations

import base64

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.run_options import RunOptionsError
from viz.app.own_data.received_file import ReceivedFile


def part(data: bytes) -> dict[str, str]:
    return {"part": base64.b64encode(data).decode()}


def test_parts_become_the_whole():
    file = ReceivedFile()
    file.begin({"name": "../../My Cities.CSV", "size": 6})
    assert file.add(part(b"abc")) is None
    assert file.add(part(b"def")) == b"abcdef"
    assert file.kind == ".csv"


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("a.py", 5, "takes a table as .csv"),
        ("csv", 5, "takes a table as .csv"),
        ("a.csv", 0, "empty or larger than 2 MB"),
        ("a.csv", 2_000_001, "empty or larger than 2 MB"),
        ("a.zip", 20_000_001, "larger than 20 MB"),
        ("a.zip", True, "larger than 20 MB"),
        ("a.zip", "5", "larger than 20 MB"),
    ],
)
def test_other_files_are_refused(name, size, sentence):
    file = ReceivedFile()
    with pytest.raises(RunOptionsError, match=sentence):
        file.begin({"name": name, "size": size})
    assert file.add(part(b"abc")) is None


@pytest.mark.parametrize("wrong", [part(b"too many bytes"), {"part": "*"}, {"part": ""}, {}])
def test_a_part_that_cannot_be_ends_the_file(wrong):
    file = ReceivedFile()
    file.begin({"name": "a.csv", "size": 6})
    with pytest.raises(RunOptionsError, match="did not arrive whole"):
        file.add(wrong)
    assert file.add(part(b"abcdef")) is None
