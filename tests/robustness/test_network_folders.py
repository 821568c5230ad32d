"""Stores on network file systems: old listings, lost answers of renames, stale handles, no hard links."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.storage import folders, parquet
from experiments.storage.folders import write_file
from experiments.sweep import Sweep, SweepError, from_values, open_store, store
from tests.support.sweeps import VALUES

LINK, REPLACE = os.link, Path.replace


def write(path: Path, text: bytes, only_new: bool = False) -> None:
    write_file(path, lambda file: file.write(text), only_new)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """A finished sweep of two points, two runs each."""
    sweep = from_values(VALUES, tmp_path_factory.mktemp("done") / "store")
    sweep.run()
    return sweep


@pytest.fixture
def copied(done: Sweep, tmp_path: Path) -> Sweep:
    return open_store(shutil.copytree(done.folder, tmp_path / "s"))


def test_a_listing_that_is_old_is_renewed(copied: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other machines have written all files, but this one remembers folders of before."""
    names, old = store._names, {"c00000.parquet"}
    remembered = {copied.folder / table for table in copied.store.tables}
    monkeypatch.setattr(store, "_names", lambda folder: old if folder in remembered else names(folder))
    mkstemp = folders.tempfile.mkstemp

    def renewing(*words: object, **more: object) -> object:
        remembered.discard(more["dir"])
        return mkstemp(*words, **more)

    monkeypatch.setattr(folders.tempfile, "mkstemp", renewing)
    assert copied.status().missing == 2
    copied.store.wait_for([0, 1])
    assert copied.status().missing == 0
    assert not list(copied.folder.rglob(".seen-*"))


def test_what_is_never_seen_is_waited_for_no_longer_than_said(copied: Sweep) -> None:
    copied.store.wait_for([7], seconds=0.01)


def lost(operation: Callable[..., object], error: type[OSError]) -> Callable[..., object]:
    """Carry an operation out, lose its answer the first time, and let the second try fail."""
    calls: list[int] = []

    def called(*words: object) -> object:
        found = operation(*words)
        calls.append(1)
        if len(calls) == 1:
            raise error(getattr(errno, "ENOENT" if error is FileNotFoundError else "EEXIST"), "lost")
        return found

    return called


def test_the_lost_answer_of_a_rename_loses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", lost(REPLACE, FileNotFoundError))
    write(tmp_path / "a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"
    assert os.listdir(tmp_path) == ["a"]


def test_the_lost_answer_of_a_link_is_no_other_starter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", lost(LINK, FileExistsError))
    write(tmp_path / "a", b"1", only_new=True)
    with pytest.raises(FileExistsError):
        write(tmp_path / "a", b"2", only_new=True)
    assert (tmp_path / "a").read_bytes() == b"1"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_without_hard_links_takes_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: object) -> None:
        raise OSError(errno.ENOTSUP, "no links")

    monkeypatch.setattr(os, "link", refused)
    write(tmp_path / "a", b"1", only_new=True)
    with pytest.raises(FileExistsError):
        write(tmp_path / "a", b"2", only_new=True)
    assert (tmp_path / "a").read_bytes() == b"1"


@pytest.mark.parametrize("times", [1, 2])
def test_a_stale_handle_is_read_once_more(copied: Sweep, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    opened, calls = parquet.open_file, []

    def stale(path: Path) -> object:
        calls.append(path)
        if len(calls) <= times:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return opened(path)

    monkeypatch.setattr(parquet, "open_file", stale)
    if times == 1:
        assert len(copied.store.read(copied.store.files("runs")[0])) == 2
    else:
        with pytest.raises(SweepError, match=os.strerror(errno.ESTALE)):
            copied.store.read(copied.store.files("runs")[0])


def test_a_remote_listing_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsspec keeps listings too: a store that is opened again forgets them."""
    upath = pytest.importorskip("upath", reason="pip install universal_pathlib")
    folder = upath.UPath("memory://network-folders")
    forgotten: list[str] = []
    monkeypatch.setattr(folder.fs, "invalidate_cache", lambda path=None: forgotten.append("all"))
    with pytest.raises(SweepError, match="is not the store of a sweep"):
        store.Store(folder)
    assert forgotten == ["all"]
