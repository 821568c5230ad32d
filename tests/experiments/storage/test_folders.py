"""Folders here and elsewhere: files are written whole, an unknown storage is answered with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.user_error import UserError
from experiments.storage.folders import folder_at, is_remote, open_file, write_file
from tests.support.sweeps import without


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def fail(file) -> None:
        file.write(b"half")
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        write_file(path, fail)
    assert list(tmp_path.iterdir()) == []
    write_file(path, lambda file: file.write(b"one"))
    with pytest.raises(FileExistsError):
        write_file(path, lambda file: file.write(b"two"), only_new=True)
    with open_file(path) as file:
        assert file.read() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "none" / "a", lambda file: file.write(b""))


def test_addresses_need_a_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert folder_at(tmp_path) == folder_at(str(tmp_path)) == tmp_path
    assert not is_remote(tmp_path)
    without(monkeypatch, "upath")
    with pytest.raises(UserError, match=r"s3://b/c needs universal_pathlib: pip install"):
        folder_at("s3://b/c")
