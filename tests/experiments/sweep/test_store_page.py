"""The page of a store: what is written is what is read, and what is damaged is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from experiments.sweep import Sweep, SweepError
from experiments.sweep.store_page import (
    FORMAT,
    FROZEN,
    newest_page,
    number_of,
    numbered,
    read_page,
)


@pytest.fixture
def folder(done: Sweep, tmp_path: Path) -> Path:
    """The page of a finished store, without the store."""
    (tmp_path / FROZEN).write_bytes((done.folder / FROZEN).read_bytes())
    return tmp_path


def test_a_page_is_read_as_it_was_written(folder: Path) -> None:
    page = read_page(folder, FROZEN)
    assert page.text() == (folder / FROZEN).read_text(encoding="utf-8")
    assert (page.points, page.runs, page.chunks) == (2, 4, 2)
    assert page.known == page.fingerprints


def test_later_pages_are_numbered_and_the_newest_is_in_force(folder: Path) -> None:
    assert [numbered(FROZEN, number) for number in (0, 1, 12)] == [
        "experiment.json",
        "experiment.1.json",
        "experiment.12.json",
    ]
    assert [number_of(numbered(FROZEN, number)) for number in (0, 1, 12)] == [0, 1, 12]
    assert newest_page(folder) == FROZEN
    for number in (1, 2, 4):  # the fourth does not count without a third
        (folder / numbered(FROZEN, number)).touch()
    assert newest_page(folder) == numbered(FROZEN, 2)


def test_a_page_that_was_changed_is_refused(folder: Path) -> None:
    path = folder / FROZEN
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"points": 2', '"points": 3'), encoding="utf-8")
    with pytest.raises(SweepError, match="was changed after it was written"):
        read_page(folder, FROZEN)
    values = {**json.loads(text), "format": FORMAT - 1}
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(SweepError, match=rf"in format {FORMAT - 1}, not {FORMAT}: name another folder"):
        read_page(folder, FROZEN)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(SweepError, match=r"experiment\.json"):
        read_page(folder, FROZEN)
    path.unlink()
    with pytest.raises(SweepError, match="is not the store of a sweep: it has no experiment"):
        read_page(folder, FROZEN)


def test_a_page_that_is_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / FROZEN)
    with pytest.raises(SweepError, match="is a folder or a device, not a file"):
        read_page(tmp_path, FROZEN)
