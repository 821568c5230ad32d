"""A run in a folder is read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.storage.parquet import DamagedError
from experiments.study.one_run import RunRecord
from experiments.study.run_cache import PARTS, read_record, write_record


def make_record() -> RunRecord:
    frame = pd.DataFrame({"seed": [1, 1], "innovation": [0.1, 1e-300], "arm": ["with", "without"]})
    return RunRecord(frame, frame.iloc[:0], frame.iloc[:1])


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = make_record()
    place = write_record(record, tmp_path / "runs" / "key")
    assert [path.name for path in place.parent.iterdir()] == ["key"]
    again = read_record(place)
    for part in PARTS:
        pd.testing.assert_frame_equal(getattr(again, part), getattr(record, part))


@pytest.mark.parametrize("part", PARTS)
def test_a_run_without_a_part_is_refused(tmp_path: Path, part: str) -> None:
    place = write_record(make_record(), tmp_path / "key")
    (place / f"{part}.parquet").unlink()
    with pytest.raises(DamagedError, match=part):
        read_record(place)
