"""Files and folders that appear under their name whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.user_error import UserError

AT_CWD, EXCHANGE = -100, 2  # of Linux: paths count from the current folder; two names change places


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Yield another name to write to; the file takes the name ``target`` when it is complete.

    On an error an older file of that name stays as it was. Raises OSError.
    """
    part = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text to a file, whole or not at all. Raises OSError."""
    with whole_file(path) as part:
        part.write_text(text, encoding="utf-8")


class WholeFolder:
    """A context that fills a folder next to its final place and moves it there when all is written.

    On an error nothing is left behind, and an older folder of that name stays as it was until the new one is
    complete.
    """

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f".{self.target.name}-", dir=self.target.parent))
        self.folder.chmod(0o755)
        return self.folder

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        try:
            put_in_place(self.folder, self.target)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)  # the older folder, or a part


def put_in_place(folder: Path, target: Path) -> None:
    """Give a folder another name. If the name is taken the two change places, at once where the system can.

    A process that is killed here, or another that comes at the same moment, leaves a whole folder under
    that name.
    """
    try:
        os.rename(folder, target)
        return
    except OSError:
        if not target.is_dir():
            raise
    if not _exchange(folder, target):
        old = target.with_name(f".{target.name}-old-{os.getpid()}")
        os.rename(target, old)
        os.rename(folder, target)
        os.rename(old, folder)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one operation; False where the system cannot. Raises OSError."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    if rename(AT_CWD, os.fsencode(one.absolute()), AT_CWD, os.fsencode(other.absolute()), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.ENOENT):
        return False
    raise OSError(number, os.strerror(number), str(other))


def check_can_write(target: Path) -> None:
    """Check that a file or folder can be made at a place, and leave no trace. Raises UserError."""
    above = target.absolute()
    while not (above := above.parent).exists():
        pass
    if not above.is_dir():
        raise UserError(f"nothing can be written to {target}: {above} is a file, not a folder")
    try:
        tempfile.TemporaryFile(dir=above).close()
    except OSError as error:
        raise UserError(f"nothing can be written to {target}: {error.strerror} ({above})") from None
