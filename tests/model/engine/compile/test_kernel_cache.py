"""Machine code on disk that is damaged, foreign or cannot be kept: the kernel is compiled again."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from model.engine.compile import kernel_cache
from model.engine.compile.compile_kernel import load_kernel
from model.engine.compile.kernel_source import header

TEXT = header("strict") + "\n\n@_compiled\ndef kernel(x):\n    return 3.0 * x + 1.0\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of its own."""
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_cache, "not_kept", [])
    temporary: list[Any] = []
    monkeypatch.setattr(kernel_cache, "_temporary", temporary)
    yield tmp_path / "cache"
    for place in temporary:
        place.cleanup()


def started_again() -> Any:
    """The kernel as a process that starts finds it."""
    for name in [name for name in sys.modules if name.startswith("computeleap_kernel_tiny_")]:
        del sys.modules[name]
    return load_kernel("tiny", TEXT)


def was_kept(kernel: Any) -> bool:
    """Whether it gives the right answer, and took its machine code from disk."""
    assert kernel(2.0) == 7.0
    return bool(kernel.stats.cache_hits)


class Bomb:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (str(self.path), "w"))


def each(folder: Path, ending: str) -> list[Path]:
    found = sorted((folder / "__pycache__").glob(f"*{ending}"))
    assert found
    return found


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "a byte changed": flip,
    "truncated": truncate,
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\x80\x05garbage" * 99),
    "lost": Path.unlink,
    "a folder": replace_by_folder,
}


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_machine_code_is_compiled_again(folder: Path, damage: str, ending: str) -> None:
    assert not was_kept(started_again())
    assert was_kept(started_again())
    for path in each(folder, ending):
        DAMAGES[damage](path)
    assert not was_kept(started_again())
    if damage != "a folder":  # which cannot be replaced by a file
        assert was_kept(started_again())


def test_code_of_a_stranger_is_not_unpickled(folder: Path, tmp_path: Path) -> None:
    was_kept(started_again())
    for ending in (".nbi", ".nbc"):
        for path in each(folder, ending):
            path.write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    assert not was_kept(started_again())
    assert not (tmp_path / "exploded").exists()


def test_an_index_of_another_version_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numba.__version__", "0.0")
    was_kept(started_again())
    monkeypatch.undo()
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(folder))
    assert not was_kept(started_again())


def test_a_damaged_text_is_written_again_and_byte_code_is_not_looked_at(folder: Path) -> None:
    was_kept(started_again())
    for path in folder.glob("*.py"):
        path.write_bytes(b"\xff\xfe import os")
        (folder / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc").write_bytes(b"no code")
    assert was_kept(started_again())


def test_a_folder_that_everybody_may_write_to_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert not was_kept(started_again())
    assert not list(folder.iterdir())
    assert "other users may write to it" in kernel_cache.not_kept[0]


def test_a_file_in_the_place_of_the_folder_costs_time_alone(folder: Path) -> None:
    folder.write_text("not a folder")
    assert not was_kept(started_again())
    assert kernel_cache.not_kept


def test_a_disk_that_is_full_costs_time_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, path: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kernel_cache.CheckedFiles, "_put", full)
    assert not was_kept(started_again())
    assert kernel_cache.not_kept[0].startswith("No space left on device")
