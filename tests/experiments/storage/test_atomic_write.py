"""A folder or file takes the place of another whole, whatever is killed or comes at the same moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.storage import atomic_write
from experiments.storage.atomic_write import WholeFolder, write_whole


def fill(target: Path, text: str) -> None:
    with WholeFolder(target) as folder:
        (folder / "a").write_text(text)


@pytest.mark.parametrize("exchange", [True, False])
def test_an_older_folder_is_replaced_and_nothing_is_left(
    tmp_path: Path, exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:  # as on systems that know no exchange of two names
        monkeypatch.setattr(atomic_write, "_exchange", lambda one, other: False)
    for text in ("first", "second"):
        fill(tmp_path / "r", text)
        assert (tmp_path / "r" / "a").read_text() == text
        assert [entry.name for entry in tmp_path.iterdir()] == ["r"]


def test_one_that_comes_at_the_same_moment_is_no_obstacle(tmp_path: Path) -> None:
    target = tmp_path / "r"
    with WholeFolder(target) as mine:
        (mine / "a").write_text("mine")
        fill(target, "theirs")
    assert (target / "a").read_text() == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["r"]


def test_a_folder_stands_under_the_name_at_every_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed within any operation leaves the old folder or the new one."""
    target = tmp_path / "r"
    fill(target, "old")
    seen: list[str] = []
    for name in ("rename", "replace"):
        known = getattr(atomic_write.os, name)

        def watched(*given: Any, known: Any = known) -> None:
            seen.append((target / "a").read_text())
            known(*given)
            seen.append((target / "a").read_text())

        monkeypatch.setattr(atomic_write.os, name, watched)
    fill(target, "new")
    assert set(seen) <= {"old", "new"}
    assert (target / "a").read_text() == "new"


def test_a_file_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "f", "old")

    def full(self: Path, text: str, **more: Any) -> int:
        with self.open("w") as file:
            file.write(text[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "f", "new text")
    assert (tmp_path / "f").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["f"]


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with WholeFolder(target) as folder:
        (folder / "a").write_text("first", encoding="utf-8")
    half_way = WholeFolder(target)
    (half_way.__enter__() / "a").write_text("second", encoding="utf-8")
    half_way.__exit__(RuntimeError)
    assert (target / "a").read_text(encoding="utf-8") == "first"
    with WholeFolder(target) as folder:
        (folder / "b").write_text("third", encoding="utf-8")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "b"]
