"""Folders here and on object storage: paths, and files that are written whole or not at all.

A path such as ``s3://bucket/name`` is that of ``universal_pathlib``, over fsspec; it is used like any other.
"""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from agents.user_error import UserError

WITHOUT_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)  # of a folder that has no hard links


def folder_at(place: str | Path) -> Path:
    """Return the path of a folder, here or at an address like ``s3://bucket/name``. Raises UserError."""
    if "://" not in str(place):
        return Path(place)
    if not isinstance(place, str):
        return place
    try:
        from upath import UPath
    except ImportError:
        raise UserError(
            f"{place} needs universal_pathlib: pip install 'computeleap[remote]', and the package of that "
            "storage (s3fs for s3://)"
        ) from None
    try:
        found = UPath(place)
        found.fs  # noqa: B018  # imports the package of the storage
    except (ImportError, ValueError) as error:
        raise UserError(f"{place} cannot be reached: {' '.join(str(error).split())}") from None
    return cast(Path, found)


def is_remote(path: Path) -> bool:
    """Return whether a path leads to object storage, where a file appears at once or not at all."""
    return not isinstance(path, Path)


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; one of object storage is read as a whole. Raises OSError."""
    if is_remote(path):
        return io.BytesIO(path.read_bytes())
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder or a device, not a file", str(path))
    return path.open("rb")


def see_afresh(folder: Path) -> None:
    """Forget what is remembered of a folder's names, so that those other machines wrote are seen.

    A network file system keeps a listing for up to a minute; a name that is made and removed here ends that.
    """
    if is_remote(folder):
        folder.fs.invalidate_cache()  # type: ignore[attr-defined]
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=".seen-", suffix=".part", dir=folder)
        os.close(handle)
        os.unlink(name)


def write_file(path: Path, fill: Callable[[BinaryIO], object], only_new: bool = False) -> None:
    """Write a file that takes its name when it is complete and on the disk. ``fill`` writes to a new file.

    only_new: raise FileExistsError if there is a file of that name. Raises OSError.
    """
    if is_remote(path):
        memory = io.BytesIO()
        fill(memory)
        _put(path, memory.getvalue(), only_new)
        return
    try:
        _write_once(path, fill, only_new)
    except FileNotFoundError:  # another process took the part for a dead writer's: a clock jumped
        _write_once(path, fill, only_new)


def _write_once(path: Path, fill: Callable[[BinaryIO], object], only_new: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        if only_new:
            _name_first(part, path)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _name_first(part: Path, path: Path) -> None:
    """Give a file a name that no other has. Raises FileExistsError."""
    try:
        os.link(part, path)
    except OSError as error:
        # Over a network the answer of a link may be lost, and the second try finds the name taken by itself.
        if part.stat().st_nlink > 1:
            return
        if error.errno not in WITHOUT_LINKS:
            raise
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.replace(path)


def _put(path: Any, data: bytes, only_new: bool) -> None:
    if not only_new:
        path.write_bytes(data)
        return
    try:
        path.fs.pipe_file(path.path, data, mode="create")
    except FileExistsError:
        raise
    except OSError as error:
        if path.exists():
            raise FileExistsError(str(path)) from error
        raise
